"""What `flask verify` proves of reminders, each from the raw rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import func, or_, select

from app.billing.models import Invoice, Reminder, ReminderCharge, ReminderItem, ReminderPolicy
from app.billing.rules import interest, reminder_hash
from app.core.database import db
from app.core.money import Money
from app.core.verification import verifies
from app.files.models import StoredFile


@verifies("Each reminder says what its rows say")
def check_reminders() -> Iterator[str]:
    """Compute the hash of what each says of its invoices again from its rows."""
    items: dict[int, list[tuple[int | None, ...]]] = defaultdict(list)
    for item in db.session.scalars(select(ReminderItem).order_by(ReminderItem.id)):
        said = (
            item.invoice_id, item.level, item.days_late, item.open_minor, item.interest_minor, item.interest_days
        )  # fmt: skip
        items[item.reminder_id].append(said)
    for reminder in db.session.scalars(select(Reminder).order_by(Reminder.id)):
        fee = Money(reminder.fee_minor, reminder.fee_currency)
        if reminder_hash(reminder.day, reminder.level, fee, items[reminder.id]) != reminder.content_sha256:
            yield f"Reminder {reminder.id} does not say what its rows say."


@verifies("Reminders take an invoice from level to level, none left out")
def check_levels() -> Iterator[str]:
    """Follow the levels of each invoice in the order of its reminders."""
    reached: dict[int, int] = defaultdict(int)
    asked = select(ReminderItem.invoice_id, ReminderItem.level).where(ReminderItem.level.is_not(None))
    for invoice_id, level in db.session.execute(asked.order_by(ReminderItem.id)):
        if level is not None and level != reached[invoice_id] + 1:
            yield f"Invoice {invoice_id} was reminded of at level {level} after level {reached[invoice_id]}."
        reached[invoice_id] = level or 0


@verifies("The paper of each reminder is the one that was kept")
def check_reminder_papers() -> Iterator[str]:
    """Compare the hash a reminder names with that of its stored file."""
    asked = select(Reminder.id).join(StoredFile, StoredFile.id == Reminder.pdf_id)
    for reminder_id in db.session.scalars(asked.where(StoredFile.sha256 != Reminder.pdf_sha256).order_by(Reminder.id)):
        yield f"Reminder {reminder_id} names another paper than it keeps."


@verifies("No more was open on an invoice when it was reminded of than it ever came to")
def check_reminded_amounts() -> Iterator[str]:
    """Compare the open amounts of reminders with their invoices; a draft is never reminded of."""
    asked = (
        select(ReminderItem.id, Invoice.number)
        .join(Invoice, Invoice.id == ReminderItem.invoice_id)
        .where(or_(ReminderItem.open_minor > Invoice.gross_minor, Invoice.issue_day.is_(None)))
        .order_by(ReminderItem.id)
    )
    for _, number in db.session.execute(asked):
        yield f"{number or 'A draft'} was reminded of with more than it comes to."


@verifies("What each reminder costs is what its invoices charge")
def check_reminder_charges() -> Iterator[str]:
    """Compare the fee and interest of each reminder, a currency each, with the invoice it was charged by, if any.

    A draft of it that was discarded is charged no more; the trail says who waived it.
    """
    costs: dict[tuple[int, str], int] = defaultdict(int)
    for reminder_id, currency, minor in _said_to_cost():
        costs[reminder_id, currency] += minor
    charged = (
        select(ReminderCharge.reminder_id, Invoice.currency, func.sum(Invoice.net_minor))
        .join(Invoice, Invoice.id == ReminderCharge.invoice_id)
        .group_by(ReminderCharge.reminder_id, Invoice.currency)
        .order_by(ReminderCharge.reminder_id, Invoice.currency)
    )
    for reminder_id, currency, minor in db.session.execute(charged):
        difference = Money(minor - costs[reminder_id, currency], currency)
        if difference:
            yield f"Reminder {reminder_id} was charged {difference} {currency} more than it costs."


def _said_to_cost() -> Iterator[tuple[int, str, int]]:
    """Reminder, currency and minor units of each fee and of the interest on each invoice."""
    fees = select(Reminder.id, Reminder.fee_currency, Reminder.fee_minor).where(Reminder.fee_minor > 0)
    on_invoices = (
        select(ReminderItem.reminder_id, Invoice.currency, ReminderItem.interest_minor)
        .join(Invoice, Invoice.id == ReminderItem.invoice_id)
        .where(ReminderItem.interest_minor > 0)
    )
    for asked in (fees.order_by(Reminder.id), on_invoices.order_by(ReminderItem.id)):
        for row in db.session.execute(asked):
            yield row[0], row[1], row[2]


@verifies("Interest on a late invoice is worked out by its days, and no day is charged twice")
def check_interest() -> Iterator[str]:
    """Work it out again by the rate of the policy, and follow the days of each invoice through its reminders."""
    charged: dict[int, int] = defaultdict(int)
    asked = (
        select(ReminderItem, Invoice.number, Invoice.currency, ReminderPolicy.interest_basis_points)
        .join(Invoice, Invoice.id == ReminderItem.invoice_id)
        .join(Reminder, Reminder.id == ReminderItem.reminder_id)
        .join(ReminderPolicy, ReminderPolicy.number == Reminder.policy_number)
        .where(ReminderItem.interest_minor > 0)
        .order_by(ReminderItem.id)
    )
    for item, number, currency, points in db.session.execute(asked):
        charged[item.invoice_id] += item.interest_days
        right = interest(Money(item.open_minor, currency), points, item.interest_days)
        if right.minor != item.interest_minor or charged[item.invoice_id] > item.days_late:
            yield f"{number} was charged interest of {Money(item.interest_minor, currency)} that is not by its days."
