"""Exchanges: what went where in a year, from whom to whom, month by month, and who holds what on a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from app.agreements.rules.terms import AT_END_WORDS, FREEDOM_WORDS
from app.core.actor import Actor
from app.core.charts import Chart
from app.core.periods import Period
from app.core.permissions import Permission
from app.core.tables import AnyTable, Column, Kind, Narrow, PageRequest, Table
from app.exchange.queries.custody import HeldRow, holdings_on
from app.exchange.queries.exchanges import ExchangeRow
from app.exchange.queries.flows import (
    HolderRow,
    MonthRow,
    PairRow,
    count_holders,
    count_months,
    count_pairs,
    list_sent,
)
from app.exchange.rules.exchanges import STATE_WORDS, ExchangeState
from app.lines.rules import FORM_WORDS
from app.members.queries import institution_names
from app.reports.queries.catalogue import reach_institutions, report
from app.reports.rules import Asked, Parameter
from app.web import wording
from app.web.charts import Bar, stacked_bars
from app.web.heatmaps import Cell, heatmap

MOST_DRAWN = 15
COLOURS = {ExchangeState.RECEIVED: "$high", ExchangeState.SHIPPED: "$low", ExchangeState.LOST: "$bad"}
ASKS = (Parameter.YEAR, Parameter.INSTITUTION)

SENT_COLUMNS: tuple[Column[ExchangeRow], ...] = (
    Column("number", "Number", lambda row: row.number, Kind.NAME, narrow=Narrow.NAME),
    Column("state", "State", lambda row: STATE_WORDS[row.state], Kind.STATE, narrow=Narrow.STATE),
    Column("giver", "From", lambda row: row.giver, narrow=Narrow.META),
    Column("taker", "To", lambda row: row.taker, narrow=Narrow.META),
    Column("line", "First line", lambda row: row.first_line, narrow=Narrow.META),
    Column("items", "Items", lambda row: row.items, Kind.NUMBER),
    Column("quantity", "Quantity", lambda row: row.quantity, Kind.NUMBER),
    Column("shipped", "Sent", lambda row: row.shipped_on, Kind.DATE, narrow=Narrow.AMOUNT),
    Column("received", "Received", lambda row: row.received_on, Kind.DATE),
    Column("outlived", "Agreement ended on the way", lambda row: row.outlived_on, Kind.DATE),
)
PAIR_COLUMNS: tuple[Column[PairRow], ...] = (
    Column("giver", "From", lambda row: row.giver, Kind.NAME, narrow=Narrow.NAME),
    Column("taker", "To", lambda row: row.taker, narrow=Narrow.META),
    Column("shipments", "Shipments", lambda row: row.shipments, Kind.NUMBER, narrow=Narrow.AMOUNT),
    Column("items", "Items", lambda row: row.items, Kind.NUMBER, narrow=Narrow.SAID),
    Column("lost", "Lost", lambda row: row.lost, Kind.NUMBER),
)
MONTH_COLUMNS: tuple[Column[MonthRow], ...] = (
    Column("month", "Month", lambda row: f"{row.month:%B %Y}", Kind.NAME, narrow=Narrow.NAME),
    Column("sent", "Sent", lambda row: row.sent, Kind.NUMBER, narrow=Narrow.AMOUNT),
    Column("received", "Received", lambda row: row.numbers[ExchangeState.RECEIVED], Kind.NUMBER, narrow=Narrow.SAID),
    Column("shipped", "On the way", lambda row: row.numbers[ExchangeState.SHIPPED], Kind.NUMBER, narrow=Narrow.SAID),
    Column("lost", "Lost", lambda row: row.numbers[ExchangeState.LOST], Kind.NUMBER, narrow=Narrow.SAID),
)
HELD_COLUMNS: tuple[Column[HeldRow], ...] = (
    Column("line", "Line", lambda row: row.symbol, Kind.SYMBOL, narrow=Narrow.NAME),
    Column("colony", "Colony", lambda row: row.colony, narrow=Narrow.META),
    Column("form", "Form", lambda row: FORM_WORDS[row.form] if row.form else "Any", narrow=Narrow.META),
    Column("since", "Since", lambda row: row.first_day, Kind.DATE, narrow=Narrow.AMOUNT),
    Column("giver", "From", lambda row: row.giver or (None if row.agreement_id else "Own line"), narrow=Narrow.META),
    Column("under", "Under", lambda row: row.agreement_number, narrow=Narrow.SAID),
    Column("item", "Item", lambda row: row.item, Kind.NUMBER),
    Column("until", "Until", lambda row: row.until, Kind.DATE),
    Column("onward", "Onward transfer", lambda row: FREEDOM_WORDS[row.onward] if row.onward else None),
    Column("at_end", "At the end", lambda row: AT_END_WORDS[row.at_end] if row.at_end else None),
)
HOLDER_COLUMNS: tuple[Column[HolderRow], ...] = (
    Column("institution", "Institution", lambda row: row.institution, Kind.NAME, narrow=Narrow.NAME),
    Column("lines", "Lines", lambda row: row.lines, Kind.NUMBER, narrow=Narrow.AMOUNT),
    Column("holdings", "Holdings", lambda row: row.holdings, Kind.NUMBER, narrow=Narrow.SAID),
)


def _drawn_pairs(table: AnyTable) -> Chart | None:
    """The givers and takers between whom most went."""
    rows: Sequence[PairRow] = list(table.rows)
    gave, took = Counter[str](), Counter[str]()
    for row in rows:
        gave[row.giver] += row.shipments
        took[row.taker] += row.shipments
    givers = {name for name, _ in gave.most_common(MOST_DRAWN)}
    takers = {name for name, _ in took.most_common(MOST_DRAWN)}
    cells = [Cell(row.giver, row.taker, row.shipments) for row in rows if row.giver in givers and row.taker in takers]
    told = wording.join_words(f"{row.giver} to {row.taker} {wording.count(row.shipments)}" for row in rows[:MOST_DRAWN])
    return heatmap(cells, f"Shipments from whom to whom: {told}", rows="From", columns="To") if cells else None


def _drawn_months(table: AnyTable) -> Chart | None:
    """What was sent each month, and what became of it."""
    rows: Sequence[MonthRow] = list(table.rows)
    bars = [
        Bar(f"{row.month:%b}", STATE_WORDS[state], row.numbers[state], wording.count(row.numbers[state]))
        for row in rows
        for state in COLOURS
    ]
    told = wording.join_words(f"{row.month:%B} {wording.count(row.sent)}" for row in rows)
    colours = {STATE_WORDS[state]: colour for state, colour in COLOURS.items()}
    sent = any(row.sent for row in rows)
    return stacked_bars(bars, colours, f"Shipments by month: {told}", unit="shipments", by="Month") if sent else None


@report(
    "exchanges",
    title="Exchanges",
    question="Which material was sent in a year, by whom, to whom, and did it arrive?",
    audience=Permission.REPORT_LINES,
    asks=ASKS,
    looks_back=False,
)
def exchanges(asked: Asked, actor: Actor) -> Table[ExchangeRow]:
    """The shipments of a year, of the institutions the reader may ask for."""
    rows = list_sent(_year(asked), reach_institutions(Permission.REPORT_LINES, asked, actor))
    flagged = sum(row.outlived_on is not None for row in rows)
    note = f"{wording.plural(len(rows), 'shipment', 'shipments')}; the agreement of {flagged} ended on the way."
    return Table(f"Exchanges in {asked.year}", SENT_COLUMNS, rows, notes=[note])


@report(
    "exchange-matrix",
    title="From whom to whom",
    question="How many shipments went from which institution to which in a year?",
    audience=Permission.REPORT_LINES,
    asks=ASKS,
    draw=_drawn_pairs,
    looks_back=False,
)
def exchange_matrix(asked: Asked, actor: Actor) -> Table[PairRow]:
    """Givers and takers of a year, those between whom most went first."""
    rows = count_pairs(_year(asked), reach_institutions(Permission.REPORT_LINES, asked, actor))
    sums = {name: sum(getattr(row, name) for row in rows) for name in ("shipments", "items", "lost")}
    return Table(f"From whom to whom in {asked.year}", PAIR_COLUMNS, rows, totals={"giver": "Total", **sums})


@report(
    "exchange-flow",
    title="Exchanges by month",
    question="How many shipments were sent each month of a year, and what became of them?",
    audience=Permission.REPORT_LINES,
    asks=ASKS,
    draw=_drawn_months,
    looks_back=False,
)
def exchange_flow(asked: Asked, actor: Actor) -> Table[MonthRow]:
    """The months of a year."""
    rows = count_months(_year(asked), reach_institutions(Permission.REPORT_LINES, asked, actor))
    return Table(f"Exchanges by month in {asked.year}", MONTH_COLUMNS, rows)


@report(
    "holdings",
    title="Holdings",
    question="Which lines does an institution hold on a day, under which terms, and until when?",
    audience=Permission.REPORT_LINES,
    asks=(Parameter.DAY, Parameter.INSTITUTION),
)
def holdings(asked: Asked, actor: Actor) -> AnyTable:
    """The lines of one institution; where none is chosen, how many each has received and has still."""
    reach = reach_institutions(Permission.REPORT_LINES, asked, actor)
    day = wording.long_day(asked.on)
    if reach is None or len(reach) != 1:
        rows = count_holders(asked.on, asked.known, reach)
        note = "Choose an institution for its lines, with those it owns or made."
        return Table(f"Holdings on {day}", HOLDER_COLUMNS, rows, notes=[note])
    (institution_id,) = reach
    page = holdings_on(institution_id, "", PageRequest(size=0), actor, on=asked.on, known=asked.known)
    named = institution_names(Permission.INSTITUTION_LIST, actor, on=asked.on, known=None).named(institution_id)
    return Table(f"Holdings of {named.words if named else 'an institution'} on {day}", HELD_COLUMNS, list(page.rows))


def _year(asked: Asked) -> Period:
    return Period(date(asked.year, 1, 1), date(asked.year, 12, 31))
