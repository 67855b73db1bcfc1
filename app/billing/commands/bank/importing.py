"""Importing statements: a file is taken whole or refused whole, and what is on record already is not taken again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.audit.seals import touch_row
from app.billing.commands.bank.certain import book_certain
from app.billing.models import BankAccount, BankEntry, BankFile, BankMapping, BankStatement
from app.billing.queries.bank.overlaps import surroundings_of
from app.billing.rules.bank.accounts import ending
from app.billing.rules.bank.files import FileKind, kind_of, read_statements, unpacked
from app.billing.rules.bank.heads import look_at
from app.billing.rules.bank.identity import digest_of, is_number_of, new_identities
from app.billing.rules.bank.matching import NOTHING_MOVED, EntryState
from app.billing.rules.bank.overlaps import count_unproved, sort_out
from app.billing.rules.bank.statements import Entry, Statement, refusal
from app.billing.rules.bank.tables import TableMapping, kept_mapping, read_table
from app.core import clock
from app.core.actor import Actor
from app.core.bulk import insert_rows
from app.core.database import db, upsert
from app.core.errors import DomainError
from app.core.garbage import collecting_young
from app.core.history import lock
from app.core.permissions import Permission
from app.files.commands import store_file
from app.files.models import StoredFile
from app.files.queries import open_file
from app.web.wording import long_day, plural


@dataclass(frozen=True)
class FileBrought:
    """A file as it was sent: its name, its bytes, what the bytes are."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True)
class Imported:
    """What an import did: the statements, how many lines they have and how many were new, and how many are booked.

    `unproved` lines were taken for ones on record by what they say alone: no reference of the bank, no balance tells.
    `waiting_id` is a table that waits for its account and its columns to be named; then nothing else was done.
    """

    statement_ids: Sequence[int] = ()
    lines: int = 0
    added: int = 0
    booked: int = 0
    unproved: int = 0
    waiting_id: int | None = None


@dataclass(frozen=True)
class _Taken:
    """A statement as it is on record, its lines known without proof, and whether it was not on record before."""

    statement: BankStatement
    unproved: int
    is_new: bool


@collecting_young()
def bring_statements(file: FileBrought, account_id: int | None = None, *, actor: Actor) -> Imported:
    """Import the statements of a file; their account is the one they name.

    A table names none: it is read at once if `account_id` is given and its columns are remembered, else it waits.
    """
    actor.require(Permission.PAYMENT_EDIT)
    contents = unpacked(file.content)
    if FileKind.CSV in {kind_of(content) for content in contents}:
        return _bring_table(file, contents, account_id, actor)
    found = [statement for content in contents for statement in read_statements(content)]
    return _import(found, partial(_brought, file, actor), actor)


def _bring_table(file: FileBrought, contents: Sequence[bytes], account_id: int | None, actor: Actor) -> Imported:
    if len(contents) > 1:
        raise refusal("This archive holds tables: bring each by itself.")
    mapping = db.session.get(BankMapping, (account_id or 0, look_at(contents[0]).digest))
    if mapping is None:
        return Imported(waiting_id=_wait(file, actor))
    known = kept_mapping(mapping.mapping)
    statement = _read(contents[0], known, mapping.account_id)
    return _import([statement], partial(_brought_known, file, known, actor), actor)


@collecting_young()
def read_table_file(file_id: int, account_id: int, mapping: TableMapping, *, actor: Actor) -> Imported:
    """Import a table that waits, by the columns named; they are remembered for the account and these heads."""
    actor.require(Permission.PAYMENT_EDIT)
    brought = lock(BankFile, file_id)
    if brought.read_at is not None:
        raise DomainError("This file was read already; nothing was imported.", "file")
    (content,) = unpacked(open_file(brought.file_id).content)
    statement = _read(content, mapping, account_id)
    brought.read_at = clock.now()
    _remember(account_id, content, mapping)
    _record_reading(file_id, mapping, "Table of a bank read by its columns, which are remembered", actor)
    return _import([statement], lambda: brought, actor)


def _record_reading(file_id: int, mapping: TableMapping, summary: str, actor: Actor) -> None:
    subject = Subject("bank_file", file_id)
    record("billing.read_bank_table", subject, summary=summary, after=mapping.as_kept(), actor=actor)


def put_table_aside(file_id: int, *, actor: Actor) -> BankFile:
    """Leave a table unread that was brought by mistake; nothing of it is imported."""
    actor.require(Permission.PAYMENT_EDIT)
    brought = lock(BankFile, file_id)
    if brought.read_at is not None:
        raise DomainError("This file was read already, or put aside.")
    brought.read_at = clock.now()
    record(
        "billing.put_bank_table_aside",
        Subject("bank_file", file_id),
        summary="Table of a bank put aside; nothing of it was imported",
        actor=actor,
    )
    db.session.flush()
    return brought


def _remember(account_id: int, content: bytes, mapping: TableMapping) -> None:
    """How a table with these heads is read for an account."""
    row = {
        "account_id": account_id,
        "heads": look_at(content).digest,
        "mapping": mapping.as_kept(),
        "used_at": clock.now(),
    }
    table: Any = BankMapping.__table__
    kept = upsert(table)
    more = {"mapping": kept.excluded["mapping"], "used_at": kept.excluded["used_at"]}
    db.session.execute(kept.on_conflict_do_update(index_elements=list(table.primary_key), set_=more), [row])
    touch_row(BankMapping, account_id, row["heads"])


def _brought(file: FileBrought, actor: Actor) -> BankFile:
    """The file, kept for ever."""
    stored = store_file(file.content, file.media_type, file.name)
    brought = BankFile(file_id=stored.id, brought_by=actor.name, brought_at=clock.now(), read_at=clock.now())
    db.session.add(brought)
    db.session.flush()
    return brought


def _brought_known(file: FileBrought, mapping: TableMapping, actor: Actor) -> BankFile:
    """A table, kept for ever, and how it was read."""
    brought = _brought(file, actor)
    _record_reading(brought.id, mapping, "Table of a bank read by the columns that are remembered", actor)
    return brought


def _wait(file: FileBrought, actor: Actor) -> int:
    """Keep a table until its columns are named; its id. One that waits already is not kept twice."""
    if twin := _waiting_twin(file.content):
        return twin
    brought = _brought(file, actor)
    brought.read_at = None
    record(
        "billing.bring_bank_table",
        Subject("bank_file", brought.id),
        summary="Table of a bank brought; it waits for its columns",
        after={"file": file.name},
        actor=actor,
    )
    db.session.flush()
    return brought.id


def _waiting_twin(content: bytes) -> int | None:
    """The table of the same bytes that waits already, None where there is none."""
    asked = (
        select(BankFile.id)
        .join(StoredFile, StoredFile.id == BankFile.file_id)
        .where(BankFile.read_at.is_(None), StoredFile.sha256 == sha256(content).hexdigest())
        .order_by(BankFile.id)
        .limit(1)
    )
    return db.session.scalar(asked)


def _read(content: bytes, mapping: TableMapping, account_id: int) -> Statement:
    account = db.session.get(BankAccount, account_id)
    if account is None:
        raise DomainError("There is no such bank account.", "account")
    return read_table(content, mapping, account.number, account.currency)


def _import(statements: Sequence[Statement], keep: Callable[[], BankFile], actor: Actor) -> Imported:
    """Take the statements in, the oldest first, under the lock of their accounts; then book what is certain.

    `keep` keeps the file, where any of them is new.
    """
    accounts = db.session.scalars(select(BankAccount).order_by(BankAccount.id)).all()
    owned = [(_account_of(statement, accounts), statement) for statement in statements]
    account_ids = sorted({account.id for account, _ in owned})
    for account_id in account_ids:
        lock(BankAccount, account_id)
    imported = _counted(_take(sorted(owned, key=_place), keep, actor))
    if not imported.added:
        return imported
    return replace(imported, booked=sum(book_certain(account_id, actor=actor) for account_id in account_ids))


def _counted(taken: Sequence[_Taken]) -> Imported:
    return Imported(
        statement_ids=[each.statement.id for each in taken],
        lines=sum(each.statement.lines for each in taken),
        added=sum(each.statement.added for each in taken if each.is_new),
        unproved=sum(each.unproved for each in taken),
    )


def _place(owned: tuple[BankAccount, Statement]) -> tuple[int, date, date]:
    """The order of statements: by account, the oldest first."""
    account, statement = owned
    return account.id, statement.first_day, statement.last_day


def _take(owned: Sequence[tuple[BankAccount, Statement]], keep: Callable[[], BankFile], actor: Actor) -> list[_Taken]:
    """The statements as they are on record."""
    brought: BankFile | None = None
    found = []
    for account, statement in owned:
        taken = _find_known(account, statement)
        if taken is None:
            brought = brought or keep()
            found.append(_Taken(*_taken(account, statement, brought, actor), is_new=True))
        else:
            found.append(_Taken(taken, count_unproved(statement), is_new=False))
    return found


def _account_of(statement: Statement, accounts: Sequence[BankAccount]) -> BankAccount:
    """Our account that a statement is of, in force on its last day."""
    named = f"account ending {ending(statement.account)} in {statement.currency}"
    ours = [each for each in accounts if _is_of(statement, each)]
    if not ours:
        raise refusal(f"This is a statement of an {named}, which is none of the consortium's bank accounts.")
    found = next((each for each in ours if each.period.contains(statement.last_day)), None)
    if found is None:
        raise refusal(f"The statement up to {long_day(statement.last_day)} is not of the days of the {named}.")
    if statement.last_day > clock.today():
        raise refusal(f"A statement up to {long_day(statement.last_day)} is of days to come.")
    return found


def _is_of(statement: Statement, account: BankAccount) -> bool:
    is_currency = account.currency == statement.currency
    return is_currency and is_number_of(statement.account, account.number, account.currency)


def _find_known(account: BankAccount, statement: Statement) -> BankStatement | None:
    """The statement, where it is on record, whatever number it had."""
    asked = select(BankStatement).where(
        BankStatement.account_id == account.id, BankStatement.digest == digest_of(statement)
    )
    return db.session.scalars(asked).one_or_none()


def _taken(account: BankAccount, statement: Statement, brought: BankFile, actor: Actor) -> tuple[BankStatement, int]:
    """Put a statement on record with its new lines; how many were taken for known ones without proof."""
    around = surroundings_of(account.id, statement)
    sorting = sort_out(statement, around.known)
    new = [entry for entry, is_new in zip(statement.entries, sorting.is_new, strict=True) if is_new]
    taken = BankStatement(
        account_id=account.id,
        bank_file_id=brought.id,
        number=statement.number,
        first_day=statement.first_day,
        last_day=statement.last_day,
        opening_minor=statement.opening,
        closing_minor=statement.closing,
        lines=len(statement.entries),
        added=len(new),
        digest=digest_of(statement),
        imported_by=actor.name,
        imported_at=clock.now(),
    )
    db.session.add(taken)
    db.session.flush()
    keys = new_identities(new, around.identities)
    insert_rows(BankEntry, [_row(taken, key, entry) for key, entry in zip(keys, new, strict=True)])
    record(
        "billing.import_statement",
        Subject("bank_statement", taken.id),
        summary=f"Statement of {account.name} up to {long_day(taken.last_day)} imported:"
        f" {plural(taken.lines, 'line', 'lines')}, {taken.added} of them new",
        after={"digest": taken.digest, "lines": taken.lines, "new": taken.added, "unproved": sorting.unproved},
        actor=actor,
    )
    return taken, sorting.unproved


def _row(taken: BankStatement, identity: str, entry: Entry) -> dict[str, Any]:
    moves = entry.amount != 0
    return {
        "account_id": taken.account_id,
        "statement_id": taken.id,
        "identity": identity,
        "booking_day": entry.booking_day,
        "value_day": entry.value_day,
        "amount_minor": entry.amount,
        "bank_reference": entry.bank_reference,
        "end_to_end": entry.end_to_end,
        "creditor_reference": entry.creditor_reference,
        "text": entry.text,
        "counterparty": entry.counterparty,
        "counterparty_number": entry.counterparty_number,
        "charges_minor": entry.charges,
        "is_reversal": entry.is_reversal,
        "foreign_minor": entry.foreign.minor if entry.foreign else None,
        "foreign_currency": entry.foreign.currency if entry.foreign else None,
        "state": EntryState.OPEN if moves else EntryState.IGNORED,
        "reason": None if moves else NOTHING_MOVED,
    }
