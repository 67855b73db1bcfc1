"""Drafts that cannot be issued as things stand: a tax number is not on record, or a rate of exchange."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from app.accounts.queries import find_profile
from app.billing.models import ExchangeRate, Invoice, InvoiceLine
from app.billing.queries.contents import names_on
from app.billing.queries.exchange import why_no_rate
from app.billing.rules import InvoiceState, TaxCategory, why_no_reverse_charge
from app.core.database import db
from app.core.money import Money
from app.core.paging import AnySelect
from app.core.site import this_site
from app.members.models import Institution

SHOWN = 100


@dataclass(frozen=True)
class HeldBack:
    """A draft that cannot be issued yet, and why."""

    invoice_id: int
    payer: str
    gross: Money
    why: str


def list_held_back(run_id: int, on: date, most: int | None = SHOWN) -> Sequence[HeldBack]:
    """The first drafts of a run that cannot be issued on a day, in the order of their making; all without a limit."""
    return _held_back(Invoice.run_id == run_id, on, most)


def count_held_back(run_id: int, on: date) -> int:
    """How many drafts of a run cannot be issued on a day as things stand."""
    counted = _not_issuable(Invoice.run_id == run_id, on, _own_number(on)).with_only_columns(func.count())
    return db.session.scalar(counted) or 0


def find_held_back(invoice_id: int, on: date) -> HeldBack | None:
    """Why an invoice cannot be issued on a day; None where it can, or is issued already."""
    return next(iter(_held_back(Invoice.id == invoice_id, on, 1)), None)


def _held_back(wanted: ColumnElement[bool], on: date, most: int | None) -> Sequence[HeldBack]:
    own_number = _own_number(on)
    rows = db.session.execute(_not_issuable(wanted, on, own_number).order_by(Invoice.id).limit(most)).all()
    names = names_on([row.payer_id for row in rows], on) if rows else {}
    found = []
    for row in rows:
        payer, _ = names.get(row.payer_id, (row.name, ""))
        no_number = why_no_reverse_charge(payer, row.vat_number, own_number) if row.lacks_number else None
        why = no_number or why_no_rate(row.currency, on)
        found.append(HeldBack(row.id, payer, Money(row.gross_minor, row.currency), why))
    return found


def _not_issuable(wanted: ColumnElement[bool], on: date, own_number: str | None) -> AnySelect:
    """Drafts with reverse charge whose payer, or the consortium, has no VAT number, and foreign ones without a rate."""
    lacks_number: ColumnElement[bool] = exists().where(
        InvoiceLine.invoice_id == Invoice.id, InvoiceLine.tax_category == TaxCategory.REVERSE_CHARGE
    )
    if own_number:
        lacks_number = and_(lacks_number, or_(Institution.vat_number.is_(None), Institution.vat_number == ""))
    has_rate = exists().where(ExchangeRate.currency == Invoice.currency, ExchangeRate.day <= on)
    lacks_rate = and_(Invoice.currency != this_site().home_currency, ~has_rate)
    return (
        select(
            Invoice.id, Invoice.payer_id, Invoice.gross_minor, Invoice.currency, Institution.name,
            Institution.vat_number, lacks_number.label("lacks_number"),
        )
        .join(Institution, Institution.id == Invoice.payer_id)
        .where(wanted, Invoice.state == InvoiceState.DRAFT, or_(lacks_number, lacks_rate))
    )  # fmt: skip


def _own_number(on: date) -> str | None:
    profile = find_profile(on)
    return profile.vat_number if profile else None
