"""Imports whose rows name what was merged: they mean its survivor, and call it by no name it does not have."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import select

from app.core.database import db
from app.core.history import as_known
from app.core.verification import run_checks
from app.members.commands import Merging, PersonFacts, add_person, merge_records
from app.members.models import Institution, InstitutionName, Person
from app.members.rules import TwinKind
from app.members.rules.imports import ImportKind
from tests.members.importing import case_of, told, tried, written
from tests.members.world import LAUNCH, do, institution, person

pytestmark = pytest.mark.usefixtures("context")
INSTITUTIONS, PEOPLE = ImportKind.INSTITUTIONS, ImportKind.PEOPLE
ROR, OTHER_ROR = "02pttbw34", "04qcq6322"
ANNA = {"Given name": "Anna", "Family name": "Leeson"}


def outcomes(kind: ImportKind, *rows: Mapping[str, object]) -> list[tuple[str, str]]:
    """What becomes of each row and why."""
    return [(outcome, words) for _, outcome, words in told(tried(kind, rows))]


@pytest.fixture
def bureau() -> str:
    """The account number of a bureau that was merged into an institute; each has a ROR."""
    institute = institution("Institute A", "A", ror=ROR)
    bureau = institution("Bureau B", "BB", ror=OTHER_ROR)
    number = bureau.account_number
    do(merge_records, Merging(TwinKind.INSTITUTION, institute.id, bureau.id, "The same"))
    return number


@pytest.mark.parametrize(
    "called", [{"Name": "Bureau B"}, {"Short name": "BB"}, {"Name": "Bureau B", "Short name": "BB"}]
)
def test_a_row_with_the_name_of_a_merged_institution_changes_its_survivor_and_not_what_that_is_called(
    bureau: str, called: dict[str, str]
):
    written(INSTITUTIONS, [{**called, "Website": "https://new.example"}])
    found = db.session.execute(select(Institution.short_name, Institution.website).order_by(Institution.id)).all()
    assert [tuple(row) for row in found] == [("A", "https://new.example"), ("BB", None)]
    names = select(InstitutionName.name).where(as_known(InstitutionName)).order_by(InstitutionName.institution_id)
    assert db.session.scalars(names).all() == ["Institute A", "Bureau B"]
    assert len(db.session.scalars(select(InstitutionName.id)).all()) == 2
    assert [line for finding in run_checks() for line in finding.problems] == []


def test_a_row_with_the_number_or_the_ror_of_a_merged_institution_means_its_survivor(bureau: str):
    by_number = {"Account number": bureau, "Name": "Bureau B", "Short name": "BB", "Country": "FR"}
    by_ror = {"ROR": OTHER_ROR, "Name": "Bureau B", "Kind": "Funder", "Country": "FR"}
    assert outcomes(INSTITUTIONS, by_number) == [("unchanged", "")]
    assert outcomes(INSTITUTIONS, {**by_number, "Name": "Bureau of old"}) == [("unchanged", "")]
    ((outcome, words),) = outcomes(INSTITUTIONS, by_ror)
    assert (outcome, words) == ("changed", "Kind: research centre \u2192 funder")
    case = case_of(written(INSTITUTIONS, [{**by_number, "Country": "DE", "ROR": OTHER_ROR}]))
    assert (case.changed, case.state) == (1, "applied")
    found = db.session.execute(select(Institution.ror, Institution.country).order_by(Institution.id)).all()
    assert [tuple(row) for row in found] == [(ROR, "DE"), (OTHER_ROR, "FR")]


def test_a_new_institution_may_be_called_as_a_merged_one_and_is_found_by_that_name(bureau: str):
    row = {"Name": "Bureau B", "Short name": "B3", "Kind": "Funder", "Country": "FR", "ROR": "013meh722"}
    written(INSTITUTIONS, [row])
    assert outcomes(INSTITUTIONS, {"Account number": bureau, "Name": "Bureau B"}) == [("unchanged", "")]
    assert outcomes(INSTITUTIONS, {"Name": "Bureau B", "Country": "DE"}) == [("changed", "Country: FR \u2192 DE")]
    joins = {"Institution": "BB", "Class": "Partner", "Member from": "2012-01-01"}
    assert outcomes(ImportKind.MEMBERSHIPS, joins)[0][0] == "added"


@pytest.fixture
def anna() -> int:
    """The number of Anna Leeson, whose record was merged into Ann Lee's."""
    ann = person(institution(), "Ann", "Lee", email="ann@ics.example")
    anna: Person = do(add_person, PersonFacts("Anna", "Leeson", email="anna@b.example", orcid="0000-0002-1825-0097"))
    number = anna.id
    do(merge_records, Merging(TwinKind.PERSON, ann.id, number, "The same"))
    return number


@pytest.mark.parametrize("sign", ["number", "email", "orcid", "all"])
def test_a_row_with_a_sign_of_a_merged_person_means_their_survivor_and_rewrites_no_name(anna: int, sign: str):
    signs = {
        "number": ("Person", anna),
        "email": ("E-mail", "anna@b.example"),
        "orcid": ("ORCID", "0000-0002-1825-0097"),
    }
    named = dict(signs.values()) if sign == "all" else dict([signs[sign]])
    assert outcomes(PEOPLE, {**named, **ANNA}) == [("unchanged", "")]
    written(PEOPLE, [{**named, **ANNA, "Title": "Dr."}])
    found = db.session.execute(select(Person.title, Person.given_name, Person.email).order_by(Person.id)).all()
    assert [tuple(row) for row in found] == [("Dr.", "Ann", "ann@ics.example"), (None, "Anna", "anna@b.example")]


def test_the_number_of_a_merged_person_is_believed_under_their_name_or_the_survivors_alone(anna: int):
    assert outcomes(PEOPLE, {"Person": anna, "Given name": "Ann", "Family name": "Lee"}) == [("unchanged", "")]
    ((outcome, words),) = outcomes(PEOPLE, {"Person": anna, "Given name": "Bo", "Family name": "Oak"})
    assert outcome == "refused"
    assert words.endswith("This is the number of Ann Lee: take it out, or correct it.")


def test_somebody_else_with_the_address_of_a_merged_person_is_who_it_means(anna: int):
    bo: Person = do(add_person, PersonFacts("Bo", "Oak", phone="+33 1"))
    bo_id = bo.id
    db.session.get_one(Person, bo_id).email = "anna@b.example"
    db.session.commit()
    row = {"Given name": "Bo", "Family name": "Oak", "E-mail": "anna@b.example"}
    assert outcomes(PEOPLE, row) == [("unchanged", "")]


@pytest.mark.parametrize("named", [{"Name": "Anna Leeson"}, {"Name": "Anna Leeson", "E-mail": "anna@b.example"}])
def test_representatives_and_routes_may_name_a_merged_person(anna: int, named: dict[str, object]):
    for signs in (named, {"Name": "Anna Leeson", "Person": anna}):
        ((outcome, _),) = outcomes(
            ImportKind.REPRESENTATIVES, {**signs, "Institution": "ICS", "As": "billing", "From": LAUNCH}
        )
        assert outcome == "added"
    route = {**named, "Kind": "telephone", "For": "general", "Text": "+33 3 11", "From": LAUNCH}
    assert outcomes(ImportKind.CONTACT_ROUTES, route)[0][0] == "added"


def test_an_address_taken_over_from_a_merged_person_still_lets_a_table_put_their_name_right():
    ann = person(institution(), "Ann", "Lee", email=None)
    anna: Person = do(add_person, PersonFacts("Anna", "Leeson", email="anna@b.example"))
    do(merge_records, Merging(TwinKind.PERSON, ann.id, anna.id, "The same"))
    row = {"Given name": "Anne", "Family name": "Lee", "E-mail": "anna@b.example"}
    assert outcomes(PEOPLE, row) == [("changed", "Given name: Ann \u2192 Anne")]


def test_the_address_of_a_merged_person_beside_the_name_of_neither_is_refused(anna: int):
    row = {"Given name": "Bo", "Family name": "Oak", "Telephone": "+33 1 22", "E-mail": "anna@b.example"}
    ((outcome, words),) = outcomes(PEOPLE, row)
    assert outcome == "refused"
    assert words.endswith("This is that of Ann Lee: take it out, or correct it.")


@pytest.mark.parametrize("sign", ["Account number", "ROR"])
def test_a_row_with_a_sign_of_a_merged_institution_and_the_name_of_a_third_is_refused(bureau: str, sign: str):
    institution("Centre C", "CC")
    signs = {"Account number": bureau, "ROR": OTHER_ROR}
    for called in ({"Name": "Centre C"}, {"Name": "Bureau of old", "Short name": "CC"}):
        ((outcome, words),) = outcomes(INSTITUTIONS, {sign: signs[sign], "Website": "https://c.example", **called})
        assert outcome == "refused", words
        assert "So is called Centre C (M-0003), but the row means Institute A (M-0001): correct one of them." in words
