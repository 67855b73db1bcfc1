"""Numbers and creditor references in the words of payers: whole, and never as a part of another's reference."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.billing.rules import creditor_reference
from app.billing.rules.bank.judging import judge
from app.billing.rules.bank.matching import Claimed, Evidence, Known, Mark, Seen, Surroundings, Verdict
from app.billing.rules.bank.references import creditor_references, words_of
from app.core.numbering import PATTERN, NumberFormat
from tests.billing.world import pounds

RF = "RF18539007547034"
OURS = ("INV-{year}-{number}", "{year}-{number}", "R.{year}-{number}", "RG{year}.{number}", "-{year}.A-{number}")
patterns = st.sampled_from(OURS) | st.from_regex(PATTERN, fullmatch=True).filter(lambda pattern: len(pattern) < 30)
numbers = st.builds(
    lambda pattern, digits, year, number: NumberFormat(pattern, digits).number(year, number),
    patterns, st.integers(1, 9), st.integers(1990, 2099), st.integers(1, 10**6),
)  # fmt: skip
parts = st.text("0123456789ABCXYZ", min_size=1, max_size=4)
connectors = st.sampled_from("-./_,;+&:\\#=")


def named(text: str, *numbers: str, amount: str = "50.00") -> Verdict:
    """How sure it is what a line is about, where these invoices are open with 50.00 each."""
    claimed = [
        Claimed(place, number, creditor_reference(number), 7, "Wellcome Trust", pounds("50.00"))
        for place, number in enumerate(numbers, 1)
    ]
    seen = Seen(1, pounds(amount), date(2027, 5, 24), (text,))
    return judge(seen, Surroundings(named=claimed)).verdict


@given(numbers, st.sampled_from(["{}", "Fee {}, thank you", "({}).", "It is {}.", '"{}"!', "No.: {};", "#{}", "/{}?"]))
def test_every_number_of_every_pattern_is_found_where_it_stands_by_itself(number: str, sentence: str):
    assert number in words_of([sentence.format(number).lower()])
    assert named(sentence.format(number), number) is Verdict.CERTAIN


@given(numbers, parts, connectors, st.booleans())
def test_no_number_is_found_inside_a_longer_one(number: str, other: str, connector: str, before: bool):  # noqa: FBT001
    longer = f"{other}{connector}{number}" if before else f"{number}{connector}{other}"
    assume(any(map(str.isdigit, other)) or connector not in ":#=")
    assert number not in words_of([longer, f"Fee {longer}."])
    assert named(longer, number) is Verdict.UNKNOWN


@given(numbers, st.text("0123456789", min_size=1, max_size=3))
def test_no_number_is_found_in_one_with_more_digits(number: str, more: str):
    assert number not in words_of([f"{number}{more}", f"{more}{number}", f"{number}/ {more}", f"{number} /{more}"])


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("INV-2027-0012", "INV-2027-001"),
        ("INV-2027-001/2", "INV-2027-001"),
        ("CN.2027-0001", "2027-0001"),
        ("4711/2027-0001", "2027-0001"),
        ("4711-0022/2027-0001", "2027-0001"),
        ("2016-17/2027-0001", "2027-0001"),
        ("12:2027-0001", "2027-0001"),
    ],
)
def test_the_reference_of_another_names_no_invoice(text: str, number: str):
    assert number not in words_of([text])
    assert named(text, number) is Verdict.UNKNOWN


@given(st.sampled_from(OURS), st.lists(st.integers(1, 9999), min_size=2, max_size=6, unique=True),
       st.sampled_from(["/", ",", "+", ";", ", ", "/ ", " + "]))  # fmt: skip
def test_a_list_of_numbers_made_alike_names_each(pattern: str, places: list[int], joined_by: str):
    made = [NumberFormat(pattern, 4).number(2027, place) for place in places]
    assert set(made) <= words_of([f"Fees {joined_by.join(made)}."])
    assert named(joined_by.join(made[:2]), *made[:2]) is Verdict.ASKED
    assert named(joined_by.join(made[:2]), *made[:2], amount="100.00") is Verdict.LIKELY


def test_a_list_with_something_else_in_it_names_nothing():
    assert words_of(["INV-2027-0001/PO-77"]) == {"INV-2027-0001/PO-77"}


def test_a_creditor_reference_is_read_plain_and_in_fours_and_from_a_list():
    fours = "RF18 5390 0754 7034"
    for text in (RF, fours.lower(), "RF18-5390-0754-7034", f"Ref:{RF}.", f"Fee {fours}, thanks", f"/RFB/{RF}"):
        assert creditor_references([text]) == {RF}, text
    for text in (f"{RF}/{RF}", f"{fours}, {fours}"):
        assert creditor_references([text]) == {RF}, text


@given(parts, st.sampled_from("-./_"))
def test_no_creditor_reference_is_read_out_of_a_longer_one(other: str, connector: str):
    assume(not other.startswith("RF"))
    longer = f"{RF}{connector}{other}", f"7{connector}{RF}", f"A{RF}", f"RF19{RF[4:]}"
    assert RF not in creditor_references(longer)


def test_a_creditor_reference_and_the_amount_are_certain():
    claimed = Claimed(1, "R.2027-0001", RF, 7, "Wellcome Trust", pounds("50.00"))
    seen = Seen(1, pounds("50.00"), date(2027, 5, 24), ("", "RF18 5390 0754 7034"))
    assert judge(seen, Surroundings(named=[claimed])).verdict is Verdict.CERTAIN
    assert judge(replace(seen, amount=pounds("49.00")), Surroundings(named=[claimed])).verdict is Verdict.LIKELY


def test_an_amount_that_fits_the_invoice_of_another_payer_than_the_one_who_paid_is_a_question():
    theirs = Claimed(1, "INV-2016-0001", "RF16INV20160001", 7, "Genome Canada", pounds("50.00"))
    seen = Seen(1, pounds("50.00"), date(2016, 5, 24), ("MEMBERSHIP IN ADVANCE",))
    judged = judge(seen, Surroundings(equal=[theirs], known=[Known(8, "Medical Research Council", by_account=False)]))
    assert judged.verdict is Verdict.ASKED
    assert [each.payer_id for each in judged.proposals] == [8, 7]
    told = Evidence(Mark.AGAINST, "The other party is called as Medical Research Council is")
    assert told in judged.proposals[1].evidence
    assert judge(seen, Surroundings(equal=[theirs])).verdict is Verdict.LIKELY
