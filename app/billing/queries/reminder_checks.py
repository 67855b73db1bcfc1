"""What `flask verify` proves of reminders, each from the raw rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import or_, select

from app.billing.models import Invoice, Reminder, ReminderItem
from app.billing.rules import reminder_hash
from app.core.database import db
from app.core.verification import verifies
from app.files.models import StoredFile


@verifies("Each reminder says what its rows say")
def check_reminders() -> Iterator[str]:
    """Compute the hash of what each says of its invoices again from its rows."""
    items: dict[int, list[tuple[int | None, ...]]] = defaultdict(list)
    for item in db.session.scalars(select(ReminderItem).order_by(ReminderItem.id)):
        said = (item.invoice_id, item.level, item.days_late, item.open_minor, item.interest_minor)
        items[item.reminder_id].append(said)
    for reminder in db.session.scalars(select(Reminder).order_by(Reminder.id)):
        if reminder_hash(reminder.day, reminder.level, items[reminder.id]) != reminder.content_sha256:
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
