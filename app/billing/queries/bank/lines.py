"""Lines of the bank as pages show them: what each says, and what became of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from app.billing.models import (
    BankAccount,
    BankEntry,
    BankMatch,
    BankStatement,
    LedgerAccount,
    Payment,
    Posting,
    Refund,
)
from app.billing.rules.bank.matching import EntryState
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.money import Money
from app.core.paging import AnySelect, fetch_page
from app.core.permissions import Permission
from app.core.tables import Page, PageRequest
from app.members.models import Institution


@dataclass(frozen=True)
class Became:
    """What a line, or a part of it, became, and the payment behind it."""

    words: str
    amount: Money
    payment_id: int | None


@dataclass(frozen=True)
class LineRow:
    """A line as a line of a list."""

    id: int
    account_id: int
    day: date
    party: str
    text: str
    amount: Money
    state: EntryState
    became: Sequence[Became]
    reason: str | None

    @property
    def outcome(self) -> str:
        """What became of it, in a few words."""
        return ", ".join(each.words for each in self.became) or self.reason or ""


@dataclass(frozen=True)
class LineView:
    """A line with all that it says."""

    row: LineRow
    account: str
    statement_id: int
    statement_day: date
    value_day: date
    party_number: str
    bank_reference: str
    end_to_end: str
    creditor_reference: str
    charges: Money
    foreign: Money | None
    is_reversal: bool
    decided_by: str | None
    decided_at: datetime | None


@dataclass(frozen=True)
class LineFilters:
    """Which lines are wanted: of a statement, in a state, with words."""

    statement_id: int
    state: EntryState | None = None
    words: str = ""


def search_lines(filters: LineFilters, request: PageRequest, actor: Actor) -> Page[LineRow]:
    """The lines that a statement brought, and what became of each."""
    actor.require(Permission.PAYMENT_READ)
    page = fetch_page(
        _lines().where(*_conditions(filters)),
        request,
        sorts={"day": BankEntry.booking_day, "amount": BankEntry.amount_minor, "party": BankEntry.counterparty},
        key=BankEntry.id,
        build=lambda row: row,
    )
    became = became_of([row.BankEntry.id for row in page.rows])
    rows = [_row(row, became.get(row.BankEntry.id, ())) for row in page.rows]
    return Page(rows, page.total, page.request, page.totals)


def get_line(entry_id: int, actor: Actor) -> LineView:
    """One line with all that it says and what became of it."""
    actor.require(Permission.PAYMENT_READ)
    asked = _lines().add_columns(BankAccount.name.label("account"), BankStatement.last_day)
    asked = asked.join(BankStatement, BankStatement.id == BankEntry.statement_id)
    row = db.session.execute(asked.where(BankEntry.id == entry_id)).one_or_none()
    if row is None:
        raise NotFoundError("There is no such line of a bank.")
    entry = row.BankEntry
    foreign = Money(entry.foreign_minor, entry.foreign_currency) if entry.foreign_currency else None
    return LineView(
        row=_row(row, became_of([entry_id]).get(entry_id, ())),
        account=row.account,
        statement_id=entry.statement_id,
        statement_day=row.last_day,
        value_day=entry.value_day,
        party_number=entry.counterparty_number,
        bank_reference=entry.bank_reference,
        end_to_end=entry.end_to_end,
        creditor_reference=entry.creditor_reference,
        charges=Money(entry.charges_minor, row.currency),
        foreign=foreign,
        is_reversal=entry.is_reversal,
        decided_by=entry.decided_by,
        decided_at=entry.decided_at,
    )


def find_line_of(payment_id: int, actor: Actor) -> tuple[int, date] | None:
    """The line of a bank that shows a payment, by its id, and its day; None where there is none."""
    actor.require(Permission.PAYMENT_READ)
    asked = (
        select(BankEntry.id, BankEntry.booking_day)
        .join(BankMatch, BankMatch.entry_id == BankEntry.id)
        .where(BankMatch.payment_id == payment_id, BankMatch.undone_at.is_(None))
        .limit(1)
    )
    row = db.session.execute(asked).one_or_none()
    return (row.id, row.booking_day) if row else None


def became_of(entry_ids: Sequence[int]) -> dict[int, list[Became]]:
    """What lines became and still are, by the id of the line."""
    payer = Institution.short_name.label("payer")
    asked = (
        select(
            BankMatch.entry_id, BankMatch.payment_id, BankMatch.refund_id, BankMatch.amount_minor,
            BankAccount.currency, payer, LedgerAccount.code, LedgerAccount.name,
        )
        .join(BankEntry, BankEntry.id == BankMatch.entry_id)
        .join(BankAccount, BankAccount.id == BankEntry.account_id)
        .outerjoin(Payment, Payment.id == BankMatch.payment_id)
        .outerjoin(Refund, Refund.id == BankMatch.refund_id)
        .outerjoin(Institution, or_(Institution.id == Payment.payer_id, Institution.id == Refund.payer_id))
        .outerjoin(
            Posting,
            (Posting.entry_id == BankMatch.ledger_entry_id) & (Posting.account_code != BankAccount.account_code),
        )
        .outerjoin(LedgerAccount, LedgerAccount.code == Posting.account_code)
        .where(BankMatch.entry_id.in_(entry_ids), BankMatch.undone_at.is_(None))
        .order_by(BankMatch.id)
    )  # fmt: skip
    found: dict[int, list[Became]] = defaultdict(list)
    for row in db.session.execute(asked):
        found[row.entry_id].append(Became(_words(row), Money(row.amount_minor, row.currency), row.payment_id))
    return found


def _words(row: Any) -> str:
    if row.payment_id is not None:
        return f"Payment {row.payment_id}, {row.payer}"
    if row.refund_id is not None:
        return f"Refund {row.refund_id}, {row.payer}"
    return f"{row.code} {row.name}"


def _lines() -> AnySelect:
    return select(BankEntry, BankAccount.currency).join(BankAccount, BankAccount.id == BankEntry.account_id)


def _conditions(filters: LineFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [BankEntry.statement_id == filters.statement_id]
    if filters.state is not None:
        conditions.append(BankEntry.state == filters.state)
    for word in filters.words.split():
        said = (BankEntry.text, BankEntry.counterparty)
        conditions.append(or_(*(column.icontains(word, autoescape=True) for column in said)))
    return conditions


def _row(row: Any, became: Sequence[Became]) -> LineRow:
    entry = row.BankEntry
    return LineRow(
        id=entry.id,
        account_id=entry.account_id,
        day=entry.booking_day,
        party=entry.counterparty,
        text=entry.text or entry.creditor_reference or entry.end_to_end,
        amount=Money(entry.amount_minor, row.currency),
        state=entry.state,
        became=became,
        reason=entry.reason,
    )
