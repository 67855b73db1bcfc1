"""Deciding lines of the bank: what is proposed, what a decision books, and that each can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import func, select

from app.audit.commands import Subject, record
from app.billing.commands import RefundValues, Settlement, allocate_payment, refund_payment, release_allocation
from app.billing.commands.bank import (
    Portion,
    accept_proposal,
    assign_line,
    book_certain,
    book_to_ledger,
    ignore_line,
    open_again,
    split_line,
)
from app.billing.models import Allocation, BankEntry, ClosedYear, LedgerEntry, Posting
from app.billing.queries.bank.statements import get_statement, reconcile
from app.billing.rules import BANK_CHARGES
from app.billing.rules.bank.matching import Verdict
from app.core import clock
from app.core.actor import Actor, Granted
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError
from app.core.money import Money
from app.core.permissions import Role
from app.core.transaction import transaction
from tests.billing.bank_world import (
    FEE,
    adopt,
    bring_lines,
    entries,
    judged,
    live_matches,
    payments,
    problems,
    still_open,
)
from tests.billing.statement_files import DAY, IBAN, Line
from tests.billing.world import World, pounds

THEIRS = "DE89370400440532013000"


@pytest.fixture
def owing(world: World) -> World:
    """The world with its main account, and 50,000.00 open on the invoice of each funder."""
    world.issue(day=date(2016, 4, 1), due=date(2016, 5, 1))
    adopt(world)
    return world


def number_of(world: World, short: str) -> str:
    return str(world.invoice_of(short).number)


def doing(verb: Callable[..., object], *given: object, actor: Actor) -> None:
    with transaction():
        verb(*given, actor=actor)


def booked_on_bank() -> int:
    return db.session.scalar(select(func.sum(Posting.amount_minor)).where(Posting.account_code == "1200")) or 0


def test_an_amount_that_is_open_on_two_invoices_is_a_question_and_names_both(owing: World):
    (entry,) = bring_lines(owing, Line(FEE, "membership"))
    judgement = judged(entry)
    assert judgement.verdict is Verdict.ASKED
    assert len(judgement.proposals) == 3


def test_a_payer_is_known_by_the_account_that_an_earlier_line_was_assigned_from(owing: World):
    first, second = bring_lines(
        owing, Line(100, "a", iban=THEIRS, name="MRC Swindon"), Line(FEE, "b", iban=THEIRS, name="MRC Swindon")
    )
    doing(assign_line, first.id, owing.members["MRC"], actor=owing.office)
    judgement = judged(second)
    assert judgement.verdict is Verdict.LIKELY
    assert {each.payer_id for each in judgement.proposals} == {owing.members["MRC"]}
    assert [each.key for each in judgement.proposals] == [
        f"invoice-{owing.invoice_of('MRC').id}",
        f"account-{owing.members['MRC']}",
    ]


def test_a_payer_is_known_by_its_name_and_only_its_whole_name(owing: World):
    whole, part = bring_lines(owing, Line(100, "x", name="WELLCOME TRUST"), Line(200, "y", name="Wellcome Trust Ltd"))
    assert [each.payer_id for each in judged(whole).proposals] == [owing.members["Wellcome"]]
    assert judged(part).verdict is Verdict.UNKNOWN


def test_a_short_payment_is_proposed_as_a_part_and_the_rest_stays_open(owing: World):
    (entry,) = bring_lines(owing, Line(FEE - 1_500, number_of(owing, "MRC")))
    part, charge = judged(entry).proposals
    doing(accept_proposal, entry.id, part.key, actor=owing.office)
    assert still_open(owing, "MRC") == 1_500
    assert charge.writes_off == 1_500
    assert problems() == []


def test_a_short_payment_may_be_taken_with_a_charge_that_is_written_off_and_opened_again_with_it(owing: World):
    (entry,) = bring_lines(owing, Line(FEE - 1_500, number_of(owing, "MRC")))
    doing(accept_proposal, entry.id, judged(entry).proposals[1].key, actor=owing.office)
    assert still_open(owing, "MRC") == 0
    doing(open_again, entry.id, actor=owing.office)
    assert still_open(owing, "MRC") == FEE
    assert booked_on_bank() == 0
    assert problems() == []


def test_what_is_paid_above_an_invoice_stays_on_the_account_of_the_payer(owing: World):
    (entry,) = bring_lines(owing, Line(FEE + 700, number_of(owing, "NIH")))
    doing(accept_proposal, entry.id, judged(entry).proposals[0].key, actor=owing.office)
    assert [payment.unallocated_minor for payment in payments()] == [700]


def test_what_is_no_longer_proposed_is_refused_and_nothing_is_booked(owing: World):
    (entry,) = bring_lines(owing, Line(FEE, "membership"))
    key = judged(entry).proposals[0].key
    owing.pay("MRC", "50000.00", date(2016, 4, 20))
    with pytest.raises(DomainError, match="no longer proposed"):
        doing(accept_proposal, entry.id, key, actor=owing.office)
    assert len(payments()) == 1


def test_a_line_is_split_among_payers_and_what_is_left_waits_on_their_accounts(owing: World):
    (entry,) = bring_lines(owing, Line(2 * FEE, "both"))
    portions = [
        Portion(owing.members["NIH"], pounds(60_000), (Settlement(owing.invoice_of("NIH").id, pounds(50_000)),)),
        Portion(owing.members["MRC"], pounds(40_000), (Settlement(owing.invoice_of("MRC").id, pounds(40_000)),)),
    ]
    doing(split_line, entry.id, portions, actor=owing.office)
    assert (still_open(owing, "NIH"), still_open(owing, "MRC")) == (0, 1_000_000)
    assert sorted(payment.unallocated_minor for payment in payments()) == [0, 1_000_000]
    assert problems() == []


def test_parts_that_do_not_add_to_the_line_are_refused(owing: World):
    (entry,) = bring_lines(owing, Line(FEE, "both"))
    with pytest.raises(DomainError, match=r"must add to 50,000\.00"):
        doing(split_line, entry.id, [Portion(owing.members["NIH"], pounds(1))], actor=owing.office)


def test_money_that_went_is_no_payment_of_a_payer(owing: World):
    (entry,) = bring_lines(owing, Line(-100, "x"))
    with pytest.raises(DomainError, match="This money went"):
        doing(assign_line, entry.id, owing.members["MRC"], actor=owing.office)


def test_a_payer_named_twice_in_a_split_is_refused(owing: World):
    (entry,) = bring_lines(owing, Line(200, "x"))
    twice = [Portion(owing.members["MRC"], pounds(1)), Portion(owing.members["MRC"], pounds(1))]
    with pytest.raises(DomainError, match="named once"):
        doing(split_line, entry.id, twice, actor=owing.office)


def test_a_line_of_a_closed_year_is_booked_in_the_open_one(world: World):
    adopt(world)
    (entry,) = bring_lines(world, Line(100, "x", day=date(2016, 2, 1)))
    with transaction():
        db.session.add(
            ClosedYear(first_day=date(2015, 4, 1), last_day=date(2016, 3, 31), closed_by="test", closed_at=clock.now())
        )
        record("billing.close_year", Subject("closed_year", 1), summary="Closed", actor=world.office)
    doing(assign_line, entry.id, world.members["MRC"], actor=world.office)
    assert [payment.received_on for payment in payments()] == [date(2016, 4, 1)]


def test_a_decided_line_is_not_decided_again(owing: World):
    (entry,) = bring_lines(owing, Line(100, "x"))
    doing(assign_line, entry.id, owing.members["MRC"], actor=owing.office)
    with pytest.raises(DomainError, match="decided already"):
        doing(ignore_line, entry.id, "double", actor=owing.office)


def test_a_line_is_left_out_only_with_a_reason(owing: World):
    (entry,) = bring_lines(owing, Line(100, "x"))
    with pytest.raises(DomainError, match="Say why"):
        doing(ignore_line, entry.id, "  ", actor=owing.office)
    doing(ignore_line, entry.id, "Between our own accounts", actor=owing.office)
    assert [(each.state, each.reason) for each in entries()] == [("ignored", "Between our own accounts")]
    doing(open_again, entry.id, actor=owing.office)
    assert [(each.state, each.reason) for each in entries()] == [("open", None)]


def test_a_charge_of_the_bank_is_booked_without_a_payer_and_taken_back_by_an_entry_of_its_own(owing: World):
    (entry,) = bring_lines(owing, Line(-1_500, "Charges of May"))
    doing(book_to_ledger, entry.id, BANK_CHARGES, actor=owing.office)
    assert booked_on_bank() == -1_500
    doing(open_again, entry.id, actor=owing.office)
    assert booked_on_bank() == 0
    kinds = db.session.scalars(select(LedgerEntry.kind).where(LedgerEntry.kind == "bank")).all()
    assert len(kinds) == 2
    assert problems() == []


def test_a_line_like_one_booked_to_the_ledger_is_proposed_to_go_there_too(owing: World):
    may, june = bring_lines(owing, Line(-1_500, "Charges 05/2016"), Line(-1_700, "Charges 06/2016"))
    doing(book_to_ledger, may.id, BANK_CHARGES, actor=owing.office)
    (proposal,) = judged(june).proposals
    doing(accept_proposal, june.id, proposal.key, actor=owing.office)
    assert booked_on_bank() == -3_200


def test_a_line_is_booked_to_income_or_expense_only(owing: World):
    (entry,) = bring_lines(owing, Line(-1_500, "Charges"))
    with pytest.raises(DomainError, match="income or expense"):
        doing(book_to_ledger, entry.id, "1100", actor=owing.office)


def test_a_payment_taken_back_by_the_bank_opens_its_invoice_and_can_be_undone(owing: World):
    came, went = bring_lines(
        owing, Line(FEE, number_of(owing, "MRC")), Line(-FEE, "Returned debit", reversal=True, bank_reference="R1")
    )
    (proposal,) = judged(went).proposals
    doing(accept_proposal, went.id, proposal.key, actor=owing.office)
    assert (still_open(owing, "MRC"), booked_on_bank()) == (FEE, 0)
    with pytest.raises(DomainError, match="open that line first"):
        doing(open_again, came.id, actor=owing.office)
    doing(open_again, went.id, actor=owing.office)
    assert booked_on_bank() == FEE
    doing(open_again, came.id, actor=owing.office)
    assert (booked_on_bank(), live_matches()) == (0, [])
    assert problems() == []


def test_money_that_went_takes_a_payment_back_only_where_it_speaks_of_its_payer(owing: World):
    number = number_of(owing, "MRC")
    _, named, silent = bring_lines(
        owing, Line(FEE, number), Line(-FEE, f"Return {number}", bank_reference="R1"), Line(-FEE, "Rent")
    )
    (proposal,) = judged(named).proposals
    assert proposal.reverses is not None
    assert judged(silent).verdict is Verdict.UNKNOWN


def release(world: World, day: date) -> None:
    """Undo the newest allocation on a day."""
    done = db.session.scalars(select(Allocation).order_by(Allocation.id.desc()).limit(1)).one()
    with transaction():
        release_allocation(done.id, day=day, reason="Settled the wrong invoice", actor=world.office)


def test_a_line_is_opened_again_though_what_it_settled_was_undone_later(owing: World):
    (came,) = bring_lines(owing, Line(FEE, number_of(owing, "MRC"), day=date(2016, 5, 10)))
    release(owing, date(2016, 5, 20))
    doing(open_again, came.id, actor=owing.office)
    assert (still_open(owing, "MRC"), booked_on_bank(), live_matches()) == (FEE, 0, [])
    assert problems() == []


def test_the_bank_takes_a_payment_back_of_before_the_day_it_settled_something(owing: World):
    (came,) = bring_lines(owing, Line(FEE, "Fees", day=date(2016, 5, 10)))
    doing(assign_line, came.id, owing.members["MRC"], actor=owing.office)
    settles = [Settlement(owing.invoice_of("MRC").id, pounds(50000))]
    with transaction():
        allocate_payment(payments()[0].id, settles, day=date(2016, 5, 20), actor=owing.office)
    (_, went) = bring_lines(owing, Line(-FEE, "Returned", day=date(2016, 5, 15), reversal=True), opening=FEE)
    (proposal,) = judged(went).proposals
    doing(accept_proposal, went.id, proposal.key, actor=owing.office)
    assert (still_open(owing, "MRC"), booked_on_bank()) == (FEE, 0)
    assert problems() == []


def test_a_payment_recorded_by_hand_is_shown_by_the_line_and_nothing_more_is_booked(owing: World):
    owing.pay("MRC", "50000.00", date(2016, 5, 20))
    (entry,) = bring_lines(owing, Line(FEE, number_of(owing, "MRC")))
    first = judged(entry).proposals[0]
    doing(accept_proposal, entry.id, first.key, actor=owing.office)
    assert len(payments()) == 1
    doing(open_again, entry.id, actor=owing.office)
    assert booked_on_bank() == FEE
    assert problems() == []


def test_a_refund_on_record_is_shown_by_the_line_by_which_it_went(owing: World):
    payment = owing.pay("MRC", "50100.00", date(2016, 5, 20))
    with transaction():
        refund_payment(payment.id, RefundValues(pounds(100), DAY, "Paid too much"), actor=owing.office)
    (entry,) = bring_lines(owing, Line(-10_000, "Refund"))
    (proposal,) = judged(entry).proposals
    doing(accept_proposal, entry.id, proposal.key, actor=owing.office)
    assert [(each.refund_id is not None, each.is_made) for each in live_matches()] == [(True, False)]


def test_what_became_certain_afterwards_is_booked_when_asked(world: World):
    adopt(world)
    (entry,) = bring_lines(world, Line(FEE, "INV-2016-0001"))
    assert entry.state == "open"
    world.issue(day=DAY, due=date(2016, 6, 23))
    with transaction():
        assert book_certain(entry.account_id, actor=world.office) == 1
    assert problems() == []


def test_the_difference_between_bank_and_ledger_is_explained_to_the_penny(owing: World):
    owing.pay("NIH", "15.00", date(2016, 5, 1))
    lines = (Line(FEE, number_of(owing, "MRC")), Line(700, "unknown"), Line(-1_500, "Charges"), Line(30, "own"))
    booked, _, _, own = bring_lines(owing, *lines, opening=2_000)
    doing(ignore_line, own.id, "Between our own accounts", actor=owing.office)
    owing.pay("NIH", "10.00", DAY)
    balance = reconcile(get_statement(booked.statement_id, owing.office), owing.office)
    assert balance is not None
    assert (balance.before, balance.missing) == (pounds(5), pounds(0))
    assert (balance.open, balance.open_lines, balance.ignored) == (Money(-800, "GBP"), 2, Money(30, "GBP"))
    assert (balance.by_hand, balance.ledger) == (pounds(10), pounds(50_025))
    assert balance.difference == balance.before + balance.open + balance.ignored - balance.by_hand


def test_a_statement_that_was_not_imported_in_between_is_missed(owing: World):
    bring_lines(owing, Line(100, "a"))
    later = bring_lines(owing, Line(100, "b"), opening=5_100, number="9")[-1]
    balance = reconcile(get_statement(later.statement_id, owing.office), owing.office)
    assert balance is not None
    assert balance.missing == pounds(50)


def test_an_auditor_decides_nothing(owing: World):
    (entry,) = bring_lines(owing, Line(100, "x", iban=IBAN))
    with pytest.raises(AccessDeniedError):
        doing(ignore_line, entry.id, "no", actor=Actor("Ada", 1, (Granted(Role.AUDITOR),)))
    assert db.session.get_one(BankEntry, entry.id).state == "open"
