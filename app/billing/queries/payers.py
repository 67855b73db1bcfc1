"""Who pays the fees of members: in a fee year, and as it stands on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased

from app.billing.models import FeePayer
from app.billing.rules import Payer, named_once
from app.core.actor import Actor
from app.core.database import db
from app.core.history import as_known, overlapping, valid
from app.core.periods import Period
from app.core.permissions import Permission
from app.members.models import Institution


@dataclass(frozen=True)
class PayerRow:
    """One who pays the fee of a member, or a share of it, as lists show it; `on` is the day looked at, if any."""

    id: int
    member_id: int
    member: str
    payer_id: int
    payer: str
    share: str
    is_separate: bool
    period: Period
    reason: str


@dataclass(frozen=True)
class Arrangement:
    """Who pays the fee of a member from a first to a last day."""

    period: Period
    payers: tuple[Payer, ...]


def arrangements_of(year: Period) -> Mapping[int, Sequence[Arrangement]]:
    """Who pays for whom on days of a year, as known now, by member; who is not in it pays its own fee."""
    together: dict[tuple[int, date, date | None], list[Payer]] = defaultdict(list)
    rows = db.session.execute(
        select(FeePayer, Institution)
        .join(Institution, Institution.id == FeePayer.payer_id)
        .where(overlapping(FeePayer, year), as_known(FeePayer))
        .order_by(FeePayer.member_id, FeePayer.first_day, FeePayer.id)
    )
    for row, payer in rows:
        each = Payer(payer.id, payer.name, payer.short_name, payer.vat_number, row.weight, row.is_separate)
        together[row.member_id, row.first_day, row.last_day].append(each)
    found: dict[int, list[Arrangement]] = defaultdict(list)
    for (member_id, first, last), payers in together.items():
        found[member_id].append(Arrangement(Period(first, last), named_once(payers)))
    return found


def payers_on(arrangements: Sequence[Arrangement], day: date) -> tuple[Payer, ...]:
    """Who pays on a day; nobody named where the member pays itself."""
    return next((each.payers for each in arrangements if each.period.contains(day)), ())


def list_payers(*, on: date | None = None, known: datetime | None = None, actor: Actor) -> Sequence[PayerRow]:
    """All who pay for others or share a fee, by member: on a day, else on any; as known at an instant."""
    actor.require(Permission.FEE_READ)
    return _rows(known, as_known(FeePayer, known) if on is None else valid(FeePayer, on, known))


def payers_for(institution_id: int, actor: Actor, known: datetime | None = None) -> Sequence[PayerRow]:
    """Who pays the fee of an institution, and for whom it pays, past and to come."""
    actor.require(Permission.FEE_READ)
    either = or_(FeePayer.member_id == institution_id, FeePayer.payer_id == institution_id)
    return _rows(known, either, as_known(FeePayer, known))


def _rows(known: datetime | None, *wanted: ColumnElement[bool]) -> Sequence[PayerRow]:
    member = aliased(Institution)
    rows = db.session.execute(
        select(FeePayer, Institution.name, member.name)
        .join(Institution, Institution.id == FeePayer.payer_id)
        .join(member, member.id == FeePayer.member_id)
        .where(*wanted)
        .order_by(member.sort_name, member.id, FeePayer.first_day.desc(), FeePayer.id)
    ).all()
    wholes = _wholes({row.member_id for row, _, _ in rows}, known)
    return [
        PayerRow(
            id=row.id,
            member_id=row.member_id,
            member=member_name,
            payer_id=row.payer_id,
            payer=payer_name,
            share=f"{row.weight} of {wholes[row.member_id, row.first_day]}"
            if row.weight != wholes[row.member_id, row.first_day]
            else "all of it",
            is_separate=row.is_separate,
            period=row.period,
            reason=row.reason,
        )
        for row, payer_name, member_name in rows
    ]


def _wholes(member_ids: Collection[int], known: datetime | None) -> Mapping[tuple[int, date], int]:
    """The sum of the shares of each arrangement, by member and first day."""
    sums: dict[tuple[int, date], int] = defaultdict(int)
    asked = select(FeePayer.member_id, FeePayer.first_day, FeePayer.weight).where(
        FeePayer.member_id.in_(member_ids), as_known(FeePayer, known)
    )
    for member_id, first, weight in db.session.execute(asked.order_by(FeePayer.id)):
        sums[member_id, first] += weight
    return sums
