"""Deciding lines of the bank: take a proposal, split among payers, book to the ledger, or leave alone with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from app.billing.commands.bank.booking import (
    Became,
    Line,
    Portion,
    check_settles_from,
    decide,
    keep_match,
    lock_open_line,
    pay,
)
from app.billing.commands.bookings import Booking, Leg, book
from app.billing.commands.payments import Settlement
from app.billing.commands.undoing import last_moved, reverse_payment
from app.billing.commands.write_offs import WriteOffValues, write_off
from app.billing.models import BankEntry, BankMatch, Invoice, LedgerAccount, Payment
from app.billing.queries.bank.judging import judge_entries
from app.billing.queries.closed_years import open_day
from app.billing.queries.exchange import worth_on
from app.billing.rules import RESULT_KINDS, EntryKind, WriteOffKind
from app.billing.rules.bank.matching import EntryState, Proposal, RecordKind
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.money import Money
from app.core.permissions import Permission
from app.web.wording import join_words, long_day

KEPT_ON_THE_WAY = "A charge was deducted on the way."
TAKEN_BACK = "The bank took it back."


def accept_proposal(entry_id: int, key: str, *, settles_from: date | None = None, actor: Actor) -> BankEntry:
    """Book a line as proposed, if what was proposed still holds; it settles from a day on, by default its own."""
    actor.require(Permission.PAYMENT_EDIT)
    line = lock_open_line(entry_id)
    proposals = judge_entries(line.account, [line.entry])[entry_id].proposals
    proposal = next((each for each in proposals if each.key == key), None)
    if proposal is None:
        raise DomainError("This is no longer proposed: something changed meanwhile. Nothing was recorded.")
    decide(line, EntryState.BOOKED, _carried_out(line, proposal, settles_from, actor), actor=actor)
    return line.entry


def split_line(
    entry_id: int, portions: Sequence[Portion], *, settles_from: date | None = None, actor: Actor
) -> BankEntry:
    """Book a line as payments of one or several payers, which must add to it; they settle from a day on."""
    actor.require(Permission.PAYMENT_EDIT)
    line = lock_open_line(entry_id)
    _refuse_outgoing(line)
    payers = [each.payer_id for each in portions]
    if len(set(payers)) < len(payers):
        raise DomainError("Each payer is named once, with all that it pays.")
    if sum(each.amount.minor for each in portions) != line.amount.minor:
        raise DomainError(f"The parts must add to {line.amount} {line.account.currency}.")
    wanted = {each.invoice_id: each.amount.minor for portion in portions for each in portion.settles}
    check_settles_from(line, settles_from, wanted)
    payments = pay(line, portions, settles_from=settles_from, actor=actor)
    decide(line, EntryState.BOOKED, _paid(payments), actor=actor)
    return line.entry


def assign_line(entry_id: int, payer_id: int, *, actor: Actor) -> BankEntry:
    """Book a line as a payment of a payer that settles nothing yet; its account is known from then on."""
    actor.require(Permission.PAYMENT_EDIT)
    line = lock_open_line(entry_id)
    _refuse_outgoing(line)
    payments = pay(line, [Portion(payer_id, line.amount)], actor=actor)
    decide(line, EntryState.BOOKED, _paid(payments), actor=actor)
    return line.entry


def book_to_ledger(entry_id: int, account_code: str, *, actor: Actor) -> BankEntry:
    """Book a line to an account of income or expense, such as a charge of the bank; it is no payer's."""
    actor.require(Permission.PAYMENT_EDIT)
    line = lock_open_line(entry_id)
    decide(line, EntryState.BOOKED, _booked_to(line, account_code, actor), actor=actor)
    return line.entry


def ignore_line(entry_id: int, reason: str, *, actor: Actor) -> BankEntry:
    """Leave a line out of the books, and say why."""
    actor.require(Permission.PAYMENT_EDIT)
    line = lock_open_line(entry_id)
    if not reason.strip():
        raise DomainError("Say why it is left out of the books.", "reason")
    decide(line, EntryState.IGNORED, "left out of the books", reason=reason.strip(), actor=actor)
    return line.entry


def _refuse_outgoing(line: Line) -> None:
    if line.amount.minor <= 0:
        raise DomainError("This money went: it is no payment of a payer.")


def _carried_out(line: Line, proposal: Proposal, settles_from: date | None, actor: Actor) -> str:
    """Book what is proposed; in a few words, what was booked."""
    if proposal.shows is not None:
        return _shown(line, proposal.shows, actor)
    if proposal.reverses is not None:
        return _taken_back(line, proposal.reverses, actor)
    if proposal.account_code:
        return _booked_to(line, proposal.account_code, actor)
    return _settled(line, proposal, settles_from, actor)


def _taken_back(line: Line, payment_id: int, actor: Actor) -> str:
    """On the day the bank says, or where the payment settled something since, on the last day that it did."""
    day = max(open_day(line.entry.booking_day), last_moved(db.session.get_one(Payment, payment_id)))
    refund = reverse_payment(payment_id, day=day, reason=TAKEN_BACK, actor=actor)
    keep_match(line, Became(line.amount.minor, refund_id=refund.id), actor=actor)
    return f"payment {payment_id} is taken back"


def _settled(line: Line, proposal: Proposal, settles_from: date | None, actor: Actor) -> str:
    currency = line.account.currency
    settles = tuple(Settlement(part.invoice_id, Money(part.amount, currency)) for part in proposal.settles)
    check_settles_from(line, settles_from, proposal.takes)
    portion = Portion(proposal.payer_id or 0, line.amount, settles)
    payments = pay(line, [portion], settles_from=settles_from, actor=actor)
    if proposal.writes_off:
        invoice_id, short = settles[0].invoice_id, Money(proposal.writes_off, currency)
        issued = db.session.scalar(select(Invoice.issue_day).where(Invoice.id == invoice_id))
        day = max(settles_from or open_day(line.entry.booking_day), issued or line.entry.booking_day)
        values = WriteOffValues(short, WriteOffKind.BANK_CHARGE, KEPT_ON_THE_WAY, day)
        written = write_off(invoice_id, values, actor=actor)
        match = db.session.scalars(select(BankMatch).where(BankMatch.payment_id == payments[0])).one()
        match.write_off_id = written.id
    return _paid(payments)


def _paid(payments: Sequence[int]) -> str:
    return f"booked as {join_words([f'payment {payment_id}' for payment_id in payments])}"


def _shown(line: Line, shows: tuple[RecordKind, int], actor: Actor) -> str:
    """Keep that the line is the money of what is on record; it was looked up under the lock of the account."""
    kind, record_id = shows
    if kind is RecordKind.PAYMENT:
        became = Became(line.amount.minor, payment_id=record_id, is_made=False)
    else:
        became = Became(line.amount.minor, refund_id=record_id, is_made=False)
    keep_match(line, became, actor=actor)
    return f"shows {kind} {record_id}, which was on record"


def _booked_to(line: Line, account_code: str, actor: Actor) -> str:
    account = db.session.get(LedgerAccount, account_code)
    if account is None or account.kind not in RESULT_KINDS:
        raise DomainError("Choose an account of income or expense.", "account_code")
    day, amount = open_day(line.entry.booking_day), line.amount
    worth = worth_on(Money(abs(amount.minor), amount.currency), day).minor * (1 if amount.minor > 0 else -1)
    legs = (
        Leg(line.account.account_code, amount.minor, None, worth),
        Leg(account_code, -amount.minor, None, -worth),
    )
    text = f"{account.name}, {line.account.name}, {long_day(line.entry.booking_day)}"
    (ledger_entry_id,) = book([Booking(EntryKind.BANK, day, text, amount.currency, legs)])
    keep_match(line, Became(amount.minor, ledger_entry_id=ledger_entry_id), actor=actor)
    return f"booked to {account_code} {account.name}"
