"""Tables of fee schedules, fee runs, invoices, the ledger, payments and their allocations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.billing.rules import AccountKind, InvoiceState, PaymentMethod, Proration, RunState, TaxCategory
from app.core.database import Base, Code, Currency, Id, Line, Minor, Name, Prose, Sha256, linked
from app.core.history import Recorded, Versioned
from app.core.money import Money
from app.core.periods import Period
from app.core.transaction import on_violation
from app.files.models import StoredFile
from app.members.models import Institution, MembershipClass


class FeeSchedule(Recorded, Base):
    """What a class of members pays a year, from a first to a last day."""

    __tablename__ = "fee_schedule"

    id: Mapped[Id]
    name: Mapped[Name]
    class_id: Mapped[int] = mapped_column(ForeignKey("membership_class.id"), index=True)
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    proration: Mapped[Proration]
    tax_category: Mapped[TaxCategory]
    tax_basis_points: Mapped[int] = mapped_column(default=0)
    tax_reason: Mapped[Line | None]
    decision: Mapped[Line | None]

    membership_class: Mapped[MembershipClass] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        CheckConstraint("amount_minor >= 0", name="amount"),
        CheckConstraint("tax_basis_points BETWEEN 0 AND 10000", name="tax"),
    )

    @property
    def amount(self) -> Money:
        """The fee of a whole year."""
        return Money(self.amount_minor, self.currency)


class FeeRun(Versioned, Base):
    """The billing of one fee year: drafts, then invoices. `done` of `planned` are issued."""

    __tablename__ = "fee_run"

    id: Mapped[Id]
    year: Mapped[int] = mapped_column(index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    state: Mapped[RunState]
    issue_day: Mapped[date | None]
    due_day: Mapped[date | None]
    planned: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    prepared_by: Mapped[Name]
    prepared_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("done BETWEEN 0 AND planned", name="progress"),)

    @property
    def period(self) -> Period:
        """The fee year."""
        return Period(self.first_day, self.last_day)


class Invoice(Versioned, Base):
    """A claim on a payer: a draft without number, or issued and frozen."""

    __tablename__ = "invoice"

    id: Mapped[Id]
    state: Mapped[InvoiceState]
    number: Mapped[Code | None] = mapped_column(unique=True)
    payer_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("fee_run.id"))
    currency: Mapped[Currency]
    net_minor: Mapped[Minor]
    tax_minor: Mapped[Minor]
    gross_minor: Mapped[Minor]
    open_minor: Mapped[Minor]
    issue_day: Mapped[date | None]
    due_day: Mapped[date | None]
    purchase_order: Mapped[Code | None]
    payment_reference: Mapped[Code | None]
    content_sha256: Mapped[Sha256 | None]
    pdf_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    pdf_sha256: Mapped[Sha256 | None]
    created_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
    search_text: Mapped[Prose] = mapped_column(default="")

    payer: Mapped[Institution] = linked()
    run: Mapped[FeeRun | None] = linked()
    pdf: Mapped[StoredFile | None] = linked()
    lines: Mapped[list[InvoiceLine]] = linked(order_by="InvoiceLine.position", back_populates="invoice")

    __table_args__ = (
        CheckConstraint("gross_minor = net_minor + tax_minor", name="sum"),
        CheckConstraint("open_minor BETWEEN 0 AND gross_minor", name="open"),
        CheckConstraint(
            "state = 'draft' OR (number IS NOT NULL AND issue_day IS NOT NULL AND due_day IS NOT NULL"
            " AND content_sha256 IS NOT NULL AND issued_at IS NOT NULL)",
            name="issued_is_frozen",
        ),
        CheckConstraint("state <> 'draft' OR number IS NULL", name="draft_has_no_number"),
        Index("ix_invoice_payer_id", "payer_id", "state"),
        Index("ix_invoice_run_id", "run_id", "state"),
        Index("ix_invoice_of_run", "run_id", "id", "pdf_id"),
        Index("ix_invoice_open_minor", "open_minor", "due_day", "state", "currency"),
        Index("ix_invoice_issue_day", "issue_day", "id"),
        Index("ix_invoice_currency", "currency", "gross_minor", "open_minor"),
        Index("ix_invoice_searched", "search_text", "currency", "gross_minor", "open_minor"),
    )

    @property
    def gross(self) -> Money:
        """The total with tax."""
        return Money(self.gross_minor, self.currency)

    @property
    def outstanding(self) -> Money:
        """What is still owed on it."""
        return Money(self.open_minor, self.currency)


class InvoiceRecord(Base):
    """All that an issued invoice says, frozen. It stands apart, so that lists of invoices stay narrow and quick."""

    __tablename__ = "invoice_record"

    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), primary_key=True, autoincrement=False)
    content: Mapped[dict[str, Any]]


class InvoiceLine(Base):
    """One line of an invoice. `charge_key` names what is charged, so that nothing is billed twice."""

    __tablename__ = "invoice_line"

    id: Mapped[Id]
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    position: Mapped[int]
    description: Mapped[Line]
    why: Mapped[Line]
    first_day: Mapped[date]
    last_day: Mapped[date]
    quantity: Mapped[int] = mapped_column(default=1)
    unit_minor: Mapped[Minor]
    net_minor: Mapped[Minor]
    tax_category: Mapped[TaxCategory]
    tax_basis_points: Mapped[int]
    tax_reason: Mapped[Line | None]
    schedule_id: Mapped[int | None] = mapped_column(ForeignKey("fee_schedule.id"))
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    charge_key: Mapped[str | None] = mapped_column(String(80), unique=True)

    invoice: Mapped[Invoice] = linked(back_populates="lines")

    __table_args__ = (
        CheckConstraint("net_minor >= 0", name="net"),
        Index("ix_invoice_line_invoice_id", "invoice_id", "position"),
        Index("ix_invoice_line_membership_id", "membership_id"),
    )


class LedgerAccount(Base):
    """An account of the ledger."""

    __tablename__ = "ledger_account"

    code: Mapped[Code] = mapped_column(primary_key=True)
    name: Mapped[Name]
    kind: Mapped[AccountKind]


class LedgerEntry(Base):
    """One booking, made of postings that add to zero; never changed, only reversed by another."""

    __tablename__ = "ledger_entry"

    id: Mapped[Id]
    day: Mapped[date] = mapped_column(index=True)
    text: Mapped[Line]
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), index=True)
    recorded_at: Mapped[datetime]


class Posting(Base):
    """An amount on an account: debit above zero, credit below."""

    __tablename__ = "posting"

    id: Mapped[Id]
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"), index=True)
    account_code: Mapped[Code] = mapped_column(ForeignKey("ledger_account.code"))
    payer_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    currency: Mapped[Currency]
    amount_minor: Mapped[Minor]

    entry: Mapped[LedgerEntry] = linked()

    __table_args__ = (
        Index("ix_posting_account_code", "account_code", "payer_id"),
        Index("ix_posting_currency", "currency", "account_code", "amount_minor"),
    )


class AccountDay(Base):
    """What was booked to an account on a day, kept with each booking so that a balance adds days and not postings."""

    __tablename__ = "account_day"

    currency: Mapped[Currency] = mapped_column(primary_key=True)
    account_code: Mapped[Code] = mapped_column(ForeignKey("ledger_account.code"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    debit_minor: Mapped[Minor]
    credit_minor: Mapped[Minor]
    postings: Mapped[int]

    __table_args__ = (
        CheckConstraint("debit_minor >= 0 AND credit_minor >= 0", name="sides"),
        CheckConstraint("postings > 0", name="postings"),
        {"sqlite_with_rowid": False},  # Kept in the order of its key, in which a balance reads it.
    )


class Payment(Base):
    """Money received from a payer. What no allocation has taken is unallocated, and belongs to the payer."""

    __tablename__ = "payment"

    id: Mapped[Id]
    payer_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    received_on: Mapped[date] = mapped_column(index=True)
    currency: Mapped[Currency]
    amount_minor: Mapped[Minor]
    unallocated_minor: Mapped[Minor]
    method: Mapped[PaymentMethod]
    reference: Mapped[Name | None]
    note: Mapped[Line | None]
    recorded_by: Mapped[Name]
    recorded_at: Mapped[datetime]

    payer: Mapped[Institution] = linked()

    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("unallocated_minor BETWEEN 0 AND amount_minor", name="unallocated"),
        Index("ix_payment_currency", "currency", "received_on", "amount_minor", "unallocated_minor"),
        Index("ix_payment_payer_id", "payer_id", "reference", "currency", "amount_minor", "unallocated_minor"),
    )

    @property
    def amount(self) -> Money:
        """What was received."""
        return Money(self.amount_minor, self.currency)


class Allocation(Base):
    """The part of a payment that settles an invoice, from a day on."""

    __tablename__ = "allocation"

    id: Mapped[Id]
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
    day: Mapped[date]
    amount_minor: Mapped[Minor]
    recorded_at: Mapped[datetime]

    payment: Mapped[Payment] = linked()
    invoice: Mapped[Invoice] = linked()

    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount"),)


on_violation("uq_invoice_line_charge_key", "This charge is billed already.")
on_violation("ck_invoice_open", "No more can be settled on an invoice than is open.", "amount")
on_violation("ck_payment_unallocated", "No more can be allocated than was received.", "amount")
