"""Money is exact: minor units, half up, parts that add back to the whole."""

from __future__ import annotations

from decimal import Decimal

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import DomainError
from app.core.money import Money, decimals_of, total

amounts = st.integers(min_value=-(10**12), max_value=10**12)


@pytest.mark.parametrize(("currency", "places"), [("GBP", 2), ("JPY", 0), ("KWD", 3), ("EUR", 2)])
def test_each_currency_has_its_own_decimals(currency: str, places: int) -> None:
    assert decimals_of(currency) == places


def test_each_currency_of_iso_4217_has_the_decimals_of_its_minor_unit_there() -> None:
    found: dict[int, set[str]] = {}
    for each in pycountry.currencies:
        found.setdefault(decimals_of(each.alpha_3), set()).add(each.alpha_3)
    assert set(found) == {0, 2, 3, 4}
    assert found[0] == {
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    }
    assert found[3] == {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}
    assert found[4] == {"CLF", "UYW"}
    assert found[2] >= {
        "AFN",
        "ALL",
        "IRR",
        "KPW",
        "LAK",
        "LBP",
        "MGA",
        "MMK",
        "RSD",
        "SOS",
        "SYP",
        "YER",
        "EUR",
        "GBP",
        "USD",
    }


def test_an_amount_shows_the_decimals_that_it_is_counted_in() -> None:
    assert str(Money.of("1234.5", "RSD")) == "1,234.50"
    assert str(Money.of("1234.5", "IQD")) == "1,234.500"


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(DomainError):
        decimals_of("XXQ")


@pytest.mark.parametrize(("text", "minor"), [("2.665", 267), ("2.664", 266), ("-2.665", -267), ("50000.00", 5_000_000)])
def test_half_a_penny_rounds_up(text: str, minor: int) -> None:
    assert Money.of(text, "GBP").minor == minor


def test_an_amount_shows_all_its_decimals_and_a_true_minus() -> None:
    assert str(Money(-5_000_000, "GBP")) == "\u221250,000.00"
    assert str(Money(1234, "JPY")) == "1,234"
    assert str(Money(1234, "KWD")) == "1.234"


def test_a_part_of_a_year_is_rounded_half_up() -> None:
    fee = Money.of("5000.00", "GBP")
    assert fee.part(184, 365) == Money.of("2520.55", "GBP")
    assert fee.part(184, 366) == Money.of("2513.66", "GBP")


def test_ten_thousand_in_three_gives_the_penny_to_the_first() -> None:
    parts = Money.of("10000.00", "GBP").split([1, 1, 1])
    assert [str(part) for part in parts] == ["3,333.34", "3,333.33", "3,333.33"]


def test_twelve_months_add_to_the_year() -> None:
    fee = Money.of("2500.00", "GBP")
    assert total(fee.split([1] * 12), "GBP") == fee


@given(amounts, st.lists(st.integers(0, 1000), min_size=1, max_size=20).filter(any))
def test_parts_add_back_to_the_whole(minor: int, weights: list[int]) -> None:
    whole = Money(minor, "GBP")
    assert total(whole.split(weights), "GBP") == whole


@given(amounts)
def test_an_amount_survives_being_written_and_read(minor: int) -> None:
    assert Money.of(Decimal(minor) / 100, "GBP").minor == minor


def test_two_currencies_are_never_added() -> None:
    with pytest.raises(ValueError, match="cannot be added"):
        Money(1, "GBP") + Money(1, "EUR")


def test_a_sum_of_the_database_becomes_an_integer_and_a_broken_one_is_refused() -> None:
    assert type(Money(Decimal(5_000_000), "GBP").minor) is int  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not a whole number"):
        Money(Decimal("0.5"), "GBP")  # type: ignore[arg-type]
