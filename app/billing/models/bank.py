"""The table of the consortium's own bank accounts."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Code, Currency, Id, Name
from app.core.history import Dated, Versioned
from app.core.transaction import on_violation


class BankAccount(Dated, Versioned, Base):
    """An account of the consortium at a bank; `number` is its IBAN, or its number where the bank gives no IBAN."""

    __tablename__ = "bank_account"

    id: Mapped[Id]
    name: Mapped[Name]
    holder: Mapped[Name]
    number: Mapped[Code]
    bic: Mapped[Code]
    bank_name: Mapped[Name]
    currency: Mapped[Currency] = mapped_column(index=True)
    account_code: Mapped[Code] = mapped_column(ForeignKey("ledger_account.code"), unique=True)

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        CheckConstraint("number <> ''", name="number"),
    )


on_violation("uq_bank_account_account_code", "Another bank account is booked to this account already.", "account_code")
