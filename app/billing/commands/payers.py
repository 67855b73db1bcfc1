"""Who pays the fee of a member: named from a day on with their shares, ended, and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.billing.models import FeePayer
from app.billing.rules import check_shares
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import as_known, overlapping, retract, supersede
from app.core.periods import ONE_DAY, Period
from app.core.permissions import Permission
from app.members.commands import hold_institution, lock_institution
from app.members.models import Institution
from app.members.rules import day_words


@dataclass(frozen=True)
class PayerTerms:
    """Who pays a fee (payer and share each), from when, whether with an invoice for each member, and why."""

    shares: tuple[tuple[int, int], ...]
    first_day: date
    reason: str
    last_day: date | None = None
    is_separate: bool = False


def name_payers(member_id: int, terms: PayerTerms, *, actor: Actor) -> Sequence[FeePayer]:
    """Let others pay the fee of a member, alone or by shares, from a day on; who paid until then does so no longer.

    Named again from the same day on, the payers take the place of those who were named by mistake.
    """
    actor.require(Permission.FEE_EDIT)
    check_shares(terms.shares)
    names = _hold(member_id, [payer_id for payer_id, _ in terms.shares])
    period = Period(terms.first_day, terms.last_day)
    _make_way(member_id, period)
    rows = [
        FeePayer(
            member_id=member_id,
            payer_id=payer_id,
            weight=weight,
            is_separate=terms.is_separate,
            reason=terms.reason,
            first_day=period.first,
            last_day=period.last,
            recorded_at=clock.now(),
        )
        for payer_id, weight in terms.shares
    ]
    db.session.add_all(rows)
    db.session.flush()
    payers = [f"{names[payer_id].name}: {weight}" for payer_id, weight in terms.shares]
    summary = f"Who pays the fee of {names[member_id].name} is named from {day_words(period.first)}"
    _record("billing.name_payers", member_id, summary, payers, terms.reason, actor)
    return rows


def end_payers(member_id: int, last_day: date, *, reason: str, actor: Actor) -> None:
    """Let the member pay its own fee again after a day."""
    actor.require(Permission.FEE_EDIT)
    member = lock_institution(member_id)
    rows = _named(member_id, Period(last_day, last_day))
    if not rows:
        raise DomainError("On that day nobody else pays.", "last_day")
    for row in rows:
        supersede(row, last_day=last_day)
    db.session.flush()
    summary = f"{member.name} pays its own fee after {day_words(last_day)}"
    _record("billing.end_payers", member_id, summary, [], reason, actor)


def _hold(member_id: int, payer_ids: Sequence[int]) -> dict[int, Institution]:
    """The member, locked, and its payers, kept from being merged: in the order of their ids, as everywhere."""
    return {
        one: lock_institution(one) if one == member_id else hold_institution(one)
        for one in sorted({member_id, *payer_ids})
    }


def _named(member_id: int, period: Period) -> Sequence[FeePayer]:
    return db.session.scalars(
        select(FeePayer)
        .where(FeePayer.member_id == member_id, overlapping(FeePayer, period), as_known(FeePayer))
        .order_by(FeePayer.first_day, FeePayer.id)
    ).all()


def _make_way(member_id: int, period: Period) -> None:
    """End who was named before, and take back who was named from the same day on."""
    for row in _named(member_id, period):
        if row.first_day > period.first:
            raise DomainError(
                f"Others are named from {day_words(row.first_day)} on: end before it, or begin on that day.", "last_day"
            )
        if row.first_day == period.first:
            retract(row)
        else:
            supersede(row, last_day=period.first - ONE_DAY)
    db.session.flush()


def _record(action: str, member_id: int, summary: str, payers: Sequence[str], reason: str, actor: Actor) -> None:
    record(
        action,
        Subject("institution", member_id),
        summary=summary,
        after={"payers": list(payers)},
        reason=reason,
        actor=actor,
    )
