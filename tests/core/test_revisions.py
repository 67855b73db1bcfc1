"""The revisions on a database of their own: up from empty, up with data of an earlier version in it, and down again."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy.engine import make_url

from app import create_app
from app.accounts.rules import words_of_user
from app.core.database import Base, db
from config import Config
from tests.database import without_waiting_for_the_disk

ROOT = Path(__file__).resolve().parents[2]
NAME = "muster_of_revisions"
LEARNT = datetime(2016, 5, 24, tzinfo=UTC)


@pytest.fixture
def scratch_url(database_url: str, tmp_path: Path, worker_id: str) -> Iterator[str]:
    """The address of an empty database without any table."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path}/scratch.db"
        return
    address, name = make_url(database_url), f"{NAME}_{worker_id}"
    admin = sa.create_engine(address.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}"'))
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    yield address.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture
def engine(scratch_url: str) -> Iterator[sa.Engine]:
    """The same database, seen without the application."""
    seen = sa.create_engine(scratch_url.replace("postgresql://", "postgresql+psycopg://"))
    yield seen
    seen.dispose()


@pytest.fixture
def revise(house: Flask, scratch_url: str) -> Iterator[Callable[..., None]]:
    """Goes up, or down, to a revision: within this process, which spares it to begin anew."""
    secret_key = house.config["SECRET_KEY"]
    site = create_app(
        Config(secret_key=secret_key, database_url=scratch_url, base_url="http://localhost", testing=True)
    )

    def run(way: str, to: str | None = None) -> None:
        with site.app_context():
            upgrade(revision=to or "head") if way == "upgrade" else downgrade(revision=to or "-1")

    with site.app_context():
        without_waiting_for_the_disk()
    yield run
    with site.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def administer(scratch_url: str) -> Callable[..., None]:
    """Runs `flask db` with the given words, as an administrator does."""
    settings = {**os.environ, "DATABASE_URL": scratch_url, "SECRET_KEY": "k" * 40}

    def run(*words: str) -> None:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", *words]
        done = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    return run


def reflected(engine: sa.Engine) -> sa.MetaData:
    metadata = sa.MetaData()
    metadata.reflect(engine)
    return metadata


def book(connection: sa.Connection, tables: sa.MetaData, day: date, **amounts: int) -> None:
    entry, posting = tables.tables["ledger_entry"], tables.tables["posting"]
    row = {"day": day, "text": "Booked before", "recorded_at": LEARNT}
    (entry_id,) = connection.execute(entry.insert().returning(entry.c.id), row).one()
    for account, amount in amounts.items():
        values = {"entry_id": entry_id, "account_code": account[1:], "currency": "GBP", "amount_minor": amount}
        connection.execute(posting.insert(), values)


def test_the_revisions_make_what_the_models_say_and_can_be_taken_back(
    engine: sa.Engine, administer: Callable[..., None]
):
    administer("upgrade")
    administer("check")
    administer("downgrade", "base")
    assert set(reflected(engine).tables) <= {"alembic_version"}


def test_what_was_booked_in_the_first_version_has_its_days_after_going_up(
    engine: sa.Engine, revise: Callable[..., None]
):
    revise("upgrade", "0001")
    tables = reflected(engine)
    with engine.begin() as connection:
        book(connection, tables, date(2016, 5, 1), a1100=500, a4000=-500)
        book(connection, tables, date(2016, 5, 1), a1100=70, a4000=-70)
        book(connection, tables, date(2016, 5, 2), a1200=500, a1100=-500)
    revise("upgrade")
    days = reflected(engine).tables["account_day"]
    with engine.connect() as connection:
        kept = [tuple(row) for row in connection.execute(sa.select(days).order_by(*days.primary_key))]
    assert kept == [
        ("GBP", "1100", date(2016, 5, 1), 570, 0, 2, 570),
        ("GBP", "1100", date(2016, 5, 2), 0, 500, 1, -500),
        ("GBP", "1200", date(2016, 5, 2), 500, 0, 1, 500),
        ("GBP", "4000", date(2016, 5, 1), 0, 570, 2, -570),
    ]
    revise("downgrade", "0001")
    assert set(reflected(engine).tables) == set(tables.tables)


def test_what_was_on_record_in_the_first_version_is_the_first_version_of_itself(
    engine: sa.Engine, revise: Callable[..., None]
):
    revise("upgrade", "0001")
    tables = reflected(engine).tables
    institution, membership, classes = tables["institution"], tables["membership"], tables["membership_class"]
    text = dict.fromkeys(("account_number", "name", "short_name", "kind", "sort_name", "search_text"), "x")
    row = {**text, "country": "GB", "is_composite": False, "created_at": LEARNT, "version": 7}
    with engine.begin() as connection:
        class_id = connection.scalars(sa.select(classes.c.id).order_by(classes.c.id)).first()
        institution_id = connection.scalar(institution.insert().returning(institution.c.id), row)
        joined = {"institution_id": institution_id, "class_id": class_id, "first_day": date(2016, 5, 1)}
        connection.execute(membership.insert(), {**joined, "recorded_at": LEARNT})
    revise("upgrade")
    with engine.connect() as connection:
        assert connection.scalars(sa.select(reflected(engine).tables["membership"].c.version)).all() == [1]


def test_no_id_is_given_twice_by_a_database_of_an_earlier_version(engine: sa.Engine, revise: Callable[..., None]):
    revise("upgrade", "0016")
    tables = reflected(engine).tables
    user, entry, person = tables["user"], tables["audit_entry"], tables["person"]
    made = {"created_at": LEARNT, "version": 1}
    gone = {"sequence": 1, "at": LEARNT, "actor_name": "Marta", "action": "members.remove_person", "before": {}}
    gone |= {"subject_kind": "person", "subject_id": 7, "summary": "Person removed", "after": {}}
    with engine.begin() as connection:
        before = indexes_of(engine)
        last = connection.scalar(user.insert().returning(user.c.id), {"name": "Ann Lee", **made})
        connection.execute(entry.insert(), {**gone, "previous_hash": "0" * 64, "hash": "1" * 64})
    revise("upgrade", "0017")
    names = {"given_name": "Ann", "family_name": "Lee", "sort_name": "lee", "search_text": "ann lee"}
    with engine.begin() as connection:
        connection.execute(user.delete())
        user_id = connection.scalar(user.insert().returning(user.c.id), {"name": "Ann Lee", **made})
        person_id = connection.scalar(person.insert().returning(person.c.id), {**names, **made, "user_id": user_id})
    assert user_id > (last or 0)
    if engine.dialect.name == "sqlite":
        assert person_id == 8
    assert indexes_of(engine) == before
    revise("downgrade", "0016")
    with engine.connect() as connection:
        assert connection.scalars(sa.select(person.c.id)).all() == [person_id]
    assert indexes_of(engine) == before


def test_users_of_an_earlier_version_are_found_by_their_words(engine: sa.Engine, revise: Callable[..., None]):
    revise("upgrade", "0017")
    user, named = reflected(engine).tables["user"], {"Jos\u00e9 \u0141uk": "jose@x.example", "Ann  Lee": None}
    with engine.begin() as connection:
        rows = [{"name": name, "email": email, "created_at": LEARNT, "version": 3} for name, email in named.items()]
        connection.execute(user.insert(), rows)
    revise("upgrade")
    user = reflected(engine).tables["user"]
    with engine.connect() as connection:
        found = connection.execute(sa.select(user.c.search_text, user.c.version).order_by(user.c.id)).all()
    assert [tuple(row) for row in found] == [("jose luk jose@x.example", 3), ("ann lee", 3)]
    assert [words_of_user(name, email) for name, email in named.items()] == [row.search_text for row in found]
    revise("downgrade", "0017")
    assert "search_text" not in reflected(engine).tables["user"].c


def test_every_table_of_the_models_with_ids_of_its_own_remembers_them(
    app: Flask, engine: sa.Engine, revise: Callable[..., None]
):
    revise("upgrade")
    if engine.dialect.name != "sqlite":
        return
    master = sa.table("sqlite_master", sa.column("name"), sa.column("sql"))
    with engine.connect() as connection:
        remembering = set(connection.scalars(sa.select(master.c.name).where(master.c.sql.contains("AUTOINCREMENT"))))
    wanted = {name for name, each in Base.metadata.tables.items() if each.dialect_options["sqlite"]["autoincrement"]}
    assert (remembering, len(wanted) > 40) == (wanted, True)


def indexes_of(engine: sa.Engine) -> dict[str, set[str | None]]:
    """The indexes and constraints of each table, as far as the database tells them."""
    seen = sa.inspect(engine)
    return {
        table: {
            each["name"]
            for found in (
                seen.get_indexes,
                seen.get_unique_constraints,
                seen.get_check_constraints,
                seen.get_foreign_keys,
            )
            for each in found(table)
        }
        | {seen.get_pk_constraint(table)["name"]}
        for table in seen.get_table_names()
    }


def test_addresses_typed_in_lines_are_read_into_parts_and_written_in_lines_again(
    engine: sa.Engine, revise: Callable[..., None]
):
    revise("upgrade", "0024")
    profile = reflected(engine).tables["consortium_profile"]
    text = {each.name: "x" for each in profile.c if isinstance(each.type, sa.String)}
    typed = {date(2011, 1, 1): "1 House\nSampleford ZZ9 9ZZ", date(2012, 1, 1): "Somewhere\nelse"}
    with engine.begin() as connection:
        for day, address in typed.items():
            row = {
                **text,
                "first_day": day,
                "address": address,
                "country": "GB",
                "terms_days": 30,
                "adopted_at": LEARNT,
            }
            connection.execute(profile.insert(), row)
    revise("upgrade", "0025")
    parts = reflected(engine).tables["consortium_profile"].c
    with engine.connect() as connection:
        asked = sa.select(parts.street, parts.postcode, parts.city, parts.invoice_numbers).order_by(parts.first_day)
        kept = [tuple(row) for row in connection.execute(asked)]
    pattern = "INV-{year}-{number}"
    assert kept == [("1 House", "ZZ9 9ZZ", "Sampleford", pattern), ("Somewhere\nelse", "", "", pattern)]
    revise("downgrade", "0024")
    with engine.connect() as connection:
        again = reflected(engine).tables["consortium_profile"].c
        assert list(connection.scalars(sa.select(again.address).order_by(again.first_day))) == list(typed.values())


def test_profiles_count_days_until_one_says_the_end_of_the_next_month_and_the_usual_days_again_after_going_down(
    engine: sa.Engine, revise: Callable[..., None]
):
    revise("upgrade", "0027")
    before = reflected(engine).tables["consortium_profile"]
    text = {each.name: "x" for each in before.c if isinstance(each.type, sa.String)}
    row = {**text, "language": "en", "number_digits": 4, "adopted_at": LEARNT}
    with engine.begin() as connection:
        for day, days in ((date(2011, 1, 1), 14), (date(2012, 1, 1), 45)):
            connection.execute(before.insert(), {**row, "first_day": day, "terms_days": days})
    revise("upgrade", "0028")
    profile = reflected(engine).tables["consortium_profile"]
    with engine.begin() as connection:
        asked = sa.select(profile.c.due_by, profile.c.terms_days).order_by(profile.c.first_day)
        assert [tuple(each) for each in connection.execute(asked)] == [("days", 14), ("days", 45)]
        newest = profile.c.first_day == date(2012, 1, 1)
        by_month = {"due_by": "end_of_next_month", "terms_days": 0}
        connection.execute(profile.update().where(newest).values(**by_month))
    for wrong in ({"terms_days": 7}, {"due_by": "never"}):
        with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
            connection.execute(profile.update().where(newest).values(**wrong))
    revise("downgrade", "0027")
    again = reflected(engine).tables["consortium_profile"]
    assert "due_by" not in again.c
    with engine.connect() as connection:
        assert list(connection.scalars(sa.select(again.c.terms_days).order_by(again.c.first_day))) == [14, 30]


def test_constituencies_that_were_texts_are_records_and_texts_again_after_going_down(
    engine: sa.Engine, revise: Callable[..., None]
):
    revise("upgrade", "0034")
    before = reflected(engine).tables
    began, made = {"first_day": date(2012, 1, 1)}, {"created_at": LEARNT, "version": 1}
    named = {"name": "Board", "kind": "governing", "sort_name": "board", "search_text": "board"}
    texts = ["Asia & Pacific", "Asia & Pacific", "\u00celes", None]
    with engine.begin() as connection:
        of = connection.scalar(
            before["committee"].insert().returning(before["committee"].c.id),
            {**named, **made, "founded_on": date(2012, 1, 1)},
        )
        for place, text in enumerate(texts, start=1):
            kind = {"kind": "constituency" if text else "elected", "constituency": text}
            row = {"committee_id": of, "position": place, "label": f"Seat {place}", "votes": True, "version": 1}
            connection.execute(before["seat"].insert(), {**row, **kind, **began})
    revise("upgrade", "0037")
    after = reflected(engine).tables
    seat, group, voter = after["seat"], after["constituency"], after["election_voter"]
    assert "constituency" not in seat.c
    with engine.begin() as connection:
        asked = sa.select(group.c.name, group.c.sort_name).outerjoin_from(
            seat, group, group.c.id == seat.c.constituency_id
        )
        kept = [tuple(row) for row in connection.execute(asked.order_by(seat.c.position))]
        assert kept == [("Asia & Pacific", "asia & pacific")] * 2 + [("\u00celes", "iles"), (None, None)]
        known = connection.execute(sa.select(group.c.created_at).distinct()).all()
        assert [_in_utc(row) for row in known] == [(LEARNT,)]
        seats = connection.scalars(sa.select(seat.c.id).order_by(seat.c.position)).all()
        election = after["election"]
        called = {"title": "Election", "nominators": "anyone", "opens_on": date(2016, 1, 1), "state": "nominating"}
        due = {"deadline_at": LEARNT, "deadline_text": "x", "deadline_zone": "x", "called_by": "x", "called_at": LEARNT}
        values = {"committee_id": of, "version": 1, **called, **due}
        election_id = connection.scalar(election.insert().returning(election.c.id), values)
        entry = {"election_id": election_id, "seat_id": seats[0], "office": "member", **began}
        connection.execute(after["election_seat"].insert(), entry)
        says = {"election_id": election_id, "rank": 0, "rule": "standing"}
        connection.execute(voter.insert(), [says | {"name": name} for name in ("Aya Sato", "Ben Osei")])
    for wrong in ({"country": None}, {"country": "JP", "institution_kind": "funder"}):
        with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
            connection.execute(
                after["constituency_rule"].insert(), {"constituency_id": 1, "recorded_at": LEARNT, **began, **wrong}
            )
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        connection.execute(seat.update().where(seat.c.position == 1).values(constituency_id=None))
    revise("downgrade", "0034")
    again = reflected(engine).tables
    with engine.connect() as connection:
        assert list(connection.scalars(sa.select(again["seat"].c.constituency).order_by("position"))) == texts
        assert connection.scalars(sa.select(again["election_voter"].c.seat_id)).all() == [seats[0]]
    assert not {"constituency", "constituency_rule"} & again.keys()


def test_seats_and_committees_of_an_earlier_version_were_known_since_the_trail_says_so(
    engine: sa.Engine, revise: Callable[..., None]
):
    founded, ended, added = LEARNT, LEARNT + timedelta(days=9), LEARNT + timedelta(days=3)
    day, last = date(2011, 1, 1), date(2015, 12, 31)
    revise("upgrade", "0034")
    tables = reflected(engine).tables
    committee = {"name": "Board", "kind": "standing", "remit": "Decides", "founded_on": day, "dissolved_on": last}
    shown = {"sort_name": "board", "search_text": "board", "created_at": founded, "version": 1}
    why = {"last_day": last, "reason": "Done", "ended": {}, "dissolved_by": "x", "dissolved_at": ended}
    seats = [{"position": number, "label": f"Seat {number}", "kind": "elected", "votes": True} for number in (1, 2)]
    entry = {"sequence": 1, "at": added, "actor_name": "x", "action": "committees.add_seat", "summary": "x"}
    told = {"subject_kind": "committee", "before": {}, "after": {"seat": 2}, "previous_hash": "x", "hash": "y"}
    with engine.begin() as connection:
        [of] = connection.execute(tables["committee"].insert().returning(tables["committee"].c.id), committee | shown)
        connection.execute(tables["committee_dissolution"].insert(), why | {"committee_id": of.id})
        rest = {"committee_id": of.id, "first_day": day, "last_day": last, "version": 1}
        connection.execute(tables["seat"].insert(), [each | rest for each in seats])
        connection.execute(tables["audit_entry"].insert(), entry | told | {"subject_id": of.id})
    revise("upgrade", "0035")
    seat_facts, facts = (reflected(engine).tables[name].c for name in ("seat_facts", "committee_facts"))
    with engine.connect() as connection:
        known = connection.execute(
            sa.select(seat_facts.label, seat_facts.last_day, seat_facts.recorded_at).order_by(seat_facts.id)
        )
        held = connection.execute(
            sa.select(facts.remit, facts.last_day, facts.recorded_at, facts.superseded_at).order_by(facts.id)
        )
        assert [_in_utc(row) for row in known] == [("Seat 1", last, founded), ("Seat 2", last, added)]
        assert [_in_utc(row) for row in held] == [("Decides", None, founded, ended), ("Decides", last, ended, None)]
    revise("downgrade", "0034")
    with engine.connect() as connection:
        assert len(connection.execute(sa.select(tables["seat"].c.id).order_by(tables["seat"].c.id)).all()) == 2
        assert "seat_facts" not in reflected(engine).tables


def _in_utc(row: Any) -> tuple[Any, ...]:
    """A row with its instants as they are, on SQLite too, which keeps no zone."""
    return tuple(
        each.replace(tzinfo=each.tzinfo or UTC).astimezone(UTC) if isinstance(each, datetime) else each for each in row
    )


def test_frozen_voters_of_before_have_a_rule_and_what_came_later_goes_when_going_down(
    engine: sa.Engine, revise: Callable[..., None]
):
    revise("upgrade", "0034")
    before = reflected(engine).tables
    named = {"name": "Board", "kind": "governing", "sort_name": "board", "search_text": "board"}
    plan = {"given_name": "Aya", "family_name": "Sato", "email": "a@x.example", "office": "member", "version": 1}
    plan |= {"planned_by": "x", "planned_at": LEARNT, "state_since": LEARNT, "state": "accepted", "answered_at": LEARNT}
    with engine.begin() as connection:

        def put(table: str, **values: object) -> Any:
            rows = before[table]
            return connection.scalar(rows.insert().returning(rows.c.id), values)

        of = put("committee", **named, founded_on=date(2012, 1, 1), created_at=LEARNT, version=1)
        place = {"committee_id": of, "position": 1, "label": "One", "votes": True, "version": 1, "kind": "elected"}
        seats = [put("seat", **{**place, "position": number}, first_day=date(2012, 1, 1)) for number in (1, 2)]
        called = {"title": "Election", "nominators": "anyone", "opens_on": date(2016, 1, 1), "state": "ballot"}
        called |= {"deadline_at": LEARNT, "deadline_text": "x", "deadline_zone": "x", "called_by": "x"}
        election = put("election", **called, committee_id=of, called_at=LEARNT, closed_at=LEARNT, version=1)
        for seat_id, barred in zip(seats, (None, "Late"), strict=True):
            put("election_voter", election_id=election, seat_id=seat_id, name="Aya Sato", barred=barred)
        put("succession_plan", **plan, committee_id=of, seat_id=seats[0], first_day=date(2018, 1, 1))
    revise("upgrade", "0036")
    after = reflected(engine).tables
    voter, plans = after["election_voter"], after["succession_plan"]
    with engine.begin() as connection:
        rules = connection.execute(sa.select(voter.c.rank, voter.c.rule).order_by(voter.c.id))
        assert [tuple(row) for row in rules] == [(0, "standing"), (0, "late")]
        alternate = {"election_id": election, "seat_id": seats[0], "name": "Bo", "rank": 1, "rule": "stands_in"}
        connection.execute(voter.insert(), alternate)
        later = {"committee_id": of, "seat_id": seats[0], "first_day": date(2021, 1, 1)}
        connection.execute(plans.insert(), plan | later)
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        connection.execute(voter.insert(), alternate | {"rank": 2, "rule": "lapsed"})
    revise("downgrade", "0034")
    again = reflected(engine).tables
    with engine.connect() as connection:
        assert connection.scalars(sa.select(sa.func.count()).select_from(again["election_voter"])).one() == 2
        states = connection.scalars(sa.select(again["succession_plan"].c.state).order_by("first_day")).all()
    assert states == ["accepted", "invited"]
    assert "limit_waiver" not in again
