"""First days, last days and vacancies as a calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from app.committees.queries import FeedContents, RosterRow, TermDays
from app.committees.rules import OFFICE_WORDS, SINGLE_OFFICES
from app.core import clock
from app.core.site import this_site
from app.web import wording
from app.web.calendars import DayEvent, calendar


def terms_calendar(contents: FeedContents, name: str, *, since: date) -> bytes:
    """The calendar of what a feed tells: days since one, in their order, each under a name it keeps for ever."""
    events = [event for term in contents.terms for event in _of_term(term) if event.day >= since]
    events += [_vacancy(row) for row in contents.vacancies]
    return calendar(name, sorted(events, key=lambda event: (event.day, event.uid)))


def _of_term(term: TermDays) -> Iterator[DayEvent]:
    seat = f"Seat {term.number}, {term.label}" if term.label.casefold() != f"seat {term.number}" else term.label
    office = f", {OFFICE_WORDS[term.office].lower()}" if term.office in SINGLE_OFFICES else ""
    until = f"to {wording.long_day(term.last_day)}" if term.last_day else "without a last day"
    told = f"{seat} of {term.committee}, from {wording.long_day(term.first_day)} {until}."
    told = told.replace(wording.NO_BREAK, " ")
    days = (("First day", "begins", term.first_day), ("Last day", "ends", term.last_day))
    for words, verb, day in days:
        if day is not None:
            yield DayEvent(
                uid=f"term-{verb}-{term.appointment_id}@{this_site().host}",
                day=day,
                summary=f"{words}: {term.holder}{office}, {term.committee}",
                changed_at=term.recorded_at,
                description=told,
                url=_address(term.committee_id),
                category="Terms",
            )


def _vacancy(row: RosterRow) -> DayEvent:
    since = row.vacant_since or row.seat_from
    return DayEvent(
        uid=f"vacancy-{row.seat_id}-{since:%Y%m%d}@{this_site().host}",
        day=since,
        summary=f"Vacant: seat {row.seat}, {row.committee}",
        changed_at=clock.start_of(since),
        url=_address(row.committee_id),
        category="Vacancies",
    )


def _address(committee_id: int) -> str:
    return this_site().address(f"/committees/{committee_id}")
