"""What each membership owes for a fee year, part by part: proration first, then what concessions take off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from app.billing.queries.concessions import concessions_of
from app.billing.queries.fee_year import Member, Terms
from app.billing.queries.tiers import Placings, read_placings
from app.billing.rules import Concession, Part, Placing, Relief, Tariff, divide, idle_concessions, relieve
from app.core.money import Money, total
from app.core.periods import Period


@dataclass(frozen=True)
class Owed:
    """What a part of a year's fee comes to for a member, once concessions have taken off what is not asked.

    `idle` are amounts conceded that take nothing off: the fee is in another currency.
    """

    part: Part
    reliefs: tuple[Relief, ...]
    idle: tuple[Concession, ...] = ()

    @property
    def relief(self) -> Money:
        """What concessions take off."""
        return total([each.amount for each in self.reliefs], self.part.tariff.fee.currency)

    @property
    def amount(self) -> Money:
        """What is asked, without tax; never below zero."""
        return self.part.share.amount - self.relief


def owed_parts(
    year: Period, members: Sequence[Member], terms: Mapping[int, Sequence[Terms]], tiered: Placings | None
) -> Mapping[int, Sequence[Owed]]:
    """What each membership owes for the year, part by part, with what concessions take off."""
    parts, concessions = divided_parts(year, members, terms, tiered), concessions_of(year)
    idling = _idle_of(members, parts, concessions)
    used: dict[int, int] = {}
    owed: dict[int, Sequence[Owed]] = {}
    for member in sorted(members, key=lambda each: _begin(parts.get(each.membership_id, ()))):
        conceded = concessions.get(member.institution_id, ())
        idle_here = idling.get(member.institution_id, ())
        owed[member.membership_id] = [
            Owed(
                part,
                tuple(relieve(part.share.amount, part.days, conceded, used)) if conceded else (),
                tuple(each for each in idle_here if part.days.overlaps(each.period)),
            )
            for part in parts.get(member.membership_id, ())
        ]
    return owed


def _idle_of(
    members: Sequence[Member], parts: Mapping[int, Sequence[Part]], concessions: Mapping[int, Sequence[Concession]]
) -> Mapping[int, Sequence[Concession]]:
    """The concessions that take nothing off any part of what a member owes, by member."""
    charges: dict[int, list[tuple[Money, Period]]] = defaultdict(list)
    for member in members:
        if member.institution_id in concessions:
            found = parts.get(member.membership_id, ())
            charges[member.institution_id] += [(part.share.amount, part.days) for part in found]
    return {
        institution_id: idle_concessions(concessions[institution_id], found)
        for institution_id, found in charges.items()
    }


def _begin(parts: Sequence[Part]) -> date:
    return parts[0].days.first if parts else date.max


def divided_parts(
    year: Period, members: Sequence[Member], terms: Mapping[int, Sequence[Terms]], tiered: Placings | None
) -> Mapping[int, Sequence[Part]]:
    """The parts of each membership; who leaves a class and joins it again pays one fee of the year, not two."""
    together: dict[tuple[int, int], list[Member]] = defaultdict(list)
    for member in members:
        together[member.institution_id, member.class_id].append(member)
    parts: dict[int, list[Part]] = defaultdict(list)
    for (_, class_id), found in together.items():
        tariffs = _tariffs(found[0], terms.get(class_id, ()), tiered)
        owners = [member.membership_id for member in found for _ in member.days]
        for part in _parts(year, tuple(days for member in found for days in member.days), tariffs):
            parts[owners[part.of]].append(part)
    return parts


def placings_for(year: Period, terms: Mapping[int, Sequence[Terms]]) -> Placings | None:
    """The tiers of the year, where a fee goes by them."""
    by_tier = any(each.scale for of_class in terms.values() for each in of_class)
    return read_placings(year) if by_tier else None


def _tariffs(member: Member, terms: Sequence[Terms], tiered: Placings | None) -> tuple[Tariff, ...]:
    if tiered is None:
        return tuple(each.tariff for each in terms)
    return tuple(tariff for each in terms for tariff in each.tariffs(placed(member, each, tiered)))


def placed(member: Member, terms: Terms, tiered: Placings) -> list[Placing]:
    """In which tiers of a fee a member is; none where it goes by none."""
    return tiered.of(member.institution_id, member.country, terms.scale) if terms.scale else []


@lru_cache(maxsize=1024)
def _parts(year: Period, days: tuple[Period, ...], tariffs: tuple[Tariff, ...]) -> Sequence[Part]:
    """The parts of a year, worked out once for all with the same days."""
    return divide(year, days, tariffs)
