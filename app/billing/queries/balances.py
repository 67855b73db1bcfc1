"""Balances on any day: what a payer owes, how old it is, its unallocated money, and what a year's fees came to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from app.audit.remembering import remembered
from app.billing.models import Invoice, Payment
from app.billing.queries.standing import issued_on, left_on, open_on
from app.billing.rules import AGES, InvoiceKind, age_of
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.money import Money
from app.core.paging import AnySelect
from app.core.permissions import Permission
from app.members.models import Institution


@dataclass(frozen=True)
class Balance:
    """What a payer owes in one currency on a day, what of it is overdue, and its money and credits not yet used."""

    owed: Money
    overdue: Money
    unallocated: Money

    @property
    def net(self) -> Money:
        """Owed less the payer's unallocated money; below zero the consortium owes."""
        return self.owed - self.unallocated


@dataclass(frozen=True)
class AgeingRow:
    """A payer's open amounts in one currency on a day, by the days since they were due (columns as in AGES)."""

    payer_id: int
    payer: str
    currency: str
    ages: tuple[int, ...]
    unallocated: int

    @property
    def amounts(self) -> list[Money]:
        """The open amounts by age."""
        return [Money(minor, self.currency) for minor in self.ages]

    @property
    def owed(self) -> Money:
        """All that is open."""
        return Money(sum(self.ages), self.currency)


def balance_of(payer_id: int, on: date | None = None, *, actor: Actor) -> Sequence[Balance]:
    """What a payer owes on a day (default: today), one line a currency; none where nothing is open or unallocated."""
    actor.require(Permission.INVOICE_READ, institution_id=payer_id)
    day = on or clock.today()
    rows = ageing(day, payer_id=payer_id, actor=actor)
    return [
        Balance(row.owed, Money(sum(row.ages[1:]), row.currency), Money(row.unallocated, row.currency)) for row in rows
    ]


def ageing(on: date | None = None, *, payer_id: int | None = None, actor: Actor) -> Sequence[AgeingRow]:
    """What every payer owes on a day by age, with its unallocated money; of one payer where named."""
    if payer_id is None:
        actor.require(Permission.PAYMENT_READ)
    day = on or clock.today()
    return _all_ages(day, clock.today()) if payer_id is None else _ages(day, payer_id)


@remembered
def _all_ages(on: date, _today: date) -> Sequence[AgeingRow]:
    return _ages(on)


def _ages(on: date, payer_id: int | None = None) -> Sequence[AgeingRow]:
    names: dict[tuple[int, str], str] = {}
    ages: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0] * len(AGES))
    owed = _owed_on(on)
    if payer_id is not None:
        owed = owed.where(Invoice.payer_id == payer_id)
    for institution_id, name, currency, due_day, amount in db.session.execute(owed):
        names[institution_id, currency] = name
        ages[institution_id, currency][age_of(due_day or on, on)] += int(amount)
    left = unallocated_on(on, payer_id)
    names |= {key: name for key, (name, _) in left.items()}
    rows = [AgeingRow(key[0], name, key[1], tuple(ages[key]), left.get(key, ("", 0))[1]) for key, name in names.items()]
    return tuple(sorted(rows, key=lambda row: (row.payer.casefold(), row.payer_id, row.currency)))


def _owed_on(day: date) -> AnySelect:
    is_open = open_on(day)
    return (
        select(Institution.id, Institution.name, Invoice.currency, Invoice.due_day, func.sum(is_open))
        .join(Institution, Institution.id == Invoice.payer_id)
        .where(issued_on(day), is_open > 0)
        .group_by(Institution.sort_name, Institution.id, Institution.name, Invoice.currency, Invoice.due_day)
        .order_by(Institution.sort_name, Institution.id, Invoice.currency)
    )


def unallocated_on(on: date, payer_id: int | None = None) -> Mapping[tuple[int, str], tuple[str, int]]:
    """What payers have left of payments and credit notes on a day, by payer and currency: its name and the amount."""
    received, credited = _received_on(on), _credits_on(on)
    if payer_id is not None:
        received = received.where(Payment.payer_id == payer_id)
        credited = credited.where(Invoice.payer_id == payer_id)
    found: dict[tuple[int, str], tuple[str, int]] = {}
    for payer, currency, name, amount in [*db.session.execute(received), *db.session.execute(credited)]:
        _, before = found.get((payer, currency), (name, 0))
        found[payer, currency] = (name, before + int(amount))
    return found


def _credits_on(on: date) -> AnySelect:
    left = -open_on(on)
    return (
        select(Invoice.payer_id, Invoice.currency, Institution.name, func.sum(left))
        .join(Institution, Institution.id == Invoice.payer_id)
        .where(issued_on(on), Invoice.kind == InvoiceKind.CREDIT_NOTE, left > 0)
        .group_by(Invoice.payer_id, Invoice.currency, Institution.name)
        .order_by(Invoice.payer_id, Invoice.currency)
    )


def _received_on(on: date) -> AnySelect:
    left = func.sum(left_on(on))
    return (
        select(Payment.payer_id, Payment.currency, Institution.name, left)
        .join(Institution, Institution.id == Payment.payer_id)
        .where(Payment.received_on <= on)
        .group_by(Payment.payer_id, Payment.currency, Institution.name)
        .having(left > 0)
        .order_by(Payment.payer_id, Payment.currency)
    )
