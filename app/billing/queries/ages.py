"""Invoices by how old what is open on them is, and those in dispute: conditions for lists, and their sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, case, func, select

from app.audit.remembering import remembered
from app.billing.models import Invoice
from app.billing.queries.disputes import disputed_on
from app.billing.queries.standing import issued_on, open_on, visible_to
from app.billing.rules import AGES
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.money import Money

MONTH = 30


def chased(age: int | None, on: date, *, disputed: bool) -> list[ColumnElement[bool]]:
    """The conditions that something is open on an invoice for so long (a column of AGES), and that it is in dispute."""
    conditions = [] if age is None else [issued_on(on), open_on(on) > 0, *_within(age, on)]
    return [*conditions, disputed_on(on)] if disputed else conditions


def sums_by_age(on: date, actor: Actor) -> Mapping[int, tuple[Money, ...]]:
    """What is open by its age, a currency each, of all invoices the actor may see."""
    seen = visible_to(actor, on)
    return _all_by_age(on, clock.today()) if seen is None else _by_age([seen], on)


@remembered
def _all_by_age(on: date, _today: date) -> Mapping[int, tuple[Money, ...]]:
    return _by_age([], on)


def _by_age(seen: Sequence[ColumnElement[bool]], on: date) -> Mapping[int, tuple[Money, ...]]:
    is_open = open_on(on)
    named = [(_due_before(on, age), age) for age in range(len(AGES) - 1, 0, -1)]
    age = case(*named, else_=0).label("age")
    asked = (
        select(age, Invoice.currency, func.sum(is_open))
        .where(issued_on(on), is_open > 0, *seen)
        .group_by(age, Invoice.currency)
        .order_by(age, Invoice.currency)
    )
    found: dict[int, tuple[Money, ...]] = {}
    for at, currency, minor in db.session.execute(asked):
        found[at] = (*found.get(at, ()), Money(minor, currency))
    return found


def _within(age: int, on: date) -> list[ColumnElement[bool]]:
    """The due days of an age, as `age_of` counts them."""
    if age == 0:
        return [Invoice.due_day >= on]
    older = [] if age == len(AGES) - 1 else [~_due_before(on, age + 1)]
    return [_due_before(on, age), *older]


def _due_before(on: date, age: int) -> ColumnElement[bool]:
    """The condition that an invoice is of this age or older: late by more than the days of the ages before."""
    return Invoice.due_day < on - timedelta(days=MONTH * (age - 1))
