"""What a file says twice: of one thing it may say two facts, and no two answers."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.core.database import db
from app.core.history import as_known
from app.members.models import Affiliation
from app.members.rules.imports import ImportKind
from tests.members.importing import Rows, told, tried, written
from tests.members.world import LAUNCH, institution, member, person

pytestmark = pytest.mark.usefixtures("context")
ANN = {"Given name": "Ann", "Family name": "Lee", "E-mail": "ann@ics.example"}
HERE = {**ANN, "Institution": "ICS"}


@pytest.fixture
def ann() -> int:
    """Somebody on record who works at an institution that is a member."""
    ics = institution()
    member(ics)
    return person(ics, "Ann", "Lee", email="ann@ics.example", phone="+33 1 11 11").id


def outcomes(kind: ImportKind, rows: Rows) -> list[tuple[str, str]]:
    return [(outcome, words) for _, outcome, words in told(tried(kind, rows))]


def test_two_rows_that_say_other_facts_of_one_person_on_record_are_refused(ann: int):
    as_it_is = {**ANN, "Telephone": "+33 1 11 11"}
    rows = [as_it_is, {**ANN, "Telephone": "+33 2 22 22"}]
    told = "says something else of the same person: write the same on both."
    assert [outcome for outcome, _ in outcomes(ImportKind.PEOPLE, rows)] == ["unchanged", "refused"]
    assert [outcome for outcome, _ in outcomes(ImportKind.PEOPLE, rows[::-1])] == ["changed", "refused"]
    assert outcomes(ImportKind.PEOPLE, rows)[1][1].endswith(f"Line 2 {told}")


def test_two_rows_may_say_two_facts_of_one_person_on_record_or_both_the_same(ann: int):
    rows = [{**ANN, "Telephone": "+33 2 22 22"}, {**ANN, "Languages": "German", "Telephone": "+33 2 22 22"}]
    assert [outcome for outcome, _ in outcomes(ImportKind.PEOPLE, rows)] == ["changed", "changed"]


def test_two_rows_about_one_place_on_record_are_refused(ann: int):
    rows = [{**HERE, "There since": LAUNCH, "There until": day} for day in ("2014-12-31", "2015-12-31")]
    first, second = outcomes(ImportKind.PEOPLE, rows)
    assert first[0] == "changed"
    assert second == ("refused", "This place is on line 2 of the file already: keep one of the two.")


def test_a_place_that_a_row_ends_may_be_followed_by_another_one_of_the_file(ann: int):
    ends = {**HERE, "There since": LAUNCH, "There until": "2014-12-31"}
    written(ImportKind.PEOPLE, [ends, {**HERE, "There since": "2015-06-01", "As": "Head"}])
    found = db.session.scalars(select(Affiliation).where(as_known(Affiliation)).order_by(Affiliation.first_day)).all()
    assert [(place.last_day, place.position) for place in found] == [
        (date(2014, 12, 31), "Group leader"),
        (None, "Head"),
    ]


def test_two_rows_that_end_one_membership_are_refused(ann: int):
    ends = {"Institution": "ICS", "Class": "Partner", "Member from": LAUNCH}
    rows = [{**ends, "Last day": day} for day in ("2014-12-31", "2015-12-31")]
    first, second = outcomes(ImportKind.MEMBERSHIPS, rows)
    assert first[0] == "changed"
    assert second == ("refused", "It is on line 2 of the file already: keep one of the two.")
