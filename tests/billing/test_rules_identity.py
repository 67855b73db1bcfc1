"""By what accounts and lines of a bank are known again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.billing.rules.bank.identity import is_identity, is_number_of, key_of, new_identities
from app.billing.rules.bank.statements import Entry

DE = "DE89370400440532013000"
GB = "GB33BUKB20201555555555"
DAY = date(2016, 5, 24)
ENTRY = Entry(booking_day=DAY, value_day=DAY, amount=10_000, text="Donation")


@pytest.mark.parametrize(
    ("said", "number", "is_ours"),
    [
        (DE, DE, True),
        ("DE89 3704 0044 0532 0130 00", DE, True),
        (f"{DE}EUR", DE, True),
        (f"{DE}USD", DE, False),
        ("37040044/532013000", DE, True),
        ("37040044/0532013000", DE, True),
        ("37040044/32013000", DE, False),
        ("370400/3000", DE, False),
        ("37040045/532013000", DE, False),
        ("37040044/", DE, False),
        (GB, DE, False),
        ("12345678", "12345678", True),
        ("1234567", "12345678", False),
    ],
)
def test_an_account_is_meant_by_its_whole_number_or_by_bank_and_number(said: str, number: str, is_ours: bool):  # noqa: FBT001
    assert is_number_of(said, number, "EUR") is is_ours


def test_one_reference_of_the_bank_for_a_batch_is_several_lines_by_their_days_and_amounts():
    one = replace(ENTRY, bank_reference="B1")
    others = replace(one, amount=20_000), replace(one, booking_day=date(2016, 5, 25)), replace(one, bank_reference="B2")
    assert len({key_of(each) for each in (one, *others)}) == 4
    assert key_of(one) == key_of(replace(one, text="Told otherwise", counterparty="Ada Lind"))


@pytest.mark.parametrize(
    "other",
    [
        {"amount": 10_001},
        {"booking_day": date(2016, 5, 25)},
        {"text": "Rent"},
        {"creditor_reference": "RF18539007547034"},
        {"end_to_end": "E1"},
        {"counterparty": "Ada Lind"},
        {"counterparty_number": GB},
    ],
)
def test_a_line_without_a_reference_is_known_by_all_it_says(other: dict[str, object]):
    assert key_of(ENTRY) != key_of(replace(ENTRY, **other))  # type: ignore[arg-type]
    assert key_of(ENTRY) == key_of(replace(ENTRY, value_day=date(2016, 5, 30)))


def test_equal_lines_have_identities_of_their_own_besides_those_on_record():
    first, second = new_identities([ENTRY, ENTRY], [])
    assert first != second
    assert new_identities([ENTRY], [first]) == [second]
    assert is_identity(second, ENTRY)
    assert not is_identity(second, replace(ENTRY, amount=1))
