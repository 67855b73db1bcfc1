"""Lists and records of billing take a constant number of statements."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from app.billing.queries.balances import ageing
from app.billing.queries.charges import preview_run
from app.billing.queries.invoices import InvoiceFilters, search_invoices
from app.billing.queries.ledger import JournalFilters, list_journal
from app.billing.queries.payments import PaymentFilters, search_payments
from app.core.actor import Actor
from app.core.tables import PageRequest
from tests.billing.world import YEAR, World
from tests.members.world import statements

READS: dict[str, Callable[[Actor], object]] = {
    "invoices": lambda actor: search_invoices(InvoiceFilters(), PageRequest(), actor=actor),
    "invoices on a day": lambda actor: search_invoices(
        InvoiceFilters(words="m"), PageRequest(), on=date(2016, 4, 30), actor=actor
    ),
    "payments": lambda actor: search_payments(PaymentFilters(), PageRequest(), actor=actor),
    "journal": lambda actor: list_journal(JournalFilters(), PageRequest(), actor=actor),
    "ageing": lambda actor: ageing(actor=actor),
    "preview": lambda actor: preview_run(YEAR, actor=actor),
}


@pytest.mark.parametrize("what", READS)
def test_lists_take_as_many_statements_for_one_row_as_for_twenty(world: World, what: str):
    world.issue(day=date(2016, 4, 1), due=date(2016, 5, 1))
    world.pay("MRC", "100.00", date(2016, 4, 2))
    with statements() as few:
        READS[what](world.office)
    for number in range(20):
        world.add(f"Fund {number}", f"F{number}")
        world.join(f"F{number}", "funder", date(2016, 1, 1))
    world.issue()
    for number in range(20):
        world.pay(f"F{number}", "10.00")
    with statements() as many:
        READS[what](world.office)
    assert len(few) == len(many)
