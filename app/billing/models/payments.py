"""Tables of payments and their allocations."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.billing.rules import PaymentMethod, RefundKind, WriteOffKind
from app.core.database import Base, Code, Currency, Id, Line, Minor, Name, linked
from app.core.money import Money
from app.core.transaction import on_violation
from app.members.models import Institution


class Payment(Base):
    """Money received from a payer. What no allocation has taken is unallocated, and belongs to the payer.

    `home_minor` is what it was worth in the currency of the books when it came; `account_code` is the bank's account.
    """

    __tablename__ = "payment"

    id: Mapped[Id]
    payer_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    received_on: Mapped[date] = mapped_column(index=True)
    currency: Mapped[Currency]
    amount_minor: Mapped[Minor]
    unallocated_minor: Mapped[Minor]
    home_minor: Mapped[Minor]
    account_code: Mapped[Code] = mapped_column(ForeignKey("ledger_account.code"), server_default="1200")
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


class WriteOff(Base):
    """What of an invoice will not be paid, why, and who said so."""

    __tablename__ = "write_off"

    id: Mapped[Id]
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
    kind: Mapped[WriteOffKind]
    day: Mapped[date]
    amount_minor: Mapped[Minor]
    reason: Mapped[Line]
    recorded_by: Mapped[Name]
    recorded_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount"),)


class Refund(Base):
    """Money that went back to a payer: paid back to it, or a payment taken back by the bank."""

    __tablename__ = "refund"

    id: Mapped[Id]
    payer_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    kind: Mapped[RefundKind]
    day: Mapped[date]
    currency: Mapped[Currency]
    amount_minor: Mapped[Minor]
    home_minor: Mapped[Minor]
    account_code: Mapped[Code] = mapped_column(ForeignKey("ledger_account.code"))
    reference: Mapped[Name | None]
    reason: Mapped[Line]
    recorded_by: Mapped[Name]
    recorded_at: Mapped[datetime]

    payer: Mapped[Institution] = linked()

    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount"),)


class Allocation(Base):
    """What settles what from a day on: a payment, a credit note or a write-off an invoice, or money given back.

    Rows are only added: one that is undone is followed by one of the same amount below zero that names it.
    `taken_minor` is the amount in the currency of the payment, `amount_minor` in that of the invoice.
    """

    __tablename__ = "allocation"

    id: Mapped[Id]
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), index=True)
    credit_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    write_off_id: Mapped[int | None] = mapped_column(ForeignKey("write_off.id"), index=True)
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refund.id"), index=True)
    day: Mapped[date]
    amount_minor: Mapped[Minor]
    taken_minor: Mapped[Minor]
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("allocation.id"), unique=True)
    recorded_at: Mapped[datetime]

    payment: Mapped[Payment | None] = linked()

    __table_args__ = (
        CheckConstraint(
            "(undoes_id IS NULL AND amount_minor > 0 AND taken_minor > 0)"
            " OR (undoes_id IS NOT NULL AND amount_minor < 0 AND taken_minor < 0)",
            name="amount",
        ),
        CheckConstraint(
            "(CASE WHEN payment_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN credit_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN write_off_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_source",
        ),
        CheckConstraint("(invoice_id IS NULL) <> (refund_id IS NULL)", name="one_target"),
    )


on_violation("uq_allocation_undoes_id", "This was undone already; nothing was recorded.")
on_violation("ck_payment_unallocated", "No more can be allocated than was received.", "amount")
