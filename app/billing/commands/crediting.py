"""Credit notes: what an issued invoice claimed is taken back, in whole or in part, by a document that names it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.accounts.queries import get_profile
from app.audit.commands import Subject, record
from app.billing.commands.approvals import use_approval
from app.billing.commands.bookings import Booking, Claim, Leg, book, claim_legs
from app.billing.commands.disputes import end_disputes
from app.billing.commands.printing import order_prints
from app.billing.commands.runs import IssueValues
from app.billing.commands.settling import Part, apply_credit, lock_invoices, lock_payer_of, open_from
from app.billing.documents import speech
from app.billing.models import Invoice, InvoiceLine, InvoiceRecord
from app.billing.queries.credits import Creditable, creditable_of
from app.billing.queries.differences import find_excess
from app.billing.queries.fee_years import number_year
from app.billing.queries.mismatches import owed_now
from app.billing.rules import (
    Act,
    CreditLine,
    DisputeEnd,
    EntryKind,
    InvoiceKind,
    InvoiceState,
    OwedThen,
    behind_line,
    content_hash,
    converted,
    credited_taxes,
    worth_of,
)
from app.core import clock
from app.core.actor import Actor
from app.core.bulk import insert_rows
from app.core.database import db
from app.core.errors import DomainError
from app.core.folding import folded
from app.core.money import Money
from app.core.permissions import Permission
from app.core.series import take_numbers
from app.core.site import this_site
from app.members.models import Institution

OF_THE_INVOICE = ("due_on", "intro", "replaces")  # What of an invoice does not stand on its credit notes.


@dataclass(frozen=True)
class CreditValues:
    """What is credited of which lines, without tax and in minor units; why, and from which day.

    `sends_mails`: whether the credit note goes to the payer's billing contact. `line_id`: a line whose membership was
    changed after it was billed, where the credit puts just that right.
    """

    parts: Mapping[int, int]
    reason: str
    day: date
    sends_mails: bool = False
    line_id: int | None = None


def credit_invoice(invoice_id: int, values: CreditValues, *, actor: Actor) -> Invoice:
    """Issue a credit note for parts of an issued invoice; what it gives goes to the invoice as far as that is open.

    More than is still creditable of a line is refused. The tax is that of the invoice, at its rate (RULES, Tax).
    """
    actor.require(Permission.INVOICE_CREDIT)
    invoice, payer = lock_creditable(invoice_id)
    if not values.reason.strip():
        raise DomainError("Say why: it stands on the credit note.", "reason")
    left = creditable_of(invoice_id)
    lines = lines_to_credit(invoice_id, left, values, actor)
    use_approval(Act.CREDIT, Subject("invoice", invoice_id), left.gross_of(values.parts))
    credit = _issue(invoice, left, lines, values)
    _book(credit, invoice, lines, payer.name)
    parts = min(open_from([invoice], values.day)[invoice_id], -credit.open_minor)
    if parts:
        applied = apply_credit(credit, Part(invoice_id, parts, parts), {invoice_id: invoice}, from_day=values.day)
        _book_difference(credit, applied.legs, values.day)
    _record(credit, invoice, payer.name, values, actor)
    end_disputes([invoice_id], DisputeEnd.CREDITED, actor=actor)
    order_prints([credit.id], IssueValues(values.day, values.day, values.sends_mails))
    db.session.flush()
    return credit


def lock_creditable(invoice_id: int) -> tuple[Invoice, Institution]:
    """An issued invoice and its payer, locked."""
    payer = lock_payer_of(Invoice, invoice_id)
    invoice = lock_invoices(payer.id, {invoice_id}).get(invoice_id)
    if invoice is None or invoice.kind is not InvoiceKind.INVOICE:
        raise DomainError("Only an issued invoice can be credited: a draft is discarded, a void one owes nothing.")
    return invoice, payer


def lines_to_credit(invoice_id: int, left: Creditable, values: CreditValues, actor: Actor) -> list[CreditLine]:
    """What is credited of which lines; refused where it is more than is left, or no membership needs it any more."""
    _refuse_put_right(invoice_id, values, actor)
    return _lines(left, values.parts, owed_now([line_id for line_id, amount in values.parts.items() if amount]))


def _refuse_put_right(invoice_id: int, values: CreditValues, actor: Actor) -> None:
    """Of two who credit what a changed membership was billed too much, the second is told that it is done."""
    if values.line_id is None:
        return
    found = find_excess(values.line_id, invoice_id, actor)
    if found is None:
        raise DomainError("Nothing of this invoice is billed too much for that membership now.")
    excess, _ = found
    too_much = sum(excess.parts.values())
    if sum(values.parts.get(line_id, 0) for line_id in excess.parts) > too_much:
        only = f"Only {Money(too_much, excess.currency)} {excess.currency} is billed too much for that membership now;"
        raise DomainError(f"{only} to credit more, begin at the page of the invoice.", f"line_{min(excess.parts)}")


def _lines(left: Creditable, parts: Mapping[int, int], owed: Mapping[int, OwedThen]) -> list[CreditLine]:
    chosen = []
    for line in left.lines:
        amount, field = parts.get(line.id, 0), f"line_{line.id}"
        if amount < 0:
            raise DomainError("What is credited is more than nothing.", field)
        if amount > line.left:
            still = Money(line.left, left.currency)
            raise DomainError(
                f"Only {still} of line {line.position} can still be credited; nothing was recorded.", field
            )
        if amount:
            chosen.append(CreditLine(line, amount, owed.get(line.id)))
    if not chosen:
        raise DomainError("Enter an amount for at least one line.", "reason")
    return chosen


def _issue(invoice: Invoice, left: Creditable, lines: Sequence[CreditLine], values: CreditValues) -> Invoice:
    """Number and freeze a credit note; open is all it gives, until an invoice takes it."""
    if values.day > clock.today():
        raise DomainError("A credit note is not dated after the day it is issued.", "day")
    if invoice.issue_day is None or values.day < invoice.issue_day:
        raise DomainError("A credit note is not dated before the invoice it names.", "day")
    year = number_year(values.day)
    (number,) = take_numbers("credit_note", year=year, count=1, day=values.day)
    frozen = _frozen(invoice, left, lines, values, get_profile(values.day).credit_note_format.number(year, number))
    before, after = left.gross_credited, left.gross_credited + frozen["gross"]
    credit = Invoice(
        kind=InvoiceKind.CREDIT_NOTE,
        state=InvoiceState.ISSUED,
        number=frozen["number"],
        payer_id=invoice.payer_id,
        currency=invoice.currency,
        net_minor=-frozen["net"],
        tax_minor=-frozen["tax"],
        gross_minor=-frozen["gross"],
        open_minor=-frozen["gross"],
        home_minor=worth_of(before, invoice.gross_minor, invoice.home_minor)
        - worth_of(after, invoice.gross_minor, invoice.home_minor),
        rate_billionths=invoice.rate_billionths,
        rate_day=invoice.rate_day,
        issue_day=values.day,
        due_day=values.day,
        reason=values.reason.strip(),
        credits_id=invoice.id,
        payment_reference=frozen["payment_reference"],
        content_sha256=content_hash(frozen),
        created_at=clock.now(),
        issued_at=datetime.fromisoformat(frozen["issued_at"]),
        search_text=folded(frozen["number"], invoice.number, frozen["buyer"]["name"], frozen["buyer"]["short_name"]),
    )
    db.session.add(credit)
    db.session.flush()
    insert_rows(InvoiceRecord, [{"invoice_id": credit.id, "content": frozen}])
    insert_rows(InvoiceLine, [_row(credit.id, position, line) for position, line in enumerate(lines, 1)])
    return credit


def _frozen(
    invoice: Invoice, left: Creditable, lines: Sequence[CreditLine], values: CreditValues, number: str
) -> dict[str, Any]:
    """What the credit note says: to whom, from whom and at which rates the invoice did, with amounts above zero."""
    original = left.content
    taxes = credited_taxes(original["taxes"], left.taxes_credited, lines)
    said = {each["number"]: each for each in original["lines"]}
    net, tax = sum(line.amount for line in lines), sum(each["tax"] for each in taxes)
    say = speech(original.get("language", "en"))
    return {
        **{name: value for name, value in original.items() if name not in OF_THE_INVOICE},
        **_exchange(invoice, original.get("exchange"), Money(tax, invoice.currency)),
        "kind": InvoiceKind.CREDIT_NOTE.value,
        "credits": {
            "number": invoice.number,
            "issued_on": original["issued_on"],
            "gross": invoice.gross_minor,
            "open_before": invoice.open_minor,
        },
        "reason": values.reason.strip(),
        "terms": say["credit_terms"],
        "number": number,
        "issued_on": values.day.isoformat(),
        "due_on": values.day.isoformat(),
        "issued_at": clock.now().isoformat(),
        "lines": [
            {
                **said[line.of.position],
                "number": place,
                "quantity": 1,
                "unit": line.amount,
                "net": line.amount,
                "behind": behind_line(InvoiceLine(relief_minor=0, **_row(0, place, line))),
            }
            for place, line in enumerate(lines, 1)
        ],
        "taxes": taxes,
        "net": net,
        "tax": tax,
        "gross": net + tax,
    }


def _exchange(invoice: Invoice, kept: Mapping[str, Any] | None, tax: Money) -> dict[str, Any]:
    """The rate of the invoice, and what the tax that is taken back was worth by it."""
    if kept is None or invoice.rate_billionths is None:
        return {}
    return {"exchange": {**kept, "tax": converted(tax, invoice.rate_billionths, kept["home"]).minor}}


def _row(credit_id: int, position: int, line: CreditLine) -> dict[str, Any]:
    of = line.of
    return {
        "invoice_id": credit_id,
        "position": position,
        "description": of.description,
        "why": f"Credit of line {of.position}",
        "first_day": of.first_day,
        "last_day": of.last_day,
        "quantity": 1,
        "unit_minor": -line.amount,
        "net_minor": -line.amount,
        "tax_category": of.tax_category,
        "tax_basis_points": of.tax_basis_points,
        "tax_reason": of.tax_reason,
        "schedule_id": of.schedule_id,
        "membership_id": of.membership_id,
        "income_account": of.account,
        "credits_line_id": of.id,
        "owed_days": line.owed and line.owed.days,
        "owed_minor": line.owed and line.owed.minor,
    }


def _book(credit: Invoice, invoice: Invoice, lines: Sequence[CreditLine], payer: str) -> None:
    income: dict[str, int] = {}
    for line in lines:
        income[line.of.account] = income.get(line.of.account, 0) - line.amount
    claim = Claim(
        credit.payer_id,
        Money(credit.gross_minor, credit.currency),
        Money(credit.tax_minor, credit.currency),
        Money(credit.home_minor, this_site().home_currency),
    )
    text = f"Credit note {credit.number} to invoice {invoice.number}, {payer}"
    legs = claim_legs(claim, income)
    book([Booking(EntryKind.CREDIT_NOTE, credit.issue_day or clock.today(), text, credit.currency, legs, credit.id)])


def _book_difference(credit: Invoice, legs: Sequence[Leg], day: date) -> None:
    """Book what rounding leaves between the worth of a foreign invoice and that of its credit note."""
    text = f"Credit note {credit.number} applied"
    if legs:
        book([Booking(EntryKind.ALLOCATION, day, text, credit.currency, tuple(legs), credit.id)])


def _record(credit: Invoice, invoice: Invoice, payer: str, values: CreditValues, actor: Actor) -> None:
    total = f"{-credit.gross} {credit.currency}"
    record(
        "billing.credit_invoice",
        Subject("invoice", credit.id),
        summary=f"Credit note {credit.number} of {total} to invoice {invoice.number} issued to {payer}",
        after={
            "number": credit.number,
            "credits": invoice.number,
            "total": total,
            "issued_on": values.day.isoformat(),
            "content_sha256": credit.content_sha256,
        },
        reason=values.reason,
        actor=actor,
    )
    record(
        "billing.credit_invoice",
        Subject("invoice", invoice.id),
        summary=f"Credited by {credit.number} of {total}",
        after={"open": str(invoice.outstanding)},
        reason=values.reason,
        actor=actor,
    )


def allocate_credit(credit_id: int, parts: Mapping[int, int], *, day: date | None = None, actor: Actor) -> Invoice:
    """Settle other invoices of the payer with what a credit note has left: amounts in minor units by invoice."""
    actor.require(Permission.PAYMENT_EDIT)
    payer = lock_payer_of(Invoice, credit_id)
    invoices = lock_invoices(payer.id, {*parts, credit_id})
    from_day = day or clock.today()
    credit = _usable(invoices.get(credit_id), parts, from_day)
    for invoice_id, amount in sorted(parts.items()):
        _refuse_other(invoices.get(invoice_id), credit, amount)
        applied = apply_credit(credit, Part(invoice_id, amount, amount), invoices, from_day=from_day)
        _book_difference(credit, applied.legs, from_day)
    record(
        "billing.allocate_credit",
        Subject("invoice", credit.id),
        summary=f"Credit note {credit.number} used for other invoices",
        after={"left": str(-credit.outstanding), "settles": [f"invoice {each}" for each in sorted(parts)]},
        actor=actor,
    )
    end_disputes(parts, DisputeEnd.CREDITED, actor=actor)
    return credit


def _usable(credit: Invoice | None, parts: Mapping[int, int], from_day: date) -> Invoice:
    """A credit note that has so much left on the day."""
    if credit is None or credit.kind is not InvoiceKind.CREDIT_NOTE:
        raise DomainError("Only what a credit note gives can be used like this.")
    if not (credit.issue_day or from_day) <= from_day <= clock.today():
        raise DomainError("A credit settles from the day of its note, and not after today.", "day")
    if not parts:
        raise DomainError("Choose at least one invoice to settle.")
    if sum(parts.values()) > -credit.open_minor:
        raise DomainError(f"The parts add to more than {-credit.outstanding} {credit.currency}.", "amount")
    return credit


def _refuse_other(invoice: Invoice | None, credit: Invoice, amount: int) -> None:
    if invoice is not None and invoice.currency != credit.currency:
        raise DomainError("A credit note settles invoices of its own currency only.", f"invoice_{invoice.id}")
    if amount <= 0:
        raise DomainError("What settles an invoice is more than nothing.", "amount")
