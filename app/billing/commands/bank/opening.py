"""Opening a decided line again: what was recorded for it is taken back by entries of its own, never deleted."""

from __future__ import annotations

from sqlalchemy import select

from app.billing.commands.bank.booking import Became, Line, decide, keep_match, lock_line
from app.billing.commands.bookings import Booking, Leg, book
from app.billing.commands.payments import PaymentValues, record_payment
from app.billing.commands.undoing import last_moved, release_allocation, reverse_payment
from app.billing.models import Allocation, BankEntry, BankMatch, LedgerEntry, Payment, Posting, Refund
from app.billing.queries.closed_years import open_day
from app.billing.rules import EntryKind, RefundKind
from app.billing.rules.bank.matching import EntryState
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.money import Money
from app.core.permissions import Permission

REASON = "The line of the bank was opened again."


def open_again(entry_id: int, *, actor: Actor) -> BankEntry:
    """Take back what was decided on a line: it waits again."""
    actor.require(Permission.PAYMENT_EDIT)
    line = lock_line(entry_id)
    if line.entry.state is EntryState.OPEN:
        raise DomainError("This line is open already; nothing was recorded.")
    live = select(BankMatch).where(BankMatch.entry_id == entry_id, BankMatch.undone_at.is_(None))
    for match in db.session.scalars(live.order_by(BankMatch.id)).all():
        if match.is_made:
            _take_back(line, match, actor)
        match.undone_at = clock.now()
    decide(line, EntryState.OPEN, "opened again", actor=actor)
    return line.entry


def _take_back(line: Line, match: BankMatch, actor: Actor) -> None:
    if match.write_off_id is not None:
        _release_write_off(match.write_off_id, actor)
    if match.payment_id is not None:
        _take_payment_back(match.payment_id, actor)
    elif match.refund_id is not None:
        _reinstate(match.refund_id, actor)
    else:
        _book_back(line, match.ledger_entry_id or 0)


def _release_write_off(write_off_id: int, actor: Actor) -> None:
    """Undo it on its own day, unless it was undone before."""
    undone = select(Allocation.undoes_id).where(Allocation.undoes_id.is_not(None))
    asked = select(Allocation).where(
        Allocation.write_off_id == write_off_id, Allocation.undoes_id.is_(None), Allocation.id.not_in(undone)
    )
    done = db.session.scalars(asked).one_or_none()
    if done is not None:
        release_allocation(done.id, day=open_day(done.day), reason=REASON, actor=actor)


def _take_payment_back(payment_id: int, actor: Actor) -> None:
    """As if it had never come: on the last day that it moved, unless it was taken back before."""
    reversed_by = db.session.scalar(
        select(Refund.id)
        .join(Allocation, Allocation.refund_id == Refund.id)
        .where(Allocation.payment_id == payment_id, Refund.kind == RefundKind.REVERSAL)
    )
    if reversed_by is not None:
        _refuse_shown(reversed_by)
        return
    last = last_moved(db.session.get_one(Payment, payment_id))
    reverse_payment(payment_id, day=open_day(last), reason=REASON, actor=actor)


def _refuse_shown(refund_id: int) -> None:
    shown = select(BankMatch.id).where(BankMatch.refund_id == refund_id, BankMatch.undone_at.is_(None))
    if db.session.scalar(shown) is not None:
        raise DomainError("Another line shows that the bank took this payment back: open that line first.")


def _reinstate(refund_id: int, actor: Actor) -> None:
    """Record anew the payment that was not taken back after all; the line it came by shows the new one."""
    refund = db.session.get_one(Refund, refund_id)
    values = PaymentValues(
        payer_id=refund.payer_id,
        received_on=open_day(refund.day),
        amount=Money(refund.amount_minor, refund.currency),
        reference=refund.reference,
        note="Recorded anew: taking it back was undone.",
        settles=(),
        account_code=refund.account_code,
    )
    payment = record_payment(values, actor=actor)
    came_by = (
        select(BankMatch)
        .join(Allocation, Allocation.payment_id == BankMatch.payment_id)
        .where(Allocation.refund_id == refund_id, BankMatch.undone_at.is_(None))
    )
    for match in db.session.scalars(came_by).all():
        match.undone_at = clock.now()
        keep_match(lock_line(match.entry_id), Became(match.amount_minor, payment_id=payment.id), actor=actor)


def _book_back(line: Line, ledger_entry_id: int) -> None:
    """The same legs the other way round, on the same day."""
    entry = db.session.get_one(LedgerEntry, ledger_entry_id)
    postings = db.session.scalars(select(Posting).where(Posting.entry_id == ledger_entry_id).order_by(Posting.id))
    legs = tuple(
        Leg(each.account_code, -each.amount_minor, each.payer_id, -each.home_minor, each.currency) for each in postings
    )
    text = f"{entry.text}, taken back"
    book([Booking(EntryKind.BANK, open_day(entry.day), text, line.account.currency, legs)])
