"""Undoing an import where somebody has entered something since for the days it would give back."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.actor import program
from app.core.database import db
from app.core.history import as_known
from app.members.commands import (
    Admission,
    AffiliationFacts,
    InstitutionFacts,
    Merging,
    PersonFacts,
    add_alias,
    add_person,
    admit_member,
    affiliate_person,
    edit_institution,
    edit_person,
    end_affiliation,
    merge_records,
    remove_alias,
    suspend_member,
    undo_merger,
    withdraw_member,
)
from app.members.commands.imports import undo_import
from app.members.commands.imports.undoing import take_back_import
from app.members.models import Affiliation, Institution, InstitutionParticulars, Membership, MembershipStep, Person
from app.members.rules import TwinKind
from app.members.rules.imports import ImportKind
from app.outbox.work import run_due_jobs
from app.web.requests import House
from tests.members.importing import case_of, written
from tests.members.test_commands_at_once import one_after_the_other
from tests.members.world import OFFICE, class_id, do, institution, member, on, person, problems

pytestmark = pytest.mark.usefixtures("context")
ENDS = {"Institution": "ICS", "Class": "Partner", "Member from": "2011-09-24", "Last day": "2015-01-01"}
MOVES = {"Given name": "Thibault", "Family name": "Ferronays", "E-mail": "thibault.ferronays@ics.example",
         "Institution": "ICS", "There since": "2011-09-24", "There until": "2015-01-01"}  # fmt: skip
ANN = {"Given name": "Ann", "Family name": "Lee", "E-mail": "ann@x.example"}
AVIARY = {"Name": "Aviary", "Short name": "AV", "Kind": "Funder", "Country": "GB"}


def rows(model: Any) -> list[tuple[int, date, date | None]]:
    """Id and days of each row on record."""
    asked = select(model).where(model.superseded_at.is_(None)).order_by(model.id)
    return [(row.id, row.first_day, row.last_day) for row in db.session.scalars(asked)]


def steps() -> list[tuple[str, date, date | None, str | None, str]]:
    """What each step on record says, and who has recorded it."""
    asked = select(MembershipStep).where(MembershipStep.superseded_at.is_(None)).order_by(MembershipStep.first_day)
    found = db.session.scalars(asked).all()
    return [(each.state.value, each.first_day, each.last_day, each.reason, each.recorded_by) for each in found]


def undone(import_id: int) -> tuple[str, str | None]:
    """The state and the notice of an import after somebody has asked for its undoing."""
    do(undo_import, import_id)
    run_due_jobs()
    case = case_of(import_id)
    return case.state.value, case.notice


def test_a_membership_entered_since_forbids_to_give_its_days_back():
    ics = institution()
    member(ics)
    import_id = written(ImportKind.MEMBERSHIPS, [ENDS])
    do(admit_member, ics.id, Admission(class_id("partner"), date(2016, 1, 1), date(2017, 12, 31)))
    kept = rows(Membership)
    assert undone(import_id) == (
        "applied",
        (
            "Row 2: Institut Clinique de la Souris is a member as Partner from 1 January 2016 until 31 December 2017"
            " by an entry made since, on days that would be given back."
        ),
    )
    assert rows(Membership) == kept
    assert problems() == []


def test_a_membership_of_other_days_or_of_another_class_is_in_nobodys_way():
    ics = institution()
    member(ics)
    import_id = written(ImportKind.MEMBERSHIPS, [ENDS])
    do(admit_member, ics.id, Admission(class_id("funder"), date(2016, 1, 1)))
    do(admit_member, ics.id, Admission(class_id("partner"), date(2010, 1, 1), date(2010, 12, 31)))
    again = do(admit_member, ics.id, Admission(class_id("partner"), date(2016, 7, 1)))
    do(withdraw_member, again.id, last_day=date(2016, 6, 1), reason="It never began")
    assert undone(import_id) == ("undone", None)
    assert problems() == []


def test_two_memberships_that_a_merger_brought_together_are_not_both_given_back():
    ics, clinic = institution(), institution("Souris Clinic", "SC")
    member(ics), member(clinic, since=date(2015, 7, 1))
    first = written(ImportKind.MEMBERSHIPS, [ENDS])
    do(merge_records, Merging(TwinKind.INSTITUTION, ics.id, clinic.id, "The same house"))
    state, notice = undone(first)
    assert (state, (notice or "").startswith("Row 2: ")) == ("applied", True)
    assert problems() == []


def test_a_place_entered_since_forbids_to_give_its_days_back():
    ics = institution()
    someone = person(ics)
    import_id = written(ImportKind.PEOPLE, [MOVES])
    do(affiliate_person, someone.id, AffiliationFacts(ics.id, date(2016, 1, 1)))
    kept = rows(Affiliation)
    assert undone(import_id) == (
        "applied",
        (
            f"Row 2: Person {someone.id} has a place at Institut Clinique de la Souris from 1 January 2016 on"
            " by an entry made since, on days that would be given back."
        ),
    )
    assert rows(Affiliation) == kept
    assert problems() == []
    do(end_affiliation, kept[-1][0], last_day=date(2016, 1, 1))
    assert undone(import_id)[0] == "applied"


def test_a_place_elsewhere_is_in_nobodys_way():
    ics, elsewhere = institution(), institution("Aviary", "AV", country="GB")
    someone = person(ics)
    import_id = written(ImportKind.PEOPLE, [MOVES])
    do(affiliate_person, someone.id, AffiliationFacts(elsewhere.id, date(2016, 1, 1)))
    assert undone(import_id) == ("undone", None)
    assert problems() == []


@pytest.mark.parametrize("kind", ["membership", "place"])
def test_what_is_entered_at_the_moment_of_undoing_forbids_it_too(app: House, kind: str):
    ics = institution()
    someone = person(ics)
    member(ics)
    is_membership = kind == "membership"
    import_id = written(*((ImportKind.MEMBERSHIPS, [ENDS]) if is_membership else (ImportKind.PEOPLE, [MOVES])))
    do(undo_import, import_id)
    place, admission = AffiliationFacts(ics.id, date(2016, 1, 1)), Admission(class_id("partner"), date(2016, 1, 1))
    ids = ics.id, someone.id
    db.session.remove()

    def enter() -> None:
        if is_membership:
            admit_member(ids[0], admission, actor=OFFICE)
        else:
            affiliate_person(ids[1], place, actor=OFFICE)

    assert one_after_the_other(app, enter, lambda: take_back_import({"import_id": import_id})) == ["done", "done"]
    case = case_of(import_id)
    assert (case.state, "by an entry made since" in (case.notice or "")) == ("applied", True)
    assert problems() == []


def test_a_merger_that_filled_several_facts_and_was_undone_is_in_nobodys_way():
    import_id = written(ImportKind.PEOPLE, [ANN])
    ann = db.session.scalars(select(Person)).one()
    other = do(add_person, PersonFacts("Ann", "Lee-Smith", phone="+33 3 11 11 11 11", orcid="0000-0002-1825-0097"))
    merger = do(merge_records, Merging(TwinKind.PERSON, ann.id, other.id, "The same"))
    do(undo_merger, merger.id)
    assert undone(import_id) == ("undone", None)
    assert problems() == []


def test_a_merger_of_two_called_alike_and_undone_is_in_nobodys_way():
    import_id = written(ImportKind.PEOPLE, [ANN])
    ann = db.session.scalars(select(Person)).one()
    other = do(add_person, PersonFacts("Ann", "Lee"))
    merger = do(merge_records, Merging(TwinKind.PERSON, other.id, ann.id, "The same"))
    do(undo_merger, merger.id)
    merger = do(merge_records, Merging(TwinKind.PERSON, ann.id, other.id, "The same"))
    do(undo_merger, merger.id)
    assert undone(import_id) == ("undone", None)
    assert problems() == []


def test_a_person_edited_since_keeps_the_import():
    import_id = written(ImportKind.PEOPLE, [ANN])
    ann = db.session.scalars(select(Person)).one()
    other = do(add_person, PersonFacts("Ann", "Lee-Smith", phone="+33 3 11 11 11 11"))
    do(undo_merger, do(merge_records, Merging(TwinKind.PERSON, ann.id, other.id, "The same")).id)
    do(edit_person, ann.id, PersonFacts("Anna", "Lee", email="ann@x.example"), version=ann.version)
    assert undone(import_id)[0] == "applied"


def test_an_alias_added_and_removed_by_hand_is_in_nobodys_way():
    import_id = written(ImportKind.INSTITUTIONS, [AVIARY])
    aviary = db.session.scalars(select(Institution)).one()
    alias = do(add_alias, aviary.id, "The Cage")
    assert "still named by 1 alias" in (undone(import_id)[1] or "")
    do(remove_alias, alias.id)
    assert undone(import_id) == ("undone", None)
    assert problems() == []


def test_steps_given_back_say_who_recorded_them():
    ics = institution()
    partner = member(ics)
    days = {"first_day": date(2014, 7, 1), "last_day": date(2014, 9, 30)}
    with on(date(2014, 6, 1)):
        do(suspend_member, partner.id, **days, reason="Fee is due", actor=program("Marta"))
    before = steps()
    import_id = written(ImportKind.MEMBERSHIPS, [ENDS])
    assert undone(import_id) == ("undone", None)
    assert steps() == before
    assert {name for *_, name in before} == {"test", "Marta"}
    assert problems() == []


def test_an_older_import_does_not_take_what_came_after_what_it_had_brought_was_gone():
    ics, whole = institution(), written(ImportKind.INSTITUTIONS, [AVIARY])
    joins = written(ImportKind.MEMBERSHIPS, [{"Institution": "AV", "Class": "Partner", "Member from": "2017-01-01"}])
    (came,) = db.session.scalars(select(Membership.id))
    do(withdraw_member, came, last_day=date(2016, 6, 1), reason="It never began")
    assert undone(whole) == ("undone", None)
    kept = do(admit_member, ics.id, Admission(class_id("partner"), date(2016, 1, 1)))
    assert undone(joins) == ("applied", f"Membership {came} (line 2) was changed since.")
    assert [each.id for each in db.session.scalars(select(Membership).where(as_known(Membership)))] == [kept.id]


def test_the_history_of_somebody_new_begins_with_themselves():
    assert undone(written(ImportKind.PEOPLE, [ANN])) == ("undone", None)
    (gone,) = set(db.session.scalars(select(AuditEntry.subject_id).where(AuditEntry.subject_kind == "person")))
    assert do(add_person, PersonFacts("Bea", "Moor")).id != gone


def test_values_entered_since_for_days_of_their_own_stay():
    ics = institution()
    with on(date(2016, 6, 1)):
        import_id = written(
            ImportKind.INSTITUTIONS, [{"Short name": "ICS", "Country": "Germany", "Website": "https://x.example"}]
        )
    for day, country in ((3, "GB"), (5, "DE")):
        with on(date(2016, 6, day)):
            saved = db.session.get_one(Institution, ics.id)
            facts = {each.name: getattr(saved, each.name) for each in fields(InstitutionFacts)} | {"country": country}
            do(edit_institution, ics.id, InstitutionFacts(**facts), version=saved.version, since=date(2016, 6, day))
            db.session.remove()
    with on(date(2016, 6, 7)):
        assert undone(import_id) == ("undone", None)
        assert problems() == []
        asked = select(InstitutionParticulars).where(as_known(InstitutionParticulars))
        found = db.session.scalars(asked.order_by(InstitutionParticulars.first_day)).all()
    assert [(row.first_day.day, row.country, row.website) for row in found[1:]] == [
        (1, "FR", None),
        (3, "GB", None),
        (5, "FR", None),
    ]
