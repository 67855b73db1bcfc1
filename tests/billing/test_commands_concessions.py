"""Discounts, waivers and contributions in kind in a fee run, and payers other than the member."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from app.billing.commands import (
    ConcessionTerms,
    PayerTerms,
    correct_concession,
    discard_draft,
    end_payers,
    issue_invoice,
    name_payers,
    take_back_concession,
    void_invoice,
)
from app.billing.commands.runs import IssueValues
from app.billing.models import Allocation, FeeConcession, FeePayer, Invoice, InvoiceLine, Posting
from app.billing.queries.charges import Charge, NotBilled, preview_run
from app.billing.queries.concessions import list_concessions
from app.billing.queries.mismatches import list_mismatches
from app.billing.queries.payers import list_payers
from app.billing.rules import ConcessionKind, Proration
from app.core import clock
from app.core.actor import Actor, Granted
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError
from app.core.money import Money
from app.core.permissions import Role
from tests.billing.world import JUNE, MAY, YEAR, World, pounds
from tests.members.world import do, on

JULY = date(2016, 7, 1)


def charges_of(world: World, short: str) -> list[Charge]:
    return [each for each in preview_run(YEAR, actor=world.office).charges if each.member.short_name == short]


def why_not(world: World, short: str) -> NotBilled:
    return next(each for each in preview_run(YEAR, actor=world.office).not_billed if each.short_name == short)


def lines_to(world: World, short: str) -> list[InvoiceLine]:
    asked = select(InvoiceLine).join(Invoice).where(Invoice.payer_id == world.members[short])
    return list(db.session.scalars(asked.order_by(InvoiceLine.id)))


def test_a_waived_fee_makes_no_invoice_and_a_visible_record(world: World):
    world.concede("MRC", "waiver", reason="In distress after the fire")
    row = why_not(world, "MRC")
    assert (row.why, row.rule) == ("Waiver, 50,000.00: In distress after the fire", "D-2016-014")
    assert world.prepare().planned == 2
    assert [(each.short_name, each.kind.value) for each in list_concessions(year=YEAR, actor=world.office)] == [
        ("MRC", "waiver")
    ]


def test_a_discount_is_taken_off_the_line_and_named_on_it(world: World):
    world.concede("MRC", "discount", basis_points=2000)
    (charge,) = charges_of(world, "MRC")
    assert (charge.amount, charge.relief) == (pounds(40_000), pounds(10_000))
    assert charge.why == "full year; less 10,000.00: a discount of 20 %"
    world.issue()
    (line,) = lines_to(world, "MRC")
    assert line.description == "Funder membership fee, less a discount of 20 %"
    assert (line.net_minor, line.relief_minor) == (4_000_000, 1_000_000)


def test_a_contribution_in_kind_stands_on_the_line_with_its_worth(world: World):
    world.concede("MRC", "in_kind", amount=pounds(60_000), reason="Hosts the data centre")
    assert why_not(world, "MRC").why == "Contribution in kind, 50,000.00: Hosts the data centre"
    world.concede("NIH", "in_kind", amount=pounds(1_000))
    (charge,) = charges_of(world, "NIH")
    assert charge.amount == pounds(49_000)
    assert "less 1,000.00: a contribution in kind" in charge.why


def test_an_amount_in_another_currency_than_the_known_fee_is_refused(world: World):
    with pytest.raises(DomainError, match="The fee of Medical Research Council is in GBP") as refused:
        world.concede("MRC", "in_kind", amount=Money.of("500.00", "EUR"))
    assert refused.value.field == "currency"
    conceded = world.concede("MRC", "in_kind", amount=pounds(500))
    terms = ConcessionTerms(ConcessionKind.DISCOUNT, YEAR.first, "Agreed", "Board", amount=Money.of("500.00", "EUR"))
    with pytest.raises(DomainError, match="would take nothing off"):
        do(correct_concession, conceded.id, terms, actor=world.office)


def test_what_takes_nothing_off_since_the_fee_came_in_another_currency_can_be_ended(world: World):
    euros = Money.of("400.00", "EUR")
    conceded = world.concede("ICS", "discount", amount=euros)
    world.adopt("partner", "1000.00", date(2012, 1, 1))
    ended = ConcessionTerms(ConcessionKind.DISCOUNT, YEAR.first, "Agreed", "Board", last_day=MAY, amount=euros)
    for changed in ({"amount": Money.of("500.00", "EUR")}, {"first_day": JULY, "last_day": None}):
        with pytest.raises(DomainError, match="would take nothing off"):
            do(correct_concession, conceded.id, replace(ended, **changed), actor=world.office)
    do(correct_concession, conceded.id, ended, actor=world.office)
    assert [each.period.last for each in list_concessions(actor=world.office)] == [MAY]


def test_an_amount_in_the_currency_of_one_of_several_fees_is_taken_off_that_one(world: World):
    world.adopt("partner", Money.of("1000.00", "EUR"), date(2012, 1, 1))
    world.concede("NIH", "in_kind", amount=Money.of("400.00", "EUR"))
    assert [(each.amount, each.idle) for each in charges_of(world, "NIH")] == [
        (pounds(50_000), ()),
        (Money.of("600.00", "EUR"), ()),
    ]


def test_the_preview_names_what_takes_nothing_off_because_the_fee_came_in_another_currency(world: World):
    world.concede("ICS", "discount", amount=Money.of("400.00", "EUR"))
    world.adopt("partner", "1000.00", date(2012, 1, 1))
    (charge,) = charges_of(world, "ICS")
    assert charge.amount == pounds(1000)
    told = "a discount of €400.00 takes nothing off: it is in another currency than the fee"
    assert charge.why == f"full year; {told}"
    world.prepare()
    assert lines_to(world, "ICS")[0].why == charge.why


def test_an_amount_counts_once_where_a_class_change_makes_two_lines(world: World):
    world.adopt("partner", "1000.00", date(2012, 1, 1))
    world.add("Genome Canada", "GC", "CA")
    world.join("GC", "partner", date(2016, 1, 1), date(2016, 6, 30))
    world.join("GC", "funder", JULY)
    world.concede("GC", "discount", amount=pounds(600))
    (second,) = charges_of(world, "GC")
    assert (second.part.days.first, second.relief, second.amount) == (JULY, pounds("102.73"), pounds("25033.88"))


def test_a_change_of_class_in_mid_year_is_two_dated_lines_in_their_order(world: World):
    world.adopt("partner", "1000.00", date(2012, 1, 1))
    world.add("Genome Canada", "GC", "CA")
    world.join("GC", "partner", date(2016, 1, 1), date(2016, 6, 30))
    world.join("GC", "funder", JULY)
    world.concede("GC", "discount", amount=pounds(300))
    world.prepare()
    assert [(line.first_day, line.net_minor) for line in lines_to(world, "GC")] == [
        (date(2016, 1, 1), 19_727), (JULY, 2_513_661),
    ]  # fmt: skip


def test_what_a_concession_takes_off_is_no_mismatch(world: World):
    world.concede("MRC", "discount", basis_points=2000)
    world.issue()
    assert list_mismatches(YEAR, actor=world.office) == []


def test_a_concession_is_corrected_and_what_was_known_stays_known(world: World):
    granted = world.concede("MRC", "discount", basis_points=2000)
    before = clock.now()
    terms = ConcessionTerms(ConcessionKind.DISCOUNT, YEAR.first, "Agreed", "Board", YEAR.last, basis_points=5000)
    with on(date(2016, 5, 25)):
        do(correct_concession, granted.id, terms, actor=world.office)
        (now,) = list_concessions(on=MAY, actor=world.office)
        (then,) = list_concessions(on=MAY, known=before, actor=world.office)
        assert (now.basis_points, now.period.last, then.basis_points, then.period.last) == (5000, YEAR.last, 2000, None)
        do(take_back_concession, granted.id, reason="Meant for NIH", actor=world.office)
        assert list_concessions(on=MAY, actor=world.office) == []
        with pytest.raises(DomainError, match="taken back already"):
            do(take_back_concession, granted.id, reason="Again", actor=world.office)


def test_two_waivers_of_one_member_share_no_day(world: World):
    world.concede("MRC", "waiver", last_day=date(2016, 6, 30))
    with pytest.raises(DomainError, match="waived already"):
        world.concede("MRC", "waiver", date(2016, 6, 30))
    later = world.concede("MRC", "waiver", JULY)
    for first in (date(2016, 7, 2), JULY):
        do(correct_concession, later.id, waiver(first), actor=world.office)
    with pytest.raises(DomainError, match="waived already"):
        do(correct_concession, later.id, waiver(date(2016, 6, 30)), actor=world.office)


def waiver(first: date) -> ConcessionTerms:
    return ConcessionTerms(ConcessionKind.WAIVER, first, "Agreed", "Finance Committee")


def test_a_payer_other_than_the_member_gets_the_invoice(world: World):
    world.let_pay("MRC", "Wellcome")
    (charge,) = charges_of(world, "MRC")
    assert charge.why == "full year; Wellcome pays it"
    run = world.issue()
    assert run.planned == 2
    own, other = lines_to(world, "Wellcome")
    assert sorted([own.description, other.description]) == [
        "Funder membership fee", "Funder membership fee, Medical Research Council",
    ]  # fmt: skip
    assert world.invoice_of("Wellcome").gross_minor == 10_000_000
    assert not lines_to(world, "MRC")


def test_a_payer_for_several_members_gets_one_invoice_or_one_for_each(world: World):
    world.add("Genome Canada", "GC", "CA")
    world.let_pay("MRC", "GC")
    world.let_pay("NIH", "GC", is_separate=True)
    world.let_pay("Wellcome", "GC")
    world.prepare()
    sizes = select(func.count(InvoiceLine.id)).join(Invoice).group_by(Invoice.id)
    assert sorted(db.session.scalars(sizes.where(Invoice.payer_id == world.members["GC"]))) == [1, 2]


def test_a_fee_split_over_payers_adds_back_to_the_penny(world: World):
    world.adopt("partner", "10000.00", date(2012, 1, 1))
    world.let_pay("ICS", "MRC", "NIH", "Wellcome")
    world.issue()
    parts = [line for line in db.session.scalars(select(InvoiceLine)) if ", Institut Clinique" in line.description]
    assert sorted(line.net_minor for line in parts) == [333_333, 333_333, 333_334]
    assert "MRC pays 1 of 3" in {line.why.split("; ")[-1] for line in parts}


def test_a_share_whose_draft_was_discarded_is_billed_again_alone(world: World):
    world.let_pay("MRC", "NIH", ("MRC", 3))
    world.prepare()
    share = next(line for line in lines_to(world, "NIH") if "Medical" in line.description)
    with pytest.raises(DomainError, match="Nobody is left"):
        world.prepare()
    do(discard_draft, share.invoice_id, actor=world.office)
    (again,) = charges_of(world, "MRC")
    assert (again.payer.short_name, again.amount) == ("NIH", pounds(12_500))
    world.let_pay("MRC", "Wellcome")
    (other,) = charges_of(world, "MRC")
    assert (other.payer.short_name, other.amount) == ("Wellcome", pounds(12_500))


def test_a_voided_share_can_be_billed_again(world: World):
    world.let_pay("MRC", "MRC", "Wellcome")
    world.issue()
    do(void_invoice, world.invoice_of("MRC").id, day=MAY, reason="Wrong address", actor=world.office)
    (again,) = charges_of(world, "MRC")
    assert (again.payer.short_name, again.amount) == ("MRC", pounds(25_000))
    assert world.prepare().planned == 1


def test_who_pays_is_decided_by_the_first_day_of_what_is_charged(world: World):
    world.let_pay("MRC", "Wellcome", first=JULY)
    assert [charge.payer.short_name for charge in charges_of(world, "MRC")] == ["MRC"]
    world.adopt("partner", "12.00", date(2012, 1, 1), proration=Proration.BY_MONTH)
    world.join("MRC", "partner", JULY)
    assert [charge.payer.short_name for charge in charges_of(world, "MRC")] == ["MRC", "Wellcome"]


def test_payers_named_later_end_those_before_them(world: World):
    world.let_pay("MRC", "Wellcome", first=date(2015, 1, 1))
    world.let_pay("MRC", "NIH")
    assert [(row.payer, row.period.last) for row in list_payers(actor=world.office)] == [
        ("National Institutes of Health", None),
        ("Wellcome Trust", date(2015, 12, 31)),
    ]
    with pytest.raises(DomainError, match="Others are named from 1 January 2016 on"):
        world.let_pay("MRC", "Wellcome", first=date(2015, 6, 1))
    do(end_payers, world.members["MRC"], date(2016, 6, 30), reason="Pays itself", actor=world.office)
    assert [row.period.last for row in list_payers(on=MAY, actor=world.office)] == [date(2016, 6, 30)]
    with pytest.raises(DomainError, match="nobody else pays"):
        do(end_payers, world.members["MRC"], date(2016, 7, 30), reason="Again", actor=world.office)


def test_payers_named_anew_from_the_same_day_take_the_place_of_a_mistake(world: World):
    world.let_pay("MRC", "Wellcome")
    world.let_pay("MRC", "NIH", ("MRC", 2))
    rows = list_payers(on=MAY, actor=world.office)
    assert [(row.payer, row.share) for row in rows] == [
        ("National Institutes of Health", "1 of 3"), ("Medical Research Council", "2 of 3"),
    ]  # fmt: skip
    assert db.session.scalar(select(func.count()).where(FeePayer.superseded_at.is_not(None))) == 1


def test_reverse_charge_needs_the_number_of_who_pays(world: World):
    world.charge_in_reverse("partner", {})
    world.set_number("ICS", "FR40303265045")
    assert charges_of(world, "ICS")
    world.let_pay("ICS", "MRC")
    assert "No VAT number on record" in why_not(world, "ICS").why


def test_a_discarded_draft_for_another_bills_the_member_again(world: World):
    world.let_pay("MRC", "Wellcome")
    world.prepare()
    do(discard_draft, world.invoice_of("Wellcome").id, actor=world.office)
    assert {charge.member.short_name for charge in preview_run(YEAR, actor=world.office).charges} == {"MRC", "Wellcome"}


def test_each_line_is_income_of_the_account_its_fee_names(world: World):
    world.adopt("partner", "1200.00", date(2012, 1, 1), income_account="4900", proration=Proration.NONE)
    world.prepare()
    do(issue_invoice, world.invoice_of("ICS").id, IssueValues(MAY, JUNE), actor=world.office)
    booked = select(Posting.account_code, Posting.amount_minor).order_by(Posting.account_code)
    assert [tuple(row) for row in db.session.execute(booked)] == [("1100", 120_000), ("4900", -120_000)]
    with pytest.raises(DomainError, match="no income account"):
        world.adopt("funder", "1.00", date(2012, 1, 1), income_account="1200")


def test_who_may_not_bill_concedes_nothing_and_names_no_payer(world: World):
    auditor = Actor("Auditor", 77, (Granted(Role.AUDITOR),))
    granted = world.concede("MRC", "waiver")
    payer = PayerTerms(((world.members["NIH"], 1),), MAY, "Agreed")
    with pytest.raises(AccessDeniedError):
        do(take_back_concession, granted.id, reason="No", actor=auditor)
    with pytest.raises(AccessDeniedError):
        do(name_payers, world.members["MRC"], payer, actor=auditor)
    assert db.session.scalar(select(func.count()).select_from(FeeConcession)) == 1


def test_one_payment_of_who_pays_for_several_members_is_allocated_to_each_invoice(world: World):
    world.let_pay("MRC", "NIH", is_separate=True)
    world.let_pay("Wellcome", "NIH", is_separate=True)
    world.issue()
    payment = world.pay("NIH", "150000.00")
    parts = select(Allocation.amount_minor).where(Allocation.payment_id == payment.id)
    assert list(db.session.scalars(parts.order_by(Allocation.id))) == [5_000_000] * 3
    assert payment.unallocated_minor == 0


def test_a_concession_granted_after_billing_edits_nothing_that_was_posted(world: World):
    world.issue()
    posted = select(Posting.id, Posting.account_code, Posting.amount_minor).order_by(Posting.id)
    before = db.session.execute(posted).all()
    world.concede("MRC", "waiver")
    assert db.session.execute(posted).all() == before
    assert world.invoice_of("MRC").open_minor == 5_000_000
    assert "Billed already: INV-2016-0001" in why_not(world, "MRC").why
