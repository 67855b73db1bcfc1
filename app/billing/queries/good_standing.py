"""Who is in good standing on a day, asked by everybody else from here alone: committees, votes, agreements, the office.

`standing_of` answers for one institution and `standings_on` for all members of whom anything is overdue; who is not
among them is in good standing. An invoice concerns the members whose fees are on it, whoever pays them, and for
whatever else is on it its payer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import groupby
from types import MappingProxyType

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from app.audit.remembering import remembered
from app.billing.models import Invoice, InvoiceLine
from app.billing.queries.disputes import disputed_on
from app.billing.queries.policies import standing_terms_on
from app.billing.queries.standing import issued_on, open_on
from app.billing.rules import CONSEQUENCE_WORDS, GOOD, MemberStanding, Overdue, StandingTerms, standing_by
from app.core import clock
from app.core.database import db
from app.core.history import valid
from app.core.money import Money
from app.core.paging import AnySelect
from app.members.models import Membership
from app.web.wording import join_words, long_day, money, plural

MemberOn = aliased(Membership)
OF_ANOTHER = "what another pays for it is overdue"


def standing_of(institution_id: int, on: date | None = None) -> MemberStanding:
    """How an institution stands on a day (default: today), with the reason, since when, and what follows."""
    day = on or clock.today()
    terms = standing_terms_on(day)
    return standing_by(terms, _overdue(_asked(day, terms, institution_id)), day)


def standings_on(on: date | None = None) -> Mapping[int, MemberStanding]:
    """How every member stands of whom something overdue counts on a day; all others are in good standing.

    Among them are those in good standing still, of whom something will follow if they do not pay.
    """
    day = on or clock.today()
    return _standings(day, clock.today())


def standing_words(standing: MemberStanding) -> str:
    """How a member stands and why, in a sentence."""
    if standing == GOOD:
        return "In good standing"
    owed, late = join_words(money(each) for each in standing.overdue), plural(standing.days_late, "day", "days")
    verb = "is" if len(standing.overdue) == 1 else "are"
    why = f"{owed} {verb} overdue, {standing.number} for {late}" if standing.is_own else f"{OF_ANOTHER} for {late}"
    if standing.consequence is None or standing.since is None:
        return f"In good standing; {why}"
    return f"Since {long_day(standing.since)} {CONSEQUENCE_WORDS[standing.consequence]}: {why}"


def step_words(standing: MemberStanding, on: date) -> str:
    """What follows if the member does not pay, and when; empty where nothing does."""
    if standing.next_step is None or standing.next_day is None:
        return ""
    days = (standing.next_day - on).days
    when = {0: "today", 1: "tomorrow"}.get(days, f"in {plural(days, 'day', 'days')}")
    return f"{when} {CONSEQUENCE_WORDS[standing.next_step]}"


@remembered
def _standings(day: date, _today: date) -> Mapping[int, MemberStanding]:
    terms = standing_terms_on(day)
    by_member = groupby(_overdue(_asked(day, terms)), key=lambda each: each.member_id)
    found = {member_id: standing_by(terms, rows, day) for member_id, rows in by_member}
    return MappingProxyType({member_id: standing for member_id, standing in found.items() if standing != GOOD})


def _asked(day: date, terms: StandingTerms, institution_id: int | None = None) -> AnySelect:
    """Each overdue invoice with each member it concerns, of all or of one."""
    is_open, line = open_on(day), InvoiceLine
    member = func.coalesce(Membership.institution_id, Invoice.payer_id).label("member_id")
    members = select(MemberOn.institution_id).where(valid(MemberOn, day))
    asked: AnySelect = (
        select(
            member, Invoice.id, Invoice.number, Invoice.due_day, Invoice.currency, is_open.label("open"),
            Invoice.payer_id,
        )
        .join(line, line.invoice_id == Invoice.id)
        .outerjoin(Membership, Membership.id == line.membership_id)
        .where(issued_on(day), is_open > 0, Invoice.due_day < day, member.in_(members))
        .distinct()
    )  # fmt: skip
    if not terms.counts_disputed:
        asked = asked.where(~disputed_on(day))
    if institution_id is not None:
        asked = asked.where(member == institution_id, Invoice.id.in_(_concerning(institution_id)))
    return asked.order_by(member, Invoice.due_day, Invoice.id)


def _concerning(institution_id: int) -> Select[int]:
    """The invoices an institution pays, and those on which its fees are."""
    fees = (
        select(InvoiceLine.invoice_id)
        .join(Membership, Membership.id == InvoiceLine.membership_id)
        .where(Membership.institution_id == institution_id)
    )
    return select(Invoice.id).where(or_(Invoice.payer_id == institution_id, Invoice.id.in_(fees)))


def _overdue(asked: AnySelect) -> Iterator[Overdue]:
    for member_id, invoice_id, number, due_day, currency, minor, payer_id in db.session.execute(asked):
        is_own = payer_id == member_id
        yield Overdue(member_id, invoice_id, number or "", due_day, Money(minor, currency), is_own=is_own)
