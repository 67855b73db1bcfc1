"""Concessions on fees: those of a fee year, and all of them as they stand on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select

from app.billing.models import FeeConcession, FeeSchedule
from app.billing.rules import Concession, ConcessionKind
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.history import as_known, overlapping, valid
from app.core.money import Money
from app.core.periods import Period
from app.core.permissions import Permission
from app.members.models import Institution, Membership, MembershipClass


@dataclass(frozen=True)
class ConcessionRow:
    """A concession as lists and reports show it."""

    id: int
    institution_id: int
    name: str
    short_name: str
    kind: ConcessionKind
    basis_points: int | None
    amount: Money | None
    period: Period
    reason: str
    approved_by: str
    decision: str | None

    @property
    def extent(self) -> str:
        """How far it goes: all of the fee, a rate, or nothing to add to the amount."""
        if self.kind is ConcessionKind.WAIVER:
            return "all of the fee"
        return f"{self.basis_points / 100:g} %" if self.basis_points else "an amount a year"


def concessions_of(year: Period) -> Mapping[int, Sequence[Concession]]:
    """What is not asked of fees on days of a year, as known now, by member."""
    found: dict[int, list[Concession]] = defaultdict(list)
    asked = select(FeeConcession).where(overlapping(FeeConcession, year), as_known(FeeConcession))
    for row in db.session.scalars(asked.order_by(FeeConcession.first_day, FeeConcession.id)):
        by = row.decision or row.approved_by
        each = Concession(row.id, row.kind, row.period, row.basis_points, row.amount, row.reason, by)
        found[row.institution_id].append(each)
    return found


def fee_currencies(institution_id: int, period: Period) -> set[str]:
    """The currencies of the fees that a member is charged on days of a period, as far as they are known."""
    rows = db.session.execute(
        select(
            FeeSchedule.currency, FeeSchedule.first_day, FeeSchedule.last_day, Membership.first_day, Membership.last_day
        )
        .join(MembershipClass, MembershipClass.id == FeeSchedule.class_id)
        .join(Membership, Membership.class_id == MembershipClass.id)
        .where(
            Membership.institution_id == institution_id,
            MembershipClass.is_billed.is_(True),
            overlapping(FeeSchedule, period),
            overlapping(Membership, period),
            as_known(FeeSchedule),
            as_known(Membership),
        )
        .order_by(FeeSchedule.id, Membership.id)
    )
    return {
        currency
        for currency, first, last, begins, ends in rows
        if (days := Period(first, last).clip(period)) and days.overlaps(Period(begins, ends))
    }


def list_concessions(
    *, on: date | None = None, year: Period | None = None, known: datetime | None = None, actor: Actor
) -> Sequence[ConcessionRow]:
    """Concessions by name of the member: those that hold on a day or touch a year, else all; as known at an instant."""
    actor.require(Permission.FEE_READ)
    if on is not None:
        return _rows(valid(FeeConcession, on, known))
    days = [] if year is None else [overlapping(FeeConcession, year)]
    return _rows(*days, as_known(FeeConcession, known))


def concessions_for(institution_id: int, actor: Actor, known: datetime | None = None) -> Sequence[ConcessionRow]:
    """The concessions of a member, past ones and those to come."""
    actor.require(Permission.FEE_READ)
    return _rows(FeeConcession.institution_id == institution_id, as_known(FeeConcession, known))


def get_concession(concession_id: int, actor: Actor) -> ConcessionRow:
    """A concession on record."""
    actor.require(Permission.FEE_READ)
    found = _rows(FeeConcession.id == concession_id, as_known(FeeConcession))
    if not found:
        raise NotFoundError("There is no such concession.")
    return found[0]


def _rows(*wanted: ColumnElement[bool]) -> Sequence[ConcessionRow]:
    rows = db.session.execute(
        select(FeeConcession, Institution.name, Institution.short_name)
        .join(Institution, Institution.id == FeeConcession.institution_id)
        .where(*wanted)
        .order_by(Institution.sort_name, Institution.id, FeeConcession.first_day.desc(), FeeConcession.id)
    )
    return [
        ConcessionRow(
            id=row.id,
            institution_id=row.institution_id,
            name=name,
            short_name=short_name,
            kind=row.kind,
            basis_points=row.basis_points,
            amount=row.amount,
            period=row.period,
            reason=row.reason,
            approved_by=row.approved_by,
            decision=row.decision,
        )
        for row, name, short_name in rows
    ]
