"""A fee put right: issued invoices stay, drafts say that prices have changed and are made anew."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.billing.commands import (
    FeeTerms,
    correct_fee,
    discard_draft,
    issue_invoice,
    redraft,
    take_back_fee,
)
from app.billing.commands.runs import IssueValues
from app.billing.models import FeeRun, FeeSchedule, Invoice, InvoiceLine
from app.billing.queries.approvals import list_approvals
from app.billing.queries.charges import preview_run
from app.billing.queries.redrafting import changed_drafts
from app.billing.queries.schedules import list_schedules
from app.billing.rules import Act
from app.core import clock
from app.core.database import db
from app.core.errors import DomainError
from app.core.money import Money
from tests.billing.world import JUNE, MAY, YEAR, World, pounds
from tests.members.world import do, on

NEXT = MAY + timedelta(days=1)


def funder_fee() -> FeeSchedule:
    return db.session.scalars(select(FeeSchedule).where(FeeSchedule.superseded_at.is_(None))).one()


def terms(world: World, amount: str | Money, **more: object) -> FeeTerms:
    fee = amount if isinstance(amount, Money) else pounds(amount)
    usual = {"first_day": date(2012, 1, 1), "tax_reason": "no supply in return"}
    return FeeTerms("Funder membership fee", world.class_id("funder"), fee, **(usual | more))  # type: ignore[arg-type]


def correct(world: World, amount: str | Money, **more: object) -> FeeSchedule:
    return do(correct_fee, funder_fee().id, terms(world, amount, **more), reason="Typed wrongly", actor=world.office)  # type: ignore[no-any-return]


def amounts(run: FeeRun) -> list[int]:
    asked = select(InvoiceLine.net_minor).join(Invoice).where(Invoice.run_id == run.id)
    return list(db.session.scalars(asked.order_by(InvoiceLine.id)))


def test_a_fee_is_corrected_on_both_axes_of_time(world: World):
    before = clock.now()
    with on(NEXT):
        correct(world, "60000.00", last_day=date(2016, 12, 31))
        (now,) = list_schedules(actor=world.office)
        (then,) = list_schedules(known=before, actor=world.office)
    assert (now.amount, now.period.last, then.amount, then.period.last) == (
        pounds(60_000), date(2016, 12, 31), pounds(50_000), None,
    )  # fmt: skip


def test_a_correction_is_refused_where_it_would_meet_another_fee_and_says_why_it_is_made(world: World):
    world.adopt("funder", "60000.00", date(2017, 1, 1))
    first, second = db.session.scalars(select(FeeSchedule).order_by(FeeSchedule.first_day))
    with pytest.raises(DomainError, match="two fees of a class share no day"):
        do(correct_fee, first.id, terms(world, "50000.00"), reason="Open end", actor=world.office)
    with pytest.raises(DomainError, match="Say why"):
        do(correct_fee, second.id, terms(world, "1.00", first_day=date(2017, 1, 1)), reason=" ", actor=world.office)


def test_a_fee_is_adopted_up_to_the_day_before_the_one_that_follows_and_not_into_it(world: World):
    world.adopt("partner", "1200.00", date(2017, 1, 1))
    for first, last, field in (
        (date(2017, 1, 1), None, "first_day"),
        (date(2016, 1, 1), None, "last_day"),
        (date(2016, 1, 1), date(2017, 1, 1), "last_day"),
    ):
        with pytest.raises(DomainError, match="is in force from 1 January 2017") as refused:
            world.adopt("partner", "1000.00", first, last_day=last)
        assert refused.value.field == field
    assert world.adopt("partner", "1000.00", date(2016, 1, 1), last_day=date(2016, 12, 31)).id


def test_a_fee_taken_back_bills_nobody_and_is_still_known(world: World):
    fee = funder_fee()
    with on(NEXT):
        do(take_back_fee, fee.id, fee.class_id, reason="Meant for partners", actor=world.office)
        assert not preview_run(YEAR, actor=world.office).charges
        assert list_schedules(actor=world.office) == []
        with pytest.raises(DomainError, match="taken back already"):
            do(take_back_fee, fee.id, fee.class_id, reason="Again", actor=world.office)


def test_a_fee_edited_after_a_run_leaves_issued_invoices_alone_and_drafts_say_so(world: World):
    run = world.prepare()
    do(issue_invoice, world.invoice_of("MRC").id, IssueValues(MAY, JUNE), actor=world.office)
    assert changed_drafts(run.id, run.period) == ()
    with on(NEXT):
        correct(world, "60000.00")
        assert len(changed_drafts(run.id, run.period)) == 2
        do(redraft, run.id, actor=world.office)
    assert amounts(run) == [5_000_000, 6_000_000, 6_000_000]
    assert (run.planned, run.done) == (3, 1)
    with pytest.raises(DomainError, match="as it would be made now"):
        do(redraft, run.id, actor=world.office)


def test_a_fee_adopted_for_the_next_year_changes_no_draft_of_this_one(world: World):
    run = world.prepare()
    with on(NEXT):
        world.adopt("funder", "60000.00", date(2017, 1, 1))
        assert changed_drafts(run.id, run.period) == ()


@pytest.mark.parametrize("change", [{"tax_reason": "Article 13"}, {"income_account": "4900"}])
def test_drafts_say_so_too_where_only_the_reason_of_their_tax_or_their_account_has_changed(
    world: World, change: dict[str, str]
):
    run = world.prepare()
    with on(NEXT):
        correct(world, "50000.00", **change)
        assert len(changed_drafts(run.id, run.period)) == 3
        do(redraft, run.id, actor=world.office)
        assert changed_drafts(run.id, run.period) == ()
    (column, value), *_ = change.items()
    assert set(db.session.scalars(select(getattr(InvoiceLine, column)))) == {value}


def test_only_the_drafts_that_changed_are_made_anew(world: World):
    run = world.prepare()
    kept = {world.invoice_of("MRC").id, world.invoice_of("NIH").id}
    with on(NEXT):
        world.concede("Wellcome", "discount", basis_points=1000)
        do(redraft, run.id, actor=world.office)
    ids = set(db.session.scalars(select(Invoice.id)))
    assert kept < ids
    assert world.invoice_of("Wellcome").net_minor == 4_500_000


def test_the_share_of_another_payer_stays_in_its_draft_when_that_of_one_is_made_anew(world: World):
    world.let_pay("MRC", "Wellcome", "ICS")
    world.adopt("partner", "1000.00", date(2012, 1, 1))
    run = world.prepare()
    kept = world.invoice_of("Wellcome").id
    with on(NEXT):
        world.concede("ICS", "discount", basis_points=1000)
        do(redraft, run.id, actor=world.office)
    assert world.invoice_of("Wellcome").id == kept
    assert (world.invoice_of("Wellcome").net_minor, world.invoice_of("ICS").net_minor) == (7_500_000, 2_590_000)
    assert (run.planned, len(amounts(run))) == (3, 6)
    assert changed_drafts(run.id, run.period) == ()


def test_a_draft_whose_fee_is_waived_since_goes_without_another(world: World):
    run = world.prepare()
    with on(NEXT):
        world.concede("Wellcome", "waiver")
        do(redraft, run.id, actor=world.office)
    assert run.planned == 2


def test_a_draft_goes_to_who_pays_now(world: World):
    run = world.prepare()
    with on(NEXT):
        world.let_pay("Wellcome", "MRC", "NIH")
        do(redraft, run.id, actor=world.office)
    assert run.planned == 4
    assert sorted(amounts(run)) == [2_500_000, 2_500_000, 5_000_000, 5_000_000]
    assert changed_drafts(run.id, run.period) == ()


def test_a_fee_in_another_currency_makes_drafts_in_it(world: World):
    run = world.prepare()
    with on(NEXT):
        correct(world, Money.of("58000.00", "EUR"))
        do(redraft, run.id, actor=world.office)
    assert set(db.session.scalars(select(Invoice.currency))) == {"EUR"}
    assert run.planned == 3


def test_a_run_that_is_being_issued_makes_nothing_anew(world: World):
    run = world.issue()
    with pytest.raises(DomainError, match="issued, or about to be"):
        do(redraft, run.id, actor=world.office)


def test_drafts_made_anew_are_asked_about_anew(world: World):
    world.bill_by(second_above={Act.ISSUE.value: 0})
    run = world.prepare()
    with on(NEXT):
        correct(world, "60000.00")
        do(redraft, run.id, actor=world.office)
        assert [each.state.value for each in list_approvals(world.office)] == ["asked", "replaced"]
        for short in ("MRC", "NIH", "Wellcome"):
            do(discard_draft, world.invoice_of(short).id, actor=world.office)
        assert {each.state.value for each in list_approvals(world.office)} == {"replaced"}
