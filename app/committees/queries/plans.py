"""Plans of succession: a committee's seats with who could follow, one plan, and what waits for whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.committees.models import Appointment, Committee, Seat, SuccessionPlan
from app.committees.queries.committees import exists_on
from app.committees.queries.roster import RosterRow, roster
from app.committees.queries.terms import bylaws_on
from app.committees.rules import BylawFacts, How, Office, Served, is_over_limit, terms_counted
from app.committees.rules.plans import OPEN_PLANS, PlanState, next_first_day
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.history import as_known, valid
from app.core.paging import AnySelect
from app.core.periods import Period
from app.core.permissions import Permission
from app.members.models import Person


@dataclass(frozen=True)
class SuccessionRow:
    """A seat with its holder, the end of the term, how far the limit is, who is planned and who is appointed to follow.

    `counted` are the terms that count when the holder goes on; `may_go_on` is None where nobody sits there.
    """

    seat: RosterRow
    term_ends: date | None
    counted: int
    limit: int | None
    may_go_on: bool | None
    plans: tuple[SuccessionPlan, ...]
    follower: str | None
    follows_on: date | None

    @property
    def next_day(self) -> date:
        """The day on which a successor would begin."""
        return next_first_day(self.term_ends, clock.today())

    @property
    def holds_over(self) -> bool:
        """Whether the term has ended and the holder stays until somebody follows."""
        return self.term_ends is not None and self.term_ends < clock.today()


def list_succession(committee_id: int, actor: Actor) -> list[SuccessionRow]:
    """Every seat of a committee today with what comes after it: a constant number of statements."""
    actor.require(Permission.COMMITTEE_EDIT, committee_id=committee_id)
    today = clock.today()
    facts = bylaws_on(committee_id, today)
    entries = _entries(committee_id)
    served = _served(entries)
    plans = _open_plans(committee_id)
    coming = {each.seat_id: each for each in reversed(entries) if each.first_day > today}
    ends = {each.id: each.last_day or each.term_ends for each in entries}
    return [
        _row(seat, ends.get(seat.appointment_id or 0), facts, served, (plans.get(seat.seat_id, ()), coming))
        for seat in roster(committee_id, on=today)
    ]


def get_plan(plan_id: int, actor: Actor) -> SuccessionPlan:
    """A plan with its seat, committee and person, for who may change its committee; to others there is none."""
    asked = _with_all().where(SuccessionPlan.id == plan_id).execution_options(populate_existing=True)
    plan: SuccessionPlan | None = db.session.scalar(asked)
    if plan is None or not actor.may(Permission.COMMITTEE_EDIT, committee_id=plan.committee_id):
        raise NotFoundError("There is no such plan.")
    return plan


def list_plans(committee_id: int, actor: Actor) -> Sequence[SuccessionPlan]:
    """All plans of a committee, the newest first."""
    actor.require(Permission.COMMITTEE_EDIT, committee_id=committee_id)
    asked = _with_all().where(SuccessionPlan.committee_id == committee_id)
    return db.session.scalars(asked.order_by(SuccessionPlan.planned_at.desc(), SuccessionPlan.id.desc())).all()


def list_open_plans(actor: Actor) -> Sequence[SuccessionPlan]:
    """Plans that have not come to their end, of all committees the actor may change, the longest unmoved first."""
    asked = _with_all().where(SuccessionPlan.state.in_(OPEN_PLANS))
    asked = asked.join(Committee, Committee.id == SuccessionPlan.committee_id).where(exists_on(clock.today()))
    if not actor.has_all(Permission.COMMITTEE_EDIT):
        own = actor.own_committees(Permission.COMMITTEE_EDIT)
        asked = asked.where(SuccessionPlan.committee_id.in_(own))
    return db.session.scalars(asked.order_by(SuccessionPlan.state_since, SuccessionPlan.id)).all()


def list_asked(user_id: int | None) -> Sequence[SuccessionPlan]:
    """Plans by which a user is asked to sit somewhere and has not answered."""
    mine = select(Person.id).where(Person.user_id == user_id, Person.erased_at.is_(None))
    asked = _with_all().where(SuccessionPlan.person_id.in_(mine), SuccessionPlan.state == PlanState.INVITED)
    return db.session.scalars(asked.order_by(SuccessionPlan.state_since, SuccessionPlan.id)).all()


def find_asked(plan_id: int) -> SuccessionPlan | None:
    """A plan by which somebody is asked and has not answered."""
    asked = _with_all().where(SuccessionPlan.id == plan_id, SuccessionPlan.state == PlanState.INVITED)
    return db.session.scalar(asked)


def served_on(committee_id: int) -> Mapping[int, Sequence[Served]]:
    """The terms of everybody on a committee as known now, by person."""
    return _served(_entries(committee_id))


def find_chair(committee_id: int) -> Person | None:
    """Who chairs a committee today."""
    asked = (
        select(Person)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(
            Appointment.committee_id == committee_id,
            Appointment.office == Office.CHAIR,
            valid(Appointment, clock.today()),
        )
    )
    return db.session.scalar(asked.order_by(Appointment.id).limit(1))


def _row(
    seat: RosterRow,
    ends: date | None,
    facts: BylawFacts,
    served: Mapping[int, Sequence[Served]],
    after: tuple[Sequence[SuccessionPlan], Mapping[int, Appointment]],
) -> SuccessionRow:
    plans, coming = after
    first = next_first_day(ends, clock.today())
    own = served.get(seat.person_id or 0, ())
    follower = coming.get(seat.seat_id)
    return SuccessionRow(
        seat=seat,
        term_ends=ends,
        counted=terms_counted(facts, own, first),
        limit=facts.limit_terms,
        may_go_on=None if seat.person_id is None or ends is None else not is_over_limit(facts, own, first),
        plans=tuple(plans),
        follower=follower.person.name if follower else None,
        follows_on=follower.first_day if follower else None,
    )


def _entries(committee_id: int) -> Sequence[Appointment]:
    asked = (
        select(Appointment)
        .options(joinedload(Appointment.person))
        .where(Appointment.committee_id == committee_id, as_known(Appointment))
        .order_by(Appointment.first_day, Appointment.id)
    )
    return db.session.scalars(asked).all()


def _served(entries: Iterable[Appointment]) -> dict[int, list[Served]]:
    """The terms of each person, entries that continue one another being one."""
    begun: dict[int, int] = {}
    terms: dict[int, tuple[int, Period]] = {}
    for each in (entry for entry in entries if entry.how is not How.EX_OFFICIO):
        first = begun.get(each.continues_id or 0, each.id)
        begun[each.id] = first
        since = terms[first][1].first if first in terms else each.first_day
        terms[first] = (each.person_id, Period(since, each.last_day))
    served: dict[int, list[Served]] = defaultdict(list)
    for person_id, period in terms.values():
        served[person_id].append(Served(period))
    return served


def _open_plans(committee_id: int) -> dict[int, list[SuccessionPlan]]:
    asked = _with_all().where(SuccessionPlan.committee_id == committee_id, SuccessionPlan.state.in_(OPEN_PLANS))
    found: dict[int, list[SuccessionPlan]] = defaultdict(list)
    for plan in db.session.scalars(asked.order_by(SuccessionPlan.state_since.desc(), SuccessionPlan.id)):
        found[plan.seat_id].append(plan)
    return found


def _with_all() -> AnySelect:
    return select(SuccessionPlan).options(
        joinedload(SuccessionPlan.person),
        joinedload(SuccessionPlan.seat).joinedload(Seat.institution),
        joinedload(SuccessionPlan.committee),
        joinedload(SuccessionPlan.institution),
    )
