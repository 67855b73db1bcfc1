"""Bylaws, plans and elections for tests, beside the people and seats of `sitting`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TypeVar

from app.committees.commands.elections import CallValues, call_election
from app.committees.commands.plans import PlanValues, plan_successor
from app.committees.models import Bylaws, Committee, Election, Seat, SuccessionPlan
from app.committees.rules import USUAL, Appointer, BylawFacts, LimitKind, Office
from app.committees.rules.deadlines import read_deadline
from app.committees.rules.elections import Nominators
from app.core import clock
from app.core.actor import Actor, Granted
from app.core.database import db
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.members.models import Person
from tests.committees.sitting import FOUNDED, OFFICE
from tests.trailed import beside_the_trail

Result = TypeVar("Result")
TWO_TERMS = replace(USUAL, term_months=36, limit_kind=LimitKind.CONSECUTIVE, limit_terms=2)
AFTER = Period(date(2018, 1, 1), date(2020, 12, 31))


def ruled(of: Committee, facts: BylawFacts = TWO_TERMS, *, appointer: Appointer = Appointer.CHAIR) -> None:
    """Let bylaws hold for a committee from its founding on."""
    with beside_the_trail():
        db.session.add(
            Bylaws(
                committee_id=of.id,
                number=1,
                first_day=FOUNDED,
                voters=facts.voters,
                quorum_numerator=1,
                quorum_denominator=2,
                quorum_more_than=True,
                quorum_base=facts.quorum_base,
                majority_numerator=1,
                majority_denominator=2,
                majority_more_than=True,
                majority_base=facts.majority_base,
                casting_vote=False,
                proxies=0,
                term_months=facts.term_months,
                limit_kind=facts.limit_kind,
                limit_terms=facts.limit_terms,
                break_months=facts.break_months,
                part_terms=facts.part_terms,
                replacement=facts.replacement,
                holds_over=facts.holds_over,
                warning_days=facts.warning_days,
                appointer=appointer,
                adopted_by="test",
                adopted_at=clock.now(),
            )
        )


def chair_of(of: Committee, user_id: int = 900) -> Actor:
    """Somebody who chairs a committee."""
    return Actor("Elspeth Chair", user_id, (Granted(Role.CHAIR, committee_id=of.id),))


def as_user(who: Person, *granted: Granted) -> Actor:
    """A person signed in, with roles."""
    return Actor(who.name, who.user_id, granted)


def planned(on: Seat, who: Person, period: Period = AFTER, actor: Actor = OFFICE) -> SuccessionPlan:
    """A plan that somebody follows on a seat."""
    return plan_successor(on.id, PlanValues(who.id, period), actor=actor)


def called(of: Committee, *seats: Seat, nominators: Nominators = Nominators.ANYONE, actor: Actor = OFFICE) -> Election:
    """An election to seats for terms from 1 January 2018, with nominations until 30 June 2016, 17:00."""
    values = CallValues(
        title="Election of members",
        seat_ids=tuple(each.id for each in seats),
        first_day=date(2018, 1, 1),
        nominators=nominators,
        opens_on=date(2016, 5, 24),
        deadline=read_deadline("30 June 2016 17:00", clock.zone()),
        office=Office.MEMBER,
    )
    return call_election(of.id, values, actor=actor)


DEADLINE = datetime(2016, 6, 30, 16, tzinfo=UTC)


def done(act: Callable[[], Result]) -> Result:
    """Do something in a transaction of its own."""
    with transaction():
        return act()
