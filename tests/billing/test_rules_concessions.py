"""What concessions take off a charge, and how a charge is shared among payers: exact to the penny."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.billing.rules import Concession, ConcessionKind, Payer, check_concession, check_shares, relieve, shares_left
from app.core.errors import DomainError
from app.core.money import Money
from app.core.periods import Period
from tests.billing.world import YEAR, pounds

DISCOUNT, IN_KIND, WAIVER = ConcessionKind.DISCOUNT, ConcessionKind.IN_KIND, ConcessionKind.WAIVER
JULY_ON = Period(date(2016, 7, 1))


def conceded(kind: ConcessionKind, of: int | str | None = None, period: Period = YEAR, number: int = 1) -> Concession:
    """A concession: of a rate in basis points, or of an amount."""
    amount = pounds(of) if isinstance(of, str) else None
    return Concession(number, kind, period, of if isinstance(of, int) else None, amount, "Agreed", "D-1")


def payers(*weights: int) -> list[Payer]:
    return [Payer(number, f"Payer {number}", f"P{number}", None, weight) for number, weight in enumerate(weights, 1)]


def test_a_discount_is_a_rate_of_the_charge_rounded_half_up():
    (relief,) = relieve(pounds("33.35"), YEAR, [conceded(DISCOUNT, 1000)], {})
    assert relief.amount == pounds("3.34")
    assert relief.concession.words == "a discount of 10 %"


def test_a_rate_counts_for_the_days_it_holds_for():
    (relief,) = relieve(pounds(36_600), YEAR, [conceded(DISCOUNT, 5000, JULY_ON)], {})
    assert relief.amount == pounds(9_200)  # half of 184 ÷ 366


def test_a_waiver_of_half_a_year_leaves_half_of_what_the_discount_leaves():
    found = relieve(pounds(36_600), YEAR, [conceded(WAIVER, None, JULY_ON, 1), conceded(DISCOUNT, 2000, YEAR, 2)], {})
    assert [each.amount for each in found] == [pounds(7_320), pounds(14_720)]


def test_an_amount_is_taken_off_once_a_fee_year_however_many_charges_there_are():
    used: dict[int, int] = {}
    both = [relieve(pounds(100), YEAR, [conceded(IN_KIND, "150")], used) for _ in range(2)]
    assert [[each.amount for each in found] for found in both] == [[pounds(100)], [pounds(50)]]


def test_a_rate_is_taken_before_an_amount_so_that_more_of_the_amount_is_left_for_the_next_charge():
    used: dict[int, int] = {}
    both = [conceded(DISCOUNT, "95", YEAR, 1), conceded(DISCOUNT, 1_000, YEAR, 2)]
    first, second = (relieve(pounds(100), YEAR, both, used) for _ in range(2))
    assert [(each.concession.id, each.amount) for each in first] == [(2, pounds(10)), (1, pounds(90))]
    assert [(each.concession.id, each.amount) for each in second] == [(2, pounds(10)), (1, pounds(5))]


def test_an_amount_in_another_currency_takes_nothing_off():
    assert relieve(Money.of(100, "EUR"), YEAR, [conceded(DISCOUNT, "50")], {}) == []


@given(
    fee=st.integers(0, 10**9),
    rates=st.lists(st.integers(1, 10_000), max_size=4),
    amounts=st.lists(st.integers(1, 10**9), max_size=3),
    last_waived=st.integers(0, 1),
)
def test_a_discount_never_makes_a_line_negative(fee: int, rates: list[int], amounts: list[int], last_waived: int):
    concessions = [conceded(DISCOUNT, rate, YEAR, number) for number, rate in enumerate(rates)]
    concessions += [
        Concession(number, IN_KIND, YEAR, None, Money(amount, "GBP"), "", "")
        for number, amount in enumerate(amounts, 10)
    ]
    concessions += [conceded(WAIVER, None, JULY_ON, 99)] * last_waived
    found = relieve(Money(fee, "GBP"), YEAR, concessions, {})
    assert 0 <= sum(each.amount.minor for each in found) <= fee


@pytest.mark.parametrize(
    ("kind", "rate", "amount", "words"),
    [
        (WAIVER, 1000, None, "takes the whole fee"),
        (IN_KIND, None, None, "what the contribution in kind is worth"),
        (DISCOUNT, None, None, "a rate or an amount"),
        (DISCOUNT, 1000, pounds(5), "a rate or an amount"),
        (DISCOUNT, 10_001, None, "at most the whole fee"),
    ],
)
def test_a_concession_says_how_much_and_only_once(
    kind: ConcessionKind, rate: int | None, amount: Money | None, words: str
):
    with pytest.raises(DomainError, match=words):
        check_concession(kind, rate, amount)


def test_ten_thousand_in_three_adds_back_to_the_penny():
    shares = shares_left(pounds(10_000), payers(1, 1, 1), {})
    assert [share.amount for share in shares] == [pounds("3333.34"), pounds("3333.33"), pounds("3333.33")]


@given(charge=st.integers(1, 10**9), weights=st.lists(st.integers(1, 10_000), min_size=1, max_size=12))
def test_the_shares_of_all_payers_add_back_exactly(charge: int, weights: list[int]):
    shares = shares_left(Money(charge, "GBP"), payers(*weights), {})
    assert sum(share.amount.minor for share in shares) == charge


def test_what_one_payer_is_billed_is_never_billed_to_another():
    (left,) = shares_left(pounds(10_000), payers(1, 1, 1), {1: 333_334, 2: 333_333})
    assert (left.payer.id, left.amount) == (3, pounds("3333.33"))
    (new,) = shares_left(pounds(10_000), [Payer(9, "New", "New", None)], {1: 333_334, 2: 333_333})
    assert new.amount == pounds("3333.33")
    assert shares_left(pounds(10_000), payers(1), {1: 1_000_000}) == []


@pytest.mark.parametrize("shares", [[], [(1, 0)], [(1, 1), (1, 2)], [(number, 1) for number in range(13)]])
def test_payers_are_named_once_with_a_share_each(shares: list[tuple[int, int]]):
    with pytest.raises(DomainError):
        check_shares(shares)
