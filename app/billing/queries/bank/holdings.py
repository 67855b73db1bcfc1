"""What statements of banks hold about a person: lines that came from them or went to them, and records they made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app.billing.models import BankEntry, BankFile, BankMatch, BankStatement
from app.billing.queries.holdings import GROUND
from app.core.database import db
from app.core.folding import folded
from app.core.mentions import free_text, free_texts, may_hold
from app.core.paging import AnySelect
from app.core.personal_data import DataSubject, Fate, Held, held_rows, holds
from app.core.tables import Cell

SIGNED: tuple[tuple[str, Any, Any, Any], ...] = (
    ("File of a bank brought", BankFile.brought_by, BankFile.brought_at, BankFile.id),
    ("Statement imported", BankStatement.imported_by, BankStatement.last_day, BankStatement.id),
    ("Line of a bank decided", BankEntry.decided_by, BankEntry.booking_day, BankEntry.id),
    ("Line of a bank matched", BankMatch.matched_by, BankMatch.matched_at, BankMatch.entry_id),
)


@holds("billing.bank_lines", place=31)
def lines_of_person(subject: DataSubject) -> Held | None:
    """Lines of a bank with the person as the other party."""
    asked = (
        select(BankEntry.booking_day, BankEntry.counterparty, BankEntry.counterparty_number, BankEntry.text)
        .where(may_hold(BankEntry.counterparty, subject.full_names))
        .order_by(BankEntry.booking_day, BankEntry.id)
    )
    names = {folded(name) for name in subject.full_names}
    rows: list[dict[str, Cell]] = [
        {"Day": day, "Other party": party, "Account": number, "Text": text}
        for day, party, number, text in db.session.execute(asked)
        if folded(party) in names
    ]
    why = "A bank says from whom money came and to whom it went."
    return held_rows("Lines of a bank", why, rows, Fate.KEPT, ground=GROUND, until="as long as the books")


@holds("billing.bank_recorded", place=83)
def records_made(subject: DataSubject) -> Held | None:
    """What of statements and their lines says who recorded it."""
    rows: list[dict[str, Cell]] = [
        {"What": what, "Day": day, "Reference": str(reference)}
        for what, by, day_of, named in SIGNED
        for day, reference in db.session.execute(select(day_of, named).where(by.in_(subject.signatures)))
    ]
    return held_rows("Statements of banks", "The books say who recorded what.", rows, Fate.REPLACED)


@free_texts("billing.bank")
def texts_of_lines(_subject: DataSubject) -> Sequence[AnySelect]:
    """What lines of a bank say, and why some are left out."""
    return [
        free_text("Text of a line of a bank", "bank_entry", BankEntry.id, BankEntry.text),
        free_text("Other party of a line of a bank", "bank_entry", BankEntry.id, BankEntry.counterparty),
        free_text("Why a line of a bank is left out", "bank_entry", BankEntry.id, BankEntry.reason),
    ]
