"""Statements brought into a consortium for tests, by the commands that everyone else uses."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.billing.commands.bank import (
    AccountFacts,
    FileBrought,
    Imported,
    adopt_bank_account,
    bring_statements,
)
from app.billing.models import BankAccount, BankEntry, BankMatch, Invoice, Payment
from app.billing.queries.bank.judging import judge_entries
from app.billing.rules.bank.matching import Judgement
from app.core.database import db
from app.core.transaction import transaction
from app.core.verification import run_checks
from tests.billing.statement_files import Line, camt
from tests.billing.world import World

MAIN = AccountFacts(
    name="Main account",
    holder="International Mouse Phenotyping Consortium",
    number="GB33 BUKB 2020 1555 5555 55",
    bic="BUKBGB22XXX",
    bank_name="Specimen Bank plc",
    currency="GBP",
    account_code="1200",
    first_day=date(2016, 1, 1),
)
FEE = 5_000_000
"""What each funder owes, in pence."""


def bring(world: World, content: bytes, account_id: int | None = None) -> Imported:
    """Import a file."""
    with transaction():
        return bring_statements(FileBrought("statement", content, "text/plain"), account_id, actor=world.office)


def bring_lines(world: World, *lines: Line, **options: object) -> list[BankEntry]:
    """Import a statement of these lines; the lines on record, in their order."""
    bring(world, camt(*lines, **options))
    return entries()


def adopt(world: World) -> BankAccount:
    """The main account."""
    with transaction():
        return adopt_bank_account(MAIN, actor=world.office)


def entries() -> list[BankEntry]:
    """All lines on record."""
    asked = select(BankEntry).order_by(BankEntry.id).execution_options(populate_existing=True)
    return list(db.session.scalars(asked))


def payments() -> list[Payment]:
    """All payments on record."""
    return list(db.session.scalars(select(Payment).order_by(Payment.id).execution_options(populate_existing=True)))


def live_matches() -> list[BankMatch]:
    """What lines became and still are."""
    return list(db.session.scalars(select(BankMatch).where(BankMatch.undone_at.is_(None)).order_by(BankMatch.id)))


def still_open(world: World, short: str) -> int:
    """What is open on the invoice of a payer."""
    invoice = world.invoice_of(short)
    return db.session.scalars(select(Invoice.open_minor).where(Invoice.id == invoice.id)).one()


def judged(entry: BankEntry) -> Judgement:
    """What is proposed for a line."""
    account = db.session.get_one(BankAccount, entry.account_id)
    return judge_entries(account, [entry])[entry.id]


def problems() -> list[str]:
    """What is wrong with anything on record."""
    return [line for finding in run_checks() for line in finding.problems]
