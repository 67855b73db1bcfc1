"""Reminders: those that were sent, one of them with its paper, and the preview from which they are sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.audit.subjects import register_subject
from app.billing.commands import queue_reminders
from app.billing.forms.reminders import ReminderFilterForm, SendForm
from app.billing.queries.invoices import list_invoice_payers
from app.billing.queries.reminders import Due, OverdueItem, PayerDue, interest_words, preview_reminders, sum_words
from app.billing.queries.sent_reminders import (
    ChargeRow,
    ItemRow,
    ReminderFilters,
    ReminderRow,
    ReminderView,
    get_reminder,
    search_reminders,
)
from app.billing.routes.blueprint import latest_of, offering, pages
from app.core.clock import today
from app.core.permissions import Permission
from app.core.tables import AnyColumn, Column, Kind, Narrow, Page, PageRequest, Table
from app.core.transaction import transaction
from app.files.queries import open_file
from app.web.access import requires, the_actor
from app.web.addresses import ids_in_address, record_link, url
from app.web.downloads import send_bytes
from app.web.forms import errors_to
from app.web.listing import Action, Empty, Listing, list_page
from app.web.requests import see
from app.web.table_files import asks_for_file, tables_page
from app.web.wording import long_day, money, plural

register_subject("reminder", "Reminder", "billing.reminder", "reminder_id")
to_payer = record_link("members.institution", "institution_id", lambda row: row.payer_id)
to_invoice = record_link("billing.invoice", "invoice_id", lambda row: row.invoice_id)
to_reminder = record_link("billing.reminder", "reminder_id", lambda row: row.id)
REMINDER_COLUMNS: tuple[Column[ReminderRow], ...] = (
    Column("subject", "Reminder", lambda row: row.subject, Kind.NAME, link=to_reminder, narrow=Narrow.NAME),
    Column("payer", "Payer", lambda row: row.payer, sortable=True, link=to_payer, narrow=Narrow.META),
    Column("day", "Sent", lambda row: row.day, Kind.DATE, sortable=True, narrow=Narrow.META),
    Column("level", "Level", lambda row: row.level, Kind.NUMBER, sortable=True, narrow=Narrow.SAID),
    Column("invoices", "Invoices", lambda row: row.invoices, Kind.NUMBER, narrow=Narrow.AMOUNT),
    Column("mail", "Mail", lambda row: row.mail_word, Kind.STATE, narrow=Narrow.STATE),
)
REMINDERS: Listing[ReminderRow] = Listing(
    title="Reminders",
    noun=("reminder", "reminders"),
    columns=REMINDER_COLUMNS,
    default_sort="day",
    descending=True,
    empty=Empty(
        "No reminders yet",
        "A reminder lists what a payer owes overdue. Look who is due for one; nothing is sent by looking.",
        "Who is due",
        "billing.new_reminders",
    ),
    action=Action("Who is due", "billing.new_reminders"),
)
ITEM_COLUMNS: tuple[Column[ItemRow], ...] = (
    Column("invoice", "Invoice", lambda row: row.number, Kind.NAME, link=to_invoice, narrow=Narrow.NAME),
    Column("level", "Level", lambda row: row.level, Kind.NUMBER, narrow=Narrow.SAID),
    Column("late", "Days late", lambda row: row.days_late, Kind.NUMBER, narrow=Narrow.SAID),
    Column("interest", "Interest", lambda row: row.interest or None, Kind.MONEY),
    Column("open", "Open then", lambda row: row.open, Kind.MONEY, narrow=Narrow.AMOUNT),
)


def _block_address(due: PayerDue) -> str:
    return url("billing.block_reminders", institution_id=due.payer_id)


CHARGE_COLUMNS: tuple[Column[ChargeRow], ...] = (
    Column("invoice", "Invoice", lambda row: row.number, Kind.NAME, link=to_invoice, narrow=Narrow.NAME),
    Column("what", "What for", lambda row: row.description, narrow=Narrow.META),
    Column("amount", "Amount", lambda row: row.amount, Kind.MONEY, narrow=Narrow.AMOUNT),
)
DUE_COLUMNS: tuple[Column[PayerDue], ...] = (
    Column("payer", "Payer", lambda row: row.payer, Kind.NAME, link=to_payer, narrow=Narrow.NAME),
    Column("level", "Level", lambda row: row.level, Kind.NUMBER, narrow=Narrow.SAID),
    Column("to", "Goes to", lambda row: row.contact.name, aside=lambda row: row.contact.email, narrow=Narrow.META),
    Column("costs", "Costs", lambda row: sum_words(row.charged) or None, Kind.MONEY, narrow=Narrow.SAID),
    Column("open", "Open", lambda row: sum_words(row.owed), Kind.MONEY, narrow=Narrow.AMOUNT),
    Column("block", "", lambda _: "Block", link=_block_address),
)
LISTED_COLUMNS: tuple[Column[OverdueItem], ...] = (
    Column("invoice", "Invoice", lambda row: row.number, Kind.NAME, link=to_invoice, narrow=Narrow.NAME),
    Column("payer", "Payer", lambda row: row.payer, narrow=Narrow.META),
    Column("level", "To level", lambda row: row.level, Kind.NUMBER, narrow=Narrow.SAID),
    Column("late", "Days late", lambda row: row.days_late, Kind.NUMBER, narrow=Narrow.SAID),
    Column("for", "Interest for, days", lambda row: row.interest_days or None, Kind.NUMBER),
    Column("interest", "Interest", lambda row: row.interest or None, Kind.MONEY, narrow=Narrow.SAID),
    Column("open", "Open", lambda row: row.open, Kind.MONEY, narrow=Narrow.AMOUNT),
)
OF_COSTS = {"costs", "for", "interest"}
LEFT_COLUMNS: tuple[Column[OverdueItem], ...] = (
    Column("invoice", "Invoice", lambda row: row.number, Kind.NAME, link=to_invoice, narrow=Narrow.NAME),
    Column("payer", "Payer", lambda row: row.payer, link=to_payer, narrow=Narrow.META),
    Column("late", "Days late", lambda row: row.days_late, Kind.NUMBER, narrow=Narrow.SAID),
    Column("why", "Why not", lambda row: row.why_words, narrow=Narrow.META),
    Column("open", "Open", lambda row: row.open, Kind.MONEY, narrow=Narrow.AMOUNT),
)
SHOWN = 200


@pages.get("/reminders")
@requires(Permission.INVOICE_READ)
def reminders() -> ResponseReturnValue:
    """The reminders that were sent."""
    payers = list_invoice_payers(ids_in_address("payer"), the_actor()) if "payer" in request.args else None
    return list_page(replace(REMINDERS, filters_form=offering(ReminderFilterForm, payer=payers)), _search)


def _search(form: Any, wanted: PageRequest) -> Page[ReminderRow]:
    payer_id = form.payer.chosen_id if "payer" in form else None
    return search_reminders(ReminderFilters(payer_id, form.level.data), wanted, actor=the_actor())


@pages.get("/reminders/<int:reminder_id>")
@requires(Permission.INVOICE_READ)
def reminder(reminder_id: int) -> ResponseReturnValue:
    """One reminder: what it listed, its paper, its mail."""
    record = get_reminder(reminder_id, the_actor())
    row = record.row
    return render_template(
        "billing/reminder.html",
        record=record,
        title=row.subject,
        sub=f"Level {row.level}, sent to {row.payer} on {long_day(row.day)}.",
        facts=_facts(record),
        items=Table("Invoices", ITEM_COLUMNS, record.items),
        charges=Table("Charged", CHARGE_COLUMNS, record.charges),
        history=latest_of("reminder", reminder_id),
    )


@pages.get("/reminders/<int:reminder_id>/pdf")
@requires(Permission.INVOICE_READ)
def reminder_pdf(reminder_id: int) -> Response:
    """The paper as it was sent."""
    kept = open_file(get_reminder(reminder_id, the_actor()).pdf_id)
    return send_bytes(kept.content, kept.media_type, kept.name)


@pages.route("/reminders/new", methods=["GET", "POST"])
@requires(Permission.INVOICE_EDIT)
def new_reminders() -> ResponseReturnValue:
    """Who is due for a reminder today, and who is not and why; from here they are sent."""
    form = SendForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            number = queue_reminders(actor=the_actor())
            notice = f"{plural(number, 'reminder is', 'reminders are')} being sent. What is paid before is left out."
            return see("billing.reminders", notice)
    return _preview(preview_reminders(today(), the_actor()), form)


def _preview(due: Due, form: SendForm) -> ResponseReturnValue:
    """What the page says of who is due and who is not."""
    listed = [item for each in due.payers for item in each.items]
    left_out = due.left_out if asks_for_file() else due.left_out[:SHOWN]
    return tables_page(
        "billing/new_reminders.html",
        {
            "payers": Table("Due for a reminder", _shown(DUE_COLUMNS, due), due.payers),
            "listed": Table("Invoices to remind of", _shown(LISTED_COLUMNS, due), listed),
            "left_out": Table("Not reminded of", LEFT_COLUMNS, left_out, row_id=_blocked_by),
        },
        form=form,
        due=due,
        to_look_at=_to_look_at(due),
        how=interest_words(due.reminding.terms) if due.reminding else "",
        owed=sum_words(amount for each in due.payers for amount in each.owed),
        charged=sum_words(amount for each in due.payers for amount in each.charged),
    )


def _shown(columns: Sequence[AnyColumn], due: Due) -> list[AnyColumn]:
    """The columns of a table of the preview: those of costs only where something costs anything."""
    costs = any(each.costs for each in due.payers)
    return [column for column in columns if costs or column.key not in OF_COSTS]


def _to_look_at(due: Due) -> list[tuple[str, str]]:
    """What is to be looked at before sending: money of those who are reminded that settles nothing yet."""
    return [
        (
            f"{each.payer} has {sum_words(each.unallocated)} on its account that settles nothing yet.",
            "Allocate it first: it is reminded of all that is open.",
        )
        for each in due.payers
        if each.unallocated
    ]


def _facts(record: ReminderView) -> list[tuple[Any, ...]]:
    row = record.row
    interest = [each.interest for each in record.items if each.interest]
    return [
        ("Payer", row.payer, url("members.institution", institution_id=row.payer_id)),
        ("Sent to", record.person),
        ("Sent on", long_day(row.day)),
        ("Level", str(row.level)),
        ("Open then", sum_words(each.open for each in record.items)),
        ("Fee", money(record.fee) if record.fee else "none"),
        ("Interest", sum_words(interest) if interest else "none"),
    ]


def _blocked_by(row: OverdueItem) -> str | None:
    return None if row.block_id is None else str(row.block_id)
