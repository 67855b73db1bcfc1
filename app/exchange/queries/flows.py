"""Exchanges counted: what went from whom to whom in some days, and how much each month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased

from app.core.database import db
from app.core.history import valid
from app.core.paging import AnySelect
from app.core.periods import Period
from app.exchange.models import Exchange, ExchangeItem, Holding
from app.exchange.queries.exchanges import ExchangeRow, list_rows
from app.exchange.rules.exchanges import ExchangeState
from app.members.models import Institution

Giver, Taker = aliased(Institution), aliased(Institution)


@dataclass(frozen=True)
class PairRow:
    """What went from one institution to another: shipments, and the material in them."""

    giver: str
    taker: str
    shipments: int
    items: int
    lost: int


@dataclass
class MonthRow:
    """What was sent in a month, and what of it was received, was lost, or is on its way."""

    month: date
    numbers: Counter[ExchangeState] = field(default_factory=Counter)

    @property
    def sent(self) -> int:
        """All that was sent."""
        return self.numbers.total()


@dataclass(frozen=True)
class HolderRow:
    """How many lines an institution has received and has still, and from how many others."""

    institution_id: int
    institution: str
    lines: int
    holdings: int


def list_sent(period: Period, institution_ids: Collection[int] | None) -> list[ExchangeRow]:
    """The exchanges that were sent in some days, of some institutions or of all, in the order of their days."""
    return list_rows(*_sent(period, institution_ids))


def count_pairs(period: Period, institution_ids: Collection[int] | None) -> list[PairRow]:
    """What went from whom to whom in some days, those between whom most went first."""
    lost = func.count(Exchange.id.distinct()).filter(Exchange.state == ExchangeState.LOST)
    shipments = func.count(Exchange.id.distinct())
    asked: AnySelect = (
        select(Giver.short_name, Taker.short_name, shipments, func.count(ExchangeItem.id), lost)
        .select_from(Exchange)
        .join(Giver, Giver.id == Exchange.giver_id)
        .join(Taker, Taker.id == Exchange.taker_id)
        .join(ExchangeItem, ExchangeItem.exchange_id == Exchange.id)
        .where(*_sent(period, institution_ids))
        .group_by(Giver.id, Giver.short_name, Taker.id, Taker.short_name)
        .order_by(shipments.desc(), Giver.short_name, Taker.short_name, Giver.id, Taker.id)
    )
    return [PairRow(*row) for row in db.session.execute(asked)]


def count_months(period: Period, institution_ids: Collection[int] | None) -> list[MonthRow]:
    """What was sent each month of some days, also in months without any."""
    asked: AnySelect = select(Exchange.shipped_on, Exchange.state, func.count()).where(*_sent(period, institution_ids))
    months: dict[date, MonthRow] = {each: MonthRow(each) for each in _months(period)}
    for day, state, number in db.session.execute(
        asked.group_by(Exchange.shipped_on, Exchange.state).order_by(Exchange.shipped_on, Exchange.state)
    ):
        months[day.replace(day=1)].numbers[state] += number
    return list(months.values())


def count_holders(on: date, known: datetime | None, institution_ids: Collection[int] | None) -> list[HolderRow]:
    """How much each institution has of what it received, on a day."""
    lines = func.count(Holding.line_id.distinct())
    asked: AnySelect = (
        select(Institution.id, Institution.short_name, lines, func.count(Holding.id))
        .join(Holding, Holding.institution_id == Institution.id)
        .where(valid(Holding, on, known))
        .group_by(Institution.id, Institution.short_name)
        .order_by(lines.desc(), Institution.short_name, Institution.id)
    )
    if institution_ids is not None:
        asked = asked.where(Institution.id.in_(institution_ids))
    return [HolderRow(*row) for row in db.session.execute(asked)]


def _sent(period: Period, institution_ids: Collection[int] | None) -> list[ColumnElement[bool]]:
    wanted: list[Any] = [Exchange.shipped_on >= period.first, Exchange.shipped_on <= period.last]
    if institution_ids is not None:
        wanted.append(or_(Exchange.giver_id.in_(institution_ids), Exchange.taker_id.in_(institution_ids)))
    return wanted


def _months(period: Period) -> list[date]:
    """The first days of the months of a year, or of some years."""
    last = period.last or period.first
    numbers = range(period.first.year * 12 + period.first.month - 1, last.year * 12 + last.month)
    return [date(each // 12, each % 12 + 1, 1) for each in numbers]
