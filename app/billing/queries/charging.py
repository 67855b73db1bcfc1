"""What a charge by hand begins with: the tax and the currency of the fees in force, and the accounts of income."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from app.billing.models import FeeSchedule, InvoiceLine, LedgerAccount
from app.billing.rules import FEE_INCOME, AccountKind, TaxCategory
from app.core.clock import today
from app.core.database import db
from app.core.history import as_known
from app.core.site import this_site


def list_income_accounts() -> Sequence[tuple[str, str]]:
    """The accounts a charge may be income of, as choices."""
    rows = db.session.execute(
        select(LedgerAccount.code, LedgerAccount.name)
        .where(LedgerAccount.kind == AccountKind.INCOME)
        .order_by(LedgerAccount.code)
    )
    return [(code, f"{code} {name}") for code, name in rows]


def usual_charge() -> dict[str, Any]:
    """Currency and tax as of the fee adopted last; never its reason for no tax, which need not hold for this."""
    return _usual(_newest_fee(FeeSchedule.first_day <= today())) | {"first_day": today()}


def usual_fee() -> dict[str, Any]:
    """Currency and tax of a new fee as of the one adopted last, with why that bears no tax: a fee is like another."""
    newest = _newest_fee()
    return _usual(newest) | {"tax_reason": newest.tax_reason if newest else None}


def _newest_fee(*wanted: ColumnElement[bool]) -> FeeSchedule | None:
    return db.session.scalars(
        select(FeeSchedule)
        .where(as_known(FeeSchedule), *wanted)
        .order_by(FeeSchedule.first_day.desc(), FeeSchedule.id.desc())
        .limit(1)
    ).one_or_none()


def _usual(found: FeeSchedule | None) -> dict[str, Any]:
    known = {"income_account": FEE_INCOME}
    if found is None:
        return known | {"currency": this_site().home_currency, "tax_category": TaxCategory.OUTSIDE_SCOPE.value}
    return known | {
        "currency": found.currency,
        "tax_category": found.tax_category.value,
        "tax_rate": found.tax_basis_points or None,
    }


def likely_line(invoice_id: int) -> dict[str, Any]:
    """A further line of a draft, as its last one: the same days, tax and account of income."""
    last = db.session.scalars(
        select(InvoiceLine).where(InvoiceLine.invoice_id == invoice_id).order_by(InvoiceLine.position.desc()).limit(1)
    ).one()
    return {
        "first_day": last.first_day,
        "last_day": last.last_day if last.last_day != last.first_day else None,
        "tax_category": last.tax_category.value,
        "tax_rate": last.tax_basis_points or None,
        "tax_reason": last.tax_reason,
        "income_account": last.income_account,
    }
