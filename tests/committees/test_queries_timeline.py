"""Seats over the years: terms, the gaps between them, and what is still to come."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.committees.commands import withdraw_appointment
from app.committees.commands.dated_facts import fit_seats
from app.committees.documents import span_words, timeline_chart
from app.committees.queries import SeatSpan, seat_spans
from app.committees.rules import Office
from app.core.clock import clock_at
from app.core.periods import Period
from app.core.transaction import transaction
from tests.committees.sitting import FOUNDED, OFFICE, TODAY, committee, person, seat, sits

pytestmark = pytest.mark.usefixtures("context")


def lanes(spans: list[SeatSpan]) -> list[tuple[int, str | None, date, date | None]]:
    return [(span.number, span.holder, span.period.first, span.period.last) for span in spans]


def test_days_on_which_nobody_sat_are_gaps_between_the_terms():
    with transaction():
        finance = committee()
        first = seat(finance)
        sits(first, person("Marrow"), Period(date(2012, 1, 1), date(2013, 12, 31)), Office.CHAIR)
        sits(first, person("Pendarvis"), Period(date(2014, 2, 1), date(2017, 1, 31)))
        sits(first, person("Fennimore"), Period(date(2017, 3, 1)))
        seat(finance, "Second")
    spans = seat_spans(finance.id, on=TODAY)
    assert lanes(spans) == [
        (1, None, FOUNDED, date(2011, 12, 31)),
        (1, "Elspeth Marrow", date(2012, 1, 1), date(2013, 12, 31)),
        (1, None, date(2014, 1, 1), date(2014, 1, 31)),
        (1, "Elspeth Pendarvis", date(2014, 2, 1), date(2017, 1, 31)),
        (1, "Elspeth Fennimore", date(2017, 3, 1), None),
        (2, None, FOUNDED, TODAY),
    ]
    assert [span.is_coming for span in spans] == [False, False, False, False, True, False]
    assert span_words(spans, TODAY).replace("\u00a0", " ") == "2 seats, 1 vacant on 24 May 2016; 2 gaps before"


def test_a_seat_that_has_ended_is_vacant_no_more_and_one_to_come_not_yet():
    with transaction():
        finance = committee()
        ended, coming = seat(finance), seat(finance, "Coming")
        ended.last_day, coming.first_day = date(2012, 12, 31), date(2017, 1, 1)
        fit_seats([ended, coming])
    assert lanes(seat_spans(finance.id, on=TODAY)) == [(1, None, FOUNDED, date(2012, 12, 31))]


def test_the_timeline_is_as_known_then():
    with transaction():
        finance = committee()
        entry = sits(seat(finance), person(), Period(FOUNDED))
    with clock_at(datetime(2016, 6, 1, tzinfo=UTC)), transaction():
        withdraw_appointment(entry.id, reason="Never was", version=entry.version, actor=OFFICE)
    [known] = seat_spans(finance.id, on=TODAY, known=datetime(2016, 5, 25, tzinfo=UTC))
    [now] = seat_spans(finance.id, on=TODAY)
    assert (known.holder, now.holder) == ("Elspeth Marrow", None)


def test_the_chart_has_a_bar_for_each_term_and_gap_and_tells_them_apart():
    with transaction():
        finance = committee()
        first = seat(finance, "Seat 1")
        sits(first, person("Marrow"), Period(date(2012, 1, 1), date(2013, 12, 31)), Office.CHAIR)
        sits(first, person("Pendarvis"), Period(date(2014, 2, 1), date(2017, 1, 31)))
        sits(first, person("Fennimore"), Period(date(2017, 2, 1)))
    chart = timeline_chart(seat_spans(finance.id, on=TODAY), TODAY)
    values = chart.spec["data"]["values"]
    assert [value["kind"] for value in values] == ["Vacant", "Office", "Vacant", "Member", "To come"]
    assert values[1]["text"] == "Elspeth Marrow, chair"
    assert (values[1]["start"], values[1]["end"]) == ("2012-01-01", "2014-01-01")
    assert values[4]["end"] == "2017-08-01"
    assert {value["lane"] for value in values} == {"1"}
    assert "1 seat, 0 vacant" in chart.in_words
