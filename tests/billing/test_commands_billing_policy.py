"""The policy of billing: fee years that begin on any day, and second persons who approve what others prepared."""

from __future__ import annotations

from datetime import date

import pytest

from app.accounts.models import User
from app.audit.rules import Subject
from app.billing.commands import (
    IssueValues,
    add_charge,
    adopt_billing,
    approve,
    ask_approval,
    decline,
    discard_draft,
    draft_charge,
    issue_invoice,
    start_issue,
)
from app.billing.commands.charging import ChargeLine
from app.billing.models import FeeRun
from app.billing.queries.approvals import find_approval, propose_run
from app.billing.queries.charges import preview_run
from app.billing.queries.fee_years import fee_year_of, fee_year_on, fee_years_of, number_year
from app.billing.rules import Act, BillingTerms, Proration, YearStart, whole_year
from app.billing.rules import fee_year_on as year_by
from app.core.actor import Actor, Granted
from app.core.errors import AccessDeniedError, DomainError, StaleError
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from tests.billing.world import JUNE, MAY, World, pounds
from tests.members.world import do
from tests.signin import make_user

JULY_YEAR = Period(date(2015, 7, 1), date(2016, 6, 30))
ALWAYS = {Act.ISSUE.value: 0}


def finance(name: str, role: Role = Role.FINANCE) -> Actor:
    """A member of the finance committee, or of another role, who is a user."""
    with transaction():
        user: User = make_user(role, name=name)
    return Actor(name, user.id, (Granted(role),))


@pytest.fixture
def odile(world: World) -> Actor:
    """Somebody of the finance committee who prepares."""
    assert world.members
    return finance("Odile Fennimore")


@pytest.fixture
def ines(world: World) -> Actor:
    """Somebody else of it."""
    assert world.members
    return finance("Ines Quillfeather")


def run_by(world: World, actor: Actor, above: int = 0) -> FeeRun:
    """A run that somebody prepared while its issue needs a second person."""
    world.bill_by(second_above={Act.ISSUE.value: above})
    world.office = actor
    return world.prepare()


def test_fee_years_are_calendar_years_until_a_policy_says_otherwise():
    assert year_by(date(2016, 5, 24), []) == Period(date(2016, 1, 1), date(2016, 12, 31))


def test_a_change_of_the_first_day_ends_the_fee_year_before_it_early():
    starts = [YearStart(date(2016, 1, 1)), YearStart(date(2017, 7, 1), 7, 1)]
    assert year_by(date(2017, 3, 1), starts) == Period(date(2017, 1, 1), date(2017, 6, 30))
    assert year_by(date(2017, 7, 1), starts) == Period(date(2017, 7, 1), date(2018, 6, 30))
    assert year_by(date(2016, 3, 1), starts) == Period(date(2016, 1, 1), date(2016, 12, 31))
    assert whole_year(Period(date(2017, 1, 1), date(2017, 6, 30))).days == 365


def test_runs_proration_numbers_and_reports_follow_the_fee_year(world: World):
    world.bill_by(year_month=7)
    assert fee_year_on(MAY) == JULY_YEAR == fee_year_of(2015)
    world.add("Genome Canada", "GC", "CA")
    world.join("GC", "funder", date(2016, 1, 1))
    world.issue(JULY_YEAR)
    assert world.invoice_of("GC").net_minor == 2_486_339  # 50,000.00 × 182 ÷ 366 = 24,863.388
    assert world.invoice_of("GC").number == "INV-2015-0001"
    assert number_year(date(2016, 7, 1)) == 2016


def test_a_short_fee_year_takes_its_part_of_the_fee(world: World):
    world.bill_by()
    world.bill_by(date(2017, 7, 1), year_month=7)
    short, following = fee_years_of(2017)
    assert (short, following.first) == (Period(date(2017, 1, 1), date(2017, 6, 30)), date(2017, 7, 1))
    charges = preview_run(short, actor=world.office).charges
    assert {charge.amount for charge in charges} == {pounds("24794.52")}  # 50,000.00 × 181 ÷ 365
    world.adopt("partner", "1200.00", date(2016, 1, 1), proration=Proration.BY_MONTH)
    ics = next(each for each in preview_run(short, actor=world.office).charges if each.member.short_name == "ICS")
    assert (ics.amount, ics.fraction) == (pounds(600), "6/12")


def test_a_change_of_the_fee_year_holds_from_such_a_day_on_and_never_from_the_past(world: World):
    world.bill_by()
    with pytest.raises(DomainError, match="begin on 1 July: let that hold from such a day on") as refused:
        world.bill_by(date(2017, 5, 1), year_month=7)
    assert refused.value.field == "first_day"
    with pytest.raises(DomainError, match="What was in force stays"):
        world.bill_by(date(2016, 5, 23))
    with pytest.raises(DomainError, match="every year has"):
        world.bill_by(date(2017, 2, 28), year_month=2, year_day=29)


def test_of_two_policies_adopted_at_once_the_later_form_is_told(world: World):
    world.bill_by()

    with pytest.raises(StaleError):
        do(adopt_billing, MAY, BillingTerms(), version=0, actor=world.office)


def test_where_it_is_switched_on_a_run_is_issued_only_when_another_person_approved_it(
    world: World, odile: Actor, ines: Actor
):
    run = run_by(world, odile)
    with pytest.raises(DomainError, match="Odile Fennimore has asked; nobody has decided yet"):
        do(start_issue, run.id, IssueValues(MAY, JUNE), actor=odile)
    asked = find_approval(propose_run(run.id))
    assert asked
    with pytest.raises(DomainError, match="Nobody approves what they have prepared"):
        do(approve, asked.id, actor=odile)
    do(approve, asked.id, actor=ines)
    assert do(start_issue, run.id, IssueValues(MAY, JUNE), actor=odile).state == "issuing"


def test_a_single_draft_of_a_run_does_not_go_round_its_second_person(world: World, odile: Actor):
    run_by(world, odile)
    with pytest.raises(DomainError, match="needs a second person"):
        do(issue_invoice, world.invoice_of("MRC").id, IssueValues(MAY, JUNE), actor=odile)


def test_an_approval_holds_only_for_what_was_asked(world: World, odile: Actor, ines: Actor):
    run = run_by(world, odile)
    asked = find_approval(propose_run(run.id))
    assert asked
    do(approve, asked.id, actor=ines)
    do(discard_draft, world.invoice_of("MRC").id, actor=odile)
    with pytest.raises(DomainError, match="What was asked is not what stands here now"):
        do(start_issue, run.id, IssueValues(MAY, JUNE), actor=odile)
    again = do(ask_approval, Act.ISSUE, Subject("fee_run", run.id), actor=ines)
    for who in (odile, ines):
        with pytest.raises(DomainError, match="Nobody approves"):
            do(approve, again.id, actor=who)
    do(approve, again.id, actor=finance("Third Person"))
    do(start_issue, run.id, IssueValues(MAY, JUNE), actor=odile)


def test_who_declines_says_why_and_it_is_asked_again(world: World, odile: Actor, ines: Actor):
    run = run_by(world, odile)
    asked = find_approval(propose_run(run.id))
    assert asked
    with pytest.raises(DomainError, match="Say why"):
        do(decline, asked.id, reason=" ", actor=ines)
    do(decline, asked.id, reason="NIH is to be waived", actor=ines)
    with pytest.raises(DomainError, match="Ines Quillfeather has declined: NIH is to be waived"):
        do(start_issue, run.id, IssueValues(MAY, JUNE), actor=odile)
    with pytest.raises(DomainError, match="decided already"):
        do(approve, asked.id, actor=ines)
    do(ask_approval, Act.ISSUE, Subject("fee_run", run.id), actor=odile)
    with pytest.raises(DomainError, match="asked already"):
        do(ask_approval, Act.ISSUE, Subject("fee_run", run.id), actor=odile)


def test_only_what_is_above_the_amount_needs_a_second_person(world: World, odile: Actor):
    run = run_by(world, odile, above=15_000_000)
    assert find_approval(propose_run(run.id)) is None
    do(start_issue, run.id, IssueValues(MAY, JUNE), actor=odile)


def test_a_charge_by_hand_needs_a_second_person_like_a_run(world: World, odile: Actor, ines: Actor):
    world.bill_by(second_above=ALWAYS)
    line = ChargeLine("Workshop in Łódź", pounds(100), MAY, tax_reason="no supply")
    draft = do(draft_charge, world.members["MRC"], [line], reason="Agreed", actor=odile)
    with pytest.raises(DomainError, match=r"needs a second person\. Ask for approval"):
        do(issue_invoice, draft.id, IssueValues(MAY, JUNE), actor=odile)
    asked = do(ask_approval, Act.ISSUE, Subject("invoice", draft.id), actor=odile)
    do(approve, asked.id, actor=ines)
    do(issue_invoice, draft.id, IssueValues(MAY, JUNE), actor=odile)


def test_nobody_says_yes_to_what_has_grown_since_it_was_asked(world: World, odile: Actor, ines: Actor):
    world.bill_by(second_above=ALWAYS)
    line = ChargeLine("Workshop in Łódź", pounds(100), MAY, tax_reason="no supply")
    draft = do(draft_charge, world.members["MRC"], [line], reason="Agreed", actor=odile)
    asked = do(ask_approval, Act.ISSUE, Subject("invoice", draft.id), actor=odile)
    do(add_charge, draft.id, line, reason="One more", actor=odile)
    with pytest.raises(DomainError, match="It does not stand any more as it was asked about"):
        do(approve, asked.id, actor=ines)
    again = do(ask_approval, Act.ISSUE, Subject("invoice", draft.id), actor=odile)
    do(approve, again.id, actor=ines)
    assert do(issue_invoice, draft.id, IssueValues(MAY, JUNE), actor=odile).gross == pounds(200)


def test_who_drafted_a_charge_does_not_approve_it_though_somebody_else_asked(world: World, odile: Actor, ines: Actor):
    world.bill_by(second_above=ALWAYS)
    line = ChargeLine("Workshop in Łódź", pounds(100), MAY, tax_reason="no supply")
    draft = do(draft_charge, world.members["MRC"], [line], reason="Agreed", actor=odile)
    asked = do(ask_approval, Act.ISSUE, Subject("invoice", draft.id), actor=ines)
    with pytest.raises(DomainError, match="Nobody approves what they have prepared"):
        do(approve, asked.id, actor=odile)


def test_who_may_not_bill_neither_asks_nor_approves(world: World, odile: Actor):
    run = run_by(world, odile)
    auditor = Actor("Auditor", 77, (Granted(Role.AUDITOR),))
    asked = find_approval(propose_run(run.id))
    assert asked
    with pytest.raises(AccessDeniedError):
        do(approve, asked.id, actor=auditor)
    with pytest.raises(AccessDeniedError):
        do(ask_approval, Act.ISSUE, Subject("fee_run", run.id), actor=auditor)
