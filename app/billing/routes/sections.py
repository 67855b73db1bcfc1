"""What billing adds to the record of an institution: its invoices, and what it owes on the day looked at."""

from __future__ import annotations

from app.billing.queries.balances import balance_of
from app.billing.queries.invoices import InvoiceFilters, InvoiceRow, search_invoices
from app.billing.routes.invoices import INVOICE_COLUMNS
from app.core.permissions import Permission
from app.core.tables import Column, PageRequest, Table
from app.members.routes import Section, register_section
from app.web.access import the_actor
from app.web.addresses import url
from app.web.on_date import current_on
from app.web.wording import count, money

LATEST = PageRequest(size=6, sort="number", descending=True)
COLUMNS: tuple[Column[InvoiceRow], ...] = tuple(column for column in INVOICE_COLUMNS if column.key != "payer")


@register_section
def money_section(institution_id: int) -> Section | None:
    """The newest invoices of an institution and its balance; nothing for those who may not see them."""
    actor = the_actor()
    if not actor.may(Permission.INVOICE_READ, institution_id=institution_id):
        return None
    wanted = InvoiceFilters(payer_id=institution_id)
    page = search_invoices(wanted, LATEST, on=current_on(), actor=actor)
    if not page.total:
        return None
    balances = balance_of(institution_id, current_on(), actor=actor)
    parts = [f"{money(each.owed)} owed" for each in balances if each.owed]
    parts += [f"{money(each.unallocated)} unallocated" for each in balances if each.unallocated]
    link = (f"All {count(page.total)} invoices", url("billing.invoices", payer=institution_id))
    return Section("Money", Table("Money", COLUMNS, page.rows), link, ", ".join(parts) or "nothing owed")
