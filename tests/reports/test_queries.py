from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.ctx import AppContext
from sqlalchemy import func, select

from app.billing.models import LedgerEntry, Posting
from app.billing.queries.invoices import InvoiceFilters, search_invoices
from app.billing.rules import RECEIVABLE, Scale
from app.core import clock
from app.core.actor import Actor, Granted
from app.core.clock import clock_at
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.money import Money
from app.core.periods import Period
from app.core.permissions import Role
from app.core.tables import PageRequest, Table
from app.core.transaction import transaction
from app.members.commands import InstitutionFacts, edit_institution, withdraw_member
from app.members.rules import InstitutionKind
from app.reports.queries import get_report, list_reports
from app.reports.queries.amounts import sums
from app.reports.queries.fees import AMOUNTS, MemberFees, members_and_fees
from app.reports.queries.members import register
from app.reports.queries.rosters import roster_book
from app.reports.rules import Asked
from tests.billing.world import World, institution
from tests.committees.sitting import OFFICE, TODAY, committee, person, seat, sits

GBP = "GBP"
MONEY = {
    "members-and-fees",
    "invoiced-and-collected",
    "fees-by-payer",
    "fees-by-class",
    "ageing",
    "good-standing",
    "statement",
}
FINANCE = MONEY | {"exchange-differences", "income-forecast", "concessions", "trial-balance"}
LINES = {"lines-by-stage", "lines-by-year", "lines-by-funder"}
LINES |= {"exchanges", "exchange-matrix", "exchange-flow", "holdings"}
LINES |= {"mta-register", "mta-expiring", "mta-waiting"}
ALL = FINANCE | LINES | {"register", "roster-book"}


@pytest.fixture
def world(context: AppContext) -> World:
    """Three funders who owe 50,000.00 pounds a year and a partner who owes nothing."""
    return World.found(OFFICE, since=date(2011, 1, 1))


def asked(on: date = TODAY, year: int = 2016, known: datetime | None = None, **more: int) -> Asked:
    return Asked(on=on, known=known, year=year, **more)


def line(table: Table[MemberFees], short_name: str) -> MemberFees:
    return next(row for row in table.rows if row.short_name == short_name)


def someone(*granted: Granted) -> Actor:
    return Actor("Someone", 7, granted)


def test_members_and_fees_names_each_member_of_the_year_once(world: World):
    table = members_and_fees(asked(), OFFICE)
    assert table.title == "Members and fees 2016"
    assert [row.short_name for row in table.rows] == ["ICS", "MRC", "NIH", "Wellcome"]
    nih = line(table, "NIH")
    assert (nih.classes, nih.fee, nih.invoiced) == ("Funder, Partner", Money(5_000_000, GBP), None)
    assert line(table, "ICS").fee is None
    assert world.members


def test_members_and_fees_shows_the_country_and_the_kind_of_the_day_that_is_asked_for(world: World):
    found = institution(world.members["MRC"])
    facts = InstitutionFacts(**{each.name: getattr(found, each.name) for each in fields(InstitutionFacts)})
    moved = replace(facts, country="IE", kind=InstitutionKind.CORPORATION, is_composite=False)
    with transaction():
        edit_institution(found.id, moved, version=found.version, since=date(2016, 5, 1), actor=OFFICE)
    before, after = (line(members_and_fees(asked(on=on), OFFICE), "MRC") for on in (date(2016, 4, 30), TODAY))
    assert (before.country, before.kind) == ("United Kingdom", "Funder")
    assert (after.country, after.kind) == ("Ireland", "Corporation")


def test_members_and_fees_shows_the_country_as_it_was_known(world: World):
    found = institution(world.members["MRC"])
    facts = InstitutionFacts(**{each.name: getattr(found, each.name) for each in fields(InstitutionFacts)})
    then = clock.now()
    with clock_at(then + timedelta(hours=1)):
        with transaction():
            edit_institution(found.id, replace(facts, country="IE"), version=found.version, actor=OFFICE)
        assert line(members_and_fees(asked(known=then), OFFICE), "MRC").country == "United Kingdom"
        assert line(members_and_fees(asked(), OFFICE), "MRC").country == "Ireland"


def test_members_and_fees_shows_what_was_invoiced_paid_and_is_open(world: World):
    world.issue()
    world.pay("MRC", "20000.00")
    table = members_and_fees(asked(), OFFICE)
    mrc = line(table, "MRC")
    assert (mrc.invoiced, mrc.paid, mrc.outstanding) == (
        Money(5_000_000, GBP),
        Money(2_000_000, GBP),
        Money(3_000_000, GBP),
    )
    assert table.totals["outstanding"] == Money(13_000_000, GBP)
    assert "4 members; 1 without an invoice of the year, 1 of these in a class without a fee." in table.notes


def test_members_and_fees_agrees_with_the_list_of_invoices_and_with_the_ledger(world: World):
    world.issue()
    world.pay("MRC", "20000.00")
    world.pay("NIH", "50000.00", day=date(2016, 5, 24))
    totals = members_and_fees(asked(), OFFICE).totals
    listed = search_invoices(InvoiceFilters(year=2016), PageRequest(), on=TODAY, actor=OFFICE).totals
    assert (totals["invoiced"], totals["outstanding"]) == (listed["gross"], listed["open"])
    receivable = db.session.scalar(
        select(func.sum(Posting.amount_minor))
        .join(LedgerEntry, LedgerEntry.id == Posting.entry_id)
        .where(Posting.account_code == RECEIVABLE, LedgerEntry.day <= TODAY)
    )
    assert totals["outstanding"] == Money(int(receivable or 0), GBP)


def test_money_that_came_later_was_still_owed_on_the_day(world: World):
    world.issue()
    with clock_at(datetime(2016, 7, 1, 12, tzinfo=UTC)):
        world.pay("MRC", "50000.00", day=date(2016, 6, 30))
        before = line(members_and_fees(asked(date(2016, 6, 29)), OFFICE), "MRC")
        after = line(members_and_fees(asked(date(2016, 6, 30)), OFFICE), "MRC")
    assert (before.paid, before.outstanding) == (Money(0, GBP), Money(5_000_000, GBP))
    assert (after.paid, after.outstanding) == (Money(5_000_000, GBP), Money(0, GBP))


def test_payment_entered_late_does_not_rewrite_what_was_known_then(world: World):
    world.issue()
    with clock_at(datetime(2016, 9, 1, 12, tzinfo=UTC)):
        world.pay("MRC", "50000.00", day=date(2016, 6, 30))
        now = line(members_and_fees(asked(date(2016, 7, 31)), OFFICE), "MRC")
        then = members_and_fees(asked(date(2016, 7, 31), known=datetime(2016, 8, 1, tzinfo=UTC)), OFFICE)
    assert now.outstanding == Money(0, GBP)
    assert line(then, "MRC").outstanding == Money(5_000_000, GBP)


def test_invoices_of_a_year_before_their_issue_are_not_there(world: World):
    world.issue()
    with clock_at(datetime(2016, 7, 1, 12, tzinfo=UTC)):
        table = members_and_fees(asked(date(2016, 5, 23)), OFFICE)
    assert line(table, "MRC").invoiced is None


def test_invoice_of_someone_who_turned_out_to_be_no_member_is_still_counted(world: World):
    world.issue()
    with transaction():
        withdraw_member(
            world.memberships["MRC funder"], last_day=date(2015, 12, 31), reason="Letter found", actor=OFFICE
        )
    table = members_and_fees(asked(), OFFICE)
    mrc = line(table, "MRC")
    assert (mrc.classes, mrc.invoiced) == ("not a member in the year", Money(5_000_000, GBP))
    assert table.totals["invoiced"] == Money(15_000_000, GBP)


def test_amounts_of_two_currencies_are_never_added(world: World):
    world.adopt("partner", "1000.00", date(2012, 1, 1))
    world.issue()
    table = members_and_fees(asked(), OFFICE)
    assert table.totals["invoiced"] == Money(15_200_000, GBP)
    rows = [
        *table.rows,
        MemberFees(0, "X", "X", "", "", "", None, Money(100, "EUR"), Money(100, "EUR"), None, None, None),
    ]
    assert sums(rows, AMOUNTS)["invoiced"] == "£152,000.00 + €1.00"


def test_the_fee_of_a_member_is_that_of_its_tier(world: World):
    tiers = {"high": 1_000_000, "upper_middle": 500_000, "lower_middle": 200_000, "low": 0}
    world.adopt("partner", "10000.00", date(2012, 1, 1), scale=Scale.INCOME, tiers=tiers)
    world.group("FR", "upper_middle")
    assert line(members_and_fees(asked(), OFFICE), "ICS").fee == Money(500_000, GBP)


def test_the_tier_of_a_fee_is_that_of_the_day_as_it_was_known_then(world: World):
    tiers = {"high": 1_000_000, "upper_middle": 500_000, "lower_middle": 200_000, "low": 0}
    world.adopt("partner", "10000.00", date(2012, 1, 1), scale=Scale.INCOME, tiers=tiers)
    world.group("FR", "upper_middle")
    known = datetime(2016, 6, 30, tzinfo=UTC)
    with clock_at(datetime(2016, 7, 1, 12, tzinfo=UTC)):
        world.tier("ICS", "lower_middle", date(2016, 3, 1), date(2016, 5, 31))
        world.tier("ICS", "high", date(2016, 6, 1))

        def fee(on: date, known: datetime | None = None, year: int = 2016) -> Money | None:
            return line(members_and_fees(asked(on, year, known), OFFICE), "ICS").fee

        assert [fee(date(2016, month, 1)) for month in (2, 3, 6)] == [
            Money(500_000, GBP),
            Money(200_000, GBP),
            Money(1_000_000, GBP),
        ]
        assert {fee(date(2016, month, 1), known) for month in (2, 3, 6)} == {Money(500_000, GBP)}
        assert fee(date(2016, 3, 1), year=2017) == Money(1_000_000, GBP)
        assert fee(date(2016, 3, 1), year=2015) is None


def test_representative_gets_the_own_institution_and_no_other(world: World):
    world.issue()
    own = someone(Granted(Role.REPRESENTATIVE, institution_id=world.members["MRC"]))
    assert [row.short_name for row in members_and_fees(asked(), own).rows] == ["MRC"]
    assert [row.short_name for row in register(asked(), own).rows] == ["MRC"]
    with pytest.raises(NotFoundError):
        members_and_fees(asked(institution_id=world.members["NIH"]), own)


def test_register_has_the_members_of_the_day(world: World):
    with transaction():
        withdraw_member(world.memberships["MRC funder"], last_day=date(2015, 12, 31), reason="Left", actor=OFFICE)
    assert [row.short_name for row in register(asked(), OFFICE).rows] == ["ICS", "NIH", "Wellcome"]
    assert len(list(register(asked(date(2015, 12, 31)), OFFICE).rows)) == 4
    assert list(register(asked(date(2010, 12, 31)), OFFICE).rows) == []


@pytest.mark.usefixtures("context")
def test_roster_book_holds_every_seat_of_the_day():
    with transaction():
        finance, other = committee("Finance Committee"), committee("Secretariat")
        sits(seat(finance), person(), Period(date(2015, 1, 1))).term_ends = date(2015, 12, 31)
        seat(other)
        other_id, finance_id = other.id, finance.id
    table = roster_book(asked(), OFFICE)
    assert [(row.committee, row.holder) for row in table.rows] == [
        ("Finance Committee", "Elspeth Marrow"),
        ("Secretariat", None),
    ]
    (until,) = (column for column in table.columns if column.key == "last_day")
    assert [until.read(row) for row in table.rows] == ["holds over", None]
    assert table.notes == ["2 seats, 1 of them vacant. Both days of a term are included."]
    chair = someone(Granted(Role.CHAIR, committee_id=finance_id))
    assert [row.committee for row in roster_book(asked(), chair).rows] == ["Finance Committee"]
    with pytest.raises(NotFoundError):
        roster_book(asked(committee_id=other_id), chair)


@pytest.mark.parametrize(
    ("granted", "reports"),
    [
        (Granted(Role.SECRETARIAT), ALL),
        (Granted(Role.AUDITOR), ALL),
        (Granted(Role.FINANCE), FINANCE),
        (Granted(Role.CHAIR, committee_id=1), {"roster-book"}),
        (Granted(Role.AGREEMENTS), LINES),
        (Granted(Role.REPRESENTATIVE, institution_id=1), MONEY | LINES | {"register"}),
        (Granted(Role.COMMITTEE_MEMBER, committee_id=1), set()),
    ],
)
def test_catalogue_holds_what_the_role_may_open(granted: Granted, reports: set[str]):
    reader = someone(granted)
    assert {each.id for each in list_reports(reader)} == reports
    for hidden in ALL - reports:
        with pytest.raises(NotFoundError):
            get_report(hidden, reader)
