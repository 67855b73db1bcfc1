from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from flask.ctx import AppContext
from sqlalchemy import func, select

from app.billing.commands import (
    ConcessionTerms,
    PaymentValues,
    WriteOffValues,
    grant_concession,
    record_payment,
    write_off,
)
from app.billing.models import LedgerEntry, Posting
from app.billing.queries.balances import ageing
from app.billing.rules import EXCHANGE, RECEIVABLE, UNAPPLIED, ConcessionKind, WriteOffKind
from app.core.actor import Actor, Granted
from app.core.clock import clock_at
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.money import Money, total
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.reports.queries import get_report, list_pack
from app.reports.queries.ageing import ages_on
from app.reports.queries.books import balances, statement
from app.reports.queries.concessions import concessions
from app.reports.queries.exchange import exchange_differences
from app.reports.queries.forecast import income_forecast
from app.reports.queries.income import fees_by_class, fees_by_payer, invoiced_and_collected
from app.reports.rules import Asked
from tests.billing.world import MAY, World, pounds
from tests.committees.sitting import OFFICE

NAMES = {
    "MRC": "Medical Research Council",
    "NIH": "National Institutes of Health",
    "Wellcome": "Wellcome Trust",
    "ICS": "Institut Clinique de la Souris",
}
JULY, AUGUST, SEPTEMBER = date(2016, 7, 31), date(2016, 8, 31), date(2016, 9, 30)
YEAR_END = datetime(2016, 12, 31, 12, tzinfo=UTC)


@pytest.fixture
def world(context: AppContext) -> World:
    """Three funders who owe 50,000.00 pounds a year, billed on 24 May 2016: one pays in part, one is credited."""
    found = World.found(OFFICE, since=date(2011, 1, 1))
    found.issue()
    return found


def asked(on: date = MAY, year: int = 2016, known: datetime | None = None, **more: int) -> Asked:
    return Asked(on=on, known=known, year=year, **more)


def a_year_of_it(world: World) -> None:
    """MRC pays a part in July, NIH is credited a part in August, Wellcome's rest is written off in September."""
    world.pay("MRC", "20000.00", day=JULY)
    world.credit(world.invoice_of("NIH"), "10000.00", day=AUGUST)
    world.pay("Wellcome", "49990.00", day=AUGUST)
    values = WriteOffValues(pounds("10.00"), WriteOffKind.BANK_CHARGE, "Deducted on the way", SEPTEMBER)
    with transaction():
        write_off(world.invoice_of("Wellcome").id, values, actor=OFFICE)


def someone(*granted: Granted) -> Actor:
    return Actor("Someone", 7, granted)


def amounts(row: object, *names: str) -> list[str]:
    return [str(getattr(row, name)) for name in names]


def test_what_was_paid_credited_and_written_off_later_is_open_before(world: World):
    with clock_at(YEAR_END):
        a_year_of_it(world)
        names = ("invoiced", "credited", "paid", "written_off", "outstanding", "overdue")
        days = {day: invoiced_and_collected(asked(day), OFFICE).rows for day in (MAY, JULY, AUGUST, SEPTEMBER)}
    told = {day: [amounts(row, *names) for row in rows] for day, rows in days.items()}
    assert told == {
        MAY: [["150,000.00", "0.00", "0.00", "0.00", "150,000.00", "0.00"]],
        JULY: [["150,000.00", "0.00", "20,000.00", "0.00", "130,000.00", "130,000.00"]],
        AUGUST: [["150,000.00", "10,000.00", "69,990.00", "0.00", "70,010.00", "70,010.00"]],
        SEPTEMBER: [["150,000.00", "10,000.00", "69,990.00", "10.00", "70,000.00", "70,000.00"]],
    }


def test_what_was_recorded_later_was_not_known_then(world: World):
    with clock_at(YEAR_END):
        a_year_of_it(world)
        then = invoiced_and_collected(asked(SEPTEMBER, known=datetime(2016, 6, 1, tzinfo=UTC)), OFFICE)
    assert [amounts(row, "invoiced", "credited", "written_off", "outstanding") for row in then.rows] == [
        ["150,000.00", "0.00", "0.00", "150,000.00"]
    ]


def test_invoiced_and_collected_is_drawn_with_what_it_says(world: World):
    with clock_at(YEAR_END):
        a_year_of_it(world)
        table = invoiced_and_collected(asked(SEPTEMBER), OFFICE)
    chart = get_report("invoiced-and-collected", OFFICE).chart_of(table)
    assert chart is not None
    assert chart.in_words == "Collected of what was invoiced by fee year: 2016 £69,990.00 of £140,000.00"
    sizes = {(value["part"], value["size"]) for value in chart.spec["data"]["values"]}
    assert sizes == {("Collected", 69990), ("Not due", 0), ("Overdue", 70000)}


def test_a_credit_left_over_is_not_drawn_below_nothing(world: World):
    with clock_at(YEAR_END):
        world.pay("MRC", "50000.00", day=JULY)
        world.credit(world.invoice_of("MRC"), "50000.00", day=AUGUST)
        table = invoiced_and_collected(asked(SEPTEMBER), OFFICE)
    (year,) = table.rows
    assert amounts(year, "outstanding", "unused", "overdue", "not_due") == [
        "50,000.00",
        "50,000.00",
        "100,000.00",
        "0.00",
    ]
    chart = get_report("invoiced-and-collected", OFFICE).chart_of(table)
    assert chart is not None
    assert min(value["size"] for value in chart.spec["data"]["values"]) == 0


def test_fees_by_payer_and_by_class_add_to_the_same(world: World):
    with clock_at(YEAR_END):
        a_year_of_it(world)
        by_payer = fees_by_payer(asked(SEPTEMBER), OFFICE)
        by_class = fees_by_class(asked(SEPTEMBER), OFFICE)
    assert [(row.name, *amounts(row, "invoiced", "credited", "paid", "outstanding")) for row in by_payer.rows] == [
        ("Medical Research Council", "50,000.00", "0.00", "20,000.00", "30,000.00"),
        ("National Institutes of Health", "50,000.00", "10,000.00", "0.00", "40,000.00"),
        ("Wellcome Trust", "50,000.00", "0.00", "49,990.00", "0.00"),
    ]
    assert [(row.year, row.name, row.payers, *amounts(row, "income")) for row in by_class.rows] == [
        (2016, "Funder", 3, "140,000.00")
    ]
    assert by_payer.totals["invoiced"] == by_class.totals["invoiced"] == pounds("150000.00")
    assert list(fees_by_payer(asked(SEPTEMBER, year=2015), OFFICE).rows) == []


def test_ageing_of_a_day_is_the_ledger_of_that_day(world: World):
    with clock_at(YEAR_END):
        a_year_of_it(world)
        world.pay("MRC", "31000.00", day=SEPTEMBER)
        for day in (MAY, JULY, AUGUST, SEPTEMBER, date(2016, 12, 31)):
            totals = ages_on(asked(day), OFFICE).totals
            assert (totals["owed"], totals["unallocated"]) == (booked(RECEIVABLE, day), -booked(UNAPPLIED, day))
            assert totals["net"] == booked(RECEIVABLE, day) + booked(UNAPPLIED, day)


def booked(account: str, day: date) -> Money:
    found = db.session.scalar(
        select(func.sum(Posting.amount_minor))
        .join(LedgerEntry, LedgerEntry.id == Posting.entry_id)
        .where(Posting.account_code == account, LedgerEntry.day <= day)
    )
    return Money(int(found or 0), "GBP")


def test_ageing_puts_what_is_open_under_the_days_since_it_was_due(world: World):
    with clock_at(YEAR_END):
        rows = {day: next(iter(ages_on(asked(day), OFFICE).rows)) for day in (MAY, JULY, date(2016, 12, 31))}
    assert [str(amount) for amount in rows[MAY].ages] == ["50,000.00", "0.00", "0.00", "0.00", "0.00"]
    assert [str(amount) for amount in rows[JULY].ages] == ["0.00", "0.00", "50,000.00", "0.00", "0.00"]
    assert [str(amount) for amount in rows[date(2016, 12, 31)].ages][-1] == "50,000.00"


def test_a_representative_sees_the_ageing_of_the_own_institution_only(world: World):
    own = someone(Granted(Role.REPRESENTATIVE, institution_id=world.members["MRC"]))
    assert [row.payer for row in ages_on(asked(), own).rows] == ["Medical Research Council"]
    assert len(ageing(MAY, actor=OFFICE)) == 3
    with pytest.raises(NotFoundError):
        ages_on(asked(institution_id=world.members["NIH"]), own)
    for hidden in ("exchange-differences", "income-forecast"):
        with pytest.raises(NotFoundError):
            get_report(hidden, own)
    with pytest.raises(NotFoundError):
        list_pack(own)


def test_exchange_differences_are_those_booked_and_name_their_payment(world: World):
    world.rate("EUR", "0.80", MAY)
    world.adopt("partner", Money.of("1000.00", "EUR"), date(2012, 1, 1))
    world.issue()
    with clock_at(YEAR_END):
        world.rate("EUR", "0.75", JULY)
        values = PaymentValues(world.members["ICS"], JULY, Money.of("1000.00", "EUR"))
        with transaction():
            record_payment(values, actor=OFFICE)
        table = exchange_differences(asked(SEPTEMBER), OFFICE)
        before = exchange_differences(asked(date(2016, 7, 30)), OFFICE)
    [row] = table.rows
    assert (row.day, row.payer, row.currency, row.loss, row.gain) == (JULY, "ICS", "EUR", pounds("50.00"), None)
    assert table.totals["loss"] == pounds("50.00") == booked_at_home(EXCHANGE)
    assert table.notes == ["In all a loss of £50.00, on account 6900 of the ledger."]
    assert list(before.rows) == []


def booked_at_home(account: str) -> Money:
    found = db.session.scalar(select(func.sum(Posting.home_minor)).where(Posting.account_code == account))
    return Money(int(found or 0), "GBP")


def test_forecast_is_what_the_next_three_years_bring_by_the_fees_in_force(world: World):
    world.adopt("partner", "1000.00", date(2018, 1, 1))
    table = income_forecast(asked(), OFFICE)
    told = [(row.year, row.name, row.payers, *amounts(row, "invoiced", "expected", "forecast")) for row in table.rows]
    assert told == [
        (2017, "Funder", 3, "0.00", "150,000.00", "150,000.00"),
        (2018, "Funder", 3, "0.00", "150,000.00", "150,000.00"),
        (2018, "Partner", 2, "0.00", "2,000.00", "2,000.00"),
        (2019, "Funder", 3, "0.00", "150,000.00", "150,000.00"),
        (2019, "Partner", 2, "0.00", "2,000.00", "2,000.00"),
    ]
    assert "2017 lacks the fee of 1 member, whose class has no fee schedule for it." in table.notes
    chart = get_report("income-forecast", OFFICE).chart_of(table)
    assert chart is not None
    assert chart.in_words == "Fees of the years ahead: 2017 £150,000.00, 2018 £152,000.00 and 2019 £152,000.00"


def test_forecast_counts_a_payer_of_several_fees_once(world: World):
    world.let_pay("NIH", "NIH", "MRC", first=date(2017, 1, 1))
    ahead, *_ = income_forecast(asked(), OFFICE).rows
    assert (ahead.name, ahead.payers) == ("Funder", 3)
    assert amounts(ahead, "expected") == ["150,000.00"]


def test_forecast_counts_what_is_invoiced_already_and_not_twice(world: World):
    with clock_at(datetime(2016, 12, 20, 12, tzinfo=UTC)):
        year = Period(date(2017, 1, 1), date(2017, 12, 31))
        world.issue(year, day=date(2016, 12, 20), due=date(2017, 1, 20))
        table = income_forecast(asked(date(2016, 12, 20)), OFFICE)
    [ahead, *_] = table.rows
    assert amounts(ahead, "invoiced", "expected") == ["150,000.00", "0.00"]
    assert ahead.payers == 3


def euros(world: World, short: str, amount: str, day: date) -> None:
    with transaction():
        record_payment(PaymentValues(world.members[short], day, Money.of(amount, "EUR")), actor=OFFICE)


def a_year_in_two_currencies(world: World) -> None:
    """A year of pounds, and one of euros: a part is paid, too much is paid, and a part is credited, at other rates."""
    a_year_of_it(world)
    world.pay("MRC", "31000.00", day=SEPTEMBER)
    for pounds_for_one, day in (("0.80", MAY), ("0.75", JULY), ("0.85", AUGUST), ("0.90", SEPTEMBER)):
        world.rate("EUR", pounds_for_one, day)
    world.adopt("partner", Money.of("1000.00", "EUR"), date(2012, 1, 1))
    world.issue()
    euros(world, "ICS", "400.00", JULY)
    euros(world, "NIH", "1200.00", AUGUST)
    world.credit(world.invoice_of("ICS"), "100.00", day=SEPTEMBER)


OWED = {
    MAY: ("50,000.00", "50,000.00", "50,000.00", "1,000.00", "1,000.00"),
    JULY: ("30,000.00", "50,000.00", "50,000.00", "600.00", "1,000.00"),
    AUGUST: ("30,000.00", "40,000.00", "10.00", "600.00", "\u2212200.00"),
    SEPTEMBER: ("\u22121,000.00", "40,000.00", "0.00", "500.00", "\u2212200.00"),
    date(2016, 12, 31): ("\u22121,000.00", "40,000.00", "0.00", "500.00", "\u2212200.00"),
}
"""What the funders owe in pounds and the partners in euros, on each day."""
ACCOUNTS = (("MRC", "GBP"), ("NIH", "GBP"), ("Wellcome", "GBP"), ("ICS", "EUR"), ("NIH", "EUR"))


def test_ageing_statements_and_ledger_agree_on_each_of_five_days_in_two_currencies(world: World):
    with clock_at(YEAR_END):
        a_year_in_two_currencies(world)
        for day, owed in OWED.items():
            stated = [last_balance(world, day, *account) for account in ACCOUNTS]
            assert [str(each) for each in stated] == list(owed)
            named = [(NAMES[short], each) for (short, _), each in zip(ACCOUNTS, stated, strict=True) if each]
            assert sorted(map(str, named)) == sorted(map(str, aged_on(day)))
            assert in_the_ledger(day) == {of: total_in(of, stated) for of in ("GBP", "EUR")}
            assert balances(asked(day), OFFICE).totals["home"] == pounds(0)


def aged_on(day: date) -> list[tuple[str, Money]]:
    """Who owes what by its ageing, where that is not nothing."""
    return [(row.payer, row.net) for row in ages_on(asked(day), OFFICE).rows if row.net]


def in_the_ledger(day: date) -> dict[str, Money]:
    """What all payers owe by the ledger, in each currency."""
    rows = [row.balance for row in balances(asked(day), OFFICE).rows if row.code in {RECEIVABLE, UNAPPLIED}]
    return {currency: total_in(currency, rows) for currency in ("GBP", "EUR")}


def total_in(currency: str, amounts: Sequence[Money]) -> Money:
    return total([each for each in amounts if each.currency == currency], currency)


def last_balance(world: World, day: date, short: str, currency: str) -> Money:
    asked_for = asked(day, institution_id=world.members[short])
    rows = [row for row in statement(asked_for, OFFICE).rows if row.balance.currency == currency]
    return rows[-1].balance if rows else Money(0, currency)


def test_reports_of_a_year_are_of_the_fee_year_that_begins_in_it(context: AppContext):
    assert context is not None
    world = World.found(OFFICE, since=date(2011, 1, 1))
    world.bill_by(year_month=7)
    world.issue(Period(date(2015, 7, 1), date(2016, 6, 30)))
    world.concede("MRC", "discount", date(2016, 2, 1), basis_points=1_000)
    for year, payers in ((2014, 0), (2015, 3), (2016, 0)):
        assert len(list(fees_by_payer(asked(year=year), OFFICE).rows)) == payers
        assert sum(row.payers for row in fees_by_class(asked(year=year), OFFICE).rows if row.year == year) == payers
    (year,) = invoiced_and_collected(asked(), OFFICE).rows
    assert (year.name, str(year.invoiced)) == ("2015", "150,000.00")
    assert [row.year for row in income_forecast(asked(), OFFICE).rows] == [2016, 2017, 2018]
    assert [len(list(concessions(asked(year=year), OFFICE).rows)) for year in (2014, 2015, 2016)] == [0, 1, 1]


def test_reports_of_a_year_in_which_two_fee_years_begin_are_of_both(context: AppContext):
    assert context is not None
    world = World.found(OFFICE, since=date(2011, 1, 1))
    world.bill_by()
    world.bill_by(date(2016, 7, 1), year_month=7)
    world.concede("MRC", "discount", date(2016, 2, 1), last_day=date(2016, 6, 30), basis_points=1_000)
    world.concede("NIH", "discount", date(2016, 8, 1), basis_points=1_000)
    rows = [(row.concession.short_name, str(row.taken)) for row in concessions(asked(), OFFICE).rows]
    assert rows == [("MRC", "2,062.84"), ("NIH", "4,575.34")]


def test_a_statement_needs_a_payer_unless_there_is_but_one_within_reach(world: World):
    told = statement(asked(), OFFICE)
    assert (list(told.rows), told.notes, told.empty) == ([], (), "Name the institution whose account is asked for.")
    own = someone(Granted(Role.REPRESENTATIVE, institution_id=world.members["MRC"]))
    assert [row.charged for row in statement(asked(), own).rows] == [pounds("50000.00")]


def test_concessions_say_what_they_took_off_the_fees_of_the_year(world: World):
    with transaction():
        grant_concession(
            world.members["MRC"],
            ConcessionTerms(
                ConcessionKind.DISCOUNT, date(2016, 7, 1), "New laboratory", "Finance Committee", basis_points=2_000
            ),
            actor=OFFICE,
        )
    table = concessions(asked(), OFFICE)
    [row] = table.rows
    assert (row.concession.short_name, row.concession.extent, row.concession.approved_by) == (
        "MRC",
        "20 %",
        "Finance Committee",
    )
    assert row.taken == table.totals["taken"] == pounds("5027.32")
