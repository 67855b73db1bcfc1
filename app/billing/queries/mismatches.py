"""Members whose membership was changed after it was billed: what a fee year bills them, and what it should."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.billing.models import Invoice, InvoiceLine
from app.billing.queries.fee_year import Member, Terms, list_members_of_year, list_terms
from app.billing.queries.owed import Owed, owed_parts, placings_for
from app.billing.rules import InvoiceState
from app.core.actor import Actor
from app.core.database import db
from app.core.money import Money
from app.core.periods import Period, joined
from app.core.permissions import Permission
from app.members.models import Institution, Membership, MembershipClass
from app.web.wording import day


@dataclass(frozen=True)
class Mismatch:
    """A billed membership whose days or class are others now: what is billed, what is due, and the difference."""

    institution_id: int
    name: str
    short_name: str
    class_name: str
    invoices: str
    why: str
    billed: Money
    due: Money

    @property
    def difference(self) -> Money:
        """What is to be billed further, or credited where it is below zero."""
        return self.due - self.billed


@dataclass(frozen=True)
class _Line:
    """A line that bills a membership, and whose it is."""

    number: str | None
    period: Period
    net: Money
    institution: Institution
    class_name: str


def list_mismatches(year: Period, *, actor: Actor) -> list[Mismatch]:
    """Billed memberships of a fee year whose days or class no longer match their lines, by name.

    What was posted is never edited: the difference is for a credit note or a further invoice (RULES, Fees).
    """
    actor.require(Permission.FEE_READ)
    billed = _billed(year)
    if not billed:
        return []
    members = list_members_of_year(year)
    terms: dict[int, list[Terms]] = defaultdict(list)
    for each in list_terms(year):
        terms[each.class_id].append(each)
    owed = owed_parts(year, members, terms, placings_for(year, terms))
    on_record: dict[int, list[Member]] = defaultdict(list)
    for member in members:
        on_record[member.institution_id].append(member)
    found = (
        _mismatch(lines, owed.get(membership_id, ()), on_record[lines[0].institution.id])
        for membership_id, lines in billed.items()
    )
    return [row for row in found if row is not None]


def _billed(year: Period) -> Mapping[int, list[_Line]]:
    """The lines of each membership that is billed in the year; a void invoice bills nothing."""
    rows = db.session.execute(
        select(InvoiceLine, Invoice, Institution, MembershipClass.name)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .join(Membership, Membership.id == InvoiceLine.membership_id)
        .join(MembershipClass, MembershipClass.id == Membership.class_id)
        .join(Institution, Institution.id == Membership.institution_id)
        .where(
            InvoiceLine.first_day >= year.first,
            InvoiceLine.last_day <= year.last,
            Invoice.state != InvoiceState.VOID,
        )
        .order_by(Institution.sort_name, Institution.id, InvoiceLine.first_day, InvoiceLine.id)
    )
    billed: dict[int, list[_Line]] = defaultdict(list)
    for line, invoice, institution, class_name in rows:
        period, net = Period(line.first_day, line.last_day), Money(line.net_minor, invoice.currency)
        billed[line.membership_id or 0].append(_Line(invoice.number, period, net, institution, class_name))
    return billed


def _mismatch(lines: Sequence[_Line], owed: Sequence[Owed], on_record: Sequence[Member]) -> Mismatch | None:
    first, zero = lines[0], Money.zero(lines[0].net.currency)
    days = joined(line.period for line in lines if line.net.minor >= 0)
    billed, due = sum((line.net for line in lines), zero), sum((each.amount for each in owed), zero)
    if billed == due or days == joined(each.part.days for each in owed):
        return None
    return Mismatch(
        institution_id=first.institution.id,
        name=first.institution.name,
        short_name=first.institution.short_name,
        class_name=first.class_name,
        invoices=_numbers(lines),
        why=f"Billed as {first.class_name} {_words(days)}; on record now: {_on_record(on_record)}",
        billed=billed,
        due=due,
    )


def _numbers(lines: Sequence[_Line]) -> str:
    return ", ".join(dict.fromkeys(line.number or "a draft" for line in lines))


def _on_record(members: Iterable[Member]) -> str:
    days = [f"{member.class_name} {_words(member.days)}" for member in members if member.days]
    return ", ".join(days) or "no day of the year"


def _words(periods: Iterable[Period]) -> str:
    return " and ".join(f"{day(period.first)} to {day(period.last)}" for period in periods)
