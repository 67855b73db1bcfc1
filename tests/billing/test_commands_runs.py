"""Fee runs: who is billed, once, and how a run becomes invoices."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest
from sqlalchemy import delete, func, select

from app.accounts.models import ConsortiumProfile
from app.billing.commands import IssueValues, discard_draft, issue_invoice, issue_run, issuing, start_issue
from app.billing.commands.bookings import Booking, book
from app.billing.models import FeeRun, Invoice, InvoiceLine, InvoiceRecord, LedgerEntry, Posting
from app.billing.queries.charges import preview_run
from app.billing.queries.runs import get_run, propose_issue
from app.billing.rules import InvoiceState, Proration, RunState, content_hash
from app.core.database import db
from app.core.errors import DomainError
from app.core.periods import Period
from app.core.transaction import transaction
from tests.billing.world import JUNE, MAY, YEAR, World, pounds
from tests.trailed import beside_the_trail


def numbers() -> list[str | None]:
    return list(db.session.scalars(select(Invoice.number).order_by(Invoice.id)))


def test_billed_and_not_billed_together_are_all_members_of_the_year(world: World):
    preview = preview_run(YEAR, actor=world.office)
    assert preview.billed_members == 3
    assert preview.members == 4
    assert [row.name for row in preview.not_billed] == ["Institut Clinique de la Souris"]
    assert preview.not_billed[0].why == "Class Partner has no fee schedule in this fee year"


def test_one_payer_in_two_roles_pays_once(world: World):
    world.issue()
    of_nih = select(func.count()).where(Invoice.payer_id == world.members["NIH"])
    assert db.session.scalar(of_nih) == 1
    assert (
        "once for all roles"
        in db.session.scalars(
            select(InvoiceLine.why).join(Invoice).where(Invoice.payer_id == world.members["NIH"])
        ).one()
    )


def test_a_payer_that_was_billed_for_another_role_is_not_said_to_pay_once(world: World):
    world.issue()
    world.adopt("partner", "1000.00", date(2012, 1, 1))
    charges = {charge.member.short_name: charge.why for charge in preview_run(YEAR, actor=world.office).charges}
    assert charges == {"ICS": "full year", "NIH": "full year"}


def test_a_run_prepared_again_bills_nobody_twice_and_adds_a_late_joiner_alone(world: World):
    world.issue()
    with pytest.raises(DomainError, match="Nobody is left"):
        world.prepare()
    world.add("Genome Canada", "GC", "CA")
    world.join("GC", "funder", date(2016, 7, 1))
    run = world.prepare()
    assert run.planned == 1
    assert world.invoice_of("GC").net_minor == 2_513_661  # 50,000.00 × 184 ÷ 366 = 25,136.612


def test_an_overlapping_fee_year_bills_nobody_twice(world: World):
    world.issue()
    with pytest.raises(DomainError, match="Nobody is left"):
        world.prepare(Period(date(2016, 7, 1), date(2017, 6, 30)))


def test_a_class_without_a_fee_one_without_a_schedule_and_one_whose_schedule_is_of_other_days_differ(world: World):
    world.add("Observatory", "OBS")
    world.join("OBS", "observer", date(2011, 7, 1))
    world.add("Early Bird", "EB")
    world.join("EB", "funder", date(2011, 7, 1), date(2011, 12, 31))
    preview = preview_run(Period(date(2011, 7, 1), date(2012, 6, 30)), actor=world.office)
    assert {row.short_name: (row.why, row.rule, row.lacks_schedule) for row in preview.not_billed} == {
        "OBS": ("Class Observer carries no fee", "settings of the class", False),
        "ICS": ("Class Partner has no fee schedule in this fee year", "the fee schedule in force is charged", True),
        "EB": (
            "Class Funder has no fee schedule on its days as a member",
            "the fee schedule in force is charged",
            True,
        ),
    }


def test_a_missing_schedule_is_said_before_a_class_that_pays_nothing(world: World):
    world.free("funder")
    preview = preview_run(YEAR, actor=world.office)
    assert {row.short_name: row.why for row in preview.not_billed} == {
        "ICS": "Class Partner has no fee schedule in this fee year",
        "MRC": "Class Funder carries no fee",
        "NIH": "Class Partner has no fee schedule in this fee year",
        "Wellcome": "Class Funder carries no fee",
    }


def test_a_zero_fee_makes_no_invoice_and_is_visible(world: World):
    world.adopt("partner", "0.00", date(2016, 1, 1))
    preview = preview_run(YEAR, actor=world.office)
    assert {row.name: row.why for row in preview.not_billed} == {"Institut Clinique de la Souris": "The fee is zero"}


def test_a_fee_adopted_after_a_run_leaves_issued_invoices_alone(world: World):
    world.issue()
    before = world.invoice_of("MRC").content_sha256
    world.adopt("funder", "60000.00", date(2016, 7, 1))
    assert world.invoice_of("MRC").content_sha256 == before
    with pytest.raises(DomainError, match="Nobody is left"):
        world.prepare()


def test_a_change_of_fee_within_the_year_is_two_dated_lines_that_add_up(world: World):
    world.adopt("funder", "60000.00", date(2016, 7, 1))
    world.prepare()
    lines = db.session.scalars(
        select(InvoiceLine).where(InvoiceLine.invoice_id == world.invoice_of("MRC").id).order_by(InvoiceLine.position)
    ).all()
    assert [(line.first_day, line.last_day) for line in lines] == [
        (date(2016, 1, 1), date(2016, 6, 30)),
        (date(2016, 7, 1), date(2016, 12, 31)),
    ]
    assert [line.net_minor for line in lines] == [2_486_339, 3_016_393]


def test_numbers_are_given_at_issue_without_a_hole(world: World):
    world.prepare()
    assert numbers() == [None, None, None]
    with transaction():
        discard_draft(world.invoice_of("NIH").id, actor=world.office)
    run = db.session.scalars(select(FeeRun)).one()
    with transaction():
        start_issue(run.id, IssueValues(MAY, JUNE), actor=world.office)
    issue_run({"run_id": run.id})
    assert numbers() == ["INV-2016-0001", "INV-2016-0002"]
    assert run.state is RunState.ISSUED


def test_issuing_posts_receivable_and_income_on_the_issue_day(world: World):
    world.issue(day=date(2016, 5, 20))
    entries = db.session.scalars(select(LedgerEntry)).all()
    assert {entry.day for entry in entries} == {date(2016, 5, 20)}
    summed = select(Posting.account_code, func.sum(Posting.amount_minor)).group_by(Posting.account_code)
    sums = sorted((account, int(amount)) for account, amount in db.session.execute(summed))
    assert sums == [("1100", 15_000_000), ("4000", -15_000_000)]


def test_an_issued_invoice_is_frozen_with_its_hash(world: World):
    world.issue()
    invoice = world.invoice_of("Wellcome")
    assert invoice.state is InvoiceState.ISSUED
    frozen = db.session.get_one(InvoiceRecord, invoice.id).content
    assert invoice.content_sha256 == content_hash(frozen)
    assert frozen["buyer"]["attention"] == "Ms Nadia Okonjo-Wellcome"
    assert frozen["gross"] == invoice.gross_minor == invoice.open_minor == 5_000_000


def test_dates_never_run_backwards_in_the_series(world: World):
    world.issue(day=MAY)
    world.add("Genome Canada", "GC", "CA")
    world.join("GC", "funder", date(2016, 7, 1))
    run = world.prepare()
    with pytest.raises(DomainError, match="never run backwards") as refused, transaction():
        start_issue(run.id, IssueValues(date(2016, 5, 23), JUNE), actor=world.office)
    assert refused.value.field == "issue_day"


def test_while_a_run_is_issued_nothing_is_dated_after_it_since_its_later_numbers_follow(world: World):
    run = world.prepare()
    world.adopt("partner", "1000.00", date(2012, 1, 1))
    other = world.prepare()
    alone = world.invoice_of("ICS").id
    with transaction():
        start_issue(run.id, IssueValues(date(2016, 5, 23), JUNE), actor=world.office)
    later = IssueValues(MAY, JUNE)
    for act in (partial(issue_invoice, alone), partial(start_issue, other.id)):
        with pytest.raises(DomainError, match="issued with an earlier date") as refused, transaction():
            act(later, actor=world.office)
        assert refused.value.field == "issue_day"
    issue_run({"run_id": run.id})
    with transaction():
        assert issue_invoice(alone, later, actor=world.office).issue_day == MAY


def test_an_invoice_is_not_dated_after_today_nor_due_before_its_date(world: World):
    run = world.prepare()
    with pytest.raises(DomainError, match="not dated after"), transaction():
        start_issue(run.id, IssueValues(date(2016, 5, 25), JUNE), actor=world.office)
    with pytest.raises(DomainError, match="not due before"), transaction():
        start_issue(run.id, IssueValues(MAY, date(2016, 5, 23)), actor=world.office)


def test_issuing_resumes_after_a_failure_in_the_second_block(world: World, monkeypatch: pytest.MonkeyPatch):
    run = world.prepare()
    monkeypatch.setattr(issuing, "BLOCK", 1)
    with transaction():
        start_issue(run.id, IssueValues(MAY, JUNE), actor=world.office)
    calls: list[object] = []

    def failing(entries: list[Booking]) -> None:
        calls.append(entries)
        if len(calls) == 2:
            raise OSError("the disk is full")
        book(entries)

    monkeypatch.setattr(issuing, "book", failing)
    with pytest.raises(OSError, match="full"):
        issue_run({"run_id": run.id})
    db.session.expire_all()
    assert db.session.get_one(FeeRun, run.id).done == 1
    issue_run({"run_id": run.id})
    issue_run({"run_id": run.id})
    db.session.expire_all()
    assert numbers() == ["INV-2016-0001", "INV-2016-0002", "INV-2016-0003"]
    assert db.session.scalar(select(func.count()).select_from(LedgerEntry)) == 3
    assert db.session.get_one(FeeRun, run.id).state is RunState.ISSUED


def test_a_single_draft_is_issued_by_the_same_code(world: World):
    world.prepare()
    with transaction():
        invoice = issue_invoice(world.invoice_of("MRC").id, IssueValues(MAY, JUNE), actor=world.office)
    assert invoice.number == "INV-2016-0001"
    run = db.session.scalars(select(FeeRun)).one()
    assert (run.state, run.done, run.planned) == (RunState.DRAFT, 1, 3)
    with pytest.raises(DomainError, match="issued already"), transaction():
        issue_invoice(invoice.id, IssueValues(MAY, JUNE), actor=world.office)


def test_an_issued_invoice_cannot_be_discarded(world: World):
    world.issue()
    with pytest.raises(DomainError, match="what is issued stays"), transaction():
        discard_draft(world.invoice_of("MRC").id, actor=world.office)


def test_a_run_is_issued_once(world: World):
    run = world.issue()
    with pytest.raises(DomainError, match="issued already"), transaction():
        start_issue(run.id, IssueValues(MAY, JUNE), actor=world.office)


def test_a_run_is_not_dated_after_one_that_is_being_issued(world: World):
    first = world.prepare()
    with transaction():
        start_issue(first.id, IssueValues(date(2016, 5, 23), JUNE), actor=world.office)
    world.add("Genome Canada", "GC", "CA")
    world.join("GC", "funder", date(2016, 7, 1))
    second = world.prepare()
    with pytest.raises(DomainError, match="being issued with an earlier date") as refused, transaction():
        start_issue(second.id, IssueValues(MAY, JUNE), actor=world.office)
    assert refused.value.field == "issue_day"
    issue_run({"run_id": first.id})
    assert db.session.get_one(FeeRun, first.id).state is RunState.ISSUED


def test_what_is_to_be_issued_is_the_sum_of_the_drafts_alone(world: World):
    run = world.prepare()
    with transaction():
        issue_invoice(world.invoice_of("MRC").id, IssueValues(MAY, JUNE), actor=world.office)
    proposal = propose_issue(get_run(run.id, world.office))
    assert proposal.totals == (pounds(100_000),)


def test_an_institution_that_leaves_and_joins_again_pays_each_month_once(world: World):
    world.adopt("partner", "1200.00", date(2016, 1, 1), proration=Proration.BY_MONTH)
    world.add("Genome Canada", "GC", "CA")
    world.join("GC", "partner", date(2016, 1, 1), date(2016, 3, 15))
    world.join("GC", "partner", date(2016, 3, 20))
    world.prepare()
    assert world.invoice_of("GC").net_minor == 120_000


def test_a_whole_fee_is_charged_once_a_year_however_often_an_institution_joins(world: World):
    world.adopt("partner", "1200.00", date(2016, 1, 1), proration=Proration.NONE)
    world.add("Genome Canada", "GC", "CA")
    world.join("GC", "partner", date(2016, 1, 1), date(2016, 3, 15))
    world.prepare()
    world.join("GC", "partner", date(2016, 4, 1))
    preview = preview_run(YEAR, actor=world.office)
    assert not [charge for charge in preview.charges if charge.member.short_name == "GC"]
    assert [row.why for row in preview.not_billed if row.short_name == "GC"]
    assert preview.members == 5


def test_no_draft_is_made_before_the_consortium_has_said_who_it_is(world: World):
    with beside_the_trail():
        db.session.execute(delete(ConsortiumProfile))
    with pytest.raises(DomainError, match="adopt a profile"):
        world.prepare()
    db.session.rollback()
    assert numbers() == []


def test_invoices_are_not_dated_back_by_more_than_a_year(world: World):
    run = world.prepare()
    with pytest.raises(DomainError, match="not dated more than a year before it is issued"):
        start_issue(run.id, IssueValues(date(2015, 5, 1), JUNE), actor=world.office)
    assert run.state is RunState.DRAFT
