"""Tables of payments and their allocations."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.billing.models.invoices import Invoice
from app.billing.rules import PaymentMethod
from app.core.database import Base, Currency, Id, Line, Minor, Name, linked
from app.core.money import Money
from app.core.transaction import on_violation
from app.members.models import Institution


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


on_violation("ck_payment_unallocated", "No more can be allocated than was received.", "amount")
