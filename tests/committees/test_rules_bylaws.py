"""Bylaws as people write and read them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.committees.rules import (
    USUAL,
    BylawFacts,
    Fraction,
    LimitKind,
    QuorumBase,
    Voters,
    fraction_of,
    limit_said,
    ordinal,
    over_words,
    quorum_said,
    term_said,
    terms_said,
    votes_said,
)
from app.core.errors import DomainError

THREE_YEARS = BylawFacts(term_months=36, limit_kind=LimitKind.CONSECUTIVE, limit_terms=2, holds_over=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("more than 1/2", Fraction(1, 2, more_than=True)),
        (" More  than 1 / 2 ", Fraction(1, 2, more_than=True)),
        ("at least 2/3", Fraction(2, 3, more_than=False)),
        ("3/4", Fraction(3, 4, more_than=False)),
        ("at least 1/1", Fraction(1, 1, more_than=False)),
    ],
)
def test_a_fraction_is_read_as_it_is_written(text: str, expected: Fraction):
    assert fraction_of(text) == expected
    assert fraction_of(expected.words) == expected


@pytest.mark.parametrize("text", ["", "half", "3/2", "0/3", "1/0", "more than 1/1", "1/2 of all", "1/2000", "-1/2"])
def test_what_is_no_fraction_is_refused(text: str):
    with pytest.raises(DomainError):
        fraction_of(text)


@pytest.mark.parametrize(
    ("months", "words"), [(1, "1 month"), (12, "1 year"), (18, "18 months"), (36, "3 years"), (None, "no set term")]
)
def test_the_length_of_a_term_is_said_in_years_where_it_is_whole_years(months: int | None, words: str):
    assert term_said(BylawFacts(term_months=months)) == words


def test_bylaws_are_said_in_words():
    assert quorum_said(USUAL) == "more than 1/2 of filled voting seats"
    assert quorum_said(BylawFacts(voters=Voters.INSTITUTIONS, quorum_base=QuorumBase.ALL)) == (
        "more than 1/2 of the institutions with a voting seat, vacant ones too"
    )
    assert dict(votes_said(USUAL))["A tie"] == "is lost: there is no casting vote"
    assert [name for name, _ in terms_said(USUAL)] == ["Appointed by", "A term"]
    assert dict(terms_said(THREE_YEARS))["After its end"] == "one stays until somebody follows"


def test_limits_are_said_in_words():
    assert limit_said(USUAL) == "no limit"
    assert limit_said(THREE_YEARS) == "at most 2 in a row; after any break they are counted anew"
    assert limit_said(BylawFacts(term_months=36, limit_kind=LimitKind.LIFETIME, limit_terms=3)) == (
        "at most 3 in a lifetime"
    )
    assert over_words(2, 2, LimitKind.CONSECUTIVE) == "This would be the third term in a row of at most two."
    assert over_words(10, 10, LimitKind.LIFETIME) == (
        "This would be the 11th term of at most 10, counting every term served."
    )
    assert [ordinal(each) for each in (1, 9, 10, 12, 21, 22, 23, 111)] == [
        "first", "ninth", "10th", "12th", "21st", "22nd", "23rd", "111th",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fraction", "words"),
    [
        (Fraction(1, 2, more_than=True), "are rounded up: more than 1/2 of 10 is 6"),
        (Fraction(2, 3, more_than=False), "are rounded up: at least 2/3 of 10 is 7"),
    ],
)
def test_bylaws_say_in_words_that_fractions_are_rounded_up(fraction: Fraction, words: str):
    assert dict(votes_said(replace(USUAL, quorum=fraction)))["Fractions"] == words
