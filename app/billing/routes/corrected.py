"""What the page of an invoice says of its corrections: what can be done, what settles it, what it names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.billing.queries.credits import CreditRow
from app.billing.queries.exchange import find_worth_at_issue
from app.billing.queries.invoices import InvoiceView
from app.billing.queries.payments import list_open
from app.billing.queries.settled import SettledRow, UsedRow, list_used
from app.billing.queries.sources import list_sources
from app.billing.rules import Correction, CorrectionFacts, InvoiceKind, Standing, possible_acts
from app.core.tables import AnyTable, Column, Kind, Narrow, Table
from app.members.routes import Verb
from app.web.access import may_open, the_actor
from app.web.addresses import record_link, url
from app.web.on_date import current_on, is_past
from app.web.wording import long_day, money

IN_MENU = {Correction.CREDIT: "Credit it", Correction.WRITE_OFF: "Write off what is open", Correction.VOID: "Void it"}


def acts_of(record: InvoiceView) -> frozenset[Correction]:
    """What can be done to put an invoice right, whoever asks."""
    row, found = record.row, record.corrections
    credited = sum(each.gross.minor for each in found.credits_to_it)
    is_replaced = found.replaced_by is not None
    facts = CorrectionFacts(
        row.kind, row.standing, row.gross.minor, row.outstanding.minor, credited, is_replaced=is_replaced
    )
    return possible_acts(facts)


def corrected(record: InvoiceView) -> dict[str, Any]:
    """What the page shows besides: a menu and buttons, credit notes, and what settles or uses it."""
    open_acts = frozenset[Correction]() if is_past() else acts_of(record)
    acts = frozenset(act for act in open_acts if may_open(f"billing.{act}"))
    return {
        "is_credit": is_credit(record),
        "menu_of": [_verb(act, words, record) for act, words in IN_MENU.items() if act in acts],
        "buttons": _buttons(record, acts),
        "may_draft_again": Correction.DRAFT_AGAIN in acts,
        "credits": Table("Credit notes", _credit_columns(), record.corrections.credits_to_it),
        "settled": _settled(record),
    }


def _verb(act: Correction, words: str, record: InvoiceView) -> Verb:
    return Verb(words, url(f"billing.{act}", invoice_id=record.row.id))


def _buttons(record: InvoiceView, acts: frozenset[Correction]) -> list[Verb]:
    """Only where there is something to settle with, or something to be settled."""
    row, buttons = record.row, []
    if Correction.SETTLE in acts and list_sources(row.payer_id, row.gross.currency, the_actor()):
        buttons.append(_verb(Correction.SETTLE, "Settle from the account", record))
    if Correction.REFUND in acts:
        buttons.append(_verb(Correction.REFUND, "Refund it", record))
    if Correction.USE in acts and list_open(row.payer_id, the_actor(), row.gross.currency):
        buttons.append(_verb(Correction.USE, "Use it for invoices", record))
    return buttons


def is_credit(record: InvoiceView) -> bool:
    """Whether it is a credit note."""
    return record.row.kind is InvoiceKind.CREDIT_NOTE


def sentence_of(record: InvoiceView) -> str:
    """How an issued invoice or a credit note stands, in a sentence or two."""
    row, buyer = record.row, record.paper.buyer.name
    if is_credit(record):
        left = f"{money(-row.outstanding)} of it is not used yet." if row.outstanding else "All of it is used."
        return f"{money(-row.gross)} credited to {buyer}. {left}"
    if row.standing is Standing.VOID:
        return f"{money(row.gross)} to {buyer}. It is void, and nobody owes it."
    settled = "Nothing of it is open." if _is_taken_off(record) else "All of it is paid."
    owed = f"{money(row.outstanding)} is open." if row.outstanding else settled
    return f"{money(row.gross)} to {buyer}, due {long_day(row.due_day)}. {owed}"


def _is_taken_off(record: InvoiceView) -> bool:
    """Whether something else than money settles it."""
    return any(each.is_live and each.payment_id is None for each in record.settled)


def correction_facts(record: InvoiceView) -> list[tuple[Any, ...]]:
    """What it is worth in the books, what it credits, replaces or is replaced by, when it was voided, and why."""
    found = record.corrections
    facts: list[tuple[Any, ...]] = [
        *_in_the_books(record.row.id),
        *_named("Credits", found.credited),
        *_named("Drafted anew from", found.replaces),
        *([("Void since", long_day(found.voided_on))] if found.voided_on else []),
        *_named("Drafted again as", found.replaced_by if may_open("billing.issue") else None),
    ]
    return [*facts, ("Why", found.reason)] if is_credit(record) or found.voided_on else facts


def _in_the_books(invoice_id: int) -> list[tuple[Any, ...]]:
    found = find_worth_at_issue(invoice_id)
    if found is None:
        return []
    worth, rate = found
    return [("In the books", money(worth), "", f"at {rate.decimal:f}, the rate of {long_day(rate.day)}")]


def _named(label: str, named: tuple[int, str] | None) -> list[tuple[Any, ...]]:
    return [(label, named[1], url("billing.invoice", invoice_id=named[0]))] if named else []


def steps_of(record: InvoiceView) -> tuple[list[tuple[str, str]], int] | None:
    """The path of a credit note or a void invoice; None for all others."""
    row, issued = record.row, long_day(record.row.issue_day)
    if is_credit(record):
        used = f"{money(row.outstanding - row.gross)} of {money(-row.gross)}"
        return [("Issued", issued), ("Used", used)], 1 if row.outstanding else 2
    if row.standing is Standing.VOID:
        return [("Issued", issued), ("Void", long_day(record.corrections.voided_on))], 2
    return None


def _credit_columns() -> tuple[Column[CreditRow], ...]:
    link = record_link("billing.invoice", "invoice_id", lambda row: row.id)
    return (
        Column("number", "Credit note", lambda row: row.number, Kind.NAME, link=link, narrow=Narrow.NAME),
        Column("reason", "Why", lambda row: row.reason, narrow=Narrow.META),
        Column("day", "Date", lambda row: row.day, Kind.DATE, narrow=Narrow.META),
        Column("gross", "Credited", lambda row: row.gross, Kind.MONEY, narrow=Narrow.AMOUNT),
    )


def _settled(record: InvoiceView) -> AnyTable:
    if not is_credit(record):
        return Table("Settled", _settled_columns(record.settled, record.row.id), record.settled)
    used = list_used(record.row.id, current_on(), record.row.gross.currency)
    return Table("Used", _used_columns(used), used)


def _settled_columns(rows: Sequence[SettledRow], invoice_id: int) -> tuple[Column[SettledRow], ...]:
    def link(row: SettledRow) -> str | None:
        if row.payment_id is None:
            return url("billing.invoice", invoice_id=row.credit_id) if row.credit_id else None
        return url("billing.payment", payment_id=row.payment_id) if may_open("billing.payment") else None

    return (
        Column("by", "By", lambda row: row.called, Kind.NAME, link=link, narrow=Narrow.NAME),
        Column("how", "How", lambda row: row.how, narrow=Narrow.META),
        Column("received", "Received", lambda row: row.received_on, Kind.DATE),
        Column("day", "Settles from", lambda row: row.day, Kind.DATE, narrow=Narrow.META),
        Column("reference", "Reference", lambda row: row.reference),
        Column("amount", "Amount", lambda row: row.amount, Kind.MONEY, narrow=Narrow.AMOUNT),
        *_receipt_column(rows, invoice_id),
        *undo_column(rows),
    )


def _receipt_column(rows: Sequence[SettledRow], invoice_id: int) -> list[Column[SettledRow]]:
    """The way to the receipt of what a payment settles; none where nothing was paid."""

    def word(row: SettledRow) -> str:
        return "Receipt" if row.payment_id and (row.is_live or row.has_receipt) else ""

    def link(row: SettledRow) -> str | None:
        return url("billing.receipt", invoice_id=invoice_id, allocation_id=row.id) if word(row) else None

    column = Column[SettledRow]("receipt", "", word, link=link, narrow=Narrow.ACT)
    return [column] if any(word(row) for row in rows) else []


def _used_columns(rows: Sequence[UsedRow]) -> tuple[Column[UsedRow], ...]:
    link = record_link("billing.invoice", "invoice_id", lambda row: row.invoice_id)
    return (
        Column("for", "For", lambda row: row.called, Kind.NAME, link=link, narrow=Narrow.NAME),
        Column("day", "From", lambda row: row.day, Kind.DATE, narrow=Narrow.META),
        Column("amount", "Amount", lambda row: row.amount, Kind.MONEY, narrow=Narrow.AMOUNT),
        *undo_column(rows),
    )


def undo_column(rows: Sequence[Any]) -> list[Column[Any]]:
    """The way to undo what is live, for those who may, and a word on what was undone; none where neither is."""
    may = may_open("billing.release") and not is_past()

    def word(row: Any) -> str:
        return "Undo" if row.is_live and may else "undone" if row.was_undone else ""

    def link(row: Any) -> str | None:
        return url("billing.release", allocation_id=row.id) if row.is_live and may else None

    column = Column[Any]("undo", "", word, link=link, narrow=Narrow.ACT)
    return [column] if any(word(row) for row in rows) else []
