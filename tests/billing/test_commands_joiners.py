"""The first invoice of who joins, for it alone, and what billing does when a member leaves."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from app.billing.commands import draft_first_invoice, drop_later_drafts, keep_final_statement
from app.billing.models import FeeRun, Invoice
from app.billing.queries.leavers import list_issued_of
from app.core.actor import Actor, Granted
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError
from app.core.money import Money
from app.core.periods import Period
from app.core.permissions import Role
from app.members.commands import (
    Admission,
    InstitutionFacts,
    Notice,
    end_memberships,
    give_notice,
    give_term,
    take_up_applicant,
)
from app.members.models import Application
from app.members.rules import InstitutionKind
from tests.billing.world import World
from tests.members.applying import admitted, officer
from tests.members.world import class_id, do, on

SUMMER = date(2016, 7, 1)
FJORD = InstitutionFacts("Fjord Mouse Clinic", "FMC", InstitutionKind.FUNDER, "NO")


def joined(code: str) -> Application:
    case = admitted(officer(), class_id=class_id(code))
    do(take_up_applicant, case.id, FJORD)
    do(give_term, case.id, Admission(class_id(code), SUMMER))
    return case


def drafts() -> list[tuple[int, int]]:
    asked = select(Invoice.payer_id, Invoice.net_minor).order_by(Invoice.id)
    return [(payer, net) for payer, net in db.session.execute(asked)]


def test_a_joiner_alone_is_billed_for_the_rest_of_the_year_and_once(world: World):
    case = joined("funder")
    with pytest.raises(AccessDeniedError):
        do(draft_first_invoice, case.id, actor=Actor("Nobody", 7, (Granted(Role.AUDITOR),)))
    task = do(draft_first_invoice, case.id)
    # 50,000.00 × 184 ÷ 366, half a penny up; the three other funders of the year stay unbilled.
    assert drafts() == [(case.institution_id, 2_513_661)]
    assert "£25,136.61 without tax, from 1 Jul 2016" in str(task.outcome)
    with pytest.raises(DomainError, match="done already"):
        do(draft_first_invoice, case.id)
    world.prepare()
    assert sum(payer == case.institution_id for payer, _ in drafts()) == 1
    assert db.session.scalar(select(func.count(FeeRun.id))) == 2


def test_where_nothing_is_owed_the_step_says_why(world: World):
    world.free("partner")
    case = joined("partner")
    task = do(draft_first_invoice, case.id)
    assert task.outcome == "Nothing to bill for 2016: Class Partner carries no fee."
    assert drafts() == []


def test_where_only_the_fee_is_missing_the_step_says_so_and_a_run_bills_it_later(world: World):
    case = joined("partner")
    task = do(draft_first_invoice, case.id)
    why = "Class Partner has no fee schedule in this fee year. Once a fee is adopted, a fee run of the year bills it."
    assert task.outcome == f"Nothing to bill for 2016: {why}"
    world.adopt("partner", "366.00", date(2016, 1, 1))
    world.prepare()
    assert (case.institution_id, 184_00) in drafts()


def test_drafts_of_days_after_the_last_one_go_and_earlier_ones_stay(world: World):
    institution_id = world.members["MRC"]
    world.prepare()
    world.prepare(Period(date(2017, 1, 1), date(2017, 12, 31)))
    begun = do(give_notice, institution_id, Notice(date(2016, 6, 30), "Its funding ends"))
    do(end_memberships, begun.id)
    with pytest.raises(DomainError, match="This is done from 1 July 2016 on"):
        do(drop_later_drafts, begun.id)
    with on(date(2016, 7, 1)):
        assert do(drop_later_drafts, begun.id).outcome == "1 draft discarded."
    assert sum(payer == institution_id for payer, _ in drafts()) == 1


def test_the_final_statement_lists_what_was_issued_and_is_kept_once(world: World):
    world.issue()
    world.pay("MRC", "20000.00")
    institution_id = world.members["MRC"]
    begun = do(give_notice, institution_id, Notice(date(2016, 6, 30), "Its funding ends"))
    do(end_memberships, begun.id)
    with on(date(2016, 7, 1)):
        (line,) = list_issued_of(institution_id, world.office)
        assert (line.gross, line.still_open) == (Money(5_000_000, "GBP"), Money(3_000_000, "GBP"))
        with pytest.raises(DomainError, match="First comes: Drafts of later days"):
            do(keep_final_statement, begun.id, b"%PDF-1.7")
        do(drop_later_drafts, begun.id)
        task = do(keep_final_statement, begun.id, b"%PDF-1.7")
        assert task.outcome == "Printed. Of our invoices GBP\u00a030,000.00 is still open."
        with pytest.raises(DomainError, match="done already"):
            do(keep_final_statement, begun.id, b"%PDF-1.7")
