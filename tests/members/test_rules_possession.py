"""Whose an e-mail address was at an instant: at most one's at a time, and whoever wrote to it wrote to somebody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.members.rules import ALWAYS, Span, possession

START = datetime(2011, 1, 1, tzinfo=UTC)


def at(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)


def years(first: int | None, last: int | None) -> Span:
    return Span(at(first) if first else ALWAYS.since, at(last) if last else ALWAYS.until)


@pytest.mark.parametrize(
    ("own", "others", "theirs"),
    [
        ([years(2011, None)], [], [ALWAYS]),
        ([years(2011, 2014)], [], [ALWAYS]),
        ([years(2011, 2014)], [years(2015, None)], [years(None, 2014)]),
        ([years(2015, None)], [years(2011, 2014)], [years(2014, None)]),
        ([years(2011, 2014)], [years(2012, 2013)], [years(None, 2012), years(2013, None)]),
        ([years(2011, None)], [years(2011, None)], []),
        ([years(2011, 2012), years(2015, 2016)], [years(2013, 2014)], [years(None, 2012), years(2014, None)]),
    ],
    ids=["one", "former", "taken over", "took over", "lent", "shared", "taken back"],
)
def test_an_address_is_whose_it_was_and_a_gap_is_whose_it_is_next(
    own: list[Span], others: list[Span], theirs: list[Span]
):
    assert possession(own, others) == theirs


SPANS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 20)).map(
        lambda pair: Span(START + timedelta(days=pair[0]), START + timedelta(days=sum(pair)))
    ),
    min_size=1,
    max_size=4,
)
INSTANTS = st.integers(-5, 70).map(lambda days: START + timedelta(days=days, hours=12))


@given(SPANS, SPANS, INSTANTS)
def test_no_address_is_ever_two_peoples_and_while_only_one_has_it_it_is_theirs(
    one: list[Span], other: list[Span], instant: datetime
):
    held = {name: any(span.holds(instant) for span in spans) for name, spans in (("one", one), ("other", other))}
    theirs = {
        "one": any(span.holds(instant) for span in possession(one, other)),
        "other": any(span.holds(instant) for span in possession(other, one)),
    }
    assert not all(theirs.values())
    if held["one"] != held["other"]:
        assert theirs == held


@given(SPANS, INSTANTS)
def test_an_address_only_one_ever_had_is_theirs_for_ever(own: list[Span], instant: datetime):
    assert [span.holds(instant) for span in possession(own, [])] == [True]
