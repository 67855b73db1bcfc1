"""Undoing imports on the day and later: what a day had known stays for it, and what none had known goes."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core import clock
from app.core.database import db
from app.core.history import Recorded, valid
from app.members.commands import Admission, PersonFacts, admit_member, edit_person
from app.members.commands.imports import apply_import, check_again
from app.members.commands.retention import note_leavers
from app.members.models import (
    Affiliation,
    ContactRoute,
    Institution,
    InstitutionUnit,
    Leaver,
    Membership,
    MembershipStep,
    Person,
    Representation,
)
from app.members.rules.imports import ImportKind
from app.outbox.work import run_due_jobs
from tests.conftest import TODAY
from tests.members.importing import case_of, tried, undo, written
from tests.members.world import class_id, do, institution, on, problems

pytestmark = pytest.mark.usefixtures("context")
CNR = {"Name": "CNR Monterotondo", "Short name": "CNR", "Kind": "research centre", "Country": "Italy"}
JOINS = {"Institution": "CNR", "Class": "Partner", "Member from": "2012-01-01"}
ADA = {"Given name": "Ada", "Family name": "Moreau", "E-mail": "ada@cnr.example"}
PLACE = {"Institution": "CNR", "There since": "2012-01-01"}
VOTES = {"Institution": "CNR", "E-mail": "ada@cnr.example", "As": "Voting representative", "From": "2012-01-01"}
BILLED = {"E-mail": "ada@cnr.example", "Kind": "E-mail", "For": "Billing", "Route": "i@cnr.example",
          "From": "2012-01-01"}  # fmt: skip
TOMORROW = date(2016, 5, 25)


def brought() -> tuple[int, int]:
    """The imports of an institution and of its membership."""
    return written(ImportKind.INSTITUTIONS, [CNR]), written(ImportKind.MEMBERSHIPS, [JOINS])


def counted(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def known_at(model: type[Recorded], instant: datetime | None) -> int:
    return len(db.session.scalars(select(model).where(valid(model, TODAY, instant))).all())


def members_known_at(instant: datetime | None) -> int:
    return known_at(Membership, instant)


def test_memberships_undone_on_the_day_they_came_go_with_their_institutions():
    institutions, memberships = brought()
    assert undo(memberships) == "undone: "
    assert (counted(Membership), counted(MembershipStep)) == (1, 1)
    assert undo(institutions) == "undone: "
    assert (counted(Institution), counted(Membership), counted(MembershipStep)) == (0, 0, 0)
    assert problems() == []
    kept = set(db.session.scalars(select(AuditEntry.action)))
    assert {"members.admit_member", "members.undo_import", "members.remove_institution"} <= kept


def test_memberships_undone_on_a_later_day_stay_for_what_was_known_between_and_the_page_says_so():
    institutions, memberships = brought()
    with on(TOMORROW):
        undo(memberships)
        assert undo(institutions) == (
            "applied: CNR Monterotondo is still named by 1 membership, kept for what was known on 24 May 2016."
        )
    assert members_known_at(None) == 0
    assert members_known_at(clock.end_of(TODAY)) == 1
    assert problems() == []


def test_memberships_on_record_still_hold_their_institutions():
    institutions, _ = brought()
    assert undo(institutions) == "applied: CNR Monterotondo is still named by 1 membership."
    assert counted(Membership) == 1


def test_a_membership_entered_by_hand_still_holds_an_institution_whose_imported_one_was_taken_back():
    institutions, memberships = brought()
    undo(memberships)
    cnr = db.session.scalars(select(Institution)).one()
    do(admit_member, cnr.id, Admission(class_id("partner"), date(2016, 1, 1)))
    assert undo(institutions) == "applied: CNR Monterotondo is still named by 1 membership."
    assert (counted(Institution), counted(Membership)) == (1, 2)


def test_the_same_tables_can_be_brought_again_after_both_were_undone():
    institutions, memberships = brought()
    undo(memberships)
    undo(institutions)
    brought()
    assert (counted(Institution), members_known_at(None)) == (1, 1)
    assert problems() == []


def test_what_was_ended_taken_up_again_and_taken_back_on_one_day_goes_with_its_institution():
    institutions, memberships = brought()
    ended = written(ImportKind.MEMBERSHIPS, [{**JOINS, "Last day": "2014-12-31"}])
    assert [undo(each) for each in (ended, memberships, institutions)] == ["undone: "] * 3
    assert (counted(Institution), counted(Membership), counted(MembershipStep)) == (0, 0, 0)
    assert problems() == []


def contacts() -> tuple[int, int, int, int]:
    """The imports of an institution, of somebody there, of what they do for it, and of how they are reached."""
    institutions = written(ImportKind.INSTITUTIONS, [CNR])
    people = written(ImportKind.PEOPLE, [{**ADA, **PLACE}])
    return (
        institutions,
        people,
        written(ImportKind.REPRESENTATIVES, [VOTES]),
        written(ImportKind.CONTACT_ROUTES, [BILLED]),
    )


def test_representatives_and_routes_ended_and_taken_back_on_one_day_go_with_the_person():
    institutions, people, representatives, routes = contacts()
    ends = {"Last day": "2014-12-31"}
    votes_end = written(ImportKind.REPRESENTATIVES, [{**VOTES, **ends}])
    route_ends = written(ImportKind.CONTACT_ROUTES, [{**BILLED, **ends}])
    each_in_turn = (votes_end, route_ends, representatives, routes, people, institutions)
    assert [undo(each) for each in each_in_turn] == ["undone: "] * 6
    assert [counted(model) for model in (Representation, ContactRoute, Affiliation, Person, Institution)] == [0] * 5
    assert problems() == []


def test_representatives_and_routes_undone_on_a_later_day_stay_for_what_was_known_and_hold_the_person():
    institutions, people, representatives, routes = contacts()
    with on(TOMORROW):
        assert [undo(each) for each in (representatives, routes)] == ["undone: "] * 2
        kept = "kept for what was known on 24 May 2016."
        number = db.session.scalars(select(Person.id)).one()
        assert undo(people) == (
            f"applied: Person {number} (line 2) is still named by 1 contact route, {kept}\n"
            f"Person {number} (line 2) is still named by 1 role for an institution, {kept}"
        )
        assert undo(institutions).startswith("applied: CNR Monterotondo is still named by 1 place of a person.\n")
    for model in (Representation, ContactRoute):
        assert (known_at(model, None), known_at(model, clock.end_of(TODAY))) == (0, 1)
    assert problems() == []
    with on(TOMORROW):
        written(ImportKind.REPRESENTATIVES, [VOTES])
        written(ImportKind.CONTACT_ROUTES, [BILLED])
    assert [known_at(model, None) for model in (Representation, ContactRoute)] == [1, 1]


def test_a_place_given_to_somebody_on_record_and_undone_on_a_later_day_stays_for_what_was_known():
    written(ImportKind.INSTITUTIONS, [CNR])
    written(ImportKind.PEOPLE, [ADA])
    placed = written(ImportKind.PEOPLE, [{**ADA, **PLACE}])
    with on(TOMORROW):
        assert undo(placed) == "undone: "
    assert (known_at(Affiliation, None), known_at(Affiliation, clock.end_of(TODAY))) == (0, 1)
    summaries = db.session.scalars(select(AuditEntry.summary).where(AuditEntry.action == "members.undo_import")).all()
    assert "Place at an institution taken back" in summaries
    assert problems() == []


def test_the_mark_of_somebody_without_a_tie_does_not_hold_their_import():
    people = written(ImportKind.PEOPLE, [ADA])
    with on(TOMORROW):
        note_leavers()
        assert counted(Leaver) == 1
        assert undo(people) == "undone: "
    assert (counted(Leaver), counted(Person)) == (0, 0)


CHANGES = [
    (ImportKind.INSTITUTIONS, {**CNR, "Name": "CNR Rome", "Short name": "CNR", "Website": "https://cnr.example"}),
    (ImportKind.INSTITUTIONS, {**CNR, "Website": "https://cnr.example"}),
    (ImportKind.PEOPLE, {**ADA, "Family name": "Moreau-Lind", "Languages": "French"}),
    (ImportKind.PEOPLE, {**ADA, **PLACE, "As": "Head", "There until": "2014-12-31"}),
]


@pytest.mark.parametrize(("kind", "row"), CHANGES)
def test_what_another_import_changed_and_gave_back_is_as_it_was_added(kind: ImportKind, row: dict[str, object]):
    institutions = written(ImportKind.INSTITUTIONS, [CNR])
    people = written(ImportKind.PEOPLE, [{**ADA, **PLACE}])
    named = {"Account number": "M-0001"} if kind is ImportKind.INSTITUTIONS else {}
    changes = written(kind, [{**row, **named}])
    assert "was changed since." in undo(institutions if named else people)
    assert [undo(each) for each in (changes, people, institutions)] == ["undone: "] * 3
    assert (counted(Institution), counted(Person)) == (0, 0)
    assert problems() == []


def test_what_several_rows_changed_of_one_person_is_as_before_and_as_it_was_added():
    people = written(ImportKind.PEOPLE, [{**ADA, "Telephone": "+39 06 1"}])
    institutions = written(ImportKind.INSTITUTIONS, [CNR])
    rows = [{**ADA, "Telephone": "+39 06 2"}, {**ADA, **PLACE, "Title": "Dr"}]
    changes = written(ImportKind.PEOPLE, rows)
    ada = db.session.scalars(select(Person)).one()
    assert (ada.phone, ada.title) == ("+39 06 2", "Dr")
    assert undo(changes) == "undone: "
    db.session.refresh(ada)
    assert (ada.phone, ada.title) == ("+39 06 1", None)
    assert [undo(each) for each in (people, institutions)] == ["undone: "] * 2


def test_what_was_changed_by_hand_beside_an_import_that_was_undone_is_still_told():
    written(ImportKind.INSTITUTIONS, [CNR])
    people = written(ImportKind.PEOPLE, [ADA])
    ada = db.session.scalars(select(Person)).one()
    changes = written(ImportKind.PEOPLE, [{**ADA, "Telephone": "+39 06 1"}])
    undo(changes)
    do(edit_person, ada.id, PersonFacts("Ada", "Moreau", email="ada@cnr.example", phone="+39 06 2"), version=3)
    assert undo(people) == f"applied: Person {ada.id} (line 2) was changed since."


def at(hour: int) -> AbstractContextManager[None]:
    """An hour of today."""
    return clock.clock_at(datetime(2016, 5, 24, hour, tzinfo=UTC))


def test_units_ended_and_taken_up_again_within_a_day_go_with_their_institution():
    with at(12):
        institutions = written(ImportKind.INSTITUTIONS, [{**CNR, "Units": "Lab | 2012-01-01 |"}])
    with at(13):
        ended = written(ImportKind.INSTITUTIONS, [{**CNR, "Units": "Lab | 2012-01-01 | 2014-12-31"}])
    with at(14):
        assert undo(ended) == "undone: "
    with at(15):
        assert undo(institutions) == "undone: "
    assert counted(InstitutionUnit) == 0


def test_units_undone_on_a_later_day_stay_for_what_was_known():
    written(ImportKind.INSTITUTIONS, [CNR])
    units = written(ImportKind.INSTITUTIONS, [{**CNR, "Units": "Lab | 2012-01-01 |"}])
    with on(TOMORROW):
        assert undo(units) == "undone: "
    assert (known_at(InstitutionUnit, None), known_at(InstitutionUnit, clock.end_of(TODAY))) == (0, 1)


def test_a_place_that_another_import_changed_for_a_day_goes_with_its_person():
    written(ImportKind.INSTITUTIONS, [CNR])
    people = written(ImportKind.PEOPLE, [{**ADA, **PLACE}])
    with on(TOMORROW):
        changed = written(ImportKind.PEOPLE, [{**ADA, **PLACE, "As": "Head"}])
    with on(date(2016, 5, 26)):
        assert [undo(each) for each in (changed, people)] == ["undone: "] * 2
    assert (counted(Affiliation), counted(Person)) == (0, 0)


def test_an_import_written_before_another_that_was_brought_earlier_counts_as_written_earlier():
    with at(12):
        late = tried(ImportKind.PEOPLE, [{**ADA, "Telephone": "+39 06 1"}])
    with at(13):
        people = written(ImportKind.PEOPLE, [ADA])
    with at(14):
        do(check_again, late)
        run_due_jobs()
        do(apply_import, late, version=case_of(late).version)
        run_due_jobs()
        assert db.session.scalars(select(Person.phone)).all() == ["+39 06 1"]
    with at(15):
        assert [undo(each) for each in (late, people)] == ["undone: "] * 2


def test_who_became_a_part_of_an_institution_of_the_same_file_is_as_before():
    ics = institution()
    with at(12):
        rows = [CNR, {"Account number": ics.account_number, "Part of": "CNR"}]
        brought = written(ImportKind.INSTITUTIONS, rows)
        assert db.session.get_one(Institution, ics.id, populate_existing=True).parent_id
    with at(13):
        assert undo(brought) == "undone: "
    assert db.session.scalars(select(Institution.parent_id)).all() == [None]
    assert problems() == []


def test_who_became_a_part_by_a_later_import_holds_the_whole_until_that_is_undone():
    ics = institution()
    with at(12):
        whole = written(ImportKind.INSTITUTIONS, [CNR])
    with at(13):
        parts = written(ImportKind.INSTITUTIONS, [{"Account number": ics.account_number, "Part of": "CNR"}])
    with at(14):
        assert "CNR Monterotondo is still named by 1 part of it." in undo(whole)
        assert undo(parts) == "undone: "
    with at(15):
        assert undo(whole) == "undone: "
    assert counted(Institution) == 1
    assert problems() == []


def test_who_was_a_part_on_an_earlier_day_holds_the_whole_and_it_is_said():
    ics = institution()
    rows = [CNR, {"Account number": ics.account_number, "Part of": "CNR"}]
    brought = written(ImportKind.INSTITUTIONS, rows)
    with on(TOMORROW):
        assert undo(brought) == "applied: CNR Monterotondo is still named by 1 period of a part of it."
    assert problems() == []
