"""Tables of reminders: the dated settings, disputes and blocks, and the reminders sent with what each listed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from app.billing.models.invoices import Invoice
from app.core.database import Base, Currency, Id, Line, Minor, Name, Prose, Sha256, linked
from app.core.transaction import on_violation
from app.files.models import StoredFile
from app.members.models import Institution, Person
from app.outbox.models import Mail


class ReminderPolicy(Base):
    """How late payers are reminded from a day on; numbered in the order of adoption and never rewritten.

    Interest of no rate is not charged. `currency` is that of the fees of its levels.
    """

    __tablename__ = "reminder_policy"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_day: Mapped[date] = mapped_column(index=True)
    sends_daily: Mapped[bool]
    interest_basis_points: Mapped[int]
    interest_from_level: Mapped[int]
    currency: Mapped[Currency]
    adopted_by: Mapped[Name]
    adopted_at: Mapped[datetime]

    levels: Mapped[list[ReminderLevel]] = linked(order_by="ReminderLevel.level")

    __table_args__ = (
        CheckConstraint("interest_basis_points BETWEEN 0 AND 10000", name="interest"),
        CheckConstraint("interest_from_level >= 1", name="interest_from_level"),
    )


class ReminderLevel(Base):
    """One level of a policy: how many days after the due day, in which words, and for which fee."""

    __tablename__ = "reminder_level"

    policy_number: Mapped[int] = mapped_column(
        ForeignKey("reminder_policy.number"), primary_key=True, autoincrement=False
    )
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    days_after_due: Mapped[int]
    subject: Mapped[Name]
    text: Mapped[Prose]
    fee_minor: Mapped[Minor]

    __table_args__ = (
        CheckConstraint("level >= 1", name="level"),
        CheckConstraint("days_after_due BETWEEN 1 AND 3650", name="days"),
        CheckConstraint("fee_minor >= 0", name="fee"),
    )


class InvoiceDispute(Base):
    """An invoice that its payer disputes from a day on until it is settled; on that day it is no more."""

    __tablename__ = "invoice_dispute"

    id: Mapped[Id]
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
    first_day: Mapped[date]
    reason: Mapped[Line]
    noted_by: Mapped[Name]
    noted_at: Mapped[datetime]
    settled_on: Mapped[date | None]
    outcome: Mapped[Line | None]
    settled_by: Mapped[Name | None]
    settled_at: Mapped[datetime | None]

    invoice: Mapped[Invoice] = linked()

    __table_args__ = (
        CheckConstraint("settled_on IS NULL OR settled_on >= first_day", name="period"),
        CheckConstraint("(settled_on IS NULL) = (outcome IS NULL)", name="settled"),
        Index(
            "uq_invoice_dispute_open",
            "invoice_id",
            unique=True,
            sqlite_where=literal_column("settled_on IS NULL"),
            postgresql_where=literal_column("settled_on IS NULL"),
        ),
    )


class ReminderBlock(Base):
    """A payer that is not reminded from a day to a day, both included; once lifted, from that day on it is again."""

    __tablename__ = "reminder_block"

    id: Mapped[Id]
    payer_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    first_day: Mapped[date]
    until_day: Mapped[date]
    reason: Mapped[Line]
    noted_by: Mapped[Name]
    noted_at: Mapped[datetime]
    lifted_on: Mapped[date | None]

    __table_args__ = (CheckConstraint("until_day >= first_day", name="period"),)


class Reminder(Base):
    """A reminder as it was sent: to which payer, on which day, at which level, with its fee, its paper and its mail."""

    __tablename__ = "reminder"

    id: Mapped[Id]
    payer_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    day: Mapped[date] = mapped_column(index=True)
    level: Mapped[int]
    policy_number: Mapped[int] = mapped_column(ForeignKey("reminder_policy.number"))
    subject: Mapped[Name]
    fee_minor: Mapped[Minor]
    fee_currency: Mapped[Currency]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    content_sha256: Mapped[Sha256]
    pdf_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    pdf_sha256: Mapped[Sha256]
    mail_id: Mapped[int] = mapped_column(ForeignKey("mail.id"))
    sent_at: Mapped[datetime]

    payer: Mapped[Institution] = linked()
    person: Mapped[Person] = linked()
    pdf: Mapped[StoredFile] = linked()
    mail: Mapped[Mail] = linked()
    items: Mapped[list[ReminderItem]] = linked(order_by="ReminderItem.id", back_populates="reminder")

    __table_args__ = (CheckConstraint("level >= 1", name="level"), CheckConstraint("fee_minor >= 0", name="fee"))


class ReminderItem(Base):
    """An invoice on a reminder, with what was open then; `level` where this reminder took it a level further.

    `interest_days` are those that interest is charged for, none of them twice.
    """

    __tablename__ = "reminder_item"

    id: Mapped[Id]
    reminder_id: Mapped[int] = mapped_column(ForeignKey("reminder.id"), index=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    level: Mapped[int | None]
    days_late: Mapped[int]
    open_minor: Mapped[Minor]
    interest_minor: Mapped[Minor]
    interest_days: Mapped[int]

    reminder: Mapped[Reminder] = linked(back_populates="items")
    invoice: Mapped[Invoice] = linked()

    __table_args__ = (
        UniqueConstraint("invoice_id", "level"),
        CheckConstraint("open_minor > 0", name="open"),
        CheckConstraint("days_late > 0", name="late"),
        CheckConstraint(
            "(interest_minor = 0 AND interest_days = 0)"
            " OR (interest_minor > 0 AND interest_days > 0 AND level IS NOT NULL)",
            name="interest",
        ),
    )


class ReminderCharge(Base):
    """The invoice by which the fee and the interest of a reminder are charged, one for each currency."""

    __tablename__ = "reminder_charge"

    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), primary_key=True, autoincrement=False)
    reminder_id: Mapped[int] = mapped_column(ForeignKey("reminder.id"), index=True)


on_violation("pk_reminder_policy", "Someone else adopted a policy meanwhile: look at it first.")
on_violation("uq_invoice_dispute_open", "This invoice is in dispute already.")
on_violation("uq_reminder_item_invoice_id_level", "This invoice was reminded at this level already.")
