"""What a line of the bank is about: certain, proposed or asked, by what it names, how much it is and whose it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.billing.rules import creditor_reference
from app.billing.rules.bank.judging import judge
from app.billing.rules.bank.matching import (
    Claimed,
    Earlier,
    Judgement,
    Known,
    Recorded,
    RecordKind,
    Seen,
    Surroundings,
    Verdict,
)
from app.core.money import Money
from tests.billing.world import pounds

DAY = date(2016, 5, 24)
MRC, NIH = 7, 8


def claimed(number: int, amount: str = "50.00", payer: int = MRC, currency: str = "GBP") -> Claimed:
    called = f"INV-2016-{number:04d}"
    return Claimed(number, called, creditor_reference(called), payer, f"Payer {payer}", Money.of(amount, currency))


def seen(amount: str, text: str = "", **more: object) -> Seen:
    return Seen(1, pounds(amount), DAY, (text,), **more)  # type: ignore[arg-type]


def keys(judged: Judgement) -> list[str]:
    return [each.key for each in judged.proposals]


def test_a_number_and_the_amount_in_its_currency_are_certain_and_in_another_they_are_not():
    judged = judge(seen("50.00", "INV-2016-0001"), Surroundings(named=[claimed(1)]))
    assert (judged.verdict, keys(judged)) == (Verdict.CERTAIN, ["invoice-1"])
    abroad = judge(seen("50.00", "INV-2016-0001"), Surroundings(named=[claimed(1, currency="EUR")]))
    assert (abroad.verdict, keys(abroad)) == (Verdict.LIKELY, [f"account-{MRC}"])
    assert abroad.proposals[0].evidence[-1].words == "INV-2016-0001 is in EUR"


def test_two_invoices_of_two_payers_are_a_question_though_the_amount_is_that_of_both():
    of_one, of_two = [claimed(1), claimed(2, "20.00")], [claimed(1), claimed(2, "20.00", NIH)]
    both = seen("70.00", "INV-2016-0001, INV-2016-0002")
    assert judge(both, Surroundings(named=of_one)).verdict is Verdict.LIKELY
    judged = judge(both, Surroundings(named=of_two))
    assert (judged.verdict, keys(judged)) == (Verdict.ASKED, ["invoice-1", "invoice-2"])


def test_of_invoices_with_the_same_amount_those_of_the_payer_it_speaks_of_come_alone():
    equal = [claimed(1), claimed(2, payer=NIH)]
    assert judge(seen("50.00"), Surroundings(equal=equal)).verdict is Verdict.ASKED
    known = judge(seen("50.00"), Surroundings(equal=equal, known=[Known(NIH, "Payer 8", by_account=True)]))
    assert (known.verdict, keys(known)) == (Verdict.LIKELY, ["invoice-2", f"account-{NIH}"])


@pytest.mark.parametrize(
    ("paid", "charges", "expected"),
    [
        ("49.00", 0, ["invoice-1", "charge-1"]),
        ("48.99", 0, ["invoice-1"]),
        ("48.99", 101, ["charge-1", "invoice-1"]),
        ("50.01", 0, ["invoice-1"]),
    ],
)
def test_what_is_short_by_a_fiftieth_or_as_the_bank_says_may_be_a_charge(paid: str, charges: int, expected: list[str]):
    judged = judge(seen(paid, "INV-2016-0001", charges=charges), Surroundings(named=[claimed(1)]))
    assert (judged.verdict, keys(judged)) == (Verdict.LIKELY, expected)
    assert sum(part.amount for part in judged.proposals[0].settles) == min(pounds(paid).minor, 5000)


def test_money_that_went_takes_back_a_payment_of_whom_it_speaks_or_of_anyone_where_the_bank_says_so():
    earlier = [Earlier(3, MRC, "Payer 7", DAY), Earlier(4, NIH, "Payer 8", DAY)]
    went = replace(seen("1.00"), amount=-pounds(50))
    assert judge(went, Surroundings(earlier=earlier)).verdict is Verdict.UNKNOWN
    spoken = judge(went, Surroundings(earlier=earlier, known=[Known(NIH, "Payer 8", by_account=False)]))
    assert (spoken.verdict, keys(spoken)) == (Verdict.LIKELY, ["reverse-4"])
    told = judge(replace(went, is_reversal=True), Surroundings(earlier=earlier))
    assert (told.verdict, keys(told)) == (Verdict.ASKED, ["reverse-3", "reverse-4"])


def test_what_was_recorded_by_hand_keeps_a_certain_line_from_being_booked_twice():
    recorded = [Recorded(RecordKind.PAYMENT, 5, MRC, "Payer 7", DAY)]
    around = Surroundings(named=[claimed(1)], recorded=recorded)
    judged = judge(seen("50.00", "INV-2016-0001"), around)
    assert (judged.verdict, keys(judged)) == (Verdict.ASKED, ["payment-5", "invoice-1"])
    of_another = replace(around, recorded=[replace(recorded[0], payer_id=NIH)])
    assert judge(seen("50.00", "INV-2016-0001"), of_another).verdict is Verdict.CERTAIN


def test_a_reference_to_what_is_paid_already_waits_on_the_account_of_its_payer():
    judged = judge(seen("50.00", "INV-2016-0001"), Surroundings(named=[claimed(1, "0.00")]))
    assert (judged.verdict, keys(judged)) == (Verdict.LIKELY, [f"account-{MRC}"])
    assert judged.proposals[0].evidence[-1].words == "INV-2016-0001 is paid already"
