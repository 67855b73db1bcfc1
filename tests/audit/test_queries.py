"""Attacks on the trail, each of which `flask verify` must see, and reading it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, insert, select, update

from app.audit.checks import check_chain, check_head, check_personal_values
from app.audit.commands import Personal, Subject, record
from app.audit.models import AuditHead, AuditPersonalValue
from app.audit.queries import (
    TrailFilters,
    get_entry,
    get_head,
    list_history,
    may_read_history,
    search_trail,
)
from app.audit.rules import Head, parse_head, seal
from app.core.actor import Actor, Granted
from app.core.clock import clock_at
from app.core.database import Base, db
from app.core.errors import AccessDeniedError, NotFoundError
from app.core.permissions import Role
from app.core.tables import PageRequest
from app.core.transaction import transaction

ENTRY = Base.metadata.tables["audit_entry"]


@pytest.fixture
def trail(context, office):
    """Five entries about an institution."""
    for number in range(1, 6):
        with transaction():
            record(
                "members.rename",
                Subject("institution", 3),
                summary=f"Renamed the {number}. time",
                before={"name": f"N{number}", "contact": Personal("Odile", 7)},
                after={"name": f"N{number + 1}", "contact": Personal("Lucan", 8)},
                reason="letter",
                actor=office,
            )


def attack(statement):
    with transaction():
        db.session.execute(statement)


def resealed_from(first: int):
    """What somebody does who knows the code: write entries anew and link them again."""
    with transaction():
        previous = db.session.scalar(select(ENTRY.c.hash).where(ENTRY.c.sequence == first - 1))
        for row in db.session.execute(
            select(ENTRY).where(ENTRY.c.sequence >= first).order_by(ENTRY.c.sequence)
        ).mappings():
            fields = {**row, "previous_hash": previous}
            previous = seal(fields)
            changed = update(ENTRY).where(ENTRY.c.sequence == row["sequence"])
            db.session.execute(changed.values(previous_hash=fields["previous_hash"], hash=previous))
        db.session.execute(update(AuditHead).values(hash=previous))


@pytest.mark.parametrize(
    "change",
    [
        {"summary": "Something else"},
        {"actor_name": "Somebody else"},
        {"actor_id": 5},
        {"action": "members.admit"},
        {"reason": None},
        {"before": {"name": "X"}},
        {"after": {}},
        {"subject_id": 4},
        {"subject_kind": "person"},
        {"at": datetime(2016, 5, 24, 11, 0, 0, 1, tzinfo=UTC)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_entry_is_found(trail, change):
    attack(update(ENTRY).where(ENTRY.c.sequence == 3).values(**change))
    assert list(check_chain()) == ["Entry 3 was changed after it was sealed."]


def test_a_removed_entry_is_found(trail):
    attack(delete(AuditPersonalValue).where(AuditPersonalValue.sequence == 3))
    attack(delete(ENTRY).where(ENTRY.c.sequence == 3))
    assert list(check_chain()) == ["Entries 3 to 3 are missing.", "Entry 4 does not follow the entry before it."]


def test_a_cut_end_is_found(trail):
    attack(delete(AuditPersonalValue).where(AuditPersonalValue.sequence == 5))
    attack(delete(ENTRY).where(ENTRY.c.sequence == 5))
    assert "its head says 5:" in next(iter(check_chain()))


def test_an_inserted_entry_is_found(trail):
    head = get_head()
    row = {**db.session.execute(select(ENTRY).where(ENTRY.c.sequence == 5)).mappings().one()}
    row |= {"sequence": 6, "previous_hash": head.hash, "summary": "Never happened", "hash": "f" * 64}
    attack(insert(ENTRY).values(**row))
    assert len(list(check_chain())) == 2


def test_swapped_entries_are_found(trail):
    texts = dict(db.session.execute(select(ENTRY.c.sequence, ENTRY.c.summary)).all())
    attack(update(ENTRY).where(ENTRY.c.sequence == 2).values(summary=texts[4]))
    attack(update(ENTRY).where(ENTRY.c.sequence == 4).values(summary=texts[2]))
    assert len(list(check_chain())) == 2


def test_a_changed_personal_value_is_found(trail):
    attack(
        update(AuditPersonalValue)
        .where(AuditPersonalValue.sequence == 2, AuditPersonalValue.value == "Lucan")
        .values(value="Somebody else")
    )
    assert list(check_personal_values()) == ["A personal value of entry 2 was changed."]


def test_a_personal_value_put_to_another_entry_is_found(trail):
    attack(update(AuditPersonalValue).where(AuditPersonalValue.sequence == 2).values(sequence=3))
    assert len(list(check_personal_values())) == 2


def test_a_rewritten_chain_is_found_with_an_earlier_head(trail):
    before = get_head()
    attack(update(ENTRY).where(ENTRY.c.sequence == 2).values(summary="Rewritten"))
    resealed_from(2)
    assert list(check_chain()) == []
    assert list(check_head(before)) == ["Entry 5 is not the one that was the head then: the trail was rewritten."]


def test_a_trail_cut_behind_an_earlier_head_is_found(trail):
    before = get_head()
    attack(delete(AuditPersonalValue).where(AuditPersonalValue.sequence == 5))
    attack(delete(ENTRY).where(ENTRY.c.sequence == 5))
    last = db.session.scalar(select(ENTRY.c.hash).where(ENTRY.c.sequence == 4))
    attack(update(AuditHead).values(sequence=4, hash=last))
    assert list(check_chain()) == []
    assert list(check_head(before)) == ["Entry 5, once the last one, is gone: the trail was cut."]


def test_an_earlier_head_still_holds_after_more_entries(trail, office):
    before = get_head()
    with transaction():
        record("members.admit", Subject("institution", 4), summary="Admitted", actor=office)
    assert list(check_head(before)) == []
    assert parse_head(str(before)) == before


@pytest.mark.parametrize("text", ["", "5", "5:", "x:" + "0" * 64, "5:" + "G" * 64, "-1:" + "0" * 64, "5:" + "0" * 63])
def test_what_is_no_head_is_not_taken_for_one(text):
    assert parse_head(text) is None


def test_the_history_of_a_record_is_newest_first_with_checked_seals(trail):
    page = list_history(Subject("institution", 3), PageRequest(size=2))
    assert page.total == 5
    assert [row.sequence for row in page.rows] == [5, 4]
    assert page.rows[0].what == "Renamed the 5. time\nName: N5 \u2192 N6\nContact: Odile \u2192 Lucan"
    assert all(row.is_sealed for row in page.rows)
    beyond = list_history(Subject("institution", 3), PageRequest(number=9, size=2))
    assert (beyond.rows, beyond.total) == ([], 5)


def test_the_history_shows_which_entry_was_changed(trail):
    attack(update(ENTRY).where(ENTRY.c.sequence == 4).values(summary="Changed"))
    page = list_history(Subject("institution", 3), PageRequest())
    assert [row.sequence for row in page.rows if not row.is_sealed] == [4]


def test_the_first_entry_is_sealed_although_none_comes_before_it(trail):
    assert list_history(Subject("institution", 3), PageRequest()).rows[-1].is_sealed


def test_the_trail_is_searched_by_who_what_kind_words_and_days(trail, office):
    later = datetime(2016, 6, 1, 12, tzinfo=UTC)
    with clock_at(later), transaction():
        record("billing.issue", Subject("invoice", 1), summary="Issued 2016-0001", actor=Actor("Jessamy", 4))
    found = [
        TrailFilters(who="jess"),
        TrailFilters(action="issue"),
        TrailFilters(kind="invoice"),
        TrailFilters(words="0001 ISSUED"),
        TrailFilters(first_day=date(2016, 6, 1)),
    ]
    for filters in found:
        assert [row.sequence for row in search_trail(filters, PageRequest(), office).rows] == [6]
    assert search_trail(TrailFilters(last_day=(later - timedelta(days=1)).date()), PageRequest(), office).total == 5


def test_only_those_who_may_read_the_trail_can(trail):
    auditor = Actor("A", 1, (Granted(Role.AUDITOR),))
    finance = Actor("F", 2, (Granted(Role.FINANCE),))
    assert may_read_history(auditor)
    assert not may_read_history(finance)
    assert not may_read_history(None)
    with pytest.raises(AccessDeniedError):
        search_trail(TrailFilters(), PageRequest(), finance)
    with pytest.raises(AccessDeniedError):
        get_entry(1, finance)


def test_an_entry_shows_its_values_and_where_it_stands(trail, office):
    entry = get_entry(2, office)
    assert [(each.name, each.before, each.after) for each in entry.changes] == [
        ("Name", "N2", "N3"),
        ("Contact", "Odile", "Lucan"),
    ]
    assert entry.neighbours == (1, 3)
    assert entry.is_sealed
    assert get_entry(5, office).neighbours == (4, None)
    with pytest.raises(NotFoundError):
        get_entry(6, office)


def test_an_entry_shows_days_as_one_writes_them(trail, office):
    with transaction():
        days = {"first_day": date(2016, 5, 4), "reference": "2016-99-99"}
        record("members.admit", Subject("institution", 1), summary="Admitted.", actor=office, after=days)
    assert [each.after for each in get_entry(6, office).changes] == ["4 May 2016", "2016-99-99"]


def test_an_entry_names_values_as_pages_do(trail, office):
    with transaction():
        said = {"kind": "email", "vat_number": "GB1", "email": "a@b.example"}
        record("members.add_route", Subject("person", 1), summary="Added.", actor=office, after=said)
    told = [(each.name, each.after) for each in get_entry(6, office).changes]
    assert told == [("Kind", "e-mail"), ("VAT number", "GB1"), ("E-mail", "a@b.example")]


def test_an_erased_value_reads_as_erased(trail, office):
    attack(delete(AuditPersonalValue).where(AuditPersonalValue.person_id == 7))
    assert get_entry(2, office).changes[1].before == "erased"


def test_an_empty_trail_holds(context):
    assert list(check_chain()) == []
    assert get_head() == Head(0, "0" * 64)
