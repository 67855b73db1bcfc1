"""The arithmetic of fees and taxes, how invoices stand, and what `flask verify` finds."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso11649

from app.billing.rules import (
    CorrectionFacts,
    InvoiceFacts,
    InvoiceKind,
    InvoiceState,
    Proration,
    Standing,
    Tariff,
    TaxCategory,
    age_of,
    check_tax,
    content_hash,
    creditor_reference,
    divide,
    due_from,
    oldest_first,
    possible_acts,
    prorate,
    standing_on,
    tax_of,
    tax_sums,
)
from app.core.errors import DomainError
from app.core.money import Money
from app.core.numbering import NumberFormat
from app.core.periods import DueBy, Period, year_of
from tests.billing.world import pounds

Y2027 = Period(date(2027, 1, 1), date(2027, 12, 31))
Y2028 = Period(date(2028, 1, 1), date(2028, 12, 31))
days_of_2028 = st.dates(Y2028.first, date(2028, 12, 31))
fees = st.integers(0, 10**10).map(lambda minor: Money(minor, "GBP"))


@pytest.mark.parametrize(
    ("year", "joined", "fraction", "amount"),
    [(Y2027, date(2027, 7, 1), (184, 365), "2520.55"), (Y2028, date(2028, 7, 1), (184, 366), "2513.66")],
)
def test_joining_in_mid_year_is_charged_by_days(year: Period, joined: date, fraction: tuple[int, int], amount: str):
    share = prorate(pounds(5000), year, Period(joined), Proration.BY_DAY)
    assert share is not None
    assert (share.numerator, share.denominator) == fraction
    assert share.amount == pounds(amount)


def test_each_month_begun_is_charged_by_months():
    share = prorate(pounds(2500), Y2027, Period(date(2027, 7, 31)), Proration.BY_MONTH)
    assert share is not None
    assert (share.numerator, share.denominator, share.amount) == (6, 12, pounds(1250))


def test_a_year_that_begins_within_a_month_has_twelve_months():
    year = year_of(date(2027, 8, 1), 7, 15)
    share = prorate(pounds(1200), year, year, Proration.BY_MONTH)
    assert share is not None
    assert (share.numerator, share.denominator, share.amount) == (12, 12, pounds(1200))
    began = prorate(pounds(1200), year, Period(date(2028, 7, 14)), Proration.BY_MONTH)
    assert began is not None
    assert began.amount == pounds(100)


def test_a_fee_that_is_never_cut_down_is_charged_whole_and_once():
    halves = [Period(date(2027, 1, 1), date(2027, 3, 1)), Period(date(2027, 6, 1))]
    parts = divide(Y2027, halves, [Tariff(1, pounds(5000), Y2027, Proration.NONE)])
    assert [part.share.amount for part in parts] == [pounds(5000)]


def test_no_day_of_membership_in_the_year_is_no_charge():
    assert prorate(pounds(5000), Y2027, Period(date(2028, 1, 1)), Proration.BY_DAY) is None


@given(fees, st.sets(days_of_2028, max_size=6), st.sampled_from([Proration.BY_DAY, Proration.BY_MONTH]))
def test_parts_of_a_year_add_to_its_fee_to_the_penny(fee: Money, cuts: set[date], proration: Proration):
    starts = sorted({Y2028.first, *cuts})
    ends = [start - timedelta(days=1) for start in starts[1:]] + [date(2028, 12, 31)]
    members = [Period(first, last) for first, last in zip(starts, ends, strict=True)]
    parts = divide(Y2028, members, [Tariff(1, fee, Y2028, proration)])
    assert sum(part.share.amount.minor for part in parts) == fee.minor
    assert all(part.share.amount.minor >= 0 for part in parts)


@given(fees, days_of_2028)
def test_the_rest_is_the_fee_less_the_part(fee: Money, joined: date):
    share = prorate(fee, Y2028, Period(joined), Proration.BY_DAY)
    assert share is not None
    assert share.amount == fee.part(share.numerator, share.denominator)
    assert Money.zero("GBP") <= fee - share.amount <= fee


def test_a_change_of_fee_in_mid_year_is_two_dated_parts():
    tariffs = [
        Tariff(1, pounds(5000), Period(date(2020, 1, 1), date(2027, 6, 30)), Proration.BY_DAY),
        Tariff(2, pounds(6000), Period(date(2027, 7, 1)), Proration.BY_DAY),
    ]
    parts = divide(Y2027, [Period(date(2011, 1, 1))], tariffs)
    assert [(part.days.first, part.share.numerator) for part in parts] == [
        (date(2027, 1, 1), 181),
        (date(2027, 7, 1), 184),
    ]


@pytest.mark.parametrize(
    ("nets", "rate", "net", "tax"),
    [(["33.33"] * 3, 2000, "99.99", "20.00"), (["0.33"] * 7, 1900, "2.31", "0.44")],
)
def test_tax_is_computed_on_the_sum_of_a_category(nets: list[str], rate: int, net: str, tax: str):
    (found,) = tax_sums([(TaxCategory.STANDARD, rate, pounds(each)) for each in nets])
    assert (found.base, found.tax) == (pounds(net), pounds(tax))


def test_half_a_penny_rounds_up():
    assert tax_of(pounds("13.30"), Decimal(5)) == pounds("0.67")
    assert Money.of("2.665", "GBP") == pounds("2.67")


@pytest.mark.parametrize(
    ("category", "points", "reason", "field"),
    [
        (TaxCategory.STANDARD, 0, None, "tax_rate"),
        (TaxCategory.ZERO, 2000, None, "tax_rate"),
        (TaxCategory.OUTSIDE_SCOPE, 0, None, "tax_reason"),
        (TaxCategory.REVERSE_CHARGE, 0, "", "tax_reason"),
        (TaxCategory.EXEMPT, 500, "exempt", "tax_rate"),
    ],
)
def test_zero_tax_is_never_silent(category: TaxCategory, points: int, reason: str | None, field: str):
    with pytest.raises(DomainError) as refused:
        check_tax(category, points, reason)
    assert refused.value.field == field


def test_thirty_days_are_counted_in_days():
    assert due_from(date(2027, 1, 31), 30) == date(2027, 3, 2)


def test_the_end_of_the_next_month_is_another_day_than_thirty_days_on():
    due = {day: due_from(day, 0, DueBy.END_OF_NEXT_MONTH) for day in (date(2027, 1, 31), date(2027, 12, 1))}
    assert due == {date(2027, 1, 31): date(2027, 2, 28), date(2027, 12, 1): date(2028, 1, 31)}


@given(st.integers(2000, 2999), st.integers(1, 99_999))
def test_the_payment_reference_of_an_invoice_has_its_check_digits(year: int, number: int):
    for pattern in ("INV-{year}-{number}", "R.{year}-{number}", "ABCDEFGH{year}-{number}"):
        assert iso11649.is_valid(creditor_reference(NumberFormat(pattern, 4).number(year, number)))


@given(st.integers(0, 10**6), st.lists(st.integers(1, 10**5), max_size=8))
def test_the_oldest_is_settled_first_and_never_more_than_there_is(amount: int, opens: list[int]):
    invoices = list(enumerate(opens))
    parts = oldest_first(amount, invoices)
    settled = dict(parts)
    assert sum(settled.values()) == min(amount, sum(opens))
    whole = [settled.get(index) == is_open for index, is_open in invoices]
    assert whole == sorted(whole, reverse=True)


def test_the_content_hash_does_not_depend_on_the_order_of_keys():
    assert content_hash({"a": 1, "b": "ü"}) == content_hash({"b": "ü", "a": 1})
    assert content_hash({"a": 1}) != content_hash({"a": 2})


@pytest.mark.parametrize(
    ("on", "is_open", "standing"),
    [
        (date(2016, 3, 31), 100, Standing.DRAFT),
        (date(2016, 4, 1), 100, Standing.DUE),
        (date(2016, 5, 1), 40, Standing.PART_PAID),
        (date(2016, 5, 1), 100, Standing.DUE),
        (date(2016, 5, 2), 40, Standing.OVERDUE),
        (date(2016, 5, 2), 0, Standing.PAID),
    ],
)
def test_how_an_invoice_stands_follows_from_its_days_and_what_is_open(on: date, is_open: int, standing: Standing):
    facts = InvoiceFacts(InvoiceState.ISSUED, date(2016, 4, 1), date(2016, 5, 1), 100, is_open)
    assert standing_on(facts, on) is standing


@pytest.mark.parametrize(("late", "column"), [(0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4)])
def test_ages_are_counted_from_the_due_day(late: int, column: int):
    assert age_of(date(2016, 5, 1), date(2016, 5, 1) + timedelta(days=late)) == column


@pytest.mark.parametrize(
    ("facts", "possible"),
    [
        (CorrectionFacts(InvoiceKind.INVOICE, Standing.DRAFT, 100, 0), set()),
        (CorrectionFacts(InvoiceKind.INVOICE, Standing.DUE, 100, 100), {"credit", "write_off", "settle", "void"}),
        (CorrectionFacts(InvoiceKind.INVOICE, Standing.PART_PAID, 100, 40), {"credit", "write_off", "settle"}),
        (CorrectionFacts(InvoiceKind.INVOICE, Standing.DUE, 100, 100, 40), {"credit", "write_off", "settle"}),
        (CorrectionFacts(InvoiceKind.INVOICE, Standing.PAID, 100, 0), {"credit"}),
        (CorrectionFacts(InvoiceKind.INVOICE, Standing.PAID, 100, 0, 100), set()),
        (CorrectionFacts(InvoiceKind.INVOICE, Standing.VOID, 100, 0), {"draft_again"}),
        (CorrectionFacts(InvoiceKind.INVOICE, Standing.VOID, 100, 0, is_replaced=True), set()),
        (CorrectionFacts(InvoiceKind.CREDIT_NOTE, Standing.CREDIT, -100, -40), {"use_credit", "refund_credit"}),
        (CorrectionFacts(InvoiceKind.CREDIT_NOTE, Standing.USED, -100, 0), set()),
    ],
)
def test_what_can_be_done_to_put_an_invoice_right_follows_from_how_it_stands(
    facts: CorrectionFacts, possible: set[str]
):
    assert possible_acts(facts) == possible
