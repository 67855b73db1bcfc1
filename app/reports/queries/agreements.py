"""Agreements on a day: the register, what expires soon, and where papers wait, on whom and for how long."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from app.agreements.queries.register import RegisterRow, list_register
from app.agreements.rules.states import EVER_EXECUTED, FROZEN_STATES, OPEN_STATES, STATE_WORDS, AgreementState
from app.agreements.rules.terms import AT_END_WORDS, FREEDOM_WORDS
from app.core.actor import Actor
from app.core.charts import Chart
from app.core.permissions import Permission
from app.core.tables import AnyTable, Column, Kind, Narrow, Table
from app.reports.queries.catalogue import reach_institutions, report
from app.reports.rules import Asked, Parameter
from app.web import wording
from app.web.charts import Bar, stacked_bars

SOON_DAYS = 90
AGES = ((30, "Up to 30 days"), (90, "31 to 90 days"), (None, "Older"))
COLOURS = {"Up to 30 days": "$low", "31 to 90 days": "$high", "Older": "$bad"}
ASKS = (Parameter.DAY, Parameter.INSTITUTION)

NUMBER = Column[RegisterRow]("number", "Agreement", lambda row: row.called, Kind.NAME, narrow=Narrow.NAME)
PARTIES = (
    Column[RegisterRow]("provider", "Provider", lambda row: row.provider, narrow=Narrow.META),
    Column[RegisterRow]("recipient", "Recipient", lambda row: row.recipient, narrow=Narrow.META),
)
MATERIAL = Column[RegisterRow]("material", "Material", lambda row: row.material, Kind.SYMBOL, narrow=Narrow.META)
STATE = Column[RegisterRow]("state", "State", lambda row: STATE_WORDS[row.state], Kind.STATE, narrow=Narrow.STATE)
ENDS = Column[RegisterRow]("ends", "Until", lambda row: row.ends or "open", Kind.DATE, narrow=Narrow.SAID)

REGISTER = (
    NUMBER,
    Column[RegisterRow]("title", "Title", lambda row: row.title),
    *PARTIES,
    MATERIAL,
    STATE,
    Column[RegisterRow]("executed_on", "Signed by all", lambda row: row.executed_on, Kind.DATE),
    ENDS,
    Column[RegisterRow]("onward", "Onward transfer", lambda row: FREEDOM_WORDS[row.onward]),
)


@dataclass(frozen=True)
class AgedRow:
    """An agreement, and a number of days: until its end, or since it waits."""

    of: RegisterRow
    days: int


def _of(column: Column[RegisterRow]) -> Column[AgedRow]:
    """The same column, read through the row with its days."""
    return Column[AgedRow](column.key, column.title, lambda row: column.read(row.of), column.kind, narrow=column.narrow)


EXPIRING = (
    *map(_of, (NUMBER, *PARTIES, MATERIAL, ENDS)),
    Column[AgedRow]("days", "Days left", lambda row: row.days, Kind.NUMBER, narrow=Narrow.AMOUNT),
    Column[AgedRow]("at_end", "At the end", lambda row: AT_END_WORDS[row.of.at_end], narrow=Narrow.META),
    Column[AgedRow]("renewed_by", "Renewed by", lambda row: row.of.renewed_by, narrow=Narrow.META),
)
WAITING = (
    *map(_of, (NUMBER, *PARTIES, MATERIAL, STATE)),
    Column[AgedRow]("waits_on", "Waits on", lambda row: wording.join_words(row.of.waits_on), narrow=Narrow.SAID),
    Column[AgedRow]("since", "Since", lambda row: row.of.since, Kind.DATE),
    Column[AgedRow]("days", "Days", lambda row: row.days, Kind.NUMBER, narrow=Narrow.AMOUNT),
    Column[AgedRow]("begun", "Drafted", lambda row: row.of.begun, Kind.DATE),
)


@report(
    "mta-register",
    title="Register of agreements",
    question="Which agreements were there on a day, between whom, about what, and were they in force?",
    audience=Permission.REPORT_LINES,
    asks=ASKS,
)
def mta_register(asked: Asked, actor: Actor) -> Table[RegisterRow]:
    """All agreements that had a number on the day, as they stood then."""
    rows = [row for row in _rows(asked, actor) if row.state in FROZEN_STATES]
    in_force = sum(row.state is AgreementState.EXECUTED for row in rows)
    over = sum(row.state in EVER_EXECUTED for row in rows) - in_force
    counted = f"{wording.plural(len(rows), 'agreement', 'agreements')}, {in_force} in force and {over} over."
    title = f"Register of agreements on {wording.long_day(asked.on)}"
    return Table(title, REGISTER, rows, notes=[counted] if rows else [])


@report(
    "mta-expiring",
    title="Agreements that expire",
    question="Which agreements end within 90 days of a day, what becomes of the material, and is there a renewal?",
    audience=Permission.REPORT_LINES,
    asks=ASKS,
)
def mta_expiring(asked: Asked, actor: Actor) -> Table[AgedRow]:
    """What is in force on the day and ends within the 90 days after it, the first to end first."""
    until = asked.on + timedelta(days=SOON_DAYS)
    found = [
        AgedRow(row, (row.ends - asked.on).days)
        for row in _rows(asked, actor)
        if row.state is AgreementState.EXECUTED and row.ends is not None and row.ends <= until
    ]
    rows = sorted(found, key=lambda row: (row.days, row.of.called))
    bare = sum(row.of.renewed_by is None for row in rows)
    notes = [f"{wording.plural(len(rows), 'agreement', 'agreements')}, {bare} of them without a renewal."]
    title = f"Agreements that expire within {SOON_DAYS} days of {wording.long_day(asked.on)}"
    return Table(title, EXPIRING, rows, notes=notes if rows else [])


def _drawn(table: AnyTable) -> Chart | None:
    """How many wait in each state, by how long."""
    counts = Counter((row.of.state, _age(row.days)) for row in table.rows)
    if not counts:
        return None
    states = [state for state in OPEN_STATES if any(each is state for each, _ in counts)]
    bars = [
        Bar(STATE_WORDS[state], age, counts[state, age], str(counts[state, age])) for state in states for _, age in AGES
    ]
    told = wording.join_words(
        f"{STATE_WORDS[state].lower()} {sum(counts[state, age] for _, age in AGES)}" for state in states
    )
    return stacked_bars(bars, COLOURS, f"Agreements that wait, by state: {told}", unit="Agreements", by="State")


@report(
    "mta-waiting",
    title="Agreements that wait",
    question="Where do papers wait on a day, on whom, and for how long?",
    audience=Permission.REPORT_LINES,
    asks=ASKS,
    draw=_drawn,
)
def mta_waiting(asked: Asked, actor: Actor) -> Table[AgedRow]:
    """What was drafted and not yet signed by all on the day, what waits longest first."""
    found = [AgedRow(row, (asked.on - row.since).days) for row in _rows(asked, actor) if row.state in OPEN_STATES]
    rows = sorted(found, key=lambda row: (-row.days, row.of.called))
    waiting = Counter(name for row in rows for name in row.of.waits_on)
    told = wording.join_words(f"{number} on {name}" for name, number in waiting.most_common())
    title = f"Agreements that wait on {wording.long_day(asked.on)}"
    return Table(title, WAITING, rows, notes=[f"They wait: {told}."] if waiting else [])


def _rows(asked: Asked, actor: Actor) -> list[RegisterRow]:
    reach = reach_institutions(Permission.REPORT_LINES, asked, actor)
    return list_register(on=asked.on, known=asked.known, institution_ids=reach)


def _age(days: int) -> str:
    return next(words for most, words in AGES if most is None or days <= most)
