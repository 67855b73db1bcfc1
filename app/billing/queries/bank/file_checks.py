"""What `flask verify` proves of statements and their lines by the files they came from, which are read again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app.audit.models import AuditEntry
from app.billing.models import BankAccount, BankEntry, BankFile, BankMapping, BankStatement
from app.billing.queries.bank.overlaps import as_read
from app.billing.rules.bank.files import FileKind, kind_of, read_statements, unpacked
from app.billing.rules.bank.identity import digest_of, is_identity, is_number_of
from app.billing.rules.bank.matching import NOTHING_MOVED, EntryState
from app.billing.rules.bank.statements import Entry, Statement
from app.billing.rules.bank.tables import TableMapping, kept_mapping, read_table
from app.core.database import db
from app.core.errors import DomainError, UnavailableError
from app.core.verification import verifies
from app.files.queries import open_file

COLUMNS = ("number", "first_day", "last_day", "opening_minor", "closing_minor", "lines", "added", "digest")


@verifies("Each statement of a bank and each of its lines says what its file says")
def check_files() -> Iterator[str]:
    """Read every file again, one at a time, and hold all columns of what came from it against what it says."""
    asked = select(BankFile.id, BankFile.file_id).where(BankFile.read_at.is_not(None)).order_by(BankFile.id)
    mappings = _mappings()
    for bank_file_id, file_id in db.session.execute(asked).all():
        yield from _of_file(bank_file_id, file_id, mappings)


def _of_file(bank_file_id: int, file_id: int, mappings: Sequence[TableMapping]) -> Iterator[str]:
    statements = db.session.execute(
        select(BankStatement, BankAccount)
        .join(BankAccount, BankAccount.id == BankStatement.account_id)
        .where(BankStatement.bank_file_id == bank_file_id)
        .order_by(BankStatement.id)
    ).all()
    if not statements:
        return
    try:
        contents = unpacked(open_file(file_id).content)
        read = {digest_of(each): each for account in {of.id: of for _, of in statements}.values()
                for content in contents for each in _read(content, account, mappings)}  # fmt: skip
    except (DomainError, UnavailableError):
        read = {}
    for statement, account in statements:
        said = _imported(statement.id)
        found = read.get(said.get("digest", statement.digest))
        if found is None:
            yield f"Statement {statement.id}: its file does not hold it."
            continue
        yield from _differences(statement, account, found, said)


def _read(content: bytes, account: BankAccount, mappings: Sequence[TableMapping]) -> Iterator[Statement]:
    """The statements of a file; of a table, as it is read by each way that tables were ever read."""
    if kind_of(content) is not FileKind.CSV:
        yield from read_statements(content)
        return
    for mapping in mappings:
        try:
            yield read_table(content, mapping, account.number, account.currency)
        except DomainError:
            continue


def _mappings() -> list[TableMapping]:
    """How tables were ever read: each way was told to the trail when it was first used."""
    told = select(AuditEntry.after).where(AuditEntry.action == "billing.read_bank_table")
    kept = [*db.session.scalars(select(BankMapping.mapping)), *db.session.scalars(told)]
    return list({str(mapping): mapping for mapping in map(kept_mapping, kept)}.values())


def _imported(statement_id: int) -> Mapping[str, Any]:
    """What the trail says of an import; nothing where it says nothing."""
    asked = select(AuditEntry.after).where(
        AuditEntry.subject_kind == "bank_statement",
        AuditEntry.subject_id == statement_id,
        AuditEntry.action == "billing.import_statement",
    )
    return db.session.scalars(asked.order_by(AuditEntry.sequence).limit(1)).one_or_none() or {}


def _differences(
    statement: BankStatement, account: BankAccount, found: Statement, said: Mapping[str, Any]
) -> Iterator[str]:
    kept = tuple(getattr(statement, name) for name in COLUMNS)
    told = (
        found.number, found.first_day, found.last_day, found.opening, found.closing, len(found.entries),
        said.get("new", statement.added), digest_of(found),
    )  # fmt: skip
    is_ours = found.currency == account.currency and is_number_of(found.account, account.number, account.currency)
    if kept != told or not is_ours:
        yield f"Statement {statement.id} is not what its file says."
    rows = db.session.scalars(
        select(BankEntry).where(BankEntry.statement_id == statement.id).order_by(BankEntry.id)
    ).all()
    yield from _lines(rows, statement.account_id, found.entries)


def _lines(rows: Sequence[BankEntry], account_id: int, entries: Sequence[Entry]) -> Iterator[str]:
    """Each line on record is one of the file's, and no two of them are the same one."""
    there = Counter(entries)
    for row in rows:
        read = as_read(row)
        there[read] -= 1
        is_ours = row.account_id == account_id and (row.foreign_minor is None) == (row.foreign_currency is None)
        if there[read] < 0 or not is_ours or not is_identity(row.identity, read):
            yield f"Line {row.id} is not what its file says."


@verifies("Each line of a bank that was left out of the books says why, as the trail does")
def check_left_out() -> Iterator[str]:
    """Hold the reasons against the last decision about each line."""
    of_line = AuditEntry.subject_id == BankEntry.id
    last = (
        select(AuditEntry.reason)
        .where(AuditEntry.subject_kind == "bank_entry", AuditEntry.action == "billing.decide_bank_line", of_line)
        .order_by(AuditEntry.sequence.desc())
        .limit(1)
        .correlate(BankEntry)
        .scalar_subquery()
    )
    reasoned = select(BankEntry.id, BankEntry.state, BankEntry.amount_minor, BankEntry.reason, last.label("last"))
    told = reasoned.where((BankEntry.reason.is_not(None)) | (BankEntry.state == EntryState.IGNORED))
    for row in db.session.execute(told.order_by(BankEntry.id)):
        wanted = (EntryState.IGNORED, row.last or (None if row.amount_minor else NOTHING_MOVED))
        if (row.state, row.reason) != wanted:
            yield f"Line {row.id} is {row.state} for a reason that the trail does not tell."
