"""What is on record that lines of the bank may be about, for many of them in a constant number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.billing.models import (
    Allocation,
    BankAccount,
    BankEntry,
    BankMatch,
    Invoice,
    LedgerAccount,
    Payment,
    Posting,
    Refund,
)
from app.billing.queries.bank.payers import payers_by_number, payers_called
from app.billing.rules import InvoiceKind, InvoiceState, RefundKind
from app.billing.rules.bank.judging import MOST_PROPOSALS
from app.billing.rules.bank.matching import Claimed, Earlier, Habit, Known, Recorded, RecordKind, Seen, Surroundings
from app.billing.rules.bank.references import habitual_words
from app.core.bulk import in_chunks
from app.core.database import db
from app.core.money import Money
from app.core.paging import AnySelect
from app.members.models import Institution

AT_ONCE = 1000
NEAR = timedelta(days=14)
MOST_HABITS = 200
Amounts = Mapping[int, Sequence[Any]]


@dataclass(frozen=True)
class Lines:
    """Lines of one account, as they are to be judged."""

    account: BankAccount
    seen: Sequence[Seen]

    @property
    def came(self) -> list[Seen]:
        """Those of money that came."""
        return [each for each in self.seen if each.amount.minor > 0]

    @property
    def went(self) -> list[Seen]:
        """Those of money that went."""
        return [each for each in self.seen if each.amount.minor <= 0]


def seen_of(entry: BankEntry, currency: str) -> Seen:
    """What of a line tells what it is about."""
    return Seen(
        entry_id=entry.id,
        amount=Money(entry.amount_minor, currency),
        day=entry.booking_day,
        texts=(entry.text, entry.creditor_reference, entry.end_to_end),
        counterparty=entry.counterparty,
        counterparty_number=entry.counterparty_number,
        charges=entry.charges_minor,
        is_reversal=entry.is_reversal,
    )


def all_around(lines: Lines) -> dict[int, Surroundings]:
    """What each line may be about, by the id of the line."""
    named = invoices_named(lines.seen)
    equal = _equal(lines)
    payments, refunds = recorded_payments(lines.account, lines.came), _recorded_refunds(lines)
    by_number = payers_by_number({each.counterparty_number for each in lines.seen})
    by_name = payers_called({each.counterparty for each in lines.seen})
    earlier, habits = _earlier(lines), _habits(lines)
    found = {}
    for each in lines.seen:
        known = _known(by_number.get(each.counterparty_number, {}), by_name.get(each.counterparty, {}))
        on_record = refunds if each.amount.minor <= 0 else payments
        found[each.entry_id] = Surroundings(
            named=named.get(each.entry_id, ()),
            equal=_fitting(equal.get(each.amount.minor, ()), known),
            known=known,
            recorded=near(each, on_record.get(abs(each.amount.minor), ())),
            earlier=[one for one in earlier.get(-each.amount.minor, ()) if one.day <= each.day],
            habits=habits.get(habitual_words(each.texts, each.counterparty), ()),
        )
    return found


def _fitting(equal: Sequence[Claimed], known: Sequence[Known]) -> Sequence[Claimed]:
    """Of the invoices with one amount open those of payers that are known; else no more than show that it is many."""
    payers = {each.payer_id for each in known}
    return (payers and [each for each in equal if each.payer_id in payers]) or equal[: MOST_PROPOSALS + 1]


def invoices_named(seen: Sequence[Seen]) -> dict[int, list[Claimed]]:
    """The invoices that lines name as a whole word, by number or by creditor reference."""
    words = frozenset[str]().union(*(each.words for each in seen))
    references = frozenset[str]().union(*(each.references for each in seen))
    by_word = _by_word(Invoice.number, words) | _by_word(Invoice.payment_reference, references)
    return {each.entry_id: _found(each, by_word) for each in seen}


def _by_word(column: InstrumentedAttribute[str | None], words: AbstractSet[str]) -> dict[str, Claimed]:
    """The invoices of which a column holds one of the words, by number and by creditor reference."""
    found: dict[str, Claimed] = {}
    for chunk in in_chunks(sorted(words), AT_ONCE):
        for claimed in _claims(column.in_(chunk)):
            found[claimed.number.upper()] = found[claimed.reference] = claimed
    return found


def _found(seen: Seen, by_word: Mapping[str, Claimed]) -> list[Claimed]:
    found = {by_word[word] for word in seen.words | seen.references if word in by_word}
    return sorted(found, key=lambda claimed: claimed.invoice_id)


def _equal(lines: Lines) -> dict[int, list[Claimed]]:
    """The open invoices whose open amount is that of a line, by amount."""
    amounts = sorted({each.amount.minor for each in lines.came})
    found: dict[int, list[Claimed]] = defaultdict(list)
    if amounts:
        for claimed in _claims(Invoice.open_minor.in_(amounts), Invoice.currency == lines.account.currency):
            found[claimed.open.minor].append(claimed)
    return found


def _claims(*conditions: ColumnElement[bool]) -> Iterator[Claimed]:
    asked = (
        select(
            Invoice.id, Invoice.number, Invoice.payment_reference, Invoice.payer_id, Institution.name,
            Invoice.open_minor, Invoice.currency,
        )
        .join(Institution, Institution.id == Invoice.payer_id)
        .where(Invoice.state == InvoiceState.ISSUED, Invoice.kind == InvoiceKind.INVOICE, *conditions)
        .order_by(Invoice.due_day, Invoice.id)
    )  # fmt: skip
    for row in db.session.execute(asked):
        yield Claimed(
            invoice_id=row.id,
            number=row.number,
            reference=row.payment_reference or row.number,
            payer_id=row.payer_id,
            payer=row.name,
            open=Money(row.open_minor, row.currency),
        )


def _known(by_number: Mapping[int, str], by_name: Mapping[int, str]) -> tuple[Known, ...]:
    """The payers known by the account of the other party; only without any, those called as it is."""
    found = by_number or by_name
    return tuple(Known(payer_id, payer, bool(by_number)) for payer_id, payer in sorted(found.items()))


def near(seen: Seen, recorded: Iterable[Recorded]) -> list[Recorded]:
    """Of what was recorded by hand, what is of about the day of a line."""
    return [each for each in recorded if abs(each.day - seen.day) <= NEAR]


def recorded_payments(account: BankAccount, seen: Sequence[Seen]) -> dict[int, list[Recorded]]:
    """Payments to an account that no line shows yet, of the amounts of lines, by amount."""
    went_back = (
        select(Allocation.payment_id)
        .join(Refund, Refund.id == Allocation.refund_id)
        .where(Refund.kind == RefundKind.REVERSAL, Allocation.payment_id.is_not(None))
    )
    asked = _unshown(Payment, BankMatch.payment_id == Payment.id, Payment.received_on)
    return _recorded(
        RecordKind.PAYMENT,
        asked.where(
            Payment.account_code == account.account_code,
            Payment.currency == account.currency,
            Payment.received_on.between(*_days(seen)),
            Payment.id.not_in(went_back),
        ),
    )


def _recorded_refunds(lines: Lines) -> dict[int, list[Recorded]]:
    account = lines.account
    asked = _unshown(Refund, BankMatch.refund_id == Refund.id, Refund.day)
    return _recorded(
        RecordKind.REFUND,
        asked.where(
            Refund.account_code == account.account_code,
            Refund.currency == account.currency,
            Refund.day.between(*_days(lines.went)),
            or_(Refund.kind == RefundKind.REFUND, _of_shown_payment()),
        ),
    )


def _of_shown_payment() -> ColumnElement[bool]:
    """That a line shows the payment that was taken back: one taken back because it never was one is on no line."""
    shown = (
        select(Allocation.id)
        .join(BankMatch, BankMatch.payment_id == Allocation.payment_id)
        .where(Allocation.refund_id == Refund.id, BankMatch.undone_at.is_(None))
    )
    return shown.exists()


def _unshown(model: type[Payment | Refund], shows: ColumnElement[bool], day: Any) -> AnySelect:
    shown = select(BankMatch.id).where(shows, BankMatch.undone_at.is_(None)).exists()
    return (
        select(model.id, model.payer_id, Institution.name, day.label("day"), model.amount_minor)
        .join(Institution, Institution.id == model.payer_id)
        .where(~shown)
        .order_by(model.id)
    )


def _recorded(kind: RecordKind, asked: AnySelect) -> dict[int, list[Recorded]]:
    found: dict[int, list[Recorded]] = defaultdict(list)
    for row in db.session.execute(asked):
        found[row.amount_minor].append(Recorded(kind, row.id, row.payer_id, row.name, row.day))
    return found


def _days(seen: Collection[Seen]) -> tuple[date, date]:
    """From when to when something recorded by hand may be what a line shows; no days where there is no line."""
    days = [each.day for each in seen]
    return (min(days) - NEAR, max(days) + NEAR) if days else (date.max, date.min)


def _earlier(lines: Lines) -> dict[int, list[Earlier]]:
    """The payments that lines may take back, by amount: of the account, and not taken back or refunded yet."""
    amounts = {-each.amount.minor for each in lines.went}
    found: dict[int, list[Earlier]] = defaultdict(list)
    if not amounts:
        return found
    went_back = select(Allocation.payment_id).where(
        Allocation.payment_id.is_not(None), Allocation.refund_id.is_not(None)
    )
    asked = (
        select(Payment.id, Payment.payer_id, Institution.name, Payment.received_on, Payment.amount_minor)
        .join(Institution, Institution.id == Payment.payer_id)
        .where(
            Payment.account_code == lines.account.account_code,
            Payment.amount_minor.in_(sorted(amounts)),
            Payment.id.not_in(went_back),
        )
        .order_by(Payment.received_on.desc(), Payment.id.desc())
    )
    for row in db.session.execute(asked):
        found[row.amount_minor].append(Earlier(row.id, row.payer_id, row.name, row.received_on))
    return found


def _habits(lines: Lines) -> dict[str, list[Habit]]:
    """To which accounts of the ledger lines with the same words were booked, the newest of each alone."""
    if not lines.went:
        return {}
    found: dict[str, dict[str, Habit]] = defaultdict(dict)
    for row in db.session.execute(_booked_to_ledger(lines.account)):
        words = habitual_words((row.text, row.creditor_reference, row.end_to_end), row.counterparty)
        found[words].setdefault(row.code, Habit(row.code, row.name, row.booking_day))
    return {words: list(each.values()) for words, each in found.items() if words}


def _booked_to_ledger(account: BankAccount) -> AnySelect:
    return (
        select(
            BankEntry.text, BankEntry.creditor_reference, BankEntry.end_to_end, BankEntry.counterparty,
            BankEntry.booking_day, LedgerAccount.code, LedgerAccount.name,
        )
        .join(BankMatch, BankMatch.entry_id == BankEntry.id)
        .join(Posting, Posting.entry_id == BankMatch.ledger_entry_id)
        .join(LedgerAccount, LedgerAccount.code == Posting.account_code)
        .where(
            BankEntry.account_id == account.id,
            BankEntry.amount_minor < 0,
            BankMatch.undone_at.is_(None),
            Posting.account_code != account.account_code,
        )
        .order_by(BankEntry.booking_day.desc(), BankEntry.id.desc())
        .limit(MOST_HABITS)
    )  # fmt: skip
