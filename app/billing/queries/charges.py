"""What a fee year charges: every member of the year is either billed, with the arithmetic, or not, with the rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from sqlalchemy import select

from app.billing.models import FeeSchedule, Invoice, InvoiceLine
from app.billing.rules import InvoiceState, Part, Proration, Tariff, TaxCategory, charge_key, divide
from app.core.actor import Actor
from app.core.database import db
from app.core.history import as_known, overlapping
from app.core.money import Money
from app.core.periods import ONE_DAY, Period
from app.core.permissions import Permission
from app.members.models import Institution, Membership, MembershipClass, MembershipStep
from app.members.rules import MEMBER_STATES, MembershipState
from app.web.wording import day


@dataclass(frozen=True)
class Member:
    """A membership that touches the fee year, and its days as a member in it."""

    membership_id: int
    institution_id: int
    name: str
    short_name: str
    sort_name: str
    vat_number: str | None
    class_id: int
    class_name: str
    days: tuple[Period, ...]
    state: MembershipState


@dataclass(frozen=True)
class Terms:
    """A fee schedule as a charge follows it."""

    id: int
    name: str
    tariff: Tariff
    class_id: int
    tax_category: TaxCategory
    tax_basis_points: int
    tax_reason: str | None

    @property
    def rule(self) -> str:
        """How the desk names it: Funder membership fee of 1 Jan 2016."""
        return f"{self.name} of {day(self.tariff.period.first)}"


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
    """A member that is not billed, why not, and by which rule; `invoice_id` where it is billed already."""

    institution_id: int
    name: str
    short_name: str
    class_name: str
    why: str
    rule: str
    invoice_id: int | None = None


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


@dataclass(frozen=True)
class _Billed:
    """A line that bills a membership already."""

    invoice_id: int
    number: str | None
    period: Period


def preview_run(year: Period, *, besides: int | None = None, actor: Actor) -> Preview:
    """Who a fee year bills still, and who not, by what is known now; without the institutions that one run bills."""
    actor.require(Permission.FEE_READ)
    members = _members(year, besides)
    terms: dict[int, list[Terms]] = defaultdict(list)
    for each in _terms(year):
        terms[each.class_id].append(each)
    billed = _billed(year, besides)
    charges: list[Charge] = []
    reasons: dict[int, list[NotBilled]] = defaultdict(list)
    parts = _divided(year, members, terms)
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
    return Preview(
        year, _with_roles(charges, members), [rows[0] for key, rows in reasons.items() if key not in charged]
    )


def _divided(
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
    year: Period, member: Member, terms: Sequence[Terms], parts: Sequence[Part], billed: Sequence[_Billed]
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
    return _refusal(member, f"Class {member.class_name} carries no fee", "no fee schedule for the class")


@lru_cache(maxsize=1024)
def _parts(year: Period, days: tuple[Period, ...], tariffs: tuple[Tariff, ...]) -> Sequence[Part]:
    """The parts of a year, worked out once for all with the same days."""
    return divide(year, days, tariffs)


def _refused(charge: Charge, billed: Sequence[_Billed]) -> NotBilled | None:
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


def _members(year: Period, besides: int | None) -> list[Member]:
    wanted = [overlapping(Membership, year), as_known(Membership)]
    if besides is not None:
        wanted.append(Membership.institution_id.not_in(select(Invoice.payer_id).where(Invoice.run_id == besides)))
    rows = db.session.execute(
        select(
            Membership.id,
            Membership.first_day,
            Membership.last_day,
            Institution.id.label("institution_id"),
            Institution.name,
            Institution.short_name,
            Institution.sort_name,
            Institution.vat_number,
            MembershipClass.id.label("class_id"),
            MembershipClass.name.label("class_name"),
        )
        .join(Institution, Institution.id == Membership.institution_id)
        .join(MembershipClass, MembershipClass.id == Membership.class_id)
        .where(*wanted)
        .order_by(Institution.sort_name, Institution.id, MembershipClass.position, Membership.first_day, Membership.id)
    ).all()
    steps = _steps(year, [row.id for row in rows] if besides is not None else None)
    members = []
    for row in rows:
        whole = year.clip(Period(row.first_day, row.last_day))
        found = steps.get(row.id, [])
        days = tuple(_joined(period for state, period in found if state in MEMBER_STATES))
        if whole is None or (not days and not any(state not in _OVER for state, _ in found)):
            continue
        within = tuple(clipped for period in days if (clipped := whole.clip(period)))
        members.append(
            Member(
                row.id,
                row.institution_id,
                row.name,
                row.short_name,
                row.sort_name,
                row.vat_number,
                row.class_id,
                row.class_name,
                within,
                found[-1][0],
            )
        )
    return members


_OVER = frozenset({MembershipState.WITHDRAWN, MembershipState.LAPSED})


def _steps(year: Period, membership_ids: Sequence[int] | None) -> Mapping[int, list[tuple[MembershipState, Period]]]:
    """The steps within the year of these memberships, of all for None."""
    steps: dict[int, list[tuple[MembershipState, Period]]] = defaultdict(list)
    asked = (
        select(MembershipStep.membership_id, MembershipStep.state, MembershipStep.first_day, MembershipStep.last_day)
        .where(overlapping(MembershipStep, year), as_known(MembershipStep))
        .order_by(MembershipStep.membership_id, MembershipStep.first_day, MembershipStep.id)
    )
    if membership_ids is not None:
        asked = asked.where(MembershipStep.membership_id.in_(membership_ids))
    for membership_id, state, first, last in db.session.execute(asked):
        clipped = year.clip(Period(first, last))
        if clipped is not None:
            steps[membership_id].append((state, clipped))
    return steps


def _joined(periods: Iterable[Period]) -> Iterator[Period]:
    """Periods in order, those that follow without a gap made one: a suspension does not cut a membership in two."""
    present: Period | None = None
    for period in periods:
        if present is not None and present.last is not None and period.first <= present.last + ONE_DAY:
            present = Period(present.first, period.last)
            continue
        if present is not None:
            yield present
        present = period
    if present is not None:
        yield present


def _terms(year: Period) -> Iterator[Terms]:
    rows = db.session.scalars(
        select(FeeSchedule)
        .where(overlapping(FeeSchedule, year), as_known(FeeSchedule))
        .order_by(FeeSchedule.first_day, FeeSchedule.id)
    )
    for row in rows:
        yield Terms(
            id=row.id,
            name=row.name,
            tariff=Tariff(row.id, row.amount, row.period, row.proration),
            class_id=row.class_id,
            tax_category=row.tax_category,
            tax_basis_points=row.tax_basis_points,
            tax_reason=row.tax_reason,
        )


def _billed(year: Period, besides: int | None) -> Mapping[int, list[_Billed]]:
    """The lines outside of a run that bill days of the year already, by membership; a void invoice bills nothing."""
    lines: dict[int, list[_Billed]] = defaultdict(list)
    wanted = [
        InvoiceLine.membership_id.is_not(None),
        InvoiceLine.first_day <= year.last,
        InvoiceLine.last_day >= year.first,
        Invoice.state != InvoiceState.VOID,
    ]
    if besides is not None:
        wanted.append(Invoice.run_id.is_distinct_from(besides))
    rows = db.session.execute(
        select(
            InvoiceLine.membership_id,
            InvoiceLine.invoice_id,
            Invoice.number,
            InvoiceLine.first_day,
            InvoiceLine.last_day,
        )
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(*wanted)
        .order_by(InvoiceLine.id)
    )
    for membership_id, invoice_id, number, first, last in rows:
        lines[membership_id or 0].append(_Billed(invoice_id, number, Period(first, last)))
    return lines
