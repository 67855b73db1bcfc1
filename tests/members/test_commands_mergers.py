"""Merging and undoing: everything follows, and goes back exactly until something new hangs on it."""

from __future__ import annotations

from dataclasses import fields
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
from app.core.personal_data import list_holdings
from app.core.tables import PageRequest
from app.members.commands import (
    AffiliationFacts,
    InstitutionFacts,
    Merging,
    Paper,
    UnitFacts,
    add_alias,
    add_document,
    add_route,
    add_unit,
    affiliate_person,
    correct_first_day,
    correct_last_day,
    edit_institution,
    end_affiliation,
    erase_person,
    keep_person,
    merge_records,
    note,
    release_person,
    set_parent,
    undo_merger,
)
from app.members.models import Affiliation, Institution, Membership, Merger, MergerMove, Person
from app.members.queries import (
    InstitutionFilters,
    find_leaver,
    get_institution,
    list_memberships_of,
    preview_merger,
    search_institutions,
    subject_of,
)
from app.members.queries.followers import followers, stayers
from app.members.queries.register import export_register, institutions_on_record
from app.members.rules import DocumentKind, Purpose, RouteFacts, RouteKind, RoutePurpose, TwinKind
from app.members.rules.imports import ImportKind
from tests.database import empty_database
from tests.members.world import LAUNCH, OFFICE, do, institution, member, on, person, problems, voice

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
    with pytest.raises(DomainError, match=r"End one of them|Say first|take one back"):
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
def test_of_two_mergers_into_one_record_the_later_one_is_undone_first():
    one, two, three = institution(), institution("Souris Clinic", "SC"), institution("Third", "T")
    first, last = (do(merge_records, merging(TwinKind.INSTITUTION, one, each)) for each in (two, three))
    with pytest.raises(DomainError, match="Third was merged into the same record since: undo that first"):
        do(undo_merger, first.id)
    do(undo_merger, last.id)
    do(undo_merger, first.id)


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


PARTS = ["member", "voice", "place", "parent", "ror", "part", "facts", "fresh", "alias", "unit", "paper", "route"]


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("kind", list(TwinKind))
def test_a_merger_of_all_that_can_hang_on_a_record_is_undone_exactly(kind):
    _merge_and_undo(set(PARTS), kind)


@pytest.mark.usefixtures("context")
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.sampled_from(PARTS)), st.sampled_from(list(TwinKind)))
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
    _hang_papers(parts, two, ben)
    before = tables()
    pair = (one, two) if kind is TwinKind.INSTITUTION else (ada, ben)
    with on(TODAY):
        merger = do(merge_records, merging(kind, *pair, taken=frozenset({"email", "phone", "country", "website"})))
        assert tables() != before
        assert problems() == []
        do(undo_merger, merger.id)
    assert tables() == before


def _hang_papers(parts: set[str], house: Any, someone: Any) -> None:
    if "facts" in parts:
        change(house, website="https://sc.example", since=date(2014, 1, 1))
    if "fresh" in parts:
        change(house, postal_address="New Road", since=TODAY)
    if "alias" in parts:
        do(add_alias, house.id, "Maison Souris")
    if "unit" in parts:
        do(add_unit, house.id, UnitFacts("Clinic", LAUNCH))
    if "paper" in parts:
        paper = Paper(b"%PDF-1.7", "application/pdf", "c.pdf", DocumentKind.AGREEMENT, "Charter", LAUNCH)
        do(add_document, house.id, paper)
        do(note, house.id, "Old friends")
    if "route" in parts:
        do(add_route, someone.id, RouteFacts(RouteKind.EMAIL, RoutePurpose.BILLING, "bills@sc.example", LAUNCH))


def change(house: Any, *, since: date | None, **values: Any) -> None:
    """Change facts of an institution from a day on."""
    saved = db.session.get_one(Institution, house.id)
    facts = {each.name: getattr(saved, each.name) for each in fields(InstitutionFacts)} | values
    version = saved.version
    db.session.rollback()
    do(edit_institution, house.id, InstitutionFacts(**facts), version=version, since=since)


@pytest.mark.usefixtures("context")
def test_facts_of_the_survivor_change_from_the_day_of_the_merger_and_keep_the_days_before():
    one, two = (
        institution(website="https://ics.example"),
        institution("Souris Clinic", "SC", website="https://sc.example"),
    )
    with on(TODAY):
        do(merge_records, merging(TwinKind.INSTITUTION, one, two, taken=frozenset({"website"})))
        assert get_institution(one.id, OFFICE, on=TODAY).website == "https://sc.example"
        assert get_institution(one.id, OFFICE, on=TODAY - timedelta(days=1)).website == "https://ics.example"
        assert problems() == []


@pytest.mark.usefixtures("context")
def test_a_survivor_that_once_was_a_part_of_the_merged_one_is_never_a_part_of_itself():
    one, two = institution(), institution("Souris Clinic", "SC")
    do(set_parent, one.id, two.id)
    do(set_parent, one.id, None, since=date(2014, 1, 1))
    with on(TODAY):
        merger = do(merge_records, merging(TwinKind.INSTITUTION, one, two))
        assert get_institution(one.id, OFFICE, on=date(2013, 1, 1)).parent is None
        do(undo_merger, merger.id)
        assert get_institution(one.id, OFFICE, on=date(2013, 1, 1)).parent == (two.id, "Souris Clinic")


@pytest.mark.usefixtures("context")
def test_facts_changed_since_and_back_again_forbid_to_undo():
    one, two = institution(website="https://ics.example"), institution("Souris Clinic", "SC")
    merger = do(merge_records, merging(TwinKind.INSTITUTION, one, two))
    change(one, website=None, since=date(2016, 5, 24))
    change(one, website="https://ics.example", since=None)
    with pytest.raises(DomainError, match="periods of its facts changed or added since"):
        do(undo_merger, merger.id)


@pytest.mark.usefixtures("context")
def test_nothing_is_written_to_a_merged_record_any_more():
    one, two = institution(), institution("Souris Clinic", "SC")
    ada, ben = person(one, "Ada", "Lovelace"), person(institution("B", "B"), "Ben", "Lovelace")
    do(merge_records, merging(TwinKind.INSTITUTION, one, two))
    do(merge_records, merging(TwinKind.PERSON, ada, ben))
    place = AffiliationFacts(two.id, LAUNCH)
    for write in (
        lambda: do(add_alias, two.id, "Maison Souris"),
        lambda: do(note, two.id, "Old friends"),
        lambda: do(affiliate_person, ada.id, place),
        lambda: member(two),
        lambda: do(set_parent, one.id, two.id),
        lambda: voice(ben, one),
    ):
        with pytest.raises(DomainError, match="was merged into another one: do it there"):
            write()
    assert problems() == []


@pytest.mark.usefixtures("context")
def test_an_import_finds_the_survivor_by_every_number_and_name_of_the_merged_one():
    one, two = institution(), institution("Souris Clinic", "SC")
    do(add_alias, two.id, "Maison Souris")
    do(merge_records, merging(TwinKind.INSTITUTION, one, two))
    register = institutions_on_record()
    for text in ("Souris Clinic", "SC", "Maison Souris", two.account_number, one.account_number):
        assert list(register.find(text)) == [one.id]


@pytest.mark.usefixtures("context")
def test_who_was_merged_is_erased_with_the_survivor_and_nothing_of_them_is_kept_by_the_merger():
    house = institution()
    ada, ben = person(house, "Ada", "Lovelace"), person(institution("B", "B"), "Benedicta", "King")
    do(merge_records, merging(TwinKind.PERSON, ada, ben, taken=frozenset({"email"})))
    with pytest.raises(DomainError, match=f"merged into person {ada.id}: erase that record"):
        do(erase_person, ben.id, reason="Asked for it")
    titles = [held.title for held in list_holdings(subject_of(db.session.get_one(Person, ada.id)))]
    assert {"Mergers", "Person of the merged record Benedicta King"} <= set(titles)
    db.session.rollback()
    do(erase_person, ada.id, reason="Asked for it")
    assert all(db.session.get_one(Person, each.id).erased_at for each in (ada, ben))
    left = repr([tables(), *db.session.execute(select(MergerMove.before)), *db.session.execute(select(Merger.reason))])
    for word in ("benedicta", "lovelace", "king", "the same house"):
        assert word not in left.lower()
    assert problems() == []


@pytest.mark.usefixtures("context")
def test_who_was_merged_is_no_leaver_and_one_who_is_kept_for_a_reason_is_not_merged_away():
    house = institution()
    ada, ben = person(house, "Ada", "Lovelace"), person(institution("B", "B"), "Ben", "Lovelace")
    place = db.session.scalars(select(Affiliation.id).where(Affiliation.person_id == ben.id)).one()
    db.session.rollback()
    do(end_affiliation, place, last_day=date(2012, 1, 1))
    do(keep_person, ben.id, last_day=date(2040, 1, 1), reason="A dispute")
    with pytest.raises(DomainError, match=r"kept until 1 January 2040, for a reason\. Release them first"):
        do(merge_records, merging(TwinKind.PERSON, ada, ben))
    do(release_person, ben.id)
    assert find_leaver(ben.id, clock.today()) is not None
    do(merge_records, merging(TwinKind.PERSON, ada, ben))
    assert find_leaver(ben.id, clock.today()) is None


@pytest.mark.usefixtures("context")
def test_the_register_leaves_this_program_without_those_that_were_merged():
    one, two = institution(), institution("Souris Clinic", "SC")
    before = clock.now()
    with clock.clock_at(before + timedelta(days=1)):
        do(merge_records, merging(TwinKind.INSTITUTION, one, two))
        for known, numbers in ((None, {one.account_number}), (before, {one.account_number, two.account_number})):
            rows = export_register(ImportKind.INSTITUTIONS, known=known, actor=OFFICE).rows
            assert {row["account_number"] for row in rows} == numbers


@pytest.mark.usefixtures("context")
def test_two_that_were_members_from_the_same_day_are_merged_once_their_days_are_shared_out():
    one, two = institution(), institution("Souris Clinic", "SC")
    first, second = member(one), member(two)
    half = date(2014, 1, 1)
    do(correct_last_day, first.id, last_day=half - timedelta(days=1), reason="One house", version=first.version)
    do(correct_first_day, second.id, first_day=half, reason="One house", version=second.version)
    do(merge_records, merging(TwinKind.INSTITUTION, one, two))
    held = select(Membership.first_day, Membership.last_day).where(
        Membership.institution_id == one.id, Membership.superseded_at.is_(None)
    )
    assert set(db.session.execute(held).all()) == {(LAUNCH, date(2013, 12, 31)), (half, None)}
    assert problems() == []
