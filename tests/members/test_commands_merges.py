"""A merge lets what names one institution name another; undone, every row is as it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

import app.features
from app.core import clock
from app.core.actor import Actor
from app.core.database import Base, db
from app.core.errors import AccessDeniedError, DomainError
from app.core.tables import PageRequest
from app.core.verification import run_checks
from app.members.commands import (
    UnitFacts,
    add_alias,
    add_unit,
    merge_institutions,
    note,
    rename_institution,
    set_parent,
    undo_merge,
    withdraw_member,
)
from app.members.commands.institutions import Naming
from app.members.commands.pointers import list_pointers
from app.members.models import Institution, Membership, Merge
from app.members.queries import (
    InstitutionFilters,
    find_merge_of,
    get_institution,
    institution_choices,
    list_memberships_of,
    list_people_of,
    list_representatives,
    search_institutions,
)
from app.members.rules import Purpose
from tests.members.world import OFFICE, do, institution, member, on, person, voice

pytestmark = pytest.mark.usefixtures("context")
TODAY = date(2016, 5, 24)
UNTOLD = {"audit_entry", "audit_head", "audit_personal_value", "merge", "merge_change"}


@pytest.fixture
def pair() -> tuple[Institution, Institution]:
    """The institution that stays, and one with everything a merge can move."""
    stays = institution(ror="00cfam450")
    goes = institution(
        "Clinique de la Souris", "CDS", website="https://cds.example", postal_address="Old Road", vat_number=None
    )
    do(rename_institution, goes.id, Naming("La Clinique", "LC", date(2014, 1, 1)))
    member(goes, "observer", date(2013, 1, 1))
    member(stays)
    who = person(goes)
    voice(who, goes, Purpose.BILLING)
    do(add_alias, goes.id, "Souris")
    do(add_unit, goes.id, UnitFacts("Zoo", date(2012, 1, 1)))
    do(note, goes.id, "Small.")
    do(set_parent, institution("Annexe", "ANX").id, goes.id)
    db.session.expire_all()
    return stays, goes


def merge(pair: tuple[Institution, Institution], **values: Any) -> Merge:
    found: Merge = do(merge_institutions, pair[0].id, pair[1].id, reason="One and the same", **values)
    return found


def all_rows() -> dict[str, list[Any]]:
    """Every row of every table but the trail and the merges, without versions."""
    db.session.rollback()
    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in UNTOLD:
            columns = [column for column in table.columns if column.name != "version"]
            found[table.name] = [
                tuple(row) for row in db.session.execute(select(*columns).order_by(*table.primary_key))
            ]
    return found


def test_every_foreign_key_to_an_institution_follows_a_merge_or_says_why_not():
    told = {(pointer.model.__tablename__, pointer.column) for pointer in list_pointers()}
    keys = {
        (table.name, key.parent.name)
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "institution"
    }
    assert keys - told == set()
    assert app.features.PAGES


def test_what_names_the_merged_one_names_the_survivor(pair: tuple[Institution, Institution]):
    stays, goes = pair
    merge(pair)
    classes = {row.membership_class.name for row in list_memberships_of(stays.id, on=TODAY, actor=OFFICE)}
    assert classes == {"Observer", "Partner"}
    assert [row.name for row in list_people_of(stays.id, on=TODAY, actor=OFFICE)] == ["Thibault Ferronays"]
    assert [row.purpose for row in list_representatives(stays.id, on=TODAY, actor=OFFICE)] == [Purpose.BILLING]
    record = get_institution(stays.id, OFFICE, on=TODAY)
    assert [name for _, name in record.children] == ["Annexe"]
    assert record.website == "https://cds.example"
    assert list_memberships_of(goes.id, on=TODAY, actor=OFFICE) == []
    assert [found.check for found in run_checks() if found.problems] == []


def test_the_survivor_is_found_by_every_name_and_number_of_the_other_which_is_no_longer_listed(
    pair: tuple[Institution, Institution],
):
    stays, goes = pair
    merge(pair)
    for words in ("la clinique", "clinique de la souris", "cds", goes.account_number, "souris"):
        found = search_institutions(InstitutionFilters(text=words), PageRequest(), OFFICE, on=TODAY)
        assert [row.id for row in found.rows] == [stays.id], words
    assert goes.id not in dict(institution_choices(OFFICE))
    into = find_merge_of(goes.id)
    assert into is not None
    assert (into.survivor_id, into.reason) == (stays.id, "One and the same")


def test_as_known_before_the_merge_there_are_two(pair: tuple[Institution, Institution]):
    stays, goes = pair
    before = clock.now()
    with clock.clock_at(before + timedelta(hours=1)):
        merge(pair)
    known = before + timedelta(minutes=1)
    assert find_merge_of(goes.id, known=known) is None
    assert [row.period.first for row in list_memberships_of(goes.id, on=TODAY, known=known, actor=OFFICE)] == [
        date(2013, 1, 1)
    ]
    assert len(list_memberships_of(stays.id, on=TODAY, known=known, actor=OFFICE)) == 1
    found = search_institutions(InstitutionFilters(text="clinique"), PageRequest(), OFFICE, on=TODAY, known=known)
    assert {row.id for row in found.rows} == {stays.id, goes.id}


def test_the_survivor_keeps_its_own_unless_the_other_is_chosen(pair: tuple[Institution, Institution]):
    stays, goes = pair
    do(merge_institutions, stays.id, goes.id, taken=["postal_address"], reason="Same")
    full = get_institution(stays.id, OFFICE, on=TODAY).full
    assert full is not None
    assert (full.ror, full.postal_address) == ("00cfam450", "Old Road")


def test_undone_every_row_is_as_it_was(pair: tuple[Institution, Institution]):
    before = all_rows()
    with on(TODAY):
        found = merge(pair, taken=["country"])
        assert all_rows() != before
        do(undo_merge, found.id, reason="They are two")
    after = all_rows()
    assert {name: rows for name, rows in after.items() if rows != before[name]} == {}
    with pytest.raises(DomainError, match="undone already"):
        do(undo_merge, found.id, reason="Again")
    merge(pair)


def test_a_ror_moves_with_the_merge_and_back(pair: tuple[Institution, Institution]):
    stays, goes = pair
    found = do(merge_institutions, goes.id, stays.id, reason="The other way")
    assert db.session.get_one(Institution, goes.id).ror == "00cfam450"
    do(undo_merge, found.id, reason="No")
    db.session.expire_all()
    assert db.session.get_one(Institution, stays.id).ror == "00cfam450"
    assert db.session.get_one(Institution, goes.id).ror is None


def test_once_something_new_hangs_on_it_a_merge_is_not_undone(pair: tuple[Institution, Institution]):
    stays, _ = pair
    found = merge(pair)
    do(note, stays.id, "New.")
    with pytest.raises(DomainError, match="1 of its notes came after it"):
        do(undo_merge, found.id, reason="Too late")


def test_once_a_moved_row_was_changed_a_merge_is_not_undone(pair: tuple[Institution, Institution]):
    stays, _ = pair
    found = merge(pair)
    observer = db.session.scalars(
        select(Membership).where(Membership.institution_id == stays.id, Membership.first_day == date(2013, 1, 1))
    ).one()
    with clock.clock_at(datetime(2016, 5, 25, 9, tzinfo=UTC)):
        do(withdraw_member, observer.id, last_day=date(2016, 5, 25), reason="Letter")
    with pytest.raises(DomainError, match=r"Membership .* was changed after it"):
        do(undo_merge, found.id, reason="Too late")


def test_what_would_overlap_forbids_a_merge_and_says_what_to_do(pair: tuple[Institution, Institution]):
    stays, goes = pair
    member(goes, "partner", date(2015, 1, 1))
    voice(person(goes, "Isolde", "Marchbanks", email="i@cds.example"), goes)
    voice(person(stays, "Una", "Vale", email="u@ics.example"), stays)
    with pytest.raises(DomainError, match=r"Both have memberships of one class on 1 January 2015\. End one") as refused:
        merge(pair)
    assert "voting representatives" in refused.value.message
    assert find_merge_of(goes.id) is None


def test_nothing_is_merged_into_itself_or_twice_or_into_its_own_part(pair: tuple[Institution, Institution]):
    stays, goes = pair
    with pytest.raises(DomainError, match="into itself"):
        do(merge_institutions, stays.id, stays.id, reason="No")
    inner = institution("Inner", "IN")
    annexe = next(row for row in institution_choices(OFFICE) if row[1] == "Annexe")
    do(set_parent, inner.id, annexe[0])
    with pytest.raises(DomainError, match="a part of a part"):
        do(merge_institutions, inner.id, goes.id, reason="No")
    merge(pair)
    with pytest.raises(DomainError, match="merged into another institution already"):
        merge(pair)


def test_a_survivor_that_goes_up_in_a_third_takes_along_what_went_up_in_it(pair: tuple[Institution, Institution]):
    stays, goes = pair
    first = merge(pair)
    third = institution("Third", "TH")
    second = do(merge_institutions, third.id, stays.id, reason="All one")
    into = find_merge_of(goes.id)
    assert into is not None
    assert into.survivor_id == third.id
    with pytest.raises(DomainError, match="was changed after it"):
        do(undo_merge, first.id, reason="Not yet")
    do(undo_merge, second.id, reason="No")
    do(undo_merge, first.id, reason="No")


def test_only_who_edits_institutions_and_memberships_merges(pair: tuple[Institution, Institution]):
    with pytest.raises(AccessDeniedError):
        merge(pair, actor=Actor("Nobody", user_id=7))
