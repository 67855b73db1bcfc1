"""What a reminder costs: fees and interest where they are switched on, charged once, by an invoice of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.billing.commands import adopt_billing, adopt_reminders, discard_draft, dispute_invoice, remind_payer
from app.billing.commands import reminders as sending
from app.billing.models import (
    Approval,
    Invoice,
    InvoiceLine,
    LedgerEntry,
    Posting,
    ReminderCharge,
    ReminderItem,
    ReminderPolicy,
)
from app.billing.queries.reminder_checks import check_interest, check_reminder_charges, check_reminders
from app.billing.queries.reminders import due_on
from app.billing.rules import REMINDER_INCOME, USUAL_LEVELS, Act, BillingTerms, InvoiceState, ReminderTerms, WhyNot
from app.core import clock
from app.core.database import db
from app.core.errors import DomainError
from app.core.languages import Language
from app.core.money import Money
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.members.models import Institution
from tests.billing.world import MAY, World, pounds

ISSUED, DUE = date(2016, 4, 1), date(2016, 5, 1)
LATER = MAY + timedelta(14)
PROOFS = (check_reminders, check_interest, check_reminder_charges)


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The letters as they were printed, without the time that takes."""
    pages: list[str] = []

    def keep(html: str) -> bytes:
        pages.append(html)
        return html.encode()

    monkeypatch.setattr(sending, "print_pdf", keep)
    return pages


@pytest.fixture
def late(world: World) -> World:
    """Payers that owe 50,000.00 each since 1 May 2016; from the second level on 25.00 and 8 % a year are charged."""
    world.issue(day=ISSUED, due=DUE)
    first, *rest = USUAL_LEVELS
    levels = (first, *(replace(each, fee_minor=2500) for each in rest))
    adopt(world, ReminderTerms(levels, "GBP", interest_basis_points=800, interest_from_level=2))
    return world


def adopt(world: World, terms: ReminderTerms) -> None:
    with transaction():
        adopt_reminders(clock.today(), terms, actor=world.office)


def remind(world: World, short: str, day: date) -> None:
    with clock.clock_at(datetime(day.year, day.month, day.day, 11, tzinfo=UTC)):
        remind_payer({"payer_id": world.members[short]})
    db.session.expire_all()


def charged() -> Sequence[Invoice]:
    asked = select(Invoice).join(ReminderCharge, ReminderCharge.invoice_id == Invoice.id).order_by(Invoice.id)
    return db.session.scalars(asked).all()


def lines() -> list[tuple[str, int]]:
    asked = select(InvoiceLine.description, InvoiceLine.net_minor).join(
        ReminderCharge, ReminderCharge.invoice_id == InvoiceLine.invoice_id
    )
    return [(words, minor) for words, minor in db.session.execute(asked.order_by(InvoiceLine.id))]


def problems() -> list[str]:
    return [line for proof in PROOFS for line in proof()]


def test_fee_and_interest_are_charged_only_from_the_level_where_they_are_switched_on(late: World, letters: list[str]):
    """37 days at 8 % on 50,000.00 are 405.479.., and the fee is 25.00."""
    remind(late, "MRC", MAY)
    assert charged() == []
    assert "What being late costs" not in letters[0]
    remind(late, "MRC", LATER)
    (invoice,) = charged()
    assert (invoice.number, invoice.gross, invoice.tax_minor) == ("INV-2016-0004", pounds("430.48"), 0)
    assert lines() == [
        ("Fee for a reminder of level 2", 2_500),
        ("Interest on INV-2016-0001: GBP 50,000.00 at 8 % a year for 37 of 365 days", 40_548),
    ]
    days = select(InvoiceLine.first_day, InvoiceLine.last_day).where(InvoiceLine.invoice_id == invoice.id)
    since = [tuple(row) for row in db.session.execute(days.order_by(InvoiceLine.position))]
    assert since == [(LATER, LATER), (DUE + timedelta(1), LATER)]
    for words in ("we charge GBP\u00a0430.48", "at 8 % a year for 37 of 365 days", "GBP\u00a0405.48"):
        assert words in letters[1]


def test_what_is_charged_is_income_of_an_account_of_its_own_outside_the_scope_of_tax(late: World, letters: list[str]):
    remind(late, "MRC", MAY)
    remind(late, "MRC", LATER)
    assert letters
    booked = select(Posting.account_code, Posting.amount_minor).join(LedgerEntry, LedgerEntry.id == Posting.entry_id)
    (invoice,) = charged()
    postings = db.session.execute(booked.where(LedgerEntry.invoice_id == invoice.id).order_by(Posting.id)).all()
    assert [tuple(row) for row in postings] == [("1100", 43_048), (REMINDER_INCOME, -43_048)]
    assert (invoice.issue_day, invoice.due_day) == (LATER, LATER + timedelta(30))
    assert [line for finding in run_checks() for line in finding.problems] == []


def test_no_day_and_no_fee_is_charged_twice(late: World, letters: list[str]):
    for day in (MAY, LATER, LATER, LATER + timedelta(20), LATER + timedelta(21), LATER + timedelta(22)):
        remind(late, "MRC", day)
    assert len(letters) == len({MAY, LATER, LATER + timedelta(21)})
    days = db.session.scalars(select(ReminderItem.interest_days).order_by(ReminderItem.id)).all()
    assert days == [0, 37, 21]
    assert [invoice.gross for invoice in charged()] == [pounds("430.48"), pounds("255.14")]
    assert problems() == []


def test_what_is_in_dispute_or_paid_before_it_is_sent_costs_nothing(late: World, letters: list[str]):
    for short in ("MRC", "NIH"):
        remind(late, short, MAY)
    late.pay("MRC", "50000.00", MAY)
    with transaction():
        dispute_invoice(late.invoice_of("NIH").id, "Billed twice", since=MAY, actor=late.office)
    for short in ("MRC", "NIH"):
        remind(late, short, LATER)
    assert (len(letters), charged()) == (2, [])


def test_interest_is_on_what_is_still_open_to_the_penny(late: World, letters: list[str]):
    """37 days at 8 % on 123.45 are 1.00112.. pounds."""
    remind(late, "MRC", MAY)
    late.pay("MRC", "49876.55", MAY)
    remind(late, "MRC", LATER)
    assert len(letters) == 2
    assert lines()[1] == ("Interest on INV-2016-0001: GBP 123.45 at 8 % a year for 37 of 365 days", 100)


def test_being_late_with_what_a_reminder_cost_costs_nothing_more(late: World, letters: list[str]):
    for day in (MAY, LATER):
        remind(late, "MRC", day)
    late.pay("MRC", "50000.00", MAY)
    for days in (40, 60, 90):
        remind(late, "MRC", LATER + timedelta(days))
    assert len(letters) == 5
    assert [invoice.gross for invoice in charged()] == [pounds("430.48")]


def test_interest_on_an_invoice_in_another_currency_is_charged_in_that_one(late: World, letters: list[str]):
    late.adopt("partner", Money.of("1000.00", "EUR"), date(2012, 1, 1))
    late.rate("EUR", "0.77", date(2016, 1, 1))
    late.issue(day=MAY, due=date(2016, 5, 25))
    remind(late, "ICS", date(2016, 6, 10))
    remind(late, "ICS", date(2016, 6, 24))
    assert len(letters) == 2
    assert [invoice.gross for invoice in charged()] == [Money.of("6.58", "EUR"), pounds("25.00")]
    assert charged()[0].home_minor == 507
    assert problems() == []


def test_fees_in_a_currency_without_a_rate_are_refused_when_they_are_adopted(late: World):
    terms = ReminderTerms((replace(USUAL_LEVELS[0], fee_minor=2500),), "EUR")
    with pytest.raises(DomainError, match="No rate of exchange of EUR is on record") as refused:
        adopt(late, terms)
    assert refused.value.field == "currency"
    adopt(late, replace(terms, levels=(USUAL_LEVELS[0],)))
    late.rate("EUR", "0.77", date(2016, 1, 1))
    adopt(late, terms)


def test_who_cannot_be_charged_for_want_of_a_rate_is_not_reminded_and_the_preview_says_why(
    late: World, letters: list[str]
):
    db.session.execute(update(ReminderPolicy).values(currency="EUR"))
    db.session.commit()
    for short in ("MRC", "NIH"):
        remind(late, short, MAY)
    late.pay("NIH", "50000.00", MAY)
    due = due_on(LATER)
    assert [each.payer for each in due.payers] == ["Wellcome Trust"]
    (left_out,) = due.left_out
    assert (left_out.payer, left_out.why_not) == ("Medical Research Council", WhyNot.NO_RATE)
    assert left_out.why_words.startswith("What its reminder costs cannot be invoiced: No rate of exchange of EUR")
    remind(late, "MRC", LATER)
    assert (len(letters), charged()) == (2, [])
    late.rate("EUR", "0.77", MAY)
    remind(late, "MRC", LATER)
    assert sorted(str(invoice.gross) for invoice in charged()) == ["25.00", "405.48"]


def test_the_usual_letter_and_what_it_costs_are_worded_in_the_language_of_the_payer(late: World, letters: list[str]):
    remind(late, "MRC", MAY)
    payer = update(Institution).where(Institution.id == late.members["MRC"])
    db.session.execute(payer.values(document_language=Language.GERMAN))
    db.session.commit()
    remind(late, "MRC", LATER)
    assert "Zweite Mahnung: Rechnung INV-2016-0001 von IMPC" in letters[1]
    assert "37 Tage nach der Fälligkeit sind GBP 50.000,00 noch offen" in letters[1].replace("\u00a0", " ")
    assert [words for words, _ in lines()] == [
        "Gebühr für eine Mahnung der Stufe 2",
        "Zinsen auf INV-2016-0001: GBP 50.000,00 zu 8 % im Jahr für 37 von 365 Tagen",
    ]


def test_a_text_of_ones_own_goes_out_as_it_is_written(late: World, letters: list[str]):
    own = replace(USUAL_LEVELS[0], text="We wait for {total} since {days} days.")
    adopt(late, ReminderTerms((own,), "GBP"))
    payer = update(Institution).where(Institution.id == late.members["MRC"])
    db.session.execute(payer.values(document_language=Language.GERMAN))
    db.session.commit()
    remind(late, "MRC", MAY)
    assert "We wait for GBP 50,000.00 since 23 days." in letters[0]
    assert "GBP 50.000,00" in letters[0].replace("\u00a0", " ")


def test_the_preview_says_what_each_reminder_costs_and_why(late: World, letters: list[str]):
    remind(late, "MRC", MAY)
    assert letters
    (due,) = due_on(LATER, late.members["MRC"]).payers
    assert (due.fee, due.charged) == (pounds("25.00"), (pounds("430.48"),))
    assert [cost.words.partition(":")[0] for cost in due.costs] == [
        "Fee for a reminder of level 2",
        "Interest on INV-2016-0001",
    ]


def test_where_a_second_person_is_wanted_the_charge_waits_as_a_draft_and_may_be_waived(late: World, letters: list[str]):
    with transaction():
        adopt_billing(MAY, BillingTerms(second_above={Act.ISSUE: 0}), actor=late.office)
    for day in (MAY, LATER):
        remind(late, "MRC", day)
    (draft,) = charged()
    assert (len(letters), draft.state, draft.gross) == (2, InvoiceState.DRAFT, pounds("430.48"))
    assert db.session.scalars(select(Approval.subject_id)).all() == [draft.id]
    with transaction():
        discard_draft(draft.id, actor=late.office)
    remind(late, "MRC", LATER)
    assert (charged(), problems()) == ([], [])


def test_verify_tells_charges_that_are_not_what_the_reminder_costs(late: World, letters: list[str]):
    for day in (MAY, LATER):
        remind(late, "MRC", day)
    assert (len(letters), problems()) == (2, [])
    db.session.execute(update(ReminderItem).where(ReminderItem.interest_days == 37).values(interest_days=36))
    assert [line.partition(" ")[0] for line in problems()] == ["Reminder", "INV-2016-0001"]
    db.session.execute(update(ReminderItem).where(ReminderItem.interest_days == 36).values(interest_minor=40_549))
    assert problems()[2].endswith("was charged \u22120.01 GBP more than it costs.")
    db.session.rollback()
