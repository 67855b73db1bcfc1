"""Tasks about committees: ends of terms, vacancies and chairs that are missing, and members that free their seats."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby

from app.committees.queries import RosterRow, list_committees
from app.committees.queries.desk import list_freed_soon, list_holding_over, list_old_vacancies, list_terms_ending
from app.core import clock
from app.core.actor import Actor
from app.core.periods import how_long
from app.core.permissions import Permission
from app.home.rules import Group, Task, Tone, days_left
from app.web import wording

MOST = 8


def ending_terms(actor: Actor) -> Iterator[Task]:
    """Terms that end within the days by which bylaws warn, one line a committee, where the actor may appoint."""
    if not actor.has_any(Permission.COMMITTEE_EDIT):
        return
    today = clock.today()
    rows = sorted(list_terms_ending(actor), key=lambda row: (row.committee, row.committee_id))
    for (name, committee_id), group in groupby(rows, key=lambda row: (row.committee, row.committee_id)):
        terms = list(group)
        first = min(row.ends for row in terms if row.ends)
        yield Task(
            Group.SOON,
            f"{wording.plural(len(terms), 'term ends', 'terms end')}: {name}",
            f"{_seats(terms)} without a successor",
            name,
            days_left(first, today),
            Tone.WARN,
            "Plan who follows",
            "committees.succession",
            {"committee_id": committee_id},
        )


def terms_held_over(actor: Actor) -> Iterator[Task]:
    """Who stays on a seat though the term has ended, one line a committee."""
    if not actor.has_any(Permission.COMMITTEE_EDIT):
        return
    rows = sorted(list_holding_over(actor), key=lambda each: (each.committee.name, each.committee_id))
    for (name, committee_id), group in groupby(rows, key=lambda each: (each.committee.name, each.committee_id)):
        terms = list(group)
        since = min(each.term_ends or each.first_day for each in terms)
        holders = wording.join_words(each.person.name for each in terms[:MOST])
        yield Task(
            Group.LATE,
            f"{wording.plural(len(terms), 'holds over', 'hold over')}: {name}",
            f"{holders} {'stays' if len(terms) == 1 else 'stay'} until somebody follows",
            name,
            how_long(since, clock.today()),
            Tone.WARN,
            "Plan who follows",
            "committees.succession",
            {"committee_id": committee_id},
        )


def vacant_seats(actor: Actor) -> Iterator[Task]:
    """Seats that nobody has held for longer than bylaws warn, one line a committee, where the actor may appoint."""
    if not actor.has_any(Permission.COMMITTEE_EDIT):
        return
    rows = list_old_vacancies(actor)
    for (name, committee_id), group in groupby(rows, key=lambda row: (row.committee, row.committee_id)):
        seats = list(group)
        since = min(row.vacant_since for row in seats if row.vacant_since)
        yield Task(
            Group.MISSING,
            f"{wording.plural(len(seats), 'seat', 'seats')} without a holder: {name}",
            f"{_seats(seats)}; vacant since {wording.long_day(since)}",
            name,
            how_long(since, clock.today()),
            Tone.QUIET,
            "Open the desk",
            "committees.desk",
            {"committee_id": committee_id},
        )


def committees_without_chair(actor: Actor) -> Iterator[Task]:
    """Committees with members and no chair: the secretariat acts for them (RULES, Governance)."""
    if not actor.has_all(Permission.COMMITTEE_EDIT):
        return
    for row in list_committees(actor, on=clock.today()):
        if row.filled and row.chair is None:
            yield Task(
                Group.MISSING,
                f"No chair: {row.name}",
                "The secretariat acts for it until one is appointed",
                row.name,
                "",
                Tone.QUIET,
                "Open the desk",
                "committees.desk",
                {"committee_id": row.id},
            )


def seats_to_be_freed(actor: Actor) -> Iterator[Task]:
    """Seats of members that leave or have lapsed, one line a committee."""
    if not actor.has_any(Permission.COMMITTEE_EDIT):
        return
    rows = sorted(list_freed_soon(actor), key=lambda each: (each.committee, each.committee_id, each.last_day))
    for (name, committee_id), group in groupby(rows, key=lambda each: (each.committee, each.committee_id)):
        seats = list(group)
        first: date = seats[0].last_day
        yield Task(
            Group.SOON,
            f"{wording.plural(len(seats), 'seat', 'seats')} will be free: {name}",
            f"{wording.join_words(dict.fromkeys(each.institution for each in seats[:MOST]))} will have none there",
            name,
            days_left(first, clock.today()),
            Tone.WARN,
            "Open the desk",
            "committees.desk",
            {"committee_id": committee_id},
        )


def _seats(rows: list[RosterRow]) -> str:
    named = wording.join_words(str(row.number) for row in rows[:MOST])
    return f"Seat {named}" if len(rows) == 1 else f"Seats {named}"
