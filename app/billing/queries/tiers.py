"""In which tiers members are: by their own record, or by the income group of their country."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app.billing.models import CountryGroup, MemberTier
from app.billing.rules import TIER_WORDS, Placing, Scale, Tier, placings_in, scale_of
from app.core.actor import Actor
from app.core.database import db
from app.core.history import as_known, on_day, overlapping
from app.core.periods import Period
from app.core.permissions import Permission
from app.members.models import Institution
from app.members.rules import country_name


@dataclass(frozen=True)
class Placings:
    """The tiers of a year, by member and by country."""

    year: Period
    own: Mapping[int, Sequence[Placing]]
    of_country: Mapping[str, Sequence[Placing]]

    def of(self, institution_id: int, country: str, scale: Scale) -> list[Placing]:
        """In which tiers of a scale a member of a country is, and why."""
        own = [each for each in self.own.get(institution_id, ()) if scale_of(each.tier) is scale]
        of_country = self.of_country.get(country, ()) if scale is Scale.INCOME else ()
        return placings_in(self.year, own, of_country)


@dataclass(frozen=True)
class TierRow:
    """A tier on record as lists show it: whose it is, a member or a country."""

    id: int
    institution_id: int | None
    name: str
    tier: Tier
    period: Period
    reason: str


def read_placings(year: Period, known: datetime | None = None) -> Placings:
    """The tiers that hold on days of a year, as known at an instant (default: now)."""
    own: dict[int, list[Placing]] = defaultdict(list)
    asked = select(MemberTier).where(overlapping(MemberTier, year), as_known(MemberTier, known))
    for row in db.session.scalars(asked.order_by(MemberTier.first_day, MemberTier.id)):
        own[row.institution_id].append(Placing(row.period, row.tier, TIER_WORDS[row.tier]))
    of_country: dict[str, list[Placing]] = defaultdict(list)
    groups = select(CountryGroup).where(overlapping(CountryGroup, year), as_known(CountryGroup, known))
    for group in db.session.scalars(groups.order_by(CountryGroup.first_day, CountryGroup.id)):
        why = f"{TIER_WORDS[group.tier]}: {country_name(group.country)}"
        of_country[group.country].append(Placing(group.period, group.tier, why))
    return Placings(year, own, of_country)


def list_member_tiers(*, known: datetime | None = None, actor: Actor) -> Sequence[TierRow]:
    """The tiers of members that have one on record of their own, by name."""
    actor.require(Permission.FEE_READ)
    rows = db.session.execute(
        select(MemberTier, Institution.name)
        .join(Institution, Institution.id == MemberTier.institution_id)
        .where(as_known(MemberTier, known))
        .order_by(Institution.sort_name, Institution.id, MemberTier.first_day.desc(), MemberTier.id)
    )
    return [TierRow(row.id, row.institution_id, name, row.tier, row.period, row.reason) for row, name in rows]


def list_country_groups(*, known: datetime | None = None, actor: Actor) -> Sequence[TierRow]:
    """The income groups of countries, by name."""
    actor.require(Permission.FEE_READ)
    rows = db.session.scalars(
        select(CountryGroup)
        .where(as_known(CountryGroup, known))
        .order_by(CountryGroup.country, CountryGroup.first_day.desc(), CountryGroup.id)
    )
    found = [TierRow(row.id, None, country_name(row.country), row.tier, row.period, row.reason) for row in rows]
    return sorted(found, key=lambda row: row.name)


def countries_without_group(on: date, actor: Actor) -> Sequence[str]:
    """Countries of institutions on record whose income group on a day nobody has entered, by name."""
    actor.require(Permission.FEE_READ)
    entered = select(CountryGroup.country).where(as_known(CountryGroup), on_day(CountryGroup, on))
    asked = select(Institution.country).where(Institution.country.not_in(entered)).distinct()
    return sorted(country_name(each) for each in db.session.scalars(asked.order_by(Institution.country)))
