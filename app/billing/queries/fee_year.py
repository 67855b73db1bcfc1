"""What the charges of a fee year rest on: its members and their days, the fees in force, what is billed already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import aliased

from app.billing.models import FeeSchedule, Invoice, InvoiceLine
from app.billing.rules import InvoiceKind, InvoiceState, Placing, Scale, Tariff, TaxCategory, scale_of
from app.core.bulk import among
from app.core.database import db
from app.core.history import as_known, overlapping
from app.core.money import Money
from app.core.periods import Period, joined
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
    country: str
    class_id: int
    class_name: str
    is_billed: bool
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
    income_account: str
    scale: Scale | None
    tiers: Mapping[str, int]

    def tariffs(self, placings: Sequence[Placing]) -> list[Tariff]:
        """What a member pays: the one fee, or the fee of each tier it is in, for its days in it."""
        if self.scale is None:
            return [self.tariff]
        of_scale = [each for each in placings if scale_of(each.tier) is self.scale]
        clipped = [(each, self.tariff.period.clip(each.period)) for each in of_scale]
        currency = self.tariff.fee.currency
        return [
            replace(self.tariff, fee=Money(self.tiers[each.tier], currency), period=days, tier=each.why)
            for each, days in clipped
            if days
        ]

    @property
    def rule(self) -> str:
        """How the desk names it: Funder membership fee of 1 Jan 2016."""
        return f"{self.name} of {day(self.tariff.period.first)}"


@dataclass(frozen=True)
class BilledLine:
    """A line that bills a membership already."""

    invoice_id: int
    number: str | None
    period: Period
    payer_id: int
    net: int
    key: str | None

    def is_share_of(self, key: str) -> bool:
        """Whether it bills one of several payers for what a key names."""
        return self.key is not None and self.key.startswith(f"{key}:")


def net_by_payer(lines: Sequence[BilledLine]) -> dict[int, int]:
    """What lines bill each payer; one that was merged with another has the lines of both."""
    sums: dict[int, int] = defaultdict(int)
    for line in lines:
        sums[line.payer_id] += line.net
    return dict(sums)


@dataclass(frozen=True)
class Scope:
    """Whose memberships are looked at: everybody's, those a run does not bill, those its drafts bill.

    `beside`: those of the institutions that have these memberships.
    """

    besides: int | None = None
    drafts_of: int | None = None
    beside: frozenset[int] = frozenset()

    @property
    def members(self) -> list[ColumnElement[bool]]:
        """The condition on whose membership it is."""
        if self.besides is not None:
            return [Membership.institution_id.not_in(_billed_by(Invoice.run_id == self.besides))]
        if self.beside:
            whose = aliased(Membership)
            of = select(whose.institution_id).where(among(whose.id, self.beside))
            return [Membership.institution_id.in_(of)]
        if self.drafts_of is not None:
            return [Membership.institution_id.in_(_billed_by(*_drafts(self.drafts_of)))]
        return []

    @property
    def lines(self) -> list[ColumnElement[bool]]:
        """The condition on which lines count as billed: drafts that are looked at anew do not."""
        return [] if self.drafts_of is None else [~and_(*_drafts(self.drafts_of))]


EVERYBODY = Scope()


def _drafts(run_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Invoice.run_id == run_id, Invoice.state == InvoiceState.DRAFT


def _billed_by(*wanted: ColumnElement[bool]) -> Any:
    """The institutions whose memberships some invoices bill."""
    billed = aliased(Membership)
    return (
        select(billed.institution_id)
        .join(InvoiceLine, InvoiceLine.membership_id == billed.id)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(*wanted)
    )


def list_members_of_year(year: Period, scope: Scope = EVERYBODY) -> list[Member]:
    """Those with a membership in the year, by name."""
    steps = _steps(year, scope)
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
            Institution.country,
            MembershipClass.id.label("class_id"),
            MembershipClass.name.label("class_name"),
            MembershipClass.is_billed,
        )
        .join(Institution, Institution.id == Membership.institution_id)
        .join(MembershipClass, MembershipClass.id == Membership.class_id)
        .where(overlapping(Membership, year), as_known(Membership), *scope.members)
        .order_by(Institution.sort_name, Institution.id, MembershipClass.position, Membership.first_day, Membership.id)
    )
    members = []
    for row in rows:
        whole = year.clip(Period(row.first_day, row.last_day))
        found = steps.get(row.id, [])
        days = tuple(joined(period for state, period in found if state in MEMBER_STATES))
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
                row.country,
                row.class_id,
                row.class_name,
                row.is_billed,
                within,
                found[-1][0],
            )
        )
    return members


_OVER = frozenset({MembershipState.WITHDRAWN, MembershipState.LAPSED})


def _steps(year: Period, scope: Scope) -> Mapping[int, list[tuple[MembershipState, Period]]]:
    steps: dict[int, list[tuple[MembershipState, Period]]] = defaultdict(list)
    asked = (
        select(MembershipStep.membership_id, MembershipStep.state, MembershipStep.first_day, MembershipStep.last_day)
        .join(Membership, Membership.id == MembershipStep.membership_id)
        .where(overlapping(MembershipStep, year), as_known(MembershipStep), *scope.members)
        .order_by(MembershipStep.membership_id, MembershipStep.first_day, MembershipStep.id)
    )
    for membership_id, state, first, last in db.session.execute(asked):
        clipped = year.clip(Period(first, last))
        if clipped is not None:
            steps[membership_id].append((state, clipped))
    return steps


def list_terms(year: Period) -> Iterator[Terms]:
    """The fee schedules that touch the year, the earliest first."""
    rows = db.session.scalars(
        select(FeeSchedule)
        .join(MembershipClass, MembershipClass.id == FeeSchedule.class_id)
        .where(overlapping(FeeSchedule, year), as_known(FeeSchedule), MembershipClass.is_billed.is_(True))
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
            income_account=row.income_account,
            scale=row.scale,
            tiers=row.tiers,
        )


def lines_by_membership(year: Period, scope: Scope = EVERYBODY) -> Mapping[int, list[BilledLine]]:
    """The lines that bill days of the year already, by membership; a void invoice bills nothing."""
    lines: dict[int, list[BilledLine]] = defaultdict(list)
    rows = db.session.execute(
        select(
            InvoiceLine.membership_id,
            InvoiceLine.invoice_id,
            Invoice.number,
            InvoiceLine.first_day,
            InvoiceLine.last_day,
            Invoice.payer_id,
            InvoiceLine.net_minor,
            InvoiceLine.charge_key,
        )
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .join(Membership, Membership.id == InvoiceLine.membership_id)
        .where(
            InvoiceLine.first_day <= year.last,
            InvoiceLine.last_day >= year.first,
            Invoice.state != InvoiceState.VOID,
            Invoice.kind == InvoiceKind.INVOICE,
            *scope.members,
            *scope.lines,
        )
        .order_by(InvoiceLine.id)
    )
    for membership_id, invoice_id, number, first, last, payer_id, net, key in rows:
        line = BilledLine(invoice_id, number, Period(first, last), payer_id, net, key)
        lines[membership_id or 0].append(line)
    return lines
