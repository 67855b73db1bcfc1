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


FUNDER = {"Kind": "Funder", "Country": "FR", "Name": "Agency", "ROR": "02pttbw34", "Account number": "M-0101"}


def refused(*rows: dict[str, str]) -> str:
    """Why the last of some rows of institutions is refused."""
    found, words = outcomes(ImportKind.INSTITUTIONS, rows)[-1]
    assert found == "refused"
    return words


def test_of_two_rows_with_one_ror_and_other_numbers_it_is_told_what_leads_on():
    other = {**FUNDER, "Account number": "M-0102"}
    assert refused(FUNDER, other) == "It is on line 2 of the file already: keep one of the two."
    words = "ROR \u201c02pttbw34\u201d: This is that of Agency on line 2 of the file: correct one of the two."
    assert refused(FUNDER, {**other, "Name": "Bureau"}) == words
    corrected = [FUNDER, {**other, "Name": "Bureau", "ROR": "013meh722"}]
    assert [found for found, _ in outcomes(ImportKind.INSTITUTIONS, corrected)] == ["added", "added"]


def test_of_two_rows_with_one_name_it_is_told_what_leads_on_unless_both_say_their_numbers():
    other = {**FUNDER, "Account number": "M-0102", "ROR": "013meh722"}
    first = {key: value for key, value in FUNDER.items() if key != "Account number"}
    words = "So is called line 2 of the file too: keep one of the two, or give one another name."
    assert refused(first, other) == f"Name \u201cAgency\u201d: {words}"
    shared = {**first, "Short name": "AG"}, {**other, "Name": "Bureau", "Short name": "AG"}
    words = "line 2 of the file has it under another name: give one of the two another one."
    assert refused(*shared) == f"Short name \u201cAG\u201d: {words}"
    for corrected in ([first, {**other, "Name": "Bureau", "Short name": "BU"}], [FUNDER, other]):
        assert [found for found, _ in outcomes(ImportKind.INSTITUTIONS, corrected)] == ["added", "added"]


def test_a_number_nobody_has_beside_the_ror_or_the_name_of_one_on_record_is_told_with_both_ways_on():
    institution("Agency", "AG", country="FR", ror="02pttbw34")
    words = "take the number out, or correct the ROR where it is another institution."
    assert refused({**FUNDER, "Name": "Bureau"}).endswith(words)
    unnumbered = {key: value for key, value in FUNDER.items() if key != "Account number"}
    assert outcomes(ImportKind.INSTITUTIONS, [unnumbered])[0][0] == "changed"
    named = {key: value for key, value in FUNDER.items() if key != "ROR"}
    words = "Nobody has this number, but Agency (M-0001) is called so: correct the number, or give it another name."
    assert refused(named) == f"Account number \u201cM-0101\u201d: {words}"
    assert outcomes(ImportKind.INSTITUTIONS, [{**named, "Name": "Bureau"}])[0][0] == "added"
