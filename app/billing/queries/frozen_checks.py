"""What `flask verify` proves of issued invoices and credit notes by what was frozen of them, column by column."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from app.audit.models import AuditEntry
from app.billing.models import Invoice, InvoiceLine, InvoiceRecord
from app.billing.rules import BILLION, InvoiceKind, InvoiceState, behind_line, content_hash
from app.core.bulk import among
from app.core.database import db
from app.core.verification import verifies

BLOCK = 500
A_MOMENT = timedelta(minutes=1)
OF_INVOICE = (
    "kind", "number", "currency", "net", "tax", "gross", "issued_on", "due_on", "payment_reference", "purchase_order",
    "exchange", "credits", "reason",
)  # fmt: skip
OF_LINE = (
    "number", "description", "first_day", "last_day", "quantity", "unit", "net", "category", "basis_points", "behind",
)  # fmt: skip


@verifies("Issued invoices say what was frozen at issue")
def check_contents() -> Iterator[str]:
    """Hash each frozen content again, and hold it against every column of its invoice and of its lines."""
    credited = aliased(Invoice)
    asked = (
        select(*Invoice.__table__.c, InvoiceRecord.content, credited.number.label("credited"))
        .outerjoin(InvoiceRecord, InvoiceRecord.invoice_id == Invoice.id)
        .outerjoin(credited, credited.id == Invoice.credits_id)
        .where(Invoice.state != InvoiceState.DRAFT)
        .order_by(Invoice.id)
    )
    for rows in db.session.execute(asked.execution_options(yield_per=BLOCK)).partitions():
        lines = _lines([row.id for row in rows])
        for row in rows:
            yield from _differences(row, lines[row.id])


def _lines(invoice_ids: Iterable[int]) -> Mapping[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    asked = select(*InvoiceLine.__table__.c).where(among(InvoiceLine.invoice_id, invoice_ids))
    for line in db.session.execute(asked.order_by(InvoiceLine.invoice_id, InvoiceLine.position)):
        found[line.invoice_id].append(line)
    return found


def _differences(row: Any, lines: Sequence[Any]) -> Iterator[str]:
    content = row.content
    if content is None:
        yield f"{row.number} has lost its frozen content."
        return
    if content_hash(content) != row.content_sha256:
        yield f"{row.number}: its content is not what was frozen."
        return
    differing = [*_of_invoice(row, content), *_of_lines(row, lines, content)]
    if differing:
        yield f"{row.number}: its columns differ from its frozen content: {', '.join(differing)}."


def _of_invoice(row: Any, content: Mapping[str, Any]) -> Iterator[str]:
    """The names of what an invoice says otherwise than its columns; amounts of a credit note are above zero in it."""
    is_credit = row.kind is InvoiceKind.CREDIT_NOTE
    sign = -1 if is_credit else 1
    kept = {
        "kind": row.kind.value,
        "number": row.number,
        "currency": row.currency,
        "net": sign * row.net_minor,
        "tax": sign * row.tax_minor,
        "gross": sign * row.gross_minor,
        "issued_on": row.issue_day.isoformat(),
        "due_on": row.due_day.isoformat(),
        "payment_reference": row.payment_reference,
        "purchase_order": content["purchase_order"] if is_credit else row.purchase_order or "",
        "exchange": (row.rate_billionths, row.rate_day.isoformat() if row.rate_day else None),
        "credits": row.credited,
        "reason": row.reason if is_credit else None,
    }
    said = {
        **content,
        "kind": content.get("kind", InvoiceKind.INVOICE.value),
        "exchange": _rate_of(content),
        "credits": content.get("credits", {}).get("number"),
    }
    yield from (name for name in OF_INVOICE if said.get(name) != kept[name])
    if abs(datetime.fromisoformat(content["issued_at"]) - row.issued_at) > A_MOMENT:
        yield "issued_at"


def _rate_of(content: Mapping[str, Any]) -> tuple[int | None, str | None]:
    exchange = content.get("exchange")
    return (int(Decimal(exchange["rate"]) * BILLION), exchange["on"]) if exchange else (None, None)


def _of_lines(row: Any, lines: Sequence[Any], content: Mapping[str, Any]) -> Iterator[str]:
    if len(lines) != len(content["lines"]):
        yield "lines"
        return
    sign = -1 if row.kind is InvoiceKind.CREDIT_NOTE else 1
    for line, said in zip(lines, content["lines"], strict=True):
        kept = _line(line, sign)
        # The first records kept nothing of a line but what is printed of it.
        yield from (f"{name} of line {line.position}" for name in OF_LINE if said.get(name, kept[name]) != kept[name])


def _line(line: Any, sign: int) -> dict[str, Any]:
    return {
        "number": line.position,
        "description": line.description,
        "first_day": line.first_day.isoformat(),
        "last_day": line.last_day.isoformat(),
        "quantity": line.quantity,
        "unit": sign * line.unit_minor,
        "net": sign * line.net_minor,
        "category": line.tax_category.value,
        "basis_points": line.tax_basis_points,
        "behind": behind_line(line),
    }


@verifies("What the trail says of an invoice is what stands in it: its hashes, why it is void, what it replaces")
def check_told() -> Iterator[str]:
    """Hold the hashes, reasons and references that entries of the trail name against the columns."""
    told, void = AuditEntry.after, aliased(Invoice)
    of_invoice = and_(AuditEntry.subject_kind == "invoice", AuditEntry.subject_id == Invoice.id)
    asked = (
        select(Invoice.id, Invoice.number)
        .join(AuditEntry, of_invoice)
        .outerjoin(void, void.id == Invoice.replaces_id)
        .where(or_(
            told["content_sha256"].as_string() != Invoice.content_sha256,
            told["pdf_sha256"].as_string() != Invoice.pdf_sha256,
            and_(AuditEntry.action == "billing.void_invoice", func.trim(AuditEntry.reason) != Invoice.reason),
            and_(told["replaces"].as_string().is_not(None), void.number.is_distinct_from(told["replaces"].as_string())),
        ))
        .order_by(Invoice.id)
    )  # fmt: skip
    for invoice_id, number in db.session.execute(asked.execution_options(yield_per=BLOCK)):
        yield f"{number or f'Draft {invoice_id}'} is not what the trail says of it."
