"""The creditor reference printed on an invoice comes back from the bank in any format and spelling, and books."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from app.billing.commands.bank import read_table_file
from app.billing.documents import thaw
from app.billing.models import Allocation, InvoiceRecord
from app.billing.queries.bank import get_bank_file
from app.core.database import db
from app.core.transaction import transaction
from tests.billing.bank_world import FEE, adopt, bring, payments, problems
from tests.billing.statement_files import Line, camt, mt940
from tests.billing.world import World

SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is printed": str,
    "without spaces in lower case": lambda printed: printed.replace(" ", "").lower(),
    "within a sentence": lambda printed: f"Fee of the year, ref. {printed.lower()}, thank you",
}
FORMATS: dict[str, Callable[[str], bytes]] = {
    "CAMT, structured": lambda told: camt(Line(FEE, creditor_reference=told)),
    "CAMT, free text": lambda told: camt(Line(FEE, told)),
    "MT940, free text": lambda told: mt940(Line(FEE, told)).encode(),
    "MT940, broken within": lambda told: mt940(Line(FEE, re.sub("(?i)(v2)", r"\1\n", told))).encode(),
    "MT940, /REMI/": lambda told: mt940(Line(FEE, f"/EREF/12/NAME/WELLCOME/REMI/USTD//{told}")).encode(),
    "MT940, structured": lambda told: mt940(Line(FEE, f"/NAME/WELLCOME/REMI/STRD/CUR/{told}/")).encode(),
    "MT940, German fields": lambda told: mt940(Line(FEE, f"166?00GUTSCHRIFT?20{told[:8]}?21{told[8:]}")).encode(),
    "CSV": lambda told: f"Booking date;Text;Amount\n24/05/2016;{told};50,000.00\n".encode(),
}


@pytest.fixture
def banked(world: World) -> World:
    """The consortium with its bank account, and the invoices of 2016."""
    adopt(world)
    world.issue(day=date(2016, 4, 1), due=date(2016, 5, 1))
    return world


@pytest.mark.parametrize("file", FORMATS)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_reference_on_the_paper_books_its_line_from_every_format_in_every_spelling(
    banked: World, file: str, spelling: str
):
    invoice = banked.invoice_of("Wellcome")
    printed = thaw(db.session.get_one(InvoiceRecord, invoice.id).content).payment_reference
    assert printed[4:] == " INV2 0160 003"
    imported = bring(banked, FORMATS[file](SPELLINGS[spelling](printed)))
    if imported.waiting_id is not None:
        waiting = get_bank_file(imported.waiting_id, banked.office)
        with transaction():
            imported = read_table_file(waiting.id, waiting.accounts[0].id, waiting.head.guess, actor=banked.office)
    assert (imported.added, imported.booked) == (1, 1)
    assert [payment.payer_id for payment in payments()] == [banked.members["Wellcome"]]
    assert db.session.scalars(select(Allocation.invoice_id)).all() == [invoice.id]
    assert problems() == []
