"""In which tier a member is, and in which income group a country: entered from a day on; the one before ends then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select

from app.audit.commands import Subject, record
from app.billing.models import CountryGroup, MemberTier
from app.billing.rules import TIER_WORDS, Scale, Tier, scale_of
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import as_known, overlapping, retract, supersede
from app.core.periods import ONE_DAY, Period
from app.core.permissions import Permission
from app.members.commands import lock_institution
from app.members.models import MembershipClass
from app.members.rules import country_name, day_words


@dataclass(frozen=True)
class TierTerms:
    """A tier, from when, and by what: whose list, which figures."""

    tier: Tier
    first_day: date
    reason: str
    last_day: date | None = None


def place_member(institution_id: int, terms: TierTerms, *, actor: Actor) -> MemberTier:
    """Put a member into a tier from a day on; its tier of the same scale ends the day before."""
    actor.require(Permission.FEE_EDIT)
    member = lock_institution(institution_id)
    of_scale = [tier for tier in Tier if scale_of(tier) is scale_of(terms.tier)]
    period = Period(terms.first_day, terms.last_day)
    _make_way(MemberTier, (MemberTier.institution_id == institution_id) & MemberTier.tier.in_(of_scale), period)
    placed = MemberTier(
        institution_id=institution_id,
        tier=terms.tier,
        reason=terms.reason,
        first_day=period.first,
        last_day=period.last,
        recorded_at=clock.now(),
    )
    db.session.add(placed)
    db.session.flush()
    summary = f"{member.name} is put into the tier {TIER_WORDS[terms.tier]}, from {day_words(period.first)}"
    _record("billing.place_member", Subject("institution", institution_id), summary, terms, actor)
    return placed


def group_country(country: str, terms: TierTerms, *, actor: Actor) -> CountryGroup:
    """Put a country into an income group from a day on; the group before ends the day before."""
    actor.require(Permission.FEE_EDIT)
    if scale_of(terms.tier) is not Scale.INCOME:
        raise DomainError("A country has an income group; sizes are those of institutions.", "tier")
    _lock_groups()
    period = Period(terms.first_day, terms.last_day)
    _make_way(CountryGroup, CountryGroup.country == country, period)
    group = CountryGroup(
        country=country,
        tier=terms.tier,
        reason=terms.reason,
        first_day=period.first,
        last_day=period.last,
        recorded_at=clock.now(),
    )
    db.session.add(group)
    db.session.flush()
    summary = f"{country_name(country)}: {TIER_WORDS[terms.tier]}, from {day_words(period.first)}"
    _record("billing.group_country", Subject("country_group", group.id), summary, terms, actor)
    return group


def _lock_groups() -> None:
    """One list of countries is written by one at a time, beside the runs that read it."""
    db.session.execute(select(MembershipClass.id).order_by(MembershipClass.id).with_for_update()).all()


def _make_way(model: Any, wanted: ColumnElement[bool], period: Period) -> None:
    """End what held before, and take back what was entered from the same day on."""
    rows = db.session.scalars(
        select(model)
        .where(wanted, overlapping(model, period), as_known(model))
        .order_by(model.first_day, model.id)
        .with_for_update()
    ).all()
    for row in rows:
        if row.first_day > period.first:
            raise DomainError(f"Another follows on {day_words(row.first_day)}: end before it.", "last_day")
        if row.first_day == period.first:
            retract(row)
        else:
            supersede(row, last_day=period.first - ONE_DAY)
    db.session.flush()


def _record(action: str, subject: Subject, summary: str, terms: TierTerms, actor: Actor) -> None:
    record(
        action,
        subject,
        summary=summary,
        after={
            "tier": terms.tier.value,
            "first_day": terms.first_day.isoformat(),
            "last_day": terms.last_day.isoformat() if terms.last_day else None,
        },
        reason=terms.reason,
        actor=actor,
    )
