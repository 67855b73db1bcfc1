"""Facts beside the lists of a committee and of a seat, on the day looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import groupby

from app.committees.forms import GRANTED
from app.committees.models import CommitteeName
from app.committees.queries import CommitteeView, FactsRow, SeatView, bylaws_on, list_papers
from app.committees.routes.bylaws import bylaws_fact
from app.committees.routes.constituency_tables import constituency_fact
from app.committees.rules import COMMITTEE_WORDS, OFFICE_WORDS, PAPER_WORDS, SEAT_WORDS, PaperKind, ends_of_cycle
from app.web import wording
from app.web.access import the_actor
from app.web.addresses import url
from app.web.on_date import current_on, known_at

GOVERNING = (PaperKind.TERMS_OF_REFERENCE, PaperKind.RULES_OF_PROCEDURE)
Fact = tuple[str | None, ...]


def facts_of_committee(view: CommitteeView) -> list[Fact]:
    """What a committee is on the day looked at, beside its lists; nothing where nothing was known of it then."""
    if not view.facts:
        return []
    committee, chair = view.committee, view.chair
    role = committee.grants_role
    return [
        ("Kind", COMMITTEE_WORDS[committee.kind], None, "; ".join(_earlier(view, _kind)) or None),
        *_part_of(view),
        *_other_names(view),
        ("Chair", chair.holder, url("members.person", person_id=chair.person_id)) if chair else ("Chair", None),
        ("Founded", wording.long_day(committee.founded_on)),
        *_dissolved(view),
        *_governing_papers(committee.id),
        ("Rights of its members", GRANTED.get(role, role.value) if role else "its own pages"),
        ("E-mail", committee.contact_email),
        ("Bylaws", *bylaws_fact(committee.id)),
    ]


def _kind(row: FactsRow) -> str:
    return COMMITTEE_WORDS[row.kind]


def _part_of(view: CommitteeView) -> list[Fact]:
    """What it is part of on the day looked at, and was before."""
    parent, earlier = view.parent, _earlier(view, lambda row: row.parent_name)
    if parent is None:
        return [("Formerly part of", "\n".join(earlier))] if earlier else []
    here = url("committees.committee", committee_id=parent.id)
    return [("Part of", parent.name, here, "; ".join(earlier) or None)]


def _earlier(view: CommitteeView, said: Callable[[FactsRow], str | None]) -> list[str]:
    """What was said of it before what holds on the day looked at, each with its last day, the latest first."""
    begun = [row for row in view.facts if row.first_day <= current_on()]
    spells = [(words, next(rows).last_day) for words, rows in groupby(begun, key=said)]
    return [f"{words}, until {wording.long_day(last)}" for words, last in spells[1:] if words]


def _other_names(view: CommitteeView) -> list[Fact]:
    """The names it had before the day looked at, and will have after it."""
    on = current_on()
    former = [f"{each.name}, until {wording.long_day(each.last_day)}" for each in view.names if _ended(each, on)]
    coming = [f"{each.name}, from {wording.long_day(each.first_day)}" for each in view.names if each.first_day > on]
    told = (("To be called", coming[::-1]), ("Formerly", former))
    return [(label, "\n".join(names)) for label, names in told if names]


def _ended(name: CommitteeName, on: date) -> bool:
    return name.last_day is not None and name.last_day < on


def _dissolved(view: CommitteeView) -> list[Fact]:
    """With which day it ends or ended, why and by which decision; nothing of that on a day before it was known."""
    last, why = view.committee.dissolved_on, view.dissolution
    if last is None:
        return []
    ground = "; ".join(filter(None, (why.reason, why.decision))) if why else None
    return [("Dissolved after", wording.long_day(last), None, ground)]


def _governing_papers(committee_id: int) -> list[Fact]:
    """By which papers it works on the day looked at, each to be read."""
    on = current_on()
    rows = list_papers(committee_id, the_actor(), on=on, known=known_at())
    return [
        (
            PAPER_WORDS[row.kind],
            row.version,
            url("committees.paper", paper_id=row.id),
            f"in force from {wording.long_day(row.first_day)}",
        )
        for row in rows
        if row.kind in GOVERNING and row.is_in_force(on)
    ]


def facts_of_seat(view: SeatView) -> list[Fact]:
    """What a seat is on the day looked at, beside its lists."""
    found, row = view.seat, view.row
    holder: Fact = ("Holder", "Nobody on this day")
    if row is not None:
        address = url("members.person", person_id=row.person_id) if row.person_id else None
        holder = ("Holder", row.holder or "Vacant", address, view.outsider.said if view.outsider else None)
    return [
        ("Filled", SEAT_WORDS[found.kind]),
        ("Votes", "yes" if found.votes else "no"),
        holder,
        *_of_its_kind(view),
        ("First day", wording.long_day(view.first_day)),
        ("Last day", wording.long_day(view.last_day) if view.last_day else "open"),
        *_cycle(view),
    ]


def days_listed(days: Sequence[date]) -> str:
    """Days in a sentence."""
    return wording.join_words(wording.long_day(day) for day in days)


def _of_its_kind(view: SeatView) -> list[Fact]:
    """The institution that fills a seat, the constituency that elects for it, or the office it follows."""
    found = view.seat
    facts: list[Fact] = []
    if found.institution_id is not None:
        address = url("members.institution", institution_id=found.institution_id)
        facts.append(("Institution", view.institution, address))
    if found.constituency_id is not None:
        facts.append(constituency_fact(found.constituency_id))
    if found.follows_committee_id and found.follows_office:
        address = url("committees.committee", committee_id=found.follows_committee_id)
        facts.append(("Follows", f"{OFFICE_WORDS[found.follows_office]} of {view.follows}", address))
    return facts


def _cycle(view: SeatView) -> list[Fact]:
    """The day on which its terms end, and the next ones by the bylaws."""
    found = view.seat
    if found.cycle_end is None:
        return []
    months = bylaws_on(found.committee_id, current_on(), known_at()).term_months
    then = days_listed(ends_of_cycle(found.cycle_end, months, current_on())) if months else "the bylaws set no term"
    return [("Terms end", wording.long_day(found.cycle_end), None, f"next: {then}")]
