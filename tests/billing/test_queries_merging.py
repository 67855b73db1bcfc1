"""What a merged payer was billed: the balance moves to the survivor, the paper keeps its addressee."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from app.billing.commands import redraft, void_invoice
from app.billing.models import Invoice, InvoiceRecord
from app.billing.queries.accounts import accounts_of
from app.billing.queries.balances import balance_of
from app.billing.rules import InvoiceState, Scale, Tier
from app.core.database import db
from app.core.errors import DomainError
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.members.commands import Merging, merge_records, undo_merger
from app.members.rules import TwinKind
from tests.billing.world import MAY, World, pounds

KEEPER, GONE = "Keeper", "MRC"


def merge(world: World, survivor: str, merged: str) -> None:
    """Merge one institution into another."""
    merging = Merging(TwinKind.INSTITUTION, world.members[survivor], world.members[merged], "One house")
    with transaction():
        merge_records(merging, actor=world.office)


def billed(world: World, *payers: str) -> int:
    """What these payers are billed without tax."""
    asked = select(func.sum(Invoice.net_minor)).where(
        Invoice.payer_id.in_([world.members[each] for each in payers]), Invoice.state != InvoiceState.VOID
    )
    return int(db.session.scalars(asked).one())


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


@pytest.mark.parametrize("new", ["payment", "invoice"])
def test_what_the_survivor_pays_or_is_billed_forbids_to_undo_a_merger(world: World, new: str):
    world.issue()
    keeper = world.add("Keeper of Mice", KEEPER)
    with transaction():
        merger = merge_records(
            Merging(TwinKind.INSTITUTION, keeper, world.members[GONE], "One house"), actor=world.office
        )
    if new == "payment":
        world.pay(KEEPER, "100.00", MAY)
    else:
        world.join(KEEPER, "partner", date(2016, 1, 1))
        world.adopt("partner", "1000.00", date(2016, 1, 1))
        world.issue()
        assert world.invoice_of(KEEPER).net_minor == pounds(1000).minor
    before = balance_of(keeper, actor=world.office)
    told = "payments" if new == "payment" else "invoices to pay"
    with pytest.raises(DomainError, match=f"It can no longer be undone: .*{told}"), transaction():
        undo_merger(merger.id, actor=world.office)
    assert balance_of(keeper, actor=world.office) == before


def test_two_payers_of_a_fee_that_are_merged_are_billed_the_shares_of_both(world: World):
    world.add("First Payer", "First")
    world.add("Second Payer", "Second")
    world.let_pay("MRC", ("First", 1), ("Second", 1), ("Wellcome", 1))
    run = world.prepare()
    merge(world, "First", "Second")
    with transaction():
        redraft(run.id, actor=world.office)
    assert billed(world, "First") == 3_333_333
    assert billed(world, "First", "Wellcome") == 2 * pounds(50000).minor


def test_a_member_that_is_merged_into_its_payer_is_billed_its_fee_once(world: World):
    world.add("First Payer", "First")
    world.let_pay("MRC", ("First", 2), ("MRC", 1))
    merge(world, "First", "MRC")
    world.prepare()
    assert billed(world, "First") == pounds(50000).minor


def test_what_two_merged_payers_were_billed_is_never_billed_to_a_third(world: World):
    for short in ("First", "Second", "Third"):
        world.add(f"{short} Payer", short)
    world.let_pay("MRC", "First", "Second", "Third")
    world.issue()
    with transaction():
        void_invoice(world.invoice_of("Third").id, day=MAY, reason="Sent in error", actor=world.office)
    merge(world, "First", "Second")
    world.prepare()
    assert billed(world, "First", "Third") == pounds(50000).minor


def test_two_in_different_tiers_of_a_scale_are_not_merged(world: World):
    tiers = {Tier.LARGE: 300, Tier.MEDIUM: 200, Tier.SMALL: 100}
    world.add("Keeper of Mice", KEEPER)
    world.adopt("partner", "0.00", date(2012, 1, 1), scale=Scale.SIZE, tiers=tiers)
    world.tier("ICS", "small")
    world.tier(KEEPER, "large", last=date(2016, 6, 30))
    world.tier(KEEPER, "high")
    with pytest.raises(DomainError, match="Both are in a tier of one scale on the same days"):
        merge(world, KEEPER, "ICS")
