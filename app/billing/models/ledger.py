"""Tables of the ledger: accounts, entries, postings, and kept sums by day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.billing.rules import AccountKind, EntryKind
from app.core.database import Base, Code, Currency, Id, Line, Minor, Name, linked
from app.core.transaction import on_violation


class LedgerAccount(Base):
    """An account of the ledger."""

    __tablename__ = "ledger_account"

    code: Mapped[Code] = mapped_column(primary_key=True)
    name: Mapped[Name]
    kind: Mapped[AccountKind]


class LedgerEntry(Base):
    """One booking, made of postings that add to zero in the currency of the books; never changed, only reversed."""

    __tablename__ = "ledger_entry"

    id: Mapped[Id]
    kind: Mapped[EntryKind]
    day: Mapped[date] = mapped_column(index=True)
    text: Mapped[Line]
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), index=True)
    recorded_at: Mapped[datetime]


class Posting(Base):
    """An amount on an account: debit above zero, credit below; and what it is worth in the currency of the books."""

    __tablename__ = "posting"

    id: Mapped[Id]
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"), index=True)
    account_code: Mapped[Code] = mapped_column(ForeignKey("ledger_account.code"))
    payer_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    currency: Mapped[Currency]
    amount_minor: Mapped[Minor]
    home_minor: Mapped[Minor]

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
    home_minor: Mapped[Minor]
    postings: Mapped[int]

    __table_args__ = (
        CheckConstraint("debit_minor >= 0 AND credit_minor >= 0", name="sides"),
        CheckConstraint("postings > 0", name="postings"),
        {"sqlite_with_rowid": False},  # Kept in the order of its key, in which a balance reads it.
    )


class ExchangeRate(Base):
    """What one unit of a currency was worth in that of the books on a day, in billionths, and who said so."""

    __tablename__ = "exchange_rate"

    currency: Mapped[Currency] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    rate_billionths: Mapped[Minor]
    source: Mapped[Line]
    recorded_by: Mapped[Name]
    recorded_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("rate_billionths > 0", name="rate"),)


class ClosedYear(Base):
    """A fiscal year that takes no more entries. Its income and expense are carried to the surplus by its entry."""

    __tablename__ = "closed_year"

    id: Mapped[Id]
    first_day: Mapped[date]
    last_day: Mapped[date] = mapped_column(unique=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"))
    closed_by: Mapped[Name]
    closed_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("last_day >= first_day", name="period"),)


on_violation("uq_closed_year_last_day", "This year is closed already.")
