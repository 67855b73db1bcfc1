"""What `flask verify` proves of the ledger by what the trail sealed of it when it was booked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from sqlalchemy import String, func, select, type_coerce, union

from app.audit.models import AuditEntry
from app.audit.seals import RUN, Sealed, digest_of_texts, ids_of, list_seals
from app.billing.models import BankAccount, Invoice, LedgerAccount, LedgerEntry, Posting
from app.billing.rules import ACCOUNTS, AccountKind, EntryKind, entry_text, kind_of_opened, opened_for
from app.core.bulk import among, in_chunks
from app.core.database import db
from app.core.site import this_site
from app.core.verification import verifies

CLAIMS = (EntryKind.INVOICE, EntryKind.CREDIT_NOTE, EntryKind.VOID)


@verifies("Each entry of the ledger and its postings are as the trail sealed them when they were booked")
def check_sealed_entries() -> Iterator[str]:
    """Read the entries again, and compare; those from before there were seals are proved by the other checks."""
    for some in in_chunks(list_seals({LedgerEntry.__tablename__}), RUN):
        texts = _texts(row for each in some for row in ids_of(each.rows))
        yield from (each.told for each in some if _digest(each, texts) != each.digest)


def _digest(sealed: Sealed, texts: dict[int, str]) -> str:
    return digest_of_texts(texts.get(row, "") for row in ids_of(sealed.rows))


def _texts(ids: Iterable[int]) -> dict[int, str]:
    """What was sealed of each entry. Payers follow a merger: which they are is proved by itself."""
    entry = (
        LedgerEntry.id, type_coerce(LedgerEntry.kind, String), LedgerEntry.day, LedgerEntry.text,
        LedgerEntry.invoice_id, LedgerEntry.payment_id, LedgerEntry.recorded_at,
    )  # fmt: skip
    leg = (Posting.account_code, Posting.currency, Posting.amount_minor, Posting.home_minor, Posting.payer_id)
    rows = db.session.execute(
        select(*entry, *leg)
        .join(Posting, Posting.entry_id == LedgerEntry.id)
        .where(among(LedgerEntry.id, ids))
        .order_by(LedgerEntry.id, Posting.id)
    )
    return {
        told[0]: entry_text(told[1:], [(*each[len(entry) : -1], each[-1] is not None) for each in legs])
        for told, legs in groupby(map(tuple, rows), key=lambda each: each[: len(entry)])
    }


@verifies("What is booked in the currency of the books is worth what it is")
def check_worths() -> Iterator[str]:
    """Compare worth and amount where no rate lies between them: with all signs turned round they add to zero, too."""
    home = this_site().home_currency
    wrong = select(Posting.entry_id).where(Posting.currency == home, Posting.home_minor != Posting.amount_minor)
    for entry_id in db.session.scalars(wrong.distinct().order_by(Posting.entry_id)):
        yield f"Entry {entry_id} has a posting in {home} that is worth something else."


@verifies("Each posting of a claim is of the payer of its invoice, and each entry of one payer")
def check_payers() -> Iterator[str]:
    """Hold the payers of postings against that of the invoice or credit note, and against each other."""
    claims = (
        select(LedgerEntry.id)
        .join(Invoice, Invoice.id == LedgerEntry.invoice_id)
        .join(Posting, Posting.entry_id == LedgerEntry.id)
        .where(LedgerEntry.kind.in_(CLAIMS), Posting.payer_id != Invoice.payer_id)
    )
    several = (
        select(Posting.entry_id)
        .group_by(Posting.entry_id)
        .having(func.min(Posting.payer_id) != func.max(Posting.payer_id))
    )
    for entry_id in sorted(db.session.scalars(union(claims, several))):
        yield f"Entry {entry_id} has a posting of another payer."


@verifies("The accounts of the ledger are those of the program, of the banks, and those opened by hand")
def check_ledger_accounts() -> Iterator[str]:
    """Hold names and kinds against the program's own, the bank accounts they were opened for, and the trail."""
    asked = select(LedgerAccount.code, LedgerAccount.name, type_coerce(LedgerAccount.kind, String), BankAccount.name)
    known = asked.outerjoin(BankAccount, BankAccount.account_code == LedgerAccount.code).order_by(LedgerAccount.code)
    found = {code: (name, kind, bank) for code, name, kind, bank in db.session.execute(known)}
    opened = ACCOUNTS | _opened_by_hand()
    for code in sorted(opened.keys() | found):
        name, kind, bank = found.get(code, (None, None, None))
        if (name, kind) != opened.get(code, (opened_for(bank or ""), AccountKind.ASSET)):
            yield f"Account {code} is {name} ({kind}), which is not what the program opened."


def _opened_by_hand() -> dict[str, tuple[str, AccountKind]]:
    """Name and kind of the accounts that the trail says were opened and named by hand."""
    asked = select(AuditEntry.subject_id, AuditEntry.after).where(
        AuditEntry.subject_kind == "ledger_account",
        AuditEntry.action.in_(["billing.open_account", "billing.rename_account"]),
    )
    told = {str(code): str(after["name"]) for code, after in db.session.execute(asked.order_by(AuditEntry.sequence))}
    return {code: (name, kind_of_opened(code)) for code, name in told.items()}
