"""What a merged payer was billed: the balance moves to the survivor, the paper keeps its addressee."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.billing.models import Invoice, InvoiceRecord
from app.billing.queries.accounts import accounts_of
from app.billing.queries.balances import balance_of
from app.core.database import db
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.members.commands import Merging, merge_records, undo_merger
from app.members.rules import TwinKind
from tests.billing.world import World, pounds

KEEPER, GONE = "Keeper", "MRC"


def frozen(invoice_id: int) -> tuple[str | None, str]:
    """The seal of an invoice, and to whom it is addressed."""
    asked = select(Invoice.content_sha256, InvoiceRecord.content).join(
        InvoiceRecord, InvoiceRecord.invoice_id == Invoice.id
    )
    row = db.session.execute(asked.where(Invoice.id == invoice_id)).one()
    return row.content_sha256, row.content["buyer"]["name"]


def test_the_balance_of_a_merged_payer_moves_and_its_invoices_keep_their_addressee(world: World):
    keeper = world.add("Keeper of Mice", KEEPER)
    world.issue()
    invoice = world.invoice_of(GONE)
    world.pay(GONE, "60000.00", date(2016, 5, 24), settles=())
    before, owed = frozen(invoice.id), balance_of(world.members[GONE], actor=world.office)
    with transaction():
        merger = merge_records(
            Merging(TwinKind.INSTITUTION, keeper, world.members[GONE], "One house"), actor=world.office
        )
    assert balance_of(keeper, actor=world.office) == owed
    assert owed[0].unallocated == pounds(60000)
    assert balance_of(world.members[GONE], actor=world.office) == []
    assert frozen(invoice.id) == before
    (account,) = accounts_of(keeper, date(2016, 5, 24), actor=world.office)
    assert account.rows[0].said == "Funder membership fee, to Medical Research Council"
    assert account.balance == owed[0].net
    assert before[1] == "Medical Research Council"
    assert [problem for finding in run_checks() for problem in finding.problems] == []
    db.session.rollback()
    with transaction():
        undo_merger(merger.id, actor=world.office)
    assert balance_of(world.members[GONE], actor=world.office) == owed
    assert balance_of(keeper, actor=world.office) == []
