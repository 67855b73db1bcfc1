"""What settles an invoice, or uses a credit note, and what of it was undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from app.billing.models import Allocation, GivenPaper, Invoice, Payment, Refund, WriteOff
from app.billing.rules import METHOD_WORDS, WRITE_OFF_WORDS
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.money import Money
from app.core.paging import AnySelect
from app.core.permissions import Permission
from app.members.models import Institution


@dataclass(frozen=True)
class SettledRow:
    """What settles an invoice from a day on, or undoes what did: by a payment, a credit note, or writing it off.

    `is_live`: it was not undone, and can be; `was_undone`: it was, by a later row. `has_receipt`: one was given out.
    """

    id: int
    called: str
    how: str
    day: date
    amount: Money
    payment_id: int | None
    credit_id: int | None
    reference: str | None
    received_on: date | None
    is_live: bool
    was_undone: bool
    has_receipt: bool


@dataclass(frozen=True)
class UsedRow:
    """What took a part of a credit note: an invoice of the payer, or a refund; `is_live`: not undone, and can be."""

    id: int
    called: str
    invoice_id: int | None
    day: date
    amount: Money
    is_live: bool
    was_undone: bool


@dataclass(frozen=True)
class Undoable:
    """One thing that settles an invoice, and which invoice that is, as it is to be undone."""

    settled: SettledRow
    invoice_id: int
    number: str
    payer: str


def list_settling(invoice_id: int, on: date, currency: str) -> list[SettledRow]:
    """What settled an invoice up to a day, in the order of its days; the caller checks who may see it."""
    rows = db.session.execute(_settling(on).where(Allocation.invoice_id == invoice_id, Allocation.day <= on)).all()
    return [_row(row, currency) for row in rows]


def get_settling(allocation_id: int, actor: Actor) -> Undoable:
    """One thing that settles an invoice, as it is to be undone."""
    actor.require(Permission.PAYMENT_EDIT)
    of = aliased(Invoice)
    asked = (
        _settling(clock.today())
        .add_columns(of.currency, of.id.label("invoice_id"), of.number.label("of_number"), Institution.name)
        .join(of, of.id == Allocation.invoice_id)
        .join(Institution, Institution.id == of.payer_id)
    )
    row = db.session.execute(asked.where(Allocation.id == allocation_id)).one_or_none()
    if row is None:
        raise NotFoundError("Nothing of this number settles an invoice.")
    return Undoable(_row(row, row.currency), row.invoice_id, row.of_number, row.name)


def list_used(credit_id: int, on: date, currency: str) -> Sequence[UsedRow]:
    """What took parts of a credit note up to a day; the caller checks who may see it."""
    undone, invoice = aliased(Allocation), aliased(Invoice)
    rows = db.session.execute(
        select(
            Allocation.id, Allocation.invoice_id, Allocation.refund_id, Allocation.day, Allocation.amount_minor,
            Allocation.undoes_id, undone.id.label("undone_id"), invoice.number, Refund.reason,
        )
        .outerjoin(undone, and_(undone.undoes_id == Allocation.id, undone.day <= on))
        .outerjoin(invoice, invoice.id == Allocation.invoice_id)
        .outerjoin(Refund, Refund.id == Allocation.refund_id)
        .where(Allocation.credit_id == credit_id, Allocation.day <= on)
        .order_by(Allocation.day, Allocation.id)
    )  # fmt: skip
    return [
        UsedRow(
            row.id,
            f"{row.number}, undone" if row.undoes_id else row.number or f"Refund: {row.reason}",
            row.invoice_id,
            row.day,
            Money(row.amount_minor, currency),
            row.undoes_id is None and row.undone_id is None and row.refund_id is None,
            row.undone_id is not None,
        )
        for row in rows
    ]


def _settling(on: date) -> AnySelect:
    undone, credit = aliased(Allocation), aliased(Invoice)
    return (
        select(
            Allocation.id, Allocation.day, Allocation.amount_minor, Allocation.payment_id, Allocation.credit_id,
            Allocation.undoes_id, undone.id.label("undone_id"), Payment.received_on, Payment.method,
            Payment.reference, credit.number, WriteOff.kind, WriteOff.reason, GivenPaper.id.label("given_id"),
        )
        .outerjoin(undone, and_(undone.undoes_id == Allocation.id, undone.day <= on))
        .outerjoin(Payment, Payment.id == Allocation.payment_id)
        .outerjoin(credit, credit.id == Allocation.credit_id)
        .outerjoin(WriteOff, WriteOff.id == Allocation.write_off_id)
        .outerjoin(GivenPaper, GivenPaper.allocation_id == Allocation.id)
        .order_by(Allocation.day, Allocation.id)
    )  # fmt: skip


def _row(row: Any, currency: str) -> SettledRow:
    called, how, reference = _words(row)
    return SettledRow(
        id=row.id,
        called=f"{called}, undone" if row.undoes_id else called,
        how=how,
        day=row.day,
        amount=Money(row.amount_minor, currency),
        payment_id=row.payment_id,
        credit_id=row.credit_id,
        reference=reference,
        received_on=row.received_on,
        is_live=row.undoes_id is None and row.undone_id is None,
        was_undone=row.undone_id is not None,
        has_receipt=row.given_id is not None,
    )


def _words(row: Any) -> tuple[str, str, str | None]:
    """What it is called, how it settles, and its reference."""
    if row.payment_id is not None:
        return f"Payment {row.payment_id}", METHOD_WORDS[row.method], row.reference
    if row.credit_id is not None:
        return row.number or "", "Credit note", None
    why = WRITE_OFF_WORDS[row.kind]
    return "Written off", why, None if row.reason == why else row.reason
