"""Tables of statements of banks: files brought, how tables are read, statements, entries and what they book."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.billing.models.bank import BankAccount
from app.billing.rules.bank.matching import EntryState
from app.core.database import Base, Code, Currency, Id, Line, Minor, Name, Prose, Sha256, linked
from app.core.history import Versioned
from app.core.transaction import on_violation


class BankFile(Base):
    """A file as it was brought; a table waits, unread, until its account and its columns are named."""

    __tablename__ = "bank_file"

    id: Mapped[Id]
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    brought_by: Mapped[Name]
    brought_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class BankMapping(Base):
    """How a table with certain heads was read the last time for an account."""

    __tablename__ = "bank_mapping"

    account_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"), primary_key=True, autoincrement=False)
    heads: Mapped[Sha256] = mapped_column(primary_key=True)
    mapping: Mapped[dict[str, Any]]
    used_at: Mapped[datetime]


class BankStatement(Base):
    """A statement of an account: what it says, and how many of its lines were not on record before."""

    __tablename__ = "bank_statement"

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"))
    bank_file_id: Mapped[int] = mapped_column(ForeignKey("bank_file.id"), index=True)
    number: Mapped[Name]
    first_day: Mapped[date]
    last_day: Mapped[date]
    opening_minor: Mapped[Minor | None]
    closing_minor: Mapped[Minor | None]
    lines: Mapped[int]
    added: Mapped[int]
    digest: Mapped[Sha256]
    imported_by: Mapped[Name]
    imported_at: Mapped[datetime]

    account: Mapped[BankAccount] = linked()

    __table_args__ = (
        UniqueConstraint("account_id", "digest"),
        CheckConstraint("added BETWEEN 0 AND lines", name="added"),
        CheckConstraint("last_day >= first_day", name="period"),
        Index("ix_bank_statement_account_id", "account_id", "last_day", "id"),
    )


class BankEntry(Versioned, Base):
    """One line of a statement: above zero where money came. Its identity keeps it from being booked twice."""

    __tablename__ = "bank_entry"

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"))
    statement_id: Mapped[int] = mapped_column(ForeignKey("bank_statement.id"), index=True)
    identity: Mapped[Sha256]
    booking_day: Mapped[date]
    value_day: Mapped[date]
    amount_minor: Mapped[Minor]
    bank_reference: Mapped[Name]
    end_to_end: Mapped[Name]
    creditor_reference: Mapped[Name]
    text: Mapped[Prose]
    counterparty: Mapped[Name]
    counterparty_number: Mapped[Code]
    charges_minor: Mapped[Minor]
    is_reversal: Mapped[bool]
    foreign_minor: Mapped[Minor | None]
    foreign_currency: Mapped[Currency | None]
    state: Mapped[EntryState]
    reason: Mapped[Line | None]
    decided_by: Mapped[Name | None]
    decided_at: Mapped[datetime | None]

    account: Mapped[BankAccount] = linked()

    __table_args__ = (
        UniqueConstraint("account_id", "identity"),
        CheckConstraint("state <> 'ignored' OR reason IS NOT NULL", name="reason"),
        Index("ix_bank_entry_state", "state", "account_id", "id"),
        Index("ix_bank_entry_account_id", "account_id", "booking_day", "state", "amount_minor"),
        Index("ix_bank_entry_counterparty_number", "counterparty_number"),
    )


class BankMatch(Base):
    """What a line, or a part of it, became: a payment, a refund, or an entry of the ledger without a payer.

    `is_made` where that was recorded for the line, and so is taken back when the line is opened again; else it was on
    record before. `write_off_id` is what was written off beside a payment, as a charge deducted on the way.
    """

    __tablename__ = "bank_match"

    id: Mapped[Id]
    entry_id: Mapped[int] = mapped_column(ForeignKey("bank_entry.id"), index=True)
    amount_minor: Mapped[Minor]
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), index=True)
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refund.id"), index=True)
    ledger_entry_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"), index=True)
    write_off_id: Mapped[int | None] = mapped_column(ForeignKey("write_off.id"))
    is_made: Mapped[bool]
    matched_by: Mapped[Name]
    matched_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN payment_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN refund_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN ledger_entry_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_record",
        ),
    )


on_violation("uq_bank_entry_account_id_identity", "This entry is on record already.", "file")
on_violation("uq_bank_statement_account_id_digest", "This statement is on record already.", "file")
