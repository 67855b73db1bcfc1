"""Drafts that lack a VAT number or a rate: nothing begins without it, and a run goes on without those that lack it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.billing.commands import IssueValues, discard_draft, issue_invoice, issue_run, issuing, start_issue
from app.billing.models import FeeRun, Invoice, InvoiceRecord
from app.billing.queries.held_back import count_held_back, find_held_back, list_held_back
from app.billing.rules import InvoiceState, RunState
from app.core.database import db
from app.core.errors import DomainError
from app.core.money import Money
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.outbox.models import Job
from tests.billing.world import JUNE, MAY, World

OWN_NUMBER = "980780684"
VALUES = IssueValues(MAY, JUNE)
LACKS = "Reverse charge needs the VAT number of {}; none is on record."
# By name they stand first, in the middle and last among the three funders at home.
ABROAD = {
    "AC": ("Atelier Cellulaire", "FR40303265045"),
    "NM": ("Munich Genetics", "DE136695976"),
    "ZI": ("Zoologisch Instituut", "NL004495445B01"),
}
NAMES = {short: name for short, (name, _) in ABROAD.items()}
DRAFTS = 6


@pytest.fixture
def run(world: World) -> FeeRun:
    """Drafts for three funders at home and three partners abroad, who pay by reverse charge and have their numbers."""
    world.register(OWN_NUMBER)
    world.charge_in_reverse("partner", ABROAD)
    prepared = world.prepare()
    assert prepared.planned == DRAFTS
    return prepared


def start(world: World, run: FeeRun) -> None:
    with transaction():
        start_issue(run.id, VALUES, actor=world.office)


def seen(run: FeeRun) -> FeeRun:
    db.session.expire_all()
    return db.session.get_one(FeeRun, run.id)


def numbers() -> list[str]:
    asked = select(Invoice.number).where(Invoice.number.is_not(None)).order_by(Invoice.number)
    return [str(number) for number in db.session.scalars(asked)]


def first_numbers(count: int) -> list[str]:
    return [f"INV-2016-{number:04d}" for number in range(1, count + 1)]


def problems() -> list[str]:
    return [line for finding in run_checks() for line in finding.problems]


def test_reverse_charge_is_issued_with_both_numbers_and_no_tax(world: World, run: FeeRun):
    start(world, run)
    issue_run({"run_id": run.id})
    assert (seen(run).state, seen(run).done) == (RunState.ISSUED, DRAFTS)
    frozen = db.session.get_one(InvoiceRecord, world.invoice_of("NM").id).content
    assert frozen["seller"]["vat_line"].endswith(OWN_NUMBER)
    assert frozen["buyer"]["vat_line"] == "VAT DE136695976"
    assert frozen["tax"] == 0


def test_issue_does_not_begin_while_a_payer_lacks_its_number_and_the_refusal_names_all_of_them(
    world: World, run: FeeRun
):
    world.set_number("NM", None)
    world.set_number("ZI", None)
    with pytest.raises(DomainError) as refused:
        start(world, run)
    lacking = [LACKS.format(NAMES[short]) for short in ("NM", "ZI")]
    told = f"2 drafts of this run cannot be issued. {' '.join(lacking)} Enter what is missing, or discard them."
    assert refused.value.message == told
    assert (seen(run).state, seen(run).issue_day, numbers()) == (RunState.DRAFT, None, [])
    assert db.session.scalar(select(func.count()).select_from(Job)) == 0


def test_a_refusal_names_a_few_payers_and_says_that_there_are_more(
    world: World, run: FeeRun, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("app.billing.commands.runs.MOST_NAMED", 2)
    for short in ABROAD:
        world.set_number(short, None)
    with pytest.raises(DomainError, match=r"3 drafts.*Others wait likewise"):
        start(world, run)


def test_issue_does_not_begin_while_the_consortium_lacks_its_own_number(world: World, run: FeeRun):
    world.register(None)
    with pytest.raises(DomainError, match=r"3 drafts.*the consortium's own VAT number") as refused:
        start(world, run)
    assert refused.value.message.count("Reverse charge") == 1
    assert count_held_back(run.id, MAY) == 3


def test_a_single_draft_is_not_issued_without_the_number_of_its_payer(world: World, run: FeeRun):
    world.set_number("NM", None)
    draft = world.invoice_of("NM")
    with pytest.raises(DomainError, match="VAT number of Munich Genetics"), transaction():
        issue_invoice(draft.id, VALUES, actor=world.office)
    assert (world.invoice_of("NM").state, numbers()) == (InvoiceState.DRAFT, [])
    assert find_held_back(draft.id, MAY) is not None
    assert find_held_back(world.invoice_of("AC").id, MAY) is None


@pytest.mark.parametrize("block", [1, 2, 3, 1000])
@pytest.mark.parametrize("lost", [("AC",), ("NM",), ("ZI",), ("AC", "ZI"), tuple(ABROAD)])
def test_a_run_goes_on_without_the_drafts_whose_numbers_are_lost_while_it_is_issued(
    world: World, run: FeeRun, monkeypatch: pytest.MonkeyPatch, lost: tuple[str, ...], block: int
):
    monkeypatch.setattr(issuing, "BLOCK", block)
    start(world, run)
    for short in lost:
        world.set_number(short, None)
    issue_run({"run_id": run.id})
    issued = DRAFTS - len(lost)
    assert (seen(run).state, seen(run).done, seen(run).planned) == (RunState.DRAFT, issued, DRAFTS)
    assert numbers() == first_numbers(issued)
    left = list_held_back(run.id, MAY)
    assert [(each.payer, each.why) for each in left] == [(NAMES[short], LACKS.format(NAMES[short])) for short in lost]
    asked = select(AuditEntry.summary, AuditEntry.reason).where(AuditEntry.action == "billing.leave_behind")
    ((summary, reason),) = db.session.execute(asked).all()
    assert f"left behind, {issued} invoices issued" in summary
    assert reason == " ".join(each.why for each in left)
    assert problems() == []


def test_a_run_of_which_nothing_can_be_issued_waits_as_if_it_had_not_begun(world: World, run: FeeRun):
    for short in ("MRC", "NIH", "Wellcome"):
        with transaction():
            discard_draft(world.invoice_of(short).id, actor=world.office)
    start(world, run)
    world.register(None)
    issue_run({"run_id": run.id})
    assert (seen(run).state, seen(run).done, seen(run).issue_day) == (RunState.DRAFT, 0, None)
    assert numbers() == []


def left_behind(world: World, run: FeeRun) -> None:
    """Issue the run, of which one payer loses its number in the middle."""
    start(world, run)
    world.set_number("NM", None)
    issue_run({"run_id": run.id})


def test_what_was_left_behind_is_issued_later_once_the_number_is_there(world: World, run: FeeRun):
    left_behind(world, run)
    with pytest.raises(DomainError, match="1 draft of this run cannot be issued"):
        start(world, run)
    world.set_number("NM", ABROAD["NM"][1])
    start(world, run)
    issue_run({"run_id": run.id})
    assert (seen(run).state, seen(run).done) == (RunState.ISSUED, DRAFTS)
    assert world.invoice_of("NM").number == first_numbers(DRAFTS)[-1]
    assert problems() == []


def test_what_was_left_behind_is_discarded_and_the_run_is_done(world: World, run: FeeRun):
    left_behind(world, run)
    with transaction():
        discard_draft(world.invoice_of("NM").id, actor=world.office)
    assert (seen(run).state, seen(run).done, seen(run).planned) == (RunState.ISSUED, DRAFTS - 1, DRAFTS - 1)
    assert problems() == []


def test_what_was_left_behind_does_not_keep_a_job_from_running_again(world: World, run: FeeRun):
    left_behind(world, run)
    issue_run({"run_id": run.id})
    assert numbers() == first_numbers(DRAFTS - 1)


def test_a_run_with_a_foreign_draft_begins_when_its_rate_is_entered(world: World):
    world.adopt("partner", Money.of("100.00", "USD"), date(2012, 1, 1))
    run = world.prepare()
    with pytest.raises(DomainError, match=r"^2 drafts of this run cannot be issued\. No rate of exchange of USD"):
        start(world, run)
    assert {each.gross.currency for each in list_held_back(run.id, MAY)} == {"USD"}
    world.rate("USD", "0.70", MAY)
    assert list_held_back(run.id, MAY) == []
    start(world, run)
