"""What an undo of an import gives back must be allowed today: wholes, names, addresses, facts of the days between."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, update

from app.accounts.models import User
from app.audit.models import AuditEntry, AuditPersonalValue
from app.core.database import db
from app.members.commands import (
    Merging,
    PersonFacts,
    add_alias,
    edit_person,
    merge_records,
    rename_institution,
    set_parent,
    tell_apart,
    undo_merger,
)
from app.members.commands.names import Naming
from app.members.models import (
    DistinctPair,
    ImportEffect,
    Institution,
    InstitutionParticulars,
    Person,
)
from app.members.queries.register import export_register
from app.members.rules import TwinKind
from app.members.rules.imports import ImportKind
from tests.conftest import TODAY
from tests.members.importing import case_of, undo, written
from tests.members.test_commands_people import representative
from tests.members.test_commands_retracted import ADA, CNR, JOINS, PLACE, TOMORROW, at, brought, counted
from tests.members.world import OFFICE, do, institution, on, person, problems

pytestmark = pytest.mark.usefixtures("context")
LATER = date(2016, 5, 26)


def part(institution_: Institution, whole: str) -> int:
    return written(ImportKind.INSTITUTIONS, [{"Account number": institution_.account_number, "Part of": whole}])


def changed(person_id: int, **values: str) -> int:
    row = {"Person": person_id, "Given name": "Thibault", "Family name": "Ferronays", **values}
    return written(ImportKind.PEOPLE, [row])


def signs_in_as(person_id: int) -> str | None:
    db.session.expire_all()
    asked = select(User.email).join(Person, Person.user_id == User.id).where(Person.id == person_id)
    return db.session.scalars(asked).one()


def test_an_undo_makes_nothing_a_part_of_itself():
    ics, gsf = institution(), institution("GSF", "GSF")
    institution("MRC", "MRC")
    part(ics, "GSF")
    moved = part(ics, "MRC")
    do(set_parent, gsf.id, ics.id)
    assert undo(moved) == "applied: Institut Clinique de la Souris would be a part of itself."
    db.session.execute(update(Institution).where(Institution.id == ics.id).values(parent_id=gsf.id))
    assert problems()[:2] == [f"Institution {each} is a part of itself." for each in (ics.id, gsf.id)]
    db.session.rollback()


def test_a_whole_merged_since_is_not_given_back():
    ics, gsf = institution(), institution("GSF", "GSF")
    institution("MRC", "MRC")
    part(ics, "GSF")
    moved = part(ics, "MRC")
    with at(13):
        do(merge_records, Merging(TwinKind.INSTITUTION, ics.id, gsf.id, "The same"))
    name = "Institut Clinique de la Souris"
    assert undo(moved) == f"applied: {name}: what it was a part of was merged into another record."


def test_a_whole_that_a_later_import_would_give_back_stays_until_that_is_undone():
    ics = institution()
    institution("MRC", "MRC")
    whole = written(ImportKind.INSTITUTIONS, [CNR])
    parted = part(ics, "CNR")
    moved = part(ics, "MRC")
    assert undo(whole) == f"applied: CNR Monterotondo had a part until import {moved}: undo that one first."
    assert [undo(each) for each in (moved, parted, whole)] == ["undone: "] * 3


def test_a_record_merged_since_is_left_as_it_was_merged():
    ics = institution()
    written(ImportKind.INSTITUTIONS, [CNR])
    cnr = db.session.scalars(select(Institution).where(Institution.short_name == "CNR")).one()
    renamed = written(
        ImportKind.INSTITUTIONS, [{"Account number": cnr.account_number, "Website": "https://cnr.example"}]
    )
    with at(13):
        merger = do(merge_records, Merging(TwinKind.INSTITUTION, ics.id, cnr.id, "The same")).id
    assert undo(renamed) == "applied: CNR Monterotondo was merged into another record."
    with at(14):
        do(undo_merger, merger)
    assert undo(renamed) == "undone: "


def test_a_merger_undone_since_holds_no_import():
    ics = institution()
    institutions = written(ImportKind.INSTITUTIONS, [CNR])
    cnr = db.session.scalars(select(Institution).where(Institution.short_name == "CNR")).one()
    people = written(ImportKind.PEOPLE, [{**ADA, **PLACE}])
    with at(13):
        merger = do(merge_records, Merging(TwinKind.INSTITUTION, ics.id, cnr.id, "The same")).id
    assert undo(people).endswith("(line 2) was changed since.")
    with at(14):
        do(undo_merger, merger)
    assert [undo(each) for each in (people, institutions)] == ["undone: "] * 2


def test_a_name_that_is_an_alias_of_another_by_now_is_not_given_back():
    ics = institution()
    written(ImportKind.INSTITUTIONS, [CNR])
    cnr = db.session.scalars(select(Institution).where(Institution.short_name == "CNR")).one()
    renamed = written(ImportKind.INSTITUTIONS, [{"Account number": cnr.account_number, "Name": "CNR Rome"}])
    do(add_alias, ics.id, "CNR Monterotondo")
    told = "CNR Rome: its name before is an alias of Institut Clinique de la Souris by now."
    assert undo(renamed) == f"applied: {told}"


def test_a_name_is_not_put_right_once_another_one_began():
    ics = institution()
    wrong = written(ImportKind.INSTITUTIONS, [{"Account number": ics.account_number, "Short name": "WRONG"}])
    with at(13):
        do(rename_institution, ics.id, Naming("Institute of Mice", "WRONG", TODAY), reason="Renamed")
    assert undo(wrong) == "applied: Institute of Mice was renamed since."


@pytest.mark.parametrize("is_undone", [False, True])
def test_a_name_brought_or_taken_back_changes_nobodys_way_to_sign_in(*, is_undone: bool):
    ics = institution()
    added = person(ics)
    known = signs_in_as(added.id)
    imported = changed(added.id, **{"Given name": "Tibo"}) if is_undone else None
    facts = PersonFacts("Tibo" if is_undone else "Thibault", "Ferronays", email="elsewhere@ics.example")
    version = db.session.get_one(Person, added.id).version
    do(edit_person, added.id, facts, version=version, actor=representative(ics.id))
    if imported is None:
        changed(added.id, **{"Given name": "Tibo"})
    else:
        assert undo(imported) == "undone: "
    assert signs_in_as(added.id) == known


def test_an_address_brought_by_an_import_signs_in_no_more_once_it_is_undone():
    written(ImportKind.PEOPLE, [{"Given name": "Thibault", "Family name": "Ferronays"}])
    person_id = db.session.scalars(select(Person.id)).one()
    brought_ = changed(person_id, **{"E-mail": "wrong@cnr.example"})
    assert signs_in_as(person_id) == "wrong@cnr.example"
    assert undo(brought_) == "undone: "
    assert signs_in_as(person_id) is None


def test_somebody_signs_in_as_before_an_import_not_as_a_representative_typed():
    ics = institution()
    added = person(ics)
    known = signs_in_as(added.id)
    facts = PersonFacts("Thibault", "Ferronays", email="elsewhere@ics.example")
    do(edit_person, added.id, facts, version=added.version, actor=representative(ics.id))
    brought_ = changed(added.id, **{"E-mail": "wrong@cnr.example"})
    assert undo(brought_) == "undone: "
    assert signs_in_as(added.id) == known


def test_an_import_that_moved_no_sign_in_moves_none_when_it_is_undone():
    ics = institution()
    added = person(ics)
    known = signs_in_as(added.id)
    facts = PersonFacts("Thibault", "Ferronays", email="elsewhere@ics.example")
    do(edit_person, added.id, facts, version=added.version, actor=representative(ics.id))
    brought_ = changed(added.id, **{"E-mail": str(known)})
    assert signs_in_as(added.id) == known
    assert undo(brought_) == "undone: "
    assert signs_in_as(added.id) == known


def test_no_value_of_what_was_taken_back_is_kept_with_an_import():
    people = written(ImportKind.PEOPLE, [ADA])
    moved = written(ImportKind.PEOPLE, [{**ADA, "Telephone": "+39 06 1"}])
    assert [undo(moved), undo(people)] == ["undone: "] * 2
    kept = db.session.execute(select(ImportEffect.before, ImportEffect.after)).all()
    assert kept
    assert [tuple(each) for each in kept] == [({}, {})] * len(kept)
    assert problems() == []


def test_what_was_said_of_people_an_import_added_goes_with_them():
    ada = person(institution())
    people = written(ImportKind.PEOPLE, [ADA])
    other = db.session.scalars(select(Person.id).where(Person.id != ada.id)).one()
    do(tell_apart, TwinKind.PERSON, ada.id, other, reason="Not the same")
    assert undo(people) == "undone: "
    assert counted(DistinctPair) == 0
    asked = select(AuditPersonalValue.person_id).where(AuditPersonalValue.person_id == other)
    assert db.session.scalars(asked).all() == []
    assert problems() == []


def test_a_unit_another_import_changed_for_a_day_goes_with_its_institution():
    institutions = written(ImportKind.INSTITUTIONS, [{**CNR, "Units": "Lab | 2012-01-01 |"}])
    with on(TOMORROW):
        ended = written(ImportKind.INSTITUTIONS, [{**CNR, "Units": "Lab | 2012-01-01 | 2014-12-31"}])
    with on(LATER):
        assert [undo(each) for each in (ended, institutions)] == ["undone: "] * 2


def test_facts_undone_later_are_no_facts_of_the_days_between_but_stay_known():
    ics = institution()
    imported = written(ImportKind.INSTITUTIONS, [{"Account number": ics.account_number, "Country": "Italy"}])
    with on(LATER):
        assert undo(imported) == "undone: "
    of = InstitutionParticulars
    asked = select(of.country).where(of.institution_id == ics.id)
    assert set(db.session.scalars(asked.where(of.superseded_at.is_(None)))) == {"FR"}
    assert "IT" in set(db.session.scalars(asked.where(of.superseded_at.is_not(None))))
    assert problems() == []


def test_steps_known_on_a_day_stay_known_when_their_membership_is_undone():
    _, memberships = brought()
    then = case_of(memberships).applied_at
    before = export_register(ImportKind.MEMBERSHIPS, on=None, known=then, actor=OFFICE)
    steps = [row["steps"] for row in before.rows]
    assert all(steps)
    with on(TOMORROW):
        ended = written(ImportKind.MEMBERSHIPS, [{**JOINS, "Last day": "2014-12-31"}])
    with on(LATER):
        assert [undo(each) for each in (ended, memberships)] == ["undone: "] * 2
    after = export_register(ImportKind.MEMBERSHIPS, on=None, known=then, actor=OFFICE)
    assert [row["steps"] for row in after.rows] == steps


def test_the_trail_says_of_which_whole_an_import_made_a_part():
    ics, gsf = institution(), institution("GSF", "GSF")
    part(ics, "GSF")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "members.set_parent")).one()
    assert (entry.before, entry.after) == ({"parent_id": None}, {"parent_id": gsf.id})
