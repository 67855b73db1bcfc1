"""The reminders that were sent: their list, one of them, and those of an invoice or a payer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, func, select

from app.billing.models import Invoice, InvoiceLine, Reminder, ReminderCharge, ReminderItem
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.money import Money
from app.core.paging import AnySelect, fetch_page
from app.core.permissions import Permission
from app.core.tables import Page, PageRequest
from app.members.models import Institution, Person
from app.outbox.models import Mail
from app.outbox.rules import MailState, mail_word


@dataclass(frozen=True)
class ReminderFilters:
    """Which reminders are wanted: of a payer, at a level."""

    payer_id: int | None = None
    level: int | None = None


@dataclass(frozen=True)
class ReminderRow:
    """A reminder as a line of a list."""

    id: int
    day: date
    payer_id: int
    payer: str
    level: int
    subject: str
    invoices: int
    mail_state: MailState
    sent_at: datetime

    @property
    def mail_word(self) -> str:
        """Where its mail stands, as people say it."""
        return mail_word(self.mail_state)


@dataclass(frozen=True)
class ItemRow:
    """An invoice on a reminder, as it stood then."""

    invoice_id: int
    number: str
    reminder_id: int
    day: date
    level: int | None
    days_late: int
    open: Money
    interest: Money


@dataclass(frozen=True)
class ChargeRow:
    """A line of an invoice by which a reminder was charged."""

    invoice_id: int
    number: str
    description: str
    amount: Money


@dataclass(frozen=True)
class ReminderView:
    """A reminder with all that its page shows."""

    row: ReminderRow
    person: str
    fee: Money
    items: Sequence[ItemRow]
    charges: Sequence[ChargeRow]
    pdf_id: int
    pdf_sha256: str
    content_sha256: str


def search_reminders(filters: ReminderFilters, request: PageRequest, *, actor: Actor) -> Page[ReminderRow]:
    """The reminders the actor may see, those of its own institution for a representative."""
    wanted = [*_seen(actor), *_conditions(filters)]
    sorts: dict[str, SQLColumnExpression[Any]] = {
        "day": Reminder.day,
        "payer": Institution.sort_name,
        "level": Reminder.level,
    }
    return fetch_page(_rows().where(*wanted), request, sorts=sorts, key=Reminder.id, build=_row)


def get_reminder(reminder_id: int, actor: Actor) -> ReminderView:
    """A reminder the actor may see."""
    asked = _rows().add_columns(
        Reminder.fee_minor, Reminder.fee_currency, Reminder.pdf_id, Reminder.pdf_sha256, Reminder.content_sha256,
        Person.title, Person.given_name, Person.family_name,
    )  # fmt: skip
    asked = asked.join(Person, Person.id == Reminder.person_id).where(Reminder.id == reminder_id, *_seen(actor))
    row = db.session.execute(asked).one_or_none()
    if row is None:
        raise NotFoundError("There is no such reminder.")
    return ReminderView(
        row=_row(row),
        person=" ".join(part for part in (row.title, row.given_name, row.family_name) if part),
        fee=Money(row.fee_minor, row.fee_currency),
        items=_items(ReminderItem.reminder_id == reminder_id),
        charges=_charges(reminder_id),
        pdf_id=row.pdf_id,
        pdf_sha256=row.pdf_sha256,
        content_sha256=row.content_sha256,
    )


def list_reminders_of(invoice_id: int, on: date) -> Sequence[ItemRow]:
    """The reminders that listed an invoice the reader was given, up to a day."""
    return _items(ReminderItem.invoice_id == invoice_id, Reminder.day <= on)


def _items(*wanted: ColumnElement[bool]) -> Sequence[ItemRow]:
    asked = (
        select(ReminderItem, Reminder.day, Invoice.number, Invoice.currency)
        .join(Reminder, Reminder.id == ReminderItem.reminder_id)
        .join(Invoice, Invoice.id == ReminderItem.invoice_id)
        .where(*wanted)
        .order_by(ReminderItem.id)
    )
    return [
        ItemRow(
            invoice_id=item.invoice_id,
            number=number or "",
            reminder_id=item.reminder_id,
            day=day,
            level=item.level,
            days_late=item.days_late,
            open=Money(item.open_minor, currency),
            interest=Money(item.interest_minor, currency),
        )
        for item, day, number, currency in db.session.execute(asked)
    ]


def _charges(reminder_id: int) -> Sequence[ChargeRow]:
    asked = (
        select(Invoice.id, Invoice.number, Invoice.currency, InvoiceLine.description, InvoiceLine.net_minor)
        .join(ReminderCharge, ReminderCharge.invoice_id == Invoice.id)
        .join(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
        .where(ReminderCharge.reminder_id == reminder_id)
        .order_by(Invoice.id, InvoiceLine.position)
    )
    return [
        ChargeRow(invoice_id, number or f"Draft {invoice_id}", words, Money(minor, currency))
        for invoice_id, number, currency, words, minor in db.session.execute(asked)
    ]


def _rows() -> AnySelect:
    items = select(func.count()).where(ReminderItem.reminder_id == Reminder.id).correlate(Reminder).scalar_subquery()
    return (
        select(
            Reminder.id, Reminder.day, Reminder.payer_id, Institution.name.label("payer"), Reminder.level,
            Reminder.subject, items.label("invoices"), Mail.state.label("mail_state"), Reminder.sent_at,
        )
        .join(Institution, Institution.id == Reminder.payer_id)
        .join(Mail, Mail.id == Reminder.mail_id)
    )  # fmt: skip


def _row(row: Any) -> ReminderRow:
    return ReminderRow(*row[: len(ReminderRow.__dataclass_fields__)])


def _seen(actor: Actor) -> list[ColumnElement[bool]]:
    if actor.has_all(Permission.INVOICE_READ):
        return []
    return [Reminder.payer_id.in_(actor.own_institutions(Permission.INVOICE_READ))]


def _conditions(filters: ReminderFilters) -> list[ColumnElement[bool]]:
    wanted = [(Reminder.payer_id, filters.payer_id), (Reminder.level, filters.level)]
    return [column == value for column, value in wanted if value is not None]
