"""Tasks about committees: vacant seats, terms that end soon without a successor, committees without a chair."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby

from app.committees.queries import RosterRow, list_committees, list_ending_terms, list_vacancies
from app.core import clock
from app.core.actor import Actor
from app.core.periods import how_long
from app.core.permissions import Permission
from app.home.rules import Group, Task, Tone, days_left
from app.web import wording

SOON = timedelta(days=30)
MOST = 8


def ending_terms(actor: Actor) -> Iterator[Task]:
    """Terms that end within thirty days, one line a committee, where the actor may appoint."""
    if not actor.has_any(Permission.COMMITTEE_EDIT):
        return
    today = clock.today()
    rows = sorted(list_ending_terms(actor, on=today, within=SOON), key=lambda row: (row.committee, row.committee_id))
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
            "Open the roster",
            "committees.committee",
            {"committee_id": committee_id},
        )


def vacant_seats(actor: Actor) -> Iterator[Task]:
    """Seats nobody holds, one line a committee, where the actor may appoint."""
    if not actor.has_any(Permission.COMMITTEE_EDIT):
        return
    rows = list_vacancies(actor, on=clock.today())
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
            "Appoint",
            "committees.committee",
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
                "Open the roster",
                "committees.committee",
                {"committee_id": row.id},
            )


def _seats(rows: list[RosterRow]) -> str:
    named = wording.join_words(str(row.number) for row in rows[:MOST])
    return f"Seat {named}" if len(rows) == 1 else f"Seats {named}"
