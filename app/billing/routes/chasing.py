"""What the page of an invoice and the record of a payer say of disputes, blocks and reminders."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from app.billing.models import InvoiceDispute
from app.billing.queries.ages import sums_by_age
from app.billing.queries.disputes import find_block, is_disputed, list_disputes
from app.billing.queries.invoices import InvoiceView
from app.billing.queries.reminders import sum_words
from app.billing.queries.sent_reminders import ItemRow, ReminderFilters, list_reminders_of, search_reminders
from app.billing.routes.reminders import REMINDER_COLUMNS
from app.billing.rules import AGES, Standing
from app.core.tables import AnyTable, Column, Kind, Narrow, PageRequest, Table
from app.members.routes import Section
from app.web.access import the_actor
from app.web.addresses import here, url
from app.web.on_date import current_on
from app.web.wording import long_day

CLOSED = (Standing.DRAFT, Standing.VOID, Standing.PAID, Standing.CREDIT, Standing.USED)
LATEST = PageRequest(size=20, sort="day", descending=True)
OF_PAYER = tuple(column for column in REMINDER_COLUMNS if column.key != "payer")


def _to_reminder(row: ItemRow) -> str:
    return url("billing.reminder", reminder_id=row.reminder_id)


REMINDED_COLUMNS: tuple[Column[ItemRow], ...] = (
    Column("day", "Reminded", lambda row: long_day(row.day), Kind.NAME, link=_to_reminder, narrow=Narrow.NAME),
    Column("level", "Level", lambda row: row.level, Kind.NUMBER, narrow=Narrow.SAID),
    Column("late", "Days late", lambda row: row.days_late, Kind.NUMBER, narrow=Narrow.SAID),
    Column("interest", "Interest", lambda row: row.interest or None, Kind.MONEY),
    Column("open", "Open then", lambda row: row.open, Kind.MONEY, narrow=Narrow.AMOUNT),
)
DISPUTE_COLUMNS: tuple[Column[InvoiceDispute], ...] = (
    Column("since", "In dispute since", lambda row: long_day(row.first_day), Kind.NAME, narrow=Narrow.NAME),
    Column("why", "Why", lambda row: row.reason, narrow=Narrow.META),
    Column("by", "Noted by", lambda row: row.noted_by),
    Column("settled", "Settled", lambda row: row.settled_on, Kind.DATE, narrow=Narrow.META),
    Column("how", "How", lambda row: row.outcome, narrow=Narrow.META),
)


@dataclass(frozen=True)
class Chasing:
    """The disputes and reminders of an invoice, and whether it can be disputed or is in dispute."""

    disputes: AnyTable
    reminders: AnyTable
    may_dispute: bool
    is_disputed: bool


def chasing_of(record: InvoiceView) -> Chasing:
    """What there is about an invoice up to the day looked at."""
    on, row = current_on(), record.row
    disputes = [each for each in list_disputes(row.id) if each.first_day <= on]
    disputed = is_disputed(disputes, on)
    return Chasing(
        Table("Disputes", DISPUTE_COLUMNS, disputes),
        Table("Reminders", REMINDED_COLUMNS, list_reminders_of(row.id, on)),
        may_dispute=row.standing not in CLOSED and not disputed,
        is_disputed=disputed,
    )


def age_tabs() -> list[tuple[str, str, None, bool]]:
    """The ages of what is open, each with its sum, as ways through the list of invoices; none where nothing is open."""
    sums = sums_by_age(current_on(), the_actor())
    chosen = request.args.get("age", "")
    ages = [(str(at), f"{words}: {sum_words(sums[at])}") for at, words in enumerate(AGES) if at in sums]
    every = [("", "All"), *ages] if ages else []
    return [(label, here(age=at or None, page=None, format=None), None, chosen == at) for at, label in every]


def reminders_section(payer_id: int) -> Section:
    """The latest reminders to a payer, and whether it is not reminded for now."""
    page = search_reminders(ReminderFilters(payer_id), LATEST, actor=the_actor())
    block = find_block(payer_id, current_on(), the_actor())
    aside = f"not reminded until {long_day(block.until_day)}: {block.reason}" if block else page.total
    link = ("In the list of reminders", url("billing.reminders", payer=payer_id)) if page.rows else None
    return Section("Reminders", Table("Reminders", OF_PAYER, page.rows), link, aside, "No reminder was sent.")
