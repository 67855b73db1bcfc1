"""Members and fees of a year: who was a member, what they owe a year, what was invoiced, paid, and is open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, select

from app.billing.models import FeeSchedule, Invoice
from app.billing.queries.fee_years import fee_year_of
from app.billing.queries.tiers import Placings, read_placings
from app.core.actor import Actor
from app.core.bulk import among
from app.core.database import db
from app.core.history import as_known, overlapping, valid
from app.core.money import Money
from app.core.periods import Period
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.members.models import Institution, InstitutionName, InstitutionParticulars
from app.members.queries import MembershipPeriod, list_memberships
from app.members.queries.institutions import kind_words
from app.members.queries.memberships import step_facts
from app.members.rules import MEMBER_STATES, country_name, filed_name, standing_on
from app.reports.queries.amounts import amount_columns, sums
from app.reports.queries.billed import Billed, billed_by
from app.reports.queries.catalogue import reach_institutions, report
from app.reports.rules import Asked, Parameter
from app.web import wording

AMOUNTS = (
    ("fee", "Fee of the year", Narrow.META),
    ("invoiced", "Invoiced", Narrow.META),
    ("paid", "Paid", Narrow.META),
    ("written_off", "Written off", Narrow.HIDE),
    ("outstanding", "Outstanding", Narrow.AMOUNT),
)


@dataclass(frozen=True)
class MemberFees:
    """A member of the year with its amounts in one currency."""

    institution_id: int
    name: str
    short_name: str
    country: str
    kind: str
    classes: str
    since: date | None
    fee: Money | None
    invoiced: Money | None
    paid: Money | None
    written_off: Money | None
    outstanding: Money | None


@dataclass(frozen=True)
class _Facts:
    """What is said of an institution: the name it had at the end of the year, what it was on the day asked for."""

    name: str
    short_name: str
    sort_name: str
    country: str
    kind: str
    since: date | None


@report(
    "members-and-fees",
    title="Members and fees",
    question="Who was a member in a fee year, what is the fee, and what of it was invoiced and paid?",
    audience=Permission.REPORT_MONEY,
    asks=(Parameter.YEAR, Parameter.DAY, Parameter.INSTITUTION),
)
def members_and_fees(asked: Asked, actor: Actor) -> Table[MemberFees]:
    """Each member of a fee year with its fee and its invoices of that year as they stood on the day."""
    year = fee_year_of(asked.year)
    reach = reach_institutions(Permission.REPORT_MONEY, asked, actor)
    memberships = _members(list_memberships(year, known=asked.known, actor=actor), reach)
    fees = _fees(year, memberships, asked)
    billed = _billed(asked, reach)
    facts = _facts({*memberships, *billed}, year, asked)
    rows = [
        row
        for institution_id in sorted(facts, key=lambda one: (facts[one].sort_name, one))
        for row in _rows(
            institution_id,
            facts[institution_id],
            memberships.get(institution_id, []),
            fees.get(institution_id, {}),
            billed.get(institution_id, {}),
        )
    ]
    return Table(f"Members and fees {asked.year}", _columns(rows), rows, sums(rows, AMOUNTS), _notes(asked, rows))


def _members(found: Iterable[MembershipPeriod], reach: frozenset[int] | None) -> dict[int, list[MembershipPeriod]]:
    """The memberships with a day as a member in the year, by institution."""
    members: dict[int, list[MembershipPeriod]] = defaultdict(list)
    for each in found:
        if each.days_in(MEMBER_STATES) and (reach is None or each.institution_id in reach):
            members[each.institution_id].append(each)
    return members


def _fees(year: Period, members: dict[int, list[MembershipPeriod]], asked: Asked) -> dict[int, dict[str, Money]]:
    """What each member's classes cost for the whole year, by currency: the schedule of its first day in the year.

    Of a fee by tiers it is that of the tier the member is in on the day asked for, as known then.
    """
    schedules = db.session.scalars(
        select(FeeSchedule)
        .where(overlapping(FeeSchedule, year), as_known(FeeSchedule, asked.known))
        .order_by(FeeSchedule.first_day, FeeSchedule.id)
    ).all()
    tiers = _tiers(year, members, asked) if any(each.scale for each in schedules) else None
    fees: dict[int, dict[str, Money]] = defaultdict(dict)
    for each in (one for memberships in members.values() for one in memberships):
        if fee := _fee_of(each, _schedule_of(each, schedules, year), tiers):
            before = fees[each.institution_id].get(fee.currency, Money.zero(fee.currency))
            fees[each.institution_id][fee.currency] = before + fee
    return fees


def _fee_of(member: MembershipPeriod, schedule: FeeSchedule | None, tiers: _Tiers | None) -> Money | None:
    if schedule is None:
        return None
    return tiers.fee(member, schedule) if tiers and schedule.scale else schedule.amount


def _schedule_of(member: MembershipPeriod, schedules: Sequence[FeeSchedule], year: Period) -> FeeSchedule | None:
    """The schedule of a member's class on its first day in the year, else the first of the year."""
    first = max(member.period.first, year.first)
    in_force = [each for each in schedules if each.class_id == member.membership_class.id]
    return next((each for each in in_force if each.period.contains(first)), next(iter(in_force), None))


@dataclass(frozen=True)
class _Tiers:
    """The tiers of a year as they were known, the countries members were in, and the day that is asked for."""

    placings: Placings
    countries: Mapping[int, str]
    on: date

    def fee(self, member: MembershipPeriod, schedule: FeeSchedule) -> Money | None:
        """The fee of the tier a member is in on the day, or on its first or last day in the year; None without one."""
        day = self._day_of(member)
        country = self.countries.get(member.institution_id, "")
        found = self.placings.of(member.institution_id, country, schedule.scale) if schedule.scale else []
        tier = next((each.tier for each in found if each.period.contains(day)), None)
        return None if tier is None else Money(schedule.tiers[tier], schedule.currency)

    def _day_of(self, member: MembershipPeriod) -> date:
        days = self.placings.year.clip(member.period) or member.period
        return max(days.first, min(self.on, days.last or self.on))


def _tiers(year: Period, institution_ids: Iterable[int], asked: Asked) -> _Tiers:
    countries = (
        select(InstitutionParticulars.institution_id, InstitutionParticulars.country)
        .where(
            among(InstitutionParticulars.institution_id, institution_ids),
            valid(InstitutionParticulars, asked.on, asked.known),
        )
        .order_by(InstitutionParticulars.institution_id)
    )
    found = {row.institution_id: row.country for row in db.session.execute(countries)}
    return _Tiers(read_placings(year, asked.known), found, asked.on)


def _billed(asked: Asked, reach: frozenset[int] | None) -> dict[int, dict[str, Billed]]:
    """Sums of the invoices of a fee year as they stood on the day, by payer and currency."""
    billed: dict[int, dict[str, Billed]] = defaultdict(dict)
    for (payer_id, year, currency), found in billed_by(asked, reach, Invoice.payer_id).items():
        if year == asked.year:
            billed[payer_id][currency] = found
    return billed


def _facts(institution_ids: set[int], year: Period, asked: Asked) -> dict[int, _Facts]:
    day, known, held = year.last or year.first, asked.known, InstitutionParticulars
    statement = (
        select(
            Institution.id,
            InstitutionName.name,
            InstitutionName.short_name,
            Institution.sort_name,
            func.coalesce(held.country, Institution.country).label("country"),
            func.coalesce(held.kind, Institution.kind).label("kind"),
            func.coalesce(held.is_composite, Institution.is_composite).label("is_composite"),
        )
        .join(InstitutionName, InstitutionName.institution_id == Institution.id)
        .outerjoin(held, and_(held.institution_id == Institution.id, valid(held, asked.on, known)))
        .where(among(Institution.id, institution_ids), valid(InstitutionName, day, known))
        .order_by(Institution.sort_name, Institution.id)
    )
    steps = step_facts(sorted(institution_ids), known)
    return {
        row.id: _Facts(
            filed_name(row.name),
            row.short_name,
            row.sort_name,
            country_name(row.country),
            kind_words(row.kind, is_composite=row.is_composite),
            standing_on(steps.get(row.id, []), day).since,
        )
        for row in db.session.execute(statement)
    }


def _rows(
    institution_id: int,
    facts: _Facts,
    memberships: Sequence[MembershipPeriod],
    fees: dict[str, Money],
    billed: dict[str, Billed],
) -> list[MemberFees]:
    """One line for each currency of a member; one without amounts where there is none."""
    classes = ", ".join(dict.fromkeys(each.membership_class.name for each in memberships))
    currencies: list[str] = sorted({*fees, *billed}) or [""]
    return [
        MemberFees(
            institution_id=institution_id,
            name=facts.name,
            short_name=facts.short_name,
            country=facts.country,
            kind=facts.kind,
            classes=classes or "not a member in the year",
            since=facts.since,
            fee=fees.get(currency),
            **_amounts(billed.get(currency)),
        )
        for currency in currencies
    ]


def _amounts(billed: Billed | None) -> dict[str, Money | None]:
    if billed is None:
        return {"invoiced": None, "paid": None, "written_off": None, "outstanding": None}
    return {
        "invoiced": billed.claimed,
        "paid": billed.paid,
        "written_off": billed.written_off,
        "outstanding": billed.outstanding,
    }


def _columns(rows: Sequence[MemberFees]) -> list[Column[MemberFees]]:
    return [
        Column("name", "Institution", lambda row: row.name, Kind.NAME, narrow=Narrow.NAME),
        Column("short_name", "Short name", lambda row: row.short_name),
        Column("country", "Country", lambda row: row.country),
        Column("kind", "Kind", lambda row: row.kind),
        Column("classes", "Class", lambda row: row.classes, narrow=Narrow.META),
        Column("since", "Member since", lambda row: row.since, Kind.DATE),
        *amount_columns(AMOUNTS, rows),
    ]


def _notes(asked: Asked, rows: Sequence[MemberFees]) -> list[str]:
    members = {row.institution_id for row in rows}
    billed = {row.institution_id for row in rows if row.invoiced is not None}
    free = {row.institution_id for row in rows if row.fee is None} - billed
    known = f" As known on {wording.instant(asked.known)}." if asked.known else ""
    notes = [
        f"Invoices issued, less credits, and money allocated by {wording.long_day(asked.on)}.{known}",
        f"{wording.plural(len(members), 'member', 'members')}; {_not_billed(len(members - billed), len(free))}.",
    ]
    if billed:
        notes.append("The fee is that of a whole year; a member of a part of it may be invoiced a part.")
    return notes


def _not_billed(number: int, free: int) -> str:
    if not number:
        return "none without an invoice of the year"
    without = f", {wording.count(free)} of these in a class without a fee" if free else ""
    return f"{wording.count(number)} without an invoice of the year{without}"
