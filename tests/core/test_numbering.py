from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import DomainError
from app.core.numbering import NumberFormat, check_letters, check_pattern, letters_of, place_in_series

MARKS = st.text("ABZ-.", max_size=4)
PATTERNS = st.builds(lambda before, between: f"{before}{{year}}{between}{{number}}", MARKS, MARKS.filter(bool))
FORMATS = st.builds(NumberFormat, PATTERNS, st.integers(1, 9))
PLACES = st.tuples(st.integers(2000, 2100), st.integers(1, 99_999))


def test_a_number_has_at_least_so_many_digits():
    numbered = NumberFormat("INV-{year}-{number}", 4)
    assert [numbered.number(2016, each) for each in (1, 12_345)] == ["INV-2016-0001", "INV-2016-12345"]


@given(FORMATS, PLACES)
def test_a_number_tells_its_place_whatever_its_pattern(numbered: NumberFormat, place: tuple[int, int]):
    assert place_in_series(numbered.number(*place)) == place


@given(FORMATS, PLACES, FORMATS, PLACES)
def test_no_two_places_of_a_series_ever_have_one_number(
    one: NumberFormat, place: tuple[int, int], other: NumberFormat, another: tuple[int, int]
):
    assert place == another or one.number(*place) != other.number(*another)


@given(FORMATS, PLACES, FORMATS, PLACES)
def test_no_two_series_with_other_letters_ever_have_one_number(
    one: NumberFormat, place: tuple[int, int], other: NumberFormat, another: tuple[int, int]
):
    plain = [number.translate({ord("-"): "", ord("."): ""}) for number in (one.number(*place), other.number(*another))]
    assert letters_of(one.pattern) == letters_of(other.pattern) or plain[0] != plain[1]


@pytest.mark.parametrize(
    "pattern",
    [
        "", "INV", "INV-{number}", "INV-{year}", "{year}{number}", "{number}-{year}", "INV2-{year}-{number}",
        "inv-{year}-{number}", "INV/{year}/{number}", "{year}-{number}-A", "{year}-{year}-{number}",
        "Ł-{year}-{number}", "ABCDEFGHI-{year}-{number}",
    ],
)  # fmt: skip
def test_a_pattern_that_could_make_twins_is_refused(pattern: str):
    with pytest.raises(DomainError):
        check_pattern(pattern, field="invoice_numbers")


def test_letters_of_another_kind_are_refused_with_other_marks_too():
    with pytest.raises(DomainError, match="other letters"):
        check_letters("I-NV.{year}-{number}", ["INV-{year}-{number}"], field="invoice_numbers")
    check_letters("CN-{year}-{number}", ["INV-{year}-{number}"], field="credit_note_numbers")
