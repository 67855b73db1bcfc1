"""Statements as their pages show them: files that wait for their columns, balances, and what the ledger says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import case, func, select

from app.billing.models import AccountDay, BankAccount, BankEntry, BankFile, BankMapping, BankStatement
from app.billing.queries.bank.accounts import BankAccountRow, get_bank_account, list_bank_accounts
from app.billing.rules.bank.files import unpacked
from app.billing.rules.bank.heads import TableHead, look_at
from app.billing.rules.bank.matching import EntryState
from app.billing.rules.bank.tables import TableMapping, kept_mapping
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.money import Money
from app.core.paging import AnySelect, fetch_page
from app.core.permissions import Permission
from app.core.tables import Page, PageRequest
from app.files.models import StoredFile
from app.files.queries import open_file


@dataclass(frozen=True)
class WaitingFile:
    """A table whose columns are not named yet: what is seen of it, and how such tables were read before."""

    id: int
    name: str
    brought_by: str
    head: TableHead
    accounts: Sequence[BankAccountRow]
    remembered: TableMapping | None


@dataclass(frozen=True)
class StatementRow:
    """A statement as a line of a list."""

    id: int
    account_id: int
    account: str
    number: str
    first_day: date
    last_day: date
    opening: Money | None
    closing: Money | None
    lines: int
    added: int
    open: int
    imported_by: str
    imported_at: datetime
    file_id: int

    @property
    def called(self) -> str:
        """How it is spoken of: by its last day, as banks number anew each year."""
        return f"{self.last_day.day} {self.last_day:%B %Y}"


@dataclass(frozen=True)
class Balance:
    """How the balance of the bank on a day and that of the ledger come together, each step with how many lines it is.

    closing - before - missing - open - ignored + by_hand = ledger
    """

    account: BankAccountRow
    day: date
    closing: Money
    before: Money
    missing: Money
    open: Money
    open_lines: int
    ignored: Money
    ignored_lines: int
    ledger: Money

    @property
    def difference(self) -> Money:
        """What the bank has more than the ledger."""
        return self.closing - self.ledger

    @property
    def by_hand(self) -> Money:
        """What the ledger has since the first statement that no line of the bank shows."""
        return self.ledger - (self.closing - self.before - self.missing - self.open - self.ignored)


def get_bank_file(bank_file_id: int, actor: Actor) -> WaitingFile:
    """A table that waits for its columns; what was read already is not there any more."""
    actor.require(Permission.PAYMENT_EDIT)
    file = db.session.get(BankFile, bank_file_id)
    if file is None or file.read_at is not None:
        raise NotFoundError("There is no such file, or it was read already.")
    opened = open_file(file.file_id)
    (content,) = unpacked(opened.content)
    head = look_at(content)
    newest = select(BankMapping).where(BankMapping.heads == head.digest).order_by(BankMapping.used_at.desc()).limit(1)
    kept = db.session.scalars(newest).one_or_none()
    remembered = kept_mapping(kept.mapping) if kept else None
    return WaitingFile(file.id, opened.name, file.brought_by, head, list_bank_accounts(actor), remembered)


def list_waiting_files(actor: Actor) -> Sequence[tuple[int, str, str]]:
    """Id, name and bringer of the tables that wait for their columns, the newest first."""
    actor.require(Permission.PAYMENT_READ)
    asked = (
        select(BankFile.id, StoredFile.name, BankFile.brought_by)
        .join(StoredFile, StoredFile.id == BankFile.file_id)
        .where(BankFile.read_at.is_(None))
        .order_by(BankFile.id.desc())
    )
    return [(row.id, row.name, row.brought_by) for row in db.session.execute(asked)]


def search_statements(request: PageRequest, actor: Actor, account_id: int | None = None) -> Page[StatementRow]:
    """The statements, of all accounts or of one."""
    actor.require(Permission.PAYMENT_READ)
    asked = _statements() if account_id is None else _statements().where(BankStatement.account_id == account_id)
    return fetch_page(
        asked,
        request,
        sorts={
            "last": BankStatement.last_day,
            "account": BankAccount.name,
            "imported": BankStatement.imported_at,
        },
        key=BankStatement.id,
        build=_statement_row,
    )


def get_statement(statement_id: int, actor: Actor) -> StatementRow:
    """One statement."""
    actor.require(Permission.PAYMENT_READ)
    row = db.session.execute(_statements().where(BankStatement.id == statement_id)).one_or_none()
    if row is None:
        raise NotFoundError("There is no such statement.")
    return _statement_row(row)


def find_newest_statement(account_id: int, actor: Actor) -> StatementRow | None:
    """The statement of an account that goes furthest and says a balance; None where there is none."""
    actor.require(Permission.PAYMENT_READ)
    of_account = _statements().where(BankStatement.account_id == account_id, BankStatement.closing_minor.is_not(None))
    newest = of_account.order_by(BankStatement.last_day.desc(), BankStatement.id.desc()).limit(1)
    row = db.session.execute(newest).one_or_none()
    return _statement_row(row) if row else None


def reconcile(statement: StatementRow, actor: Actor) -> Balance | None:
    """How the closing balance of a statement and the ledger come together; None where the bank gives no balance."""
    account = get_bank_account(statement.account_id, actor)
    if statement.closing is None:
        return None
    day, currency = statement.last_day, account.currency
    first_day, opening = _first_opening(account.id)
    sums = _summed(account.id, day)
    every = sum(amount for amount, _ in sums.values())
    waiting, ignored = sums.get(EntryState.OPEN, (0, 0)), sums.get(EntryState.IGNORED, (0, 0))
    return Balance(
        account=account,
        day=day,
        closing=statement.closing,
        before=Money(opening - _booked(account, first_day - timedelta(days=1)), currency),
        missing=Money(statement.closing.minor - opening - every, currency),
        open=Money(waiting[0], currency),
        open_lines=waiting[1],
        ignored=Money(ignored[0], currency),
        ignored_lines=ignored[1],
        ledger=Money(_booked(account, day), currency),
    )


def _first_opening(account_id: int) -> tuple[date, int]:
    """The first day of the first statement of an account that says a balance, and that balance."""
    row = db.session.execute(
        select(BankStatement.first_day, BankStatement.opening_minor)
        .where(BankStatement.account_id == account_id, BankStatement.opening_minor.is_not(None))
        .order_by(BankStatement.first_day, BankStatement.id)
        .limit(1)
    ).one()
    return row.first_day, int(row.opening_minor)


def _summed(account_id: int, day: date) -> dict[EntryState, tuple[int, int]]:
    """What the lines of an account up to a day come to, and how many they are, by state."""
    rows = db.session.execute(
        select(BankEntry.state, func.sum(BankEntry.amount_minor), func.count())
        .where(BankEntry.account_id == account_id, BankEntry.booking_day <= day)
        .group_by(BankEntry.state)
        .order_by(BankEntry.state)
    )
    return {row[0]: (int(row[1]), row[2]) for row in rows}


def _booked(account: BankAccountRow, day: date) -> int:
    """What the ledger has on the account of a bank at the end of a day, in its currency."""
    added = select(func.sum(AccountDay.debit_minor - AccountDay.credit_minor)).where(
        AccountDay.account_code == account.account_code,
        AccountDay.currency == account.currency,
        AccountDay.day <= day,
    )
    return int(db.session.scalar(added) or 0)


def _statements() -> AnySelect:
    counted = select(func.coalesce(func.sum(case((BankEntry.state == EntryState.OPEN, 1), else_=0)), 0))
    waiting = counted.where(BankEntry.statement_id == BankStatement.id).correlate(BankStatement).scalar_subquery()
    return (
        select(BankStatement, BankAccount.name, BankAccount.currency, BankFile.file_id, waiting.label("open"))
        .join(BankAccount, BankAccount.id == BankStatement.account_id)
        .join(BankFile, BankFile.id == BankStatement.bank_file_id)
    )


def _statement_row(row: tuple[BankStatement, str, str, int, int]) -> StatementRow:
    statement, account, currency, file_id, waiting = row
    opening, closing = statement.opening_minor, statement.closing_minor
    return StatementRow(
        id=statement.id,
        account_id=statement.account_id,
        account=account,
        number=statement.number,
        first_day=statement.first_day,
        last_day=statement.last_day,
        opening=None if opening is None else Money(opening, currency),
        closing=None if closing is None else Money(closing, currency),
        lines=statement.lines,
        added=statement.added,
        open=int(waiting),
        imported_by=statement.imported_by,
        imported_at=statement.imported_at,
        file_id=file_id,
    )
