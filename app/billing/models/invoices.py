"""Tables of invoices, their frozen records and their lines."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.billing.models.fees import FeeRun
from app.billing.rules import FEE_INCOME, InvoiceKind, InvoiceState, TaxCategory
from app.core.database import Base, Code, Currency, Id, Line, Minor, Prose, Sha256, linked
from app.core.history import Versioned
from app.core.money import Money
from app.core.transaction import on_violation
from app.files.models import StoredFile
from app.members.models import Institution


class Invoice(Versioned, Base):
    """A claim on a payer: a draft without number, or issued and frozen; or a credit note that names the claim.

    Amounts of a credit note are below zero, so that all documents of a payer add to what it owes. `home_minor` is the
    total in the currency of the books, by the rate (in billionths) of `rate_day` where the invoice is in another.
    """

    __tablename__ = "invoice"

    id: Mapped[Id]
    kind: Mapped[InvoiceKind] = mapped_column(default=InvoiceKind.INVOICE, server_default="invoice")
    state: Mapped[InvoiceState]
    number: Mapped[Code | None] = mapped_column(unique=True)
    payer_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("fee_run.id"))
    currency: Mapped[Currency]
    net_minor: Mapped[Minor]
    tax_minor: Mapped[Minor]
    gross_minor: Mapped[Minor]
    open_minor: Mapped[Minor]
    home_minor: Mapped[Minor] = mapped_column(default=0, server_default="0")
    rate_billionths: Mapped[Minor | None]
    rate_day: Mapped[date | None]
    issue_day: Mapped[date | None]
    due_day: Mapped[date | None]
    voided_on: Mapped[date | None]
    reason: Mapped[Line | None]
    credits_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
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
        CheckConstraint(
            "(kind = 'invoice' AND open_minor BETWEEN 0 AND gross_minor)"
            " OR (kind = 'credit_note' AND open_minor BETWEEN gross_minor AND 0)",
            name="open",
        ),
        CheckConstraint("(kind = 'credit_note') = (credits_id IS NOT NULL)", name="credit_note_names_invoice"),
        CheckConstraint("kind = 'invoice' OR state = 'issued'", name="credit_note_is_issued"),
        CheckConstraint("(state = 'void') = (voided_on IS NOT NULL)", name="void_has_day"),
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
    """One line of an invoice. `charge_key` names what is charged, so that nothing is billed twice.

    `relief_minor` is what concessions took off before `net_minor` in a fee run; a difference billed or credited later
    is one of what is owed after them, and has none of its own. A line of a credit note is below zero and names the line
    it credits. `owed_days` and `owed_minor` stand on lines made because the register was changed after billing: what
    the membership owed for its fee year by then.
    """

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
    relief_minor: Mapped[Minor] = mapped_column(default=0, server_default="0")
    tax_category: Mapped[TaxCategory]
    tax_basis_points: Mapped[int]
    tax_reason: Mapped[Line | None]
    income_account: Mapped[Code] = mapped_column(default=FEE_INCOME, server_default=FEE_INCOME)
    schedule_id: Mapped[int | None] = mapped_column(ForeignKey("fee_schedule.id"))
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    charge_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    credits_line_id: Mapped[int | None] = mapped_column(ForeignKey("invoice_line.id"), index=True)
    owed_days: Mapped[Prose | None]
    owed_minor: Mapped[Minor | None]

    invoice: Mapped[Invoice] = linked(back_populates="lines")

    __table_args__ = (
        CheckConstraint("(credits_line_id IS NULL AND net_minor >= 0) OR net_minor < 0", name="net"),
        CheckConstraint("(owed_days IS NULL) = (owed_minor IS NULL)", name="owed"),
        Index("ix_invoice_line_invoice_id", "invoice_id", "position"),
        Index("ix_invoice_line_membership_id", "membership_id"),
    )


on_violation("uq_invoice_line_charge_key", "This charge is billed already.")


on_violation("ck_invoice_open", "No more can be settled on an invoice than is open.", "amount")
