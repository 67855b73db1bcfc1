"""A consortium with a row in every table of billing, made by the commands that everyone else uses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select

from app.audit.commands import Subject
from app.billing.commands import (
    ChargeLine,
    ConcessionTerms,
    CreditValues,
    IssueValues,
    PrintedReceipt,
    RefundValues,
    WriteOffValues,
    adopt_reminders,
    adopt_standing,
    ask_refund,
    block_reminders,
    close_year,
    correct_concession,
    credit_invoice,
    dispute_invoice,
    draft_again,
    draft_charge,
    give_receipt,
    issue_invoice,
    lift_block,
    print_invoice,
    refund_payment,
    release_allocation,
    remind_payer,
    settle_dispute,
    void_invoice,
    write_off,
)
from app.billing.commands.bank import book_to_ledger, ignore_line, read_table_file
from app.billing.models import Allocation, Invoice
from app.billing.queries.credits import creditable_of
from app.billing.queries.receipts import get_receipt
from app.billing.rules import (
    USUAL_LEVELS,
    Act,
    ConcessionKind,
    ReminderTerms,
    StandingTerms,
    TaxCategory,
    WriteOffKind,
)
from app.billing.rules.bank.heads import look_at
from app.core import clock
from app.core.database import db
from app.core.money import Money
from app.core.periods import Period
from app.core.transaction import transaction
from tests.billing.bank_world import adopt, bring, bring_lines, entries
from tests.billing.statement_files import Line
from tests.billing.world import MAY, World, pounds

ISSUED, DUE = date(2016, 4, 1), date(2016, 5, 1)
TABLE = b"Date;Text;Amount;Reference\n23.05.2016;Interest;1,50;A-1\n24.05.2016;A gift;7,00;A-2\n"


def furnish(world: World) -> None:
    """Let there be at least one row in each table, with a value in nearly every column."""
    _set(world)
    world.issue(day=ISSUED, due=DUE)
    print_invoice({"invoice_id": world.invoice_of("MRC").id})
    _charge(world)
    _pay(world)
    _bank(world)
    _remind(world)
    with transaction():
        close_year(Period(date(2015, 1, 1), date(2015, 12, 31)), actor=world.office)
    world.bill_by(MAY, second_above={Act.REFUND: 0})
    left = world.pay("NIH", "10.00", MAY, settles=())
    with transaction():
        ask_refund(Subject("payment", left.id), RefundValues(pounds(5), MAY, "Overpaid"), actor=world.office)
    db.session.expire_all()


def _set(world: World) -> None:
    world.rate("EUR", "0.79", date(2016, 3, 1))
    granted = world.concede("MRC", "discount", basis_points=1000)
    terms = ConcessionTerms(
        ConcessionKind.DISCOUNT, granted.first_day, "Agreed anew", "Finance Committee", basis_points=2000
    )
    with clock.clock_at(clock.now() + timedelta(seconds=1)), transaction():
        correct_concession(granted.id, terms, actor=world.office)
    world.concede("Wellcome", "in_kind", amount=pounds(100), last_day=date(2016, 12, 31))
    world.let_pay("Wellcome", "NIH", "Wellcome")
    world.adopt("partner", "100.00", date(2017, 1, 1))
    world.tier("ICS", "small")
    world.group("FR", "high")
    with transaction():
        adopt_standing(
            MAY, StandingTerms(votes_after=30, seats_after=60, forgiven_minor=100, currency="GBP"), actor=world.office
        )


def _charge(world: World) -> None:
    """An invoice in euros with tax, credited in part, one that is void, and the draft that replaces it."""
    for amount in (Money.of("100.00", "EUR"), pounds(80)):
        line = ChargeLine("Workshop", amount, ISSUED, DUE, tax_category=TaxCategory.STANDARD, tax_basis_points=2000)
        with transaction():
            draft = draft_charge(world.members["NIH"], [line], reason="Agreed", actor=world.office)
        with transaction():
            issue_invoice(draft.id, IssueValues(MAY, MAY + timedelta(30)), actor=world.office)
    void = world.invoice_of("NIH")
    with transaction():
        void_invoice(void.id, day=MAY, reason="It never took place", actor=world.office)
    with transaction():
        draft_again(void.id, actor=world.office)
    euros = db.session.scalars(select(Invoice).where(Invoice.currency == "EUR")).one()
    (line_left,) = creditable_of(euros.id).lines
    with transaction():
        credit_invoice(euros.id, CreditValues({line_left.id: 4000}, "Fewer came", MAY), actor=world.office)


def _pay(world: World) -> None:
    given = world.pay("MRC", "40100.00", MAY)
    invoice_id = world.invoice_of("MRC").id
    settling = db.session.scalars(select(Allocation.id).where(Allocation.payment_id == given.id)).one()
    says = get_receipt(invoice_id, settling, world.office).sha256
    with transaction():
        give_receipt(invoice_id, settling, PrintedReceipt(says, b"%PDF"), actor=world.office)
    with transaction():
        refund_payment(given.id, RefundValues(pounds(50), MAY, "Overpaid", "R-1"), actor=world.office)
    invoice = world.invoice_of("Wellcome")
    values = WriteOffValues(pounds(5), WriteOffKind.UNCOLLECTIBLE, "Too small to ask for", MAY)
    with transaction():
        write_off(invoice.id, values, actor=world.office)
    last = db.session.scalars(select(func.max(Allocation.id))).one()
    with transaction():
        release_allocation(last, day=MAY, reason="It came after all", actor=world.office)


def _bank(world: World) -> None:
    adopt(world)
    owing = world.invoice_of("Wellcome")
    bring_lines(
        world,
        Line(owing.open_minor, str(owing.number), name="Wellcome Trust", iban="GB33BUKB20201555555555"),
        Line(-1_500, "Charges", bank_reference="B-7", creditor_reference="RF18539007547034"),
        Line(700, "Not ours"),
    )
    lines = entries()
    with transaction():
        book_to_ledger(lines[1].id, "6100", actor=world.office)
    with transaction():
        ignore_line(lines[2].id, "Of another body", actor=world.office)
    waiting = bring(world, TABLE).waiting_id
    with transaction():
        read_table_file(waiting or 0, lines[0].account_id, look_at(TABLE).guess, actor=world.office)


def _remind(world: World) -> None:
    first, *rest = USUAL_LEVELS
    levels = (first, *(replace(each, fee_minor=2500) for each in rest))
    terms = ReminderTerms(levels, "GBP", interest_basis_points=800, interest_from_level=2)
    for _ in range(2):
        with transaction():
            adopt_reminders(clock.today(), terms, actor=world.office)
    for day in (MAY, MAY + timedelta(14)):
        with clock.clock_at(datetime(day.year, day.month, day.day, 11, tzinfo=UTC)):
            remind_payer({"payer_id": world.members["NIH"]})
    with transaction():
        disputed = db.session.scalars(
            select(Invoice).where(Invoice.open_minor > 0, Invoice.payer_id == world.members["NIH"]).order_by(Invoice.id)
        ).first()
        assert disputed is not None
        dispute_invoice(disputed.id, "Billed twice", since=MAY, actor=world.office)
    with transaction():
        settle_dispute(disputed.id, "It was not", on=MAY, actor=world.office)
    with transaction():
        block = block_reminders(world.members["ICS"], "Asked to wait", until=MAY + timedelta(5), actor=world.office)
    with transaction():
        lift_block(block.id, actor=world.office)
