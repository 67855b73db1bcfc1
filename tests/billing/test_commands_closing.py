"""Closing a year: it takes no more entries, and what came in and went out goes to the surplus."""

from __future__ import annotations

from datetime import date

import pytest

from app.billing.commands import IssueValues, close_year, issue_run, start_issue
from app.billing.queries.ledger import trial_balance
from app.billing.rules import RunState
from app.core.clock import clock_at, start_of
from app.core.errors import DomainError
from app.core.money import Money
from app.core.periods import Period
from app.core.transaction import transaction
from app.core.verification import run_checks
from tests.billing.world import World, pounds

LAST = date(2016, 12, 31)
YEAR = Period(date(2016, 1, 1), LAST)
FEBRUARY = date(2017, 2, 1)


def close(world: World, year: Period = YEAR) -> None:
    with transaction():
        close_year(year, actor=world.office)


@pytest.fixture
def owing(world: World) -> World:
    world.issue(day=date(2016, 4, 1))
    return world


def test_a_closed_year_takes_no_more_entries_and_corrections_go_to_the_open_one(owing: World):
    invoice = owing.invoice_of("MRC")
    with clock_at(start_of(FEBRUARY)):
        close(owing)
        with pytest.raises(DomainError, match="The books are closed up to 31 December 2016"):
            owing.pay("MRC", "50000.00", LAST)
        credit = owing.credit(invoice, "100.00", FEBRUARY)
        assert credit.number == "CN-2017-0001"
        assert [line for finding in run_checks() for line in finding.problems] == []


def test_income_and_expense_of_a_closed_year_go_to_the_surplus(owing: World):
    with clock_at(start_of(FEBRUARY)):
        close(owing)
        found = {row.code: row.home for row in trial_balance(LAST, actor=owing.office)}
        assert (found["4000"], found["3000"]) == (pounds(0), -pounds(150000))
        assert sum(amount.minor for amount in found.values()) == 0
        before = {row.code: row.home for row in trial_balance(date(2016, 12, 30), actor=owing.office)}
        assert before["4000"] == -pounds(150000)


def test_a_foreign_income_is_closed_in_its_currency_and_by_its_worth(world: World):
    world.rate("USD", "0.70", date(2016, 3, 1))
    world.adopt("partner", Money.of("100.01", "USD"), date(2012, 1, 1))
    world.issue(day=date(2016, 4, 1))
    with clock_at(start_of(FEBRUARY)):
        close(world)
        left = [row for row in trial_balance(LAST, actor=world.office) if row.code == "4000"]
        assert [(row.balance.minor, row.home.minor) for row in left] == [(0, 0), (0, 0)]
        assert [line for finding in run_checks() for line in finding.problems] == []


@pytest.mark.parametrize(
    ("year", "words"),
    [
        (Period(date(2017, 1, 1), date(2017, 12, 31)), "when it is over"),
        (Period(date(2016, 5, 1), LAST), "There are entries since 1 April 2016"),
    ],
)
def test_a_year_is_closed_when_it_is_over_and_with_all_that_came_before_it(owing: World, year: Period, words: str):
    with clock_at(start_of(FEBRUARY)), pytest.raises(DomainError, match=words):
        close(owing, year)


def test_a_year_in_which_a_run_is_being_issued_is_closed_when_that_is_done(world: World):
    with clock_at(start_of(FEBRUARY)):
        run = world.prepare()
        with transaction():
            start_issue(run.id, IssueValues(LAST, FEBRUARY), actor=world.office)
        with pytest.raises(DomainError, match="A fee run is being issued with a date in this year"):
            close(world)
        issue_run({"run_id": run.id})
        close(world)
        assert world.invoice_of("MRC").issue_day == LAST
        assert [line for finding in run_checks() for line in finding.problems] == []


def test_years_are_closed_in_their_order_without_a_gap(owing: World):
    with clock_at(start_of(date(2019, 1, 5))):
        close(owing)
        with pytest.raises(DomainError, match="begins on 1 January 2017"):
            close(owing, Period(date(2018, 1, 1), date(2018, 12, 31)))
        close(owing, Period(date(2017, 1, 1), date(2017, 12, 31)))


def test_no_run_begins_to_be_issued_with_a_day_in_a_closed_year(owing: World):
    with clock_at(start_of(FEBRUARY)):
        close(owing)
        run = owing.prepare(Period(date(2017, 1, 1), date(2017, 12, 31)))
        told = "The books are closed up to 31 December 2016"
        with pytest.raises(DomainError, match=told) as refused, transaction():
            start_issue(run.id, IssueValues(LAST, FEBRUARY), actor=owing.office)
        assert refused.value.field == "issue_day"
        assert run.state is RunState.DRAFT
