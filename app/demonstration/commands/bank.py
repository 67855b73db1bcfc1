"""The account at a bank and its statements: what was booked at once, what was decided by hand, and what still waits."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select

from app.billing.commands.bank import (
    AccountFacts,
    FileBrought,
    accept_proposal,
    adopt_bank_account,
    book_to_ledger,
    bring_statements,
)
from app.billing.models import BankAccount, BankEntry, Invoice
from app.billing.queries.bank.judging import judge_entries
from app.billing.rules.bank.matching import EntryState
from app.core.database import db
from app.demonstration.commands.diary import Diary
from app.demonstration.rules import BankLine, Facts, as_statement
from app.members.models import Institution


def write_bank(diary: Diary) -> None:
    """The adoption of the account, and each statement on the day it was imported."""
    facts: Facts = diary.facts["bank"]
    diary.on(facts["first_day"], partial(_adopt, diary, facts))
    for statement in facts["statement"]:
        diary.on(statement["imported"], partial(_bring, diary, facts, statement))


def _adopt(diary: Diary, facts: Facts) -> None:
    profile = diary.facts["profile"]
    account = AccountFacts(
        name=facts["name"],
        holder=profile["bank_holder"],
        number=profile["iban"],
        bic=profile["bic"],
        bank_name=profile["bank_name"],
        currency=diary.facts["fee"]["currency"],
        account_code=facts["account_code"],
        first_day=facts["first_day"],
    )
    adopt_bank_account(account, actor=diary.actor)


def _bring(diary: Diary, facts: Facts, statement: Facts) -> None:
    """Import a statement; where it is told so, the lines it leaves are decided the same day."""
    lines = [_line(entry) for entry in statement["line"]]
    head = (diary.facts["profile"]["iban"], statement["number"], diary.facts["fee"]["currency"])
    content = as_statement(head, statement["opening"], lines).encode()
    name = f"statement-{statement['imported'].isoformat()}.sta"
    bring_statements(FileBrought(name, content, "text/plain; charset=utf-8"), actor=diary.actor)
    if statement["decided"]:
        _decide(diary, facts)


def _line(entry: Facts) -> BankLine:
    """A line with the number of the invoice that it names by payer and year, if any."""
    text = entry["text"]
    if entry.get("invoice"):
        text = f"{text} {_number(*entry['invoice'])}"
    return BankLine(entry["day"], entry["amount"], entry.get("party", ""), entry.get("iban", ""), text)


def _number(payer: str, year: int) -> str:
    asked = (
        select(Invoice.number)
        .join(Institution, Institution.id == Invoice.payer_id)
        .where(Institution.short_name == payer, Invoice.number.startswith(f"INV-{year}-"))
    )
    return str(db.session.scalars(asked).one())


def _decide(diary: Diary, facts: Facts) -> None:
    """Take the first proposal of each line that waits; what went without any is a charge of the bank."""
    account = db.session.scalars(select(BankAccount)).one()
    waiting = select(BankEntry).where(BankEntry.state == EntryState.OPEN).order_by(BankEntry.id)
    for entry in db.session.scalars(waiting).all():
        proposals = judge_entries(account, [entry])[entry.id].proposals
        if proposals:
            accept_proposal(entry.id, proposals[0].key, actor=diary.actor)
        else:
            book_to_ledger(entry.id, facts["charges_code"], actor=diary.actor)
