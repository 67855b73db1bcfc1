"""What a fee year charges: every member of the year is either billed, with the arithmetic, or not, with the rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from app.billing.queries.fee_year import (
    BilledLine,
    Member,
    Terms,
    lines_by_membership,
    list_members_of_year,
    list_terms,
)
from app.billing.rules import Part, Proration, Tariff, TaxCategory, charge_key, divide
from app.core.actor import Actor
from app.core.money import Money
from app.core.periods import Period
from app.core.permissions import Permission
from app.web.wording import day


@dataclass(frozen=True)
class Charge:
    """A member that is billed: for which days, how much, and why that much."""

    member: Member
    part: Part
    terms: Terms
    why: str
    key: str

    @property
    def amount(self) -> Money:
        """What is charged, without tax."""
        return self.part.share.amount

    @property
    def fraction(self) -> str:
        """The share as its fraction: 184/366; empty where the fee is never cut down."""
        if self.part.tariff.proration is Proration.NONE:
            return ""
        return f"{self.part.share.numerator}/{self.part.share.denominator}"

    @property
    def arithmetic(self) -> str:
        """How an amount for a part of the year came about; empty for the whole fee."""
        share = self.part.share
        if share.is_whole:
            return ""
        sum_ = f"{self.part.tariff.fee} × {share.numerator} ÷ {share.denominator}"
        return f"{sum_} = {share.amount}, rounded half up; all parts of a year add to its fee."


@dataclass(frozen=True)
class NotBilled:
    """A member that is not billed, why not, and by which rule; `invoice_id` where it is billed already.

    `lacks_schedule`: its class pays, but no fee is adopted for its days, so that this may still be mended.
    """

    institution_id: int
    name: str
    short_name: str
    class_name: str
    why: str
    rule: str
    invoice_id: int | None = None
    lacks_schedule: bool = False


@dataclass(frozen=True)
class Preview:
    """A fee year before it is billed: billed and not billed together are all members of the year."""

    year: Period
    charges: Sequence[Charge]
    not_billed: Sequence[NotBilled]

    @property
    def billed_members(self) -> int:
        """How many institutions are billed."""
        return len({charge.member.institution_id for charge in self.charges})

    @property
    def members(self) -> int:
        """How many institutions have a membership in the year."""
        return self.billed_members + len({row.institution_id for row in self.not_billed})

    @property
    def totals(self) -> list[Money]:
        """The sums without tax, one per currency."""
        sums: dict[str, Money] = {}
        for charge in self.charges:
            sums[charge.amount.currency] = sums.get(charge.amount.currency, Money.zero(charge.amount.currency)) + (
                charge.amount
            )
        return [sums[currency] for currency in sorted(sums)]


def preview_run(year: Period, *, actor: Actor) -> Preview:
    """Who a fee year bills still, and who not, by what is known now."""
    actor.require(Permission.FEE_READ)
    return assess_year(year)


def assess_year(year: Period, besides: int | None = None) -> Preview:
    """The preview of a fee year, without the institutions that one run bills; the caller checks who may see it."""
    members = list_members_of_year(year, besides)
    terms: dict[int, list[Terms]] = defaultdict(list)
    for each in list_terms(year):
        terms[each.class_id].append(each)
    billed = lines_by_membership(year, besides)
    charges: list[Charge] = []
    reasons: dict[int, list[NotBilled]] = defaultdict(list)
    parts = divided_parts(year, members, terms)
    for member in members:
        found, why_not = _assess(
            year,
            member,
            terms[member.class_id],
            parts.get(member.membership_id, []),
            billed.get(member.membership_id, []),
        )
        charges += found
        if why_not is not None:
            reasons[member.institution_id].append(why_not)
    charged = {charge.member.institution_id for charge in charges}
    not_billed = [_foremost(rows) for institution_id, rows in reasons.items() if institution_id not in charged]
    return Preview(year, _with_roles(charges, members), not_billed)


def divided_parts(
    year: Period, members: Sequence[Member], terms: Mapping[int, Sequence[Terms]]
) -> Mapping[int, Sequence[Part]]:
    """The parts of each membership; who leaves a class and joins it again pays one fee of the year, not two."""
    together: dict[tuple[int, int], list[Member]] = defaultdict(list)
    for member in members:
        together[member.institution_id, member.class_id].append(member)
    parts: dict[int, list[Part]] = defaultdict(list)
    for (_, class_id), found in together.items():
        tariffs = tuple(each.tariff for each in terms.get(class_id, ()))
        owners = [member.membership_id for member in found for _ in member.days]
        for part in _parts(year, tuple(days for member in found for days in member.days), tariffs):
            parts[owners[part.of]].append(part)
    return parts


def _assess(
    year: Period, member: Member, terms: Sequence[Terms], parts: Sequence[Part], billed: Sequence[BilledLine]
) -> tuple[list[Charge], NotBilled | None]:
    if not parts:
        return [], _without_parts(member, terms)
    by_schedule = {each.id: each for each in terms}
    charges, why_not = [], None
    for part in parts:
        charge = _charge(year, member, part, by_schedule[part.tariff.schedule_id])
        refused = _refused(charge, billed)
        why_not = why_not or refused
        charges += [] if refused else [charge]
    return charges, why_not


def _without_parts(member: Member, terms: Sequence[Terms]) -> NotBilled:
    """Why a member has nothing to be charged for in the year."""
    if not member.days:
        return _refusal(member, f"{member.state.value.capitalize()}; not active in the year", "no days of membership")
    if any(each.tariff.period.overlaps(days) for each in terms for days in member.days):
        return _refusal(member, "Charged with its earlier membership of the year", "one fee a year for a class")
    if not member.is_billed:
        return _refusal(member, f"Class {member.class_name} carries no fee", "settings of the class")
    days = "on its days as a member" if terms else "in this fee year"
    why = f"Class {member.class_name} has no fee schedule {days}"
    return replace(_refusal(member, why, "the fee schedule in force is charged"), lacks_schedule=True)


def _foremost(rows: Sequence[NotBilled]) -> NotBilled:
    """Of several reasons at one institution that it is billed already, else that a fee is missing, else the first."""
    return min(rows, key=lambda row: (row.invoice_id is None, not row.lacks_schedule))


@lru_cache(maxsize=1024)
def _parts(year: Period, days: tuple[Period, ...], tariffs: tuple[Tariff, ...]) -> Sequence[Part]:
    """The parts of a year, worked out once for all with the same days."""
    return divide(year, days, tariffs)


def _refused(charge: Charge, billed: Sequence[BilledLine]) -> NotBilled | None:
    member, terms = charge.member, charge.terms
    for line in billed:
        if line.period.overlaps(charge.part.days):
            until = f"{day(line.period.first)} to {day(line.period.last)}"
            refusal = _refusal(member, f"Billed already: {line.number or 'a draft'}, {until}", "nobody is billed twice")
            return replace(refusal, invoice_id=line.invoice_id)
    if not charge.amount:
        return _refusal(member, "The fee is zero", terms.rule)
    if terms.tax_category is TaxCategory.REVERSE_CHARGE and not member.vat_number:
        return _refusal(member, "No VAT number on record: reverse charge needs it", terms.rule)
    return None


def _charge(year: Period, member: Member, part: Part, terms: Terms) -> Charge:
    return Charge(member, part, terms, _why(year, member, part), charge_key(year, member.membership_id, part))


def _why(year: Period, member: Member, part: Part) -> str:
    if part.share.is_whole:
        return "full year" if part.days == year else "whole fee"
    if part.days == year:
        return "short fee year"
    reasons = []
    if part.days.first > year.first:
        reasons.append(f"{_whose(member, first=part.days.first)} begins {day(part.days.first)}")
    if part.days.last != year.last:
        reasons.append(f"{_whose(member, last=part.days.last)} ends {day(part.days.last)}")
    return "; ".join(reasons) or "part of the year"


def _whose(member: Member, *, first: date | None = None, last: date | None = None) -> str:
    """Whether a day bounds the membership, or only the fee that is charged for it."""
    bounds = {period.first for period in member.days if first} | {period.last for period in member.days if last}
    return "membership" if (first or last) in bounds else "fee"


def _with_roles(charges: Iterable[Charge], members: Sequence[Member]) -> list[Charge]:
    """The charges, saying so where a payer with several memberships pays once."""
    classes: dict[int, set[int]] = defaultdict(set)
    for member in members:
        classes[member.institution_id].add(member.class_id)
    both = {institution_id for institution_id, found in classes.items() if len(found) > 1}
    charges = list(charges)
    paying: dict[int, set[int]] = defaultdict(set)
    for charge in charges:
        paying[charge.member.institution_id].add(charge.member.class_id)
    return [
        replace(charge, why=f"{charge.why}, once for all roles")
        if charge.member.institution_id in both and len(paying[charge.member.institution_id]) == 1
        else charge
        for charge in charges
    ]


def _refusal(member: Member, why: str, rule: str) -> NotBilled:
    return NotBilled(member.institution_id, member.name, member.short_name, member.class_name, why, rule)
