"""Who is in good standing on a day, asked by everybody else from here alone: committees, votes, agreements, the office.

`standing_of` answers for one institution and `standings_on` for all that owe anything overdue; who is not among them
is in good standing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import groupby
from types import MappingProxyType

from sqlalchemy import select

from app.audit.remembering import remembered
from app.billing.models import Invoice
from app.billing.queries.disputes import disputed_on
from app.billing.queries.policies import standing_terms_on
from app.billing.queries.standing import issued_on, open_on
from app.billing.rules import CONSEQUENCE_WORDS, GOOD, MemberStanding, Overdue, StandingTerms, standing_by
from app.core import clock
from app.core.database import db
from app.core.money import Money
from app.core.paging import AnySelect
from app.web.wording import join_words, long_day, money, plural


def standing_of(institution_id: int, on: date | None = None) -> MemberStanding:
    """How an institution stands on a day (default: today), with the reason, since when, and what follows."""
    day = on or clock.today()
    terms = standing_terms_on(day)
    owed = list(_overdue(_asked(day, terms).where(Invoice.payer_id == institution_id)))
    return standing_by(terms, owed, day)


def standings_on(on: date | None = None) -> Mapping[int, MemberStanding]:
    """How every institution stands that owes something overdue that counts on a day; all others are in good standing.

    Among them are those in good standing still, of whom something will follow if they do not pay.
    """
    day = on or clock.today()
    return _standings(day, clock.today())


def standing_words(standing: MemberStanding) -> str:
    """How a member stands and why, in a sentence."""
    if standing == GOOD:
        return "In good standing"
    owed = join_words(money(each) for each in standing.overdue)
    why = f"{owed} is overdue, {standing.number} for {plural(standing.days_late, 'day', 'days')}"
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
    by_payer = groupby(_overdue(_asked(day, terms)), key=lambda each: each.payer_id)
    found = {payer_id: standing_by(terms, rows, day) for payer_id, rows in by_payer}
    return MappingProxyType({payer_id: standing for payer_id, standing in found.items() if standing != GOOD})


def _asked(day: date, terms: StandingTerms) -> AnySelect:
    is_open = open_on(day)
    asked: AnySelect = select(
        Invoice.payer_id, Invoice.id, Invoice.number, Invoice.due_day, Invoice.currency, is_open.label("open")
    ).where(issued_on(day), is_open > 0, Invoice.due_day < day)
    if not terms.counts_disputed:
        asked = asked.where(~disputed_on(day))
    return asked.order_by(Invoice.payer_id, Invoice.due_day, Invoice.id)


def _overdue(asked: AnySelect) -> Iterator[Overdue]:
    for payer_id, invoice_id, number, due_day, currency, minor in db.session.execute(asked):
        yield Overdue(payer_id, invoice_id, number or "", due_day, Money(minor, currency))
