"""What a task is, how old it is said to be, and in which order tasks stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from app.core.periods import how_long


class Group(StrEnum):
    """Where a task stands on the page."""

    LATE = "Late"
    SOON = "Due soon"
    MISSING = "Missing"


class Tone(StrEnum):
    """How loud a task is."""

    BAD = "bad"
    WARN = "warn"
    QUIET = ""


@dataclass(frozen=True)
class Task:
    """One thing to do: what, why, whose it is, since or until when, and the one verb with the page behind it."""

    group: Group
    title: str
    text: str
    who: str
    age: str
    tone: Tone
    verb: str
    endpoint: str
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Figure:
    """A number at the head of the page."""

    label: str
    value: str
    note: str


def grouped(tasks: Iterable[Task]) -> list[tuple[Group, list[Task]]]:
    """Tasks under their headings, in the order of the groups; a heading without tasks is left out."""
    found: dict[Group, list[Task]] = {group: [] for group in Group}
    for task in tasks:
        found[task.group].append(task)
    return [(group, those) for group, those in found.items() if those]


def days_late(due: date, today: date) -> str:
    """How late something is: 1 day late, 24 days late."""
    return f"{how_long(due, today)} late"


def days_left(day: date, today: date) -> str:
    """How long until a day: today, tomorrow, in 9 days."""
    days = (day - today).days
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def counted_sentence(groups: Sequence[tuple[Group, Sequence[Task]]]) -> str:
    """How much there is to do: 12 things: 3 late, 5 due soon, 4 missing."""
    total = sum(len(tasks) for _, tasks in groups)
    parts = ", ".join(f"{len(tasks)} {group.lower()}" for group, tasks in groups)
    return f"{total} {'thing' if total == 1 else 'things'}: {parts}" if total else ""


def capped(tasks: Sequence[Task], more: int, one: str, many: str, endpoint: str) -> list[Task]:
    """The first tasks of a kind, and all others as one line that leads to their list: 3 more plans."""
    if more <= 0:
        return list(tasks)
    title = f"{more:,} {one if more == 1 else many}"
    first = tasks[0]
    return [*tasks, Task(first.group, title, "Those above come first", "", "", first.tone, "See all", endpoint)]


class Frequency(StrEnum):
    """How often somebody is written what needs them."""

    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


FREQUENCY_WORDS = {
    Frequency.DAILY: "every day",
    Frequency.WEEKLY: "every Monday",
    Frequency.NEVER: "not by mail",
}
USUAL_FREQUENCY = Frequency.WEEKLY


def digest_day(frequency: Frequency, today: date) -> date | None:
    """The day of the newest digest that is due by today: today's, or that of this week's Monday; None for no digest."""
    if frequency is Frequency.NEVER:
        return None
    return today if frequency is Frequency.DAILY else today - timedelta(days=today.weekday())
