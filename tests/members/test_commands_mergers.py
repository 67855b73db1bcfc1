"""Merging and undoing: everything follows, and goes back exactly until something new hangs on it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.accounts.models import Grant, User
from app.core import clock
from app.core.actor import Actor
from app.core.database import Base, db
from app.core.errors import AccessDeniedError, DomainError, StaleError
from app.core.tables import PageRequest
from app.core.verification import run_checks
from app.members.commands import AffiliationFacts, Merging, affiliate_person, merge_records, set_parent, undo_merger
from app.members.queries import (
    InstitutionFilters,
    get_institution,
    list_memberships_of,
    preview_merger,
    search_institutions,
)
from app.members.queries.followers import followers, stayers
from app.members.rules import Purpose, TwinKind
from tests.conftest import empty_database
from tests.members.world import LAUNCH, OFFICE, do, institution, member, on, person, voice

TODAY = date(2016, 5, 24)
KINDS = {"institution": TwinKind.INSTITUTION, "person": TwinKind.PERSON}
APART = ("audit_", "merger", "idempotency")
FORGIVEN = ("version", "used_at", "ended_at")


def tables() -> dict[str, list[Any]]:
    """Every row of every table, but the trail and the mergers; without versions."""
    db.session.flush()
    found = {}
    for table in Base.metadata.sorted_tables:
        if not table.name.startswith(APART):
            columns = [column for column in table.columns if column.name not in FORGIVEN]
            rows = db.session.execute(select(*columns).order_by(*table.primary_key.columns)).all()
            found[table.name] = [tuple(row) for row in rows]
    db.session.rollback()
    return found


def problems() -> list[str]:
    found = [problem for finding in run_checks() for problem in finding.problems]
    db.session.rollback()
    return found


def merging(kind: TwinKind, survivor: Any, merged: Any, **more: Any) -> Merging:
    return Merging(kind, survivor.id, merged.id, "The same house", **more)


def test_every_column_that_points_to_an_institution_or_a_person_follows_or_is_declared_to_stay():
    unnamed = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name in KINDS and f"{table.name}.{column.name}" not in followers.keys() | stayers.keys()
    ]
    assert unnamed == []


@pytest.mark.usefixtures("context")
def test_what_hangs_on_an_institution_follows_and_its_names_stay_found():
    one, two = institution(), institution("Souris Clinic", "SC", website="https://sc.example")
    part = institution("Part", "P")
    do(set_parent, part.id, two.id)
    member(two), voice(person(two), two)
    words = {row.words for row in preview_merger(TwinKind.INSTITUTION, one.id, two.id, OFFICE).moved}
    assert {"membership", "place of a person", "representative", "part of it", "right to act for it"} <= words
    do(merge_records, merging(TwinKind.INSTITUTION, one, two))
    record = get_institution(one.id, OFFICE, on=TODAY)
    assert record.standing.state == "active"
    assert record.children == ((part.id, "Part"),)
    assert record.website == "https://sc.example"
    for text in ("souris clinic", two.account_number):
        page = search_institutions(InstitutionFilters(text=text), PageRequest(), OFFICE, on=TODAY)
        assert [row.id for row in page.rows] == [one.id]
    assert problems() == []


@pytest.mark.usefixtures("context")
def test_what_was_known_before_a_merger_is_still_answered():
    one, two = institution(), institution("Souris Clinic", "SC")
    member(two)
    before = clock.now()
    with clock.clock_at(before + timedelta(days=1)):
        do(merge_records, merging(TwinKind.INSTITUTION, one, two))
        for known, holder, other in ((before, two, one), (None, one, two)):
            assert list_memberships_of(holder.id, on=TODAY, known=known, actor=OFFICE)
            assert not list_memberships_of(other.id, on=TODAY, known=known, actor=OFFICE)
            page = search_institutions(InstitutionFilters(), PageRequest(), OFFICE, on=TODAY, known=known)
            assert {row.id for row in page.rows if row.standing.state} == {holder.id}


@pytest.mark.usefixtures("context")
def test_a_merged_person_can_no_longer_act_and_the_rights_move():
    house = institution()
    one, two = person(house, "Ada", "Lovelace"), person(institution("B", "B"), "A", "Lovelace")
    voice(two, house, Purpose.ALTERNATE)
    do(merge_records, merging(TwinKind.PERSON, one, two))
    assert db.session.get_one(User, two.user_id).disabled_at is not None
    granted = db.session.scalars(select(Grant.user_id).where(Grant.institution_id == house.id)).all()
    assert set(granted) == {one.user_id}
    assert problems() == []


CLASHES = ["memberships", "voices", "parts", "places"]


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("clash", CLASHES)
def test_a_merger_that_would_break_a_rule_is_refused_and_says_the_way_out(clash):
    one, two = institution(), institution("Souris Clinic", "SC")
    ada = person(one, "Ada", "Lovelace")
    if clash == "memberships":
        member(one), member(two)
    elif clash == "voices":
        voice(ada, one), voice(person(two), two)
    elif clash == "parts":
        do(set_parent, one.id, two.id)
    else:
        do(affiliate_person, ada.id, AffiliationFacts(two.id, LAUNCH))
    before = tables()
    with pytest.raises(DomainError, match=r"End one of them|Say first"):
        do(merge_records, merging(TwinKind.INSTITUTION, one, two))
    assert tables() == before


@pytest.mark.usefixtures("context")
def test_a_merger_is_undone_until_something_new_hangs_on_it():
    one, two = institution(), institution("Souris Clinic", "SC")
    merger = do(merge_records, merging(TwinKind.INSTITUTION, one, two))
    person(one, "Ada", "Lovelace")
    with pytest.raises(DomainError, match="places of people changed or added since"):
        do(undo_merger, merger.id)


@pytest.mark.usefixtures("context")
def test_nothing_is_merged_twice_or_from_a_page_that_is_out_of_date():
    one, two, three = institution(), institution("Souris Clinic", "SC"), institution("Third", "T")
    with pytest.raises(StaleError):
        do(merge_records, merging(TwinKind.INSTITUTION, one, two, versions=(one.version + 1, two.version)))
    do(merge_records, merging(TwinKind.INSTITUTION, one, two))
    for pair in ((three, two), (three, one), (two, three)):
        with pytest.raises(DomainError, match="merged already, or has taken up another"):
            do(merge_records, merging(TwinKind.INSTITUTION, *pair))
    with pytest.raises(AccessDeniedError):
        do(merge_records, merging(TwinKind.INSTITUTION, one, three), actor=Actor("Nobody", user_id=7))


@pytest.mark.usefixtures("context")
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.sampled_from(["member", "voice", "place", "parent", "ror", "part"])), st.sampled_from(list(TwinKind)))
def test_a_merger_and_its_undoing_leave_every_table_as_it_was(parts, kind):
    try:
        _merge_and_undo(parts, kind)
    finally:
        db.session.remove()
        empty_database()


def _merge_and_undo(parts: set[str], kind: TwinKind) -> None:
    one, two = institution(), institution("Souris Clinic", "SC", ror="01cwqze88" if "ror" in parts else None)
    ada, ben = person(one, "Ada", "Lovelace"), person(two, "Ben", "Lovelace", orcid="0000-0002-1825-0097")
    if "member" in parts:
        member(two)
    if "voice" in parts:
        voice(ben, two)
    if "place" in parts:
        do(affiliate_person, ben.id, AffiliationFacts(institution("C", "C").id, LAUNCH))
    if "parent" in parts:
        do(set_parent, two.id, one.id)
    if "part" in parts:
        do(set_parent, institution("D", "D").id, two.id)
    before = tables()
    pair = (one, two) if kind is TwinKind.INSTITUTION else (ada, ben)
    with on(TODAY):
        merger = do(merge_records, merging(kind, *pair, taken=frozenset({"email", "phone", "country"})))
        assert tables() != before
        assert problems() == []
        do(undo_merger, merger.id)
    assert tables() == before
