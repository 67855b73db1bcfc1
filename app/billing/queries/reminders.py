"""Whom to remind today: each payer with all its overdue invoices, the level they come to, and who is not and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from app.billing.documents.phrases import speech
from app.billing.models import Invoice, InvoiceLine, Reminder, ReminderBlock, ReminderItem
from app.billing.queries.balances import ageing
from app.billing.queries.contents import Contact, contacts_on
from app.billing.queries.disputes import PayerDispute, blocks_on, disputed_on, disputes_on
from app.billing.queries.policies import Reminding, reminders_on
from app.billing.queries.worth import Worth, worth_on
from app.billing.rules import (
    REMINDER_INCOME,
    Cost,
    InvoiceState,
    Reminded,
    ReminderTerms,
    WhyNot,
    interest,
    interest_days,
    next_level,
)
from app.core.actor import Actor
from app.core.bulk import among
from app.core.database import db
from app.core.money import Money
from app.core.paging import AnySelect
from app.core.permissions import Permission
from app.members.models import Institution
from app.members.queries import writing_profile
from app.web.wording import NO_BREAK, join_words, long_day, money, told_apart


@dataclass(frozen=True)
class OverdueItem:
    """An overdue invoice: the level this reminder takes it to, or why it is taken no further."""

    invoice_id: int
    number: str
    payer_id: int
    payer: str
    issue_day: date
    due_day: date
    days_late: int
    open: Money
    reference: str
    level: int | None
    why_not: WhyNot | None
    note: str
    block_id: int | None
    interest: Money
    interest_days: int
    is_charge: bool
    language: str | None

    @property
    def why_words(self) -> str:
        """Why it is taken no further."""
        return " ".join(part for part in (self.why_not or "", self.note) if part)


@dataclass(frozen=True)
class PayerDue:
    """A payer to be reminded: its contact, all its overdue invoices, and what it costs the payer.

    The costs are the fee, which is one of them, and the interest on each invoice. Only a preview says what money of
    the payer is not allocated yet.
    """

    payer_id: int
    payer: str
    contact: Contact
    items: tuple[OverdueItem, ...]
    fee: Money
    costs: tuple[Cost, ...]
    unallocated: tuple[Money, ...] = ()

    @property
    def level(self) -> int:
        """The highest level that one of its invoices comes to."""
        return max(item.level or 0 for item in self.items)

    @property
    def owed(self) -> tuple[Money, ...]:
        """What is open on all of them, each currency apart."""
        return sums(item.open for item in self.items)

    @property
    def charged(self) -> tuple[Money, ...]:
        """What the reminder costs, each currency apart."""
        return sums(cost.amount for cost in self.costs)

    @property
    def days_late(self) -> int:
        """The days since the oldest of them was due."""
        return max(item.days_late for item in self.items)


@dataclass(frozen=True)
class Due:
    """Who is to be reminded on a day by which levels, and what is overdue and taken no further."""

    reminding: Reminding | None
    payers: tuple[PayerDue, ...] = ()
    left_out: tuple[OverdueItem, ...] = ()


@dataclass(frozen=True)
class _Known:
    """What is known of the payers and invoices of a day."""

    on: date
    reminding: Reminding
    contacts: Mapping[int, Contact]
    blocks: Mapping[int, ReminderBlock]
    disputes: Mapping[int, PayerDispute]
    reminded: Mapping[int, Reminded]


def preview_reminders(on: date, actor: Actor) -> Due:
    """Who is to be reminded today, for those who send reminders."""
    actor.require(Permission.INVOICE_EDIT)
    due, left = due_on(on), defaultdict[int, list[Money]](list)
    for row in ageing(on, actor=actor):
        if row.unallocated:
            left[row.payer_id].append(Money(row.unallocated, row.currency))
    return replace(due, payers=tuple(replace(each, unallocated=tuple(left[each.payer_id])) for each in due.payers))


def due_on(on: date, payer_id: int | None = None, *, locking: bool = False) -> Due:
    """Who is to be reminded today, or whether one payer is; its invoices are locked where the reminder is written."""
    reminding = reminders_on(on)
    if reminding is None:
        return Due(None)
    asked = _overdue(on, payer_id)
    rows = db.session.execute(asked.with_for_update(of=Invoice) if locking else asked).all()
    known = _known(rows, on, reminding)
    by_payer = sorted((_item(row, known) for row in rows), key=lambda each: (each.payer.casefold(), each.payer_id))
    due = _payers_due(by_payer, known)
    no_rate = _without_rate(due, on)
    return Due(
        reminding,
        tuple(each for each in due if each.payer_id not in no_rate),
        tuple(_left_out(item, no_rate) for item in by_payer if item.why_not or item.payer_id in no_rate),
    )


def _without_rate(due: Sequence[PayerDue], on: date) -> Mapping[int, str]:
    """Why what a reminder costs cannot be invoiced, by the payer: it would fail when it is sent."""
    worth = worth_on((cost.amount.currency for each in due for cost in each.costs), on)
    return {each.payer_id: why for each in due if (why := _why_no_charge(each, worth))}


def _why_no_charge(due: PayerDue, worth: Worth) -> str | None:
    return next((why for cost in due.costs if (why := worth.why_not(cost.amount.currency))), None)


def _left_out(item: OverdueItem, no_rate: Mapping[int, str]) -> OverdueItem:
    if item.why_not:
        return item
    return replace(item, level=None, why_not=WhyNot.NO_RATE, note=no_rate[item.payer_id])


def _known(rows: Sequence[Any], on: date, reminding: Reminding) -> _Known:
    payers, invoices = {row.payer_id for row in rows}, {row.id for row in rows}
    contacts, blocks, disputes = contacts_on(sorted(payers), on), blocks_on(payers, on), disputes_on(payers, on)
    return _Known(on, reminding, contacts, blocks, disputes, _reminded(invoices))


def _payers_due(by_payer: Sequence[OverdueItem], known: _Known) -> tuple[PayerDue, ...]:
    """The payers of which some invoice comes to a level."""
    groups = [list(group) for _, group in groupby(by_payer, key=lambda each: each.payer_id)]
    return tuple(_payer_due(group, known) for group in groups if any(item.level for item in group))


def sums(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """Amounts added up, each currency apart."""
    found: dict[str, Money] = {}
    for amount in amounts:
        found[amount.currency] = found.get(amount.currency, Money.zero(amount.currency)) + amount
    return tuple(found[currency] for currency in sorted(found))


def sum_words(amounts: Iterable[Money]) -> str:
    """Amounts added up, each currency apart, in words."""
    return join_words(money(each) for each in told_apart(sums(amounts)))


def _overdue(on: date, payer_id: int | None) -> AnySelect:
    asked = (
        select(
            Invoice.id, Invoice.number, Invoice.payer_id, Invoice.issue_day, Invoice.due_day, Invoice.currency,
            Invoice.open_minor, Invoice.payment_reference, Institution.name, disputed_on(on).label("is_disputed"),
            _is_charge().label("is_charge"), Institution.document_language,
        )
        .join(Institution, Institution.id == Invoice.payer_id)
        .where(Invoice.state == InvoiceState.ISSUED, Invoice.open_minor > 0, Invoice.due_day < on)
        .order_by(Invoice.id)
    )  # fmt: skip
    return asked if payer_id is None else asked.where(Invoice.payer_id == payer_id)


def _is_charge() -> ColumnElement[bool]:
    """The condition that an invoice charges for reminders alone: being late with it costs nothing more."""
    other = select(InvoiceLine.id).where(
        InvoiceLine.invoice_id == Invoice.id, InvoiceLine.income_account != REMINDER_INCOME
    )
    return ~other.correlate(Invoice).exists()


def _reminded(invoice_ids: Iterable[int]) -> Mapping[int, Reminded]:
    """How far each of the invoices has come."""
    charged = func.max(case((ReminderItem.interest_minor > 0, Reminder.day)))
    asked = (
        select(ReminderItem.invoice_id, func.max(ReminderItem.level), func.max(Reminder.day), charged)
        .join(Reminder, Reminder.id == ReminderItem.reminder_id)
        .where(among(ReminderItem.invoice_id, invoice_ids), ReminderItem.level.is_not(None))
        .group_by(ReminderItem.invoice_id)
        .order_by(ReminderItem.invoice_id)
    )
    return {invoice_id: Reminded(level, day, last) for invoice_id, level, day, last in db.session.execute(asked)}


def _item(row: Any, known: _Known) -> OverdueItem:
    reminded = known.reminded.get(row.id, Reminded())
    found = _barred(row, known) or next_level(known.reminding.days, row.due_day, reminded, known.on)
    level = None if isinstance(found, WhyNot) else found
    is_open, block = Money(row.open_minor, row.currency), known.blocks.get(row.payer_id)
    late = interest_days(row.due_day, reminded, known.on)
    charged = Money.zero(row.currency) if row.is_charge else _interest(known, level, is_open, late)
    return OverdueItem(
        invoice_id=row.id,
        number=row.number,
        payer_id=row.payer_id,
        payer=row.name,
        issue_day=row.issue_day,
        due_day=row.due_day,
        days_late=(known.on - row.due_day).days,
        open=is_open,
        reference=row.payment_reference or "",
        level=level,
        why_not=found if isinstance(found, WhyNot) else None,
        note=_note(found, block, known.disputes.get(row.payer_id), reminded),
        block_id=block.id if block else None,
        interest=charged,
        interest_days=late if charged else 0,
        is_charge=row.is_charge,
        language=row.document_language,
    )


def _barred(row: Any, known: _Known) -> WhyNot | None:
    """What keeps an invoice from being reminded of, whatever its level."""
    if row.is_disputed:
        return WhyNot.DISPUTED
    if row.payer_id in known.disputes:
        return WhyNot.PAYER_DISPUTES
    if row.payer_id in known.blocks:
        return WhyNot.BLOCKED
    contact = known.contacts.get(row.payer_id)
    return None if contact and contact.email else WhyNot.NO_ADDRESS


def _note(found: int | WhyNot, block: ReminderBlock | None, dispute: PayerDispute | None, reminded: Reminded) -> str:
    if found is WhyNot.PAYER_DISPUTES and dispute is not None:
        return f"over {dispute.number} since {long_day(dispute.since)}: {dispute.reason}"
    if found is WhyNot.BLOCKED and block is not None:
        return f"until {long_day(block.until_day)}: {block.reason}"
    if found in (WhyNot.TOO_EARLY, WhyNot.REMINDED) and reminded.day is not None:
        return f"(reminded at level {reminded.level} on {long_day(reminded.day)})"
    return ""


def _interest(known: _Known, level: int | None, amount: Money, days: int) -> Money:
    terms = known.reminding.terms
    if level is None or level < terms.interest_from_level:
        return Money.zero(amount.currency)
    return interest(amount, terms.interest_basis_points, days)


def _payer_due(group: Sequence[OverdueItem], known: _Known) -> PayerDue:
    first, terms = group[0], known.reminding.terms
    highest = max(((item.level or 0) for item in group if not item.is_charge), default=0)
    fee = Money(terms.levels[highest - 1].fee_minor if highest else 0, terms.currency)
    costs = tuple(_costs(terms, highest, fee, group))
    return PayerDue(first.payer_id, first.payer, known.contacts[first.payer_id], tuple(group), fee, costs)


def interest_words(terms: ReminderTerms) -> str:
    """How interest is worked out; empty where none is charged."""
    if not terms.interest_basis_points:
        return ""
    rate, level = rate_words(terms.interest_basis_points), terms.interest_from_level
    since = "for each day of 365 since it was due, or since it was last charged"
    return f"Interest is {rate} a year of what is open, from level {level} on: {since}."


def rate_words(basis_points: int) -> str:
    """A rate of interest: 8 %."""
    return f"{(Decimal(basis_points) / 100).normalize():f} %"


def _costs(terms: ReminderTerms, level: int, fee: Money, items: Sequence[OverdueItem]) -> Iterator[Cost]:
    """The fee and the interest of each invoice, in the language of the payer."""
    if not fee and not any(item.interest for item in items):
        return
    say = speech(items[0].language or writing_profile().language)
    if fee:
        yield Cost(say.say("cost_fee", level=level), fee)
    rate = say.number(Decimal(terms.interest_basis_points) / 100)
    for item in filter(attrgetter("interest"), items):
        values = {"number": item.number, "amount": say.in_all([item.open]), "rate": rate, "count": item.interest_days}
        yield Cost(say.say("cost_interest", **values).replace(NO_BREAK, " "), item.interest, item.interest_days)
