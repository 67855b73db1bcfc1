"""Drafts of a run that would not be made so now: a fee, a concession, who pays or the membership has changed since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from app.audit.remembering import remembered
from app.billing.models import Invoice, InvoiceLine
from app.billing.queries.charges import Charge, assess_year
from app.billing.queries.fee_year import Scope
from app.billing.rules import InvoiceState
from app.core.database import db
from app.core.periods import Period

Said = tuple[int, int, int, str, str, int, str | None, str, date]


@remembered
def changed_drafts(run_id: int, year: Period) -> tuple[int, ...]:
    """The drafts of a run, by id, that charge something else than what would be charged now."""
    now = {charge.key: _said_now(charge) for charge in charges_anew(run_id, year)}
    rows = db.session.execute(
        select(
            Invoice.id,
            InvoiceLine.charge_key,
            Invoice.payer_id,
            InvoiceLine.net_minor,
            InvoiceLine.relief_minor,
            Invoice.currency,
            InvoiceLine.tax_category,
            InvoiceLine.tax_basis_points,
            InvoiceLine.tax_reason,
            InvoiceLine.income_account,
            InvoiceLine.last_day,
        )
        .join(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
        .where(Invoice.run_id == run_id, Invoice.state == InvoiceState.DRAFT)
        .order_by(Invoice.id, InvoiceLine.position)
    )
    return tuple(dict.fromkeys(invoice_id for invoice_id, key, *said in rows if now.get(key or "") != tuple(said)))


def charges_anew(run_id: int, year: Period) -> Sequence[Charge]:
    """What would be charged now to those whom the drafts of a run bill, as if these drafts were not there."""
    return assess_year(year, Scope(drafts_of=run_id)).charges


def _said_now(charge: Charge) -> Said:
    return (
        charge.payer.id,
        charge.amount.minor,
        charge.relief.minor,
        charge.amount.currency,
        charge.terms.tax_category,
        charge.terms.tax_basis_points,
        charge.terms.tax_reason,
        charge.terms.income_account,
        charge.part.days.last or date.max,
    )
