"""Memberships: who is a member in which class for which days, and how institutions stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import contains_eager

from app.audit.remembering import remembered
from app.core import clock
from app.core.actor import Actor
from app.core.bulk import among, in_chunks
from app.core.database import db, prepared
from app.core.errors import NotFoundError
from app.core.history import as_known, overlapping, valid
from app.core.paging import AnySelect
from app.core.periods import Period
from app.core.permissions import Permission
from app.members.models import Institution, InstitutionName, Membership, MembershipClass, MembershipStep
from app.members.queries.blocks import BLOCK
from app.members.rules import MEMBER_STATES, MembershipState, StepFact, TermRule


@dataclass(frozen=True)
class MembershipClassRow:
    """A class of membership, and what it brings."""

    id: int
    code: str
    name: str
    votes: bool
    is_billed: bool
    seats: int
    term: TermRule
    grace_days: int
    is_offered: bool
    version: int


@dataclass(frozen=True)
class StepRow:
    """A step of a membership: its state, its days, why and by whom it was recorded."""

    id: int
    state: MembershipState
    period: Period
    reason: str | None
    recorded_by: str


@dataclass(frozen=True)
class MembershipPeriod:
    """A membership with its class, its days, and the state on each of them."""

    membership_id: int
    institution_id: int
    name: str
    account_number: str
    membership_class: MembershipClassRow
    period: Period
    steps: tuple[StepRow, ...]
    version: int

    def state_on(self, day: date) -> MembershipState | None:
        """The state on a day, None outside its steps."""
        return next((step.state for step in self.steps if step.period.contains(day)), None)

    def may_be_renewed_on(self, day: date) -> bool:
        """Whether it has an end, nobody has withdrawn it, and its grace is not over."""
        until = self.grace_until
        has_withdrawn = any(step.state is MembershipState.WITHDRAWN for step in self.steps)
        return until is not None and day <= until and not has_withdrawn

    @property
    def last_day(self) -> date | None:
        """Its last day, None while it is open."""
        return self.period.last

    @property
    def day_after(self) -> date | None:
        """The day after its last, None while it is open."""
        return self.period.last + timedelta(days=1) if self.period.last else None

    @property
    def grace_until(self) -> date | None:
        """The last day on which it can be renewed, None while it is open."""
        last = self.period.last
        return last + timedelta(days=self.membership_class.grace_days) if last else None

    @property
    def next_last_day(self) -> date | None:
        """The last day of the next period as the class reckons, None where it reckons none."""
        last = self.period.last
        return self.membership_class.term.last_day_from(last + timedelta(days=1)) if last else None

    def days_in(self, states: Iterable[MembershipState]) -> tuple[Period, ...]:
        """The periods of its own days in which it was in one of these states."""
        wanted = frozenset(states)
        parts = (step.period.clip(self.period) for step in self.steps if step.state in wanted)
        return tuple(part for part in parts if part is not None)


@dataclass(frozen=True)
class ClassCount:
    """How many institutions are members of a class."""

    class_name: str
    institutions: int


_CLASSES = select(MembershipClass).order_by(MembershipClass.position, MembershipClass.id)


@remembered
def list_classes() -> tuple[MembershipClassRow, ...]:
    """The classes of membership in their order."""
    return tuple(_class_row(found) for found in db.session.scalars(_CLASSES))


def list_offered_classes() -> list[MembershipClassRow]:
    """The classes in which an institution can become a member, in their order."""
    return [row for row in list_classes() if row.is_offered]


def get_class(class_id: int, actor: Actor) -> MembershipClassRow:
    """One class, for those who read the settings."""
    actor.require(Permission.SETTING_READ)
    found = db.session.get(MembershipClass, class_id)
    if found is None:
        raise NotFoundError("There is no such class.")
    return _class_row(found)


def list_ending(until: date, actor: Actor) -> list[MembershipPeriod]:
    """Memberships that end by a day and can still be renewed, the first to end first; for who administers them."""
    actor.require(Permission.MEMBERSHIP_EDIT)
    day = clock.today()
    asked = _memberships(day, None).where(as_known(Membership), Membership.last_day <= until)
    ordered = asked.order_by(Membership.last_day, InstitutionName.sort_name, Membership.id)
    found = _with_steps(db.session.execute(ordered).all(), None)
    following = _first_days({row.institution_id for row in found})
    return [row for row in found if row.may_be_renewed_on(day) and (row.institution_id, row.day_after) not in following]


def _first_days(institution_ids: set[int]) -> set[tuple[int, date | None]]:
    """The institutions with the first days of all their memberships."""
    asked = select(Membership.institution_id, Membership.first_day).where(
        among(Membership.institution_id, institution_ids), as_known(Membership)
    )
    return {(row.institution_id, row.first_day) for row in db.session.execute(asked)}


def get_step(step_id: int, actor: Actor) -> tuple[MembershipPeriod, StepRow]:
    """A step on record with its membership, for those who may put it right."""
    actor.require(Permission.MEMBERSHIP_EDIT)
    asked = select(MembershipStep.membership_id).where(MembershipStep.id == step_id, as_known(MembershipStep))
    membership_id = db.session.scalar(asked)
    if membership_id is None:
        raise NotFoundError("There is no such step.")
    membership = get_membership(membership_id, actor)
    return membership, next(step for step in membership.steps if step.id == step_id)


def list_memberships(period: Period, *, known: datetime | None = None, actor: Actor) -> list[MembershipPeriod]:
    """All memberships that share a day with the period, under the names of its last day (or today's), by name."""
    actor.require(Permission.INSTITUTION_LIST)
    day = period.last or clock.today()
    asked = _memberships(day, known).where(as_known(Membership, known), overlapping(Membership, period))
    ordered = asked.order_by(InstitutionName.sort_name, MembershipClass.position, Membership.id)
    return _with_steps(db.session.execute(ordered).all(), known)


def list_memberships_of(
    institution_id: int, *, on: date, known: datetime | None = None, actor: Actor
) -> list[MembershipPeriod]:
    """All memberships of an institution, oldest first in each class."""
    actor.require(Permission.INSTITUTION_LIST)
    rows = db.session.execute(_memberships_of(on, known), {"institution_id": institution_id}).all()
    return _with_steps(rows, known)


@prepared
def _memberships_of(on: date, known: datetime | None) -> AnySelect:
    theirs = Membership.institution_id == bindparam("institution_id"), as_known(Membership, known)
    asked = _memberships(on, known).where(*theirs)
    return asked.order_by(MembershipClass.position, Membership.first_day, Membership.id)


def get_membership(membership_id: int, actor: Actor) -> MembershipPeriod:
    """One membership as it is known now, for those who administer them."""
    actor.require(Permission.MEMBERSHIP_EDIT)
    asked = _memberships(clock.today(), None).where(Membership.id == membership_id, as_known(Membership))
    found = _with_steps(db.session.execute(asked.order_by(Membership.id)).all(), None)
    if not found:
        raise NotFoundError("There is no such membership.")
    return found[0]


@remembered
def count_members(on: date, known: datetime | None = None) -> tuple[int, tuple[ClassCount, ...]]:
    """How many institutions are members on a day, active or suspended, and how many in each class."""
    counts = {row.class_id: row.institutions for row in db.session.execute(_members_by_class(on, known))}
    named = tuple(ClassCount(row.name, counts[row.id]) for row in list_classes() if row.id in counts)
    again = db.session.scalar(_members_again(on, known)) if len(counts) > 1 else 0
    return sum(counts.values()) - (again or 0), named


@prepared
def _members_by_class(on: date, known: datetime | None) -> AnySelect:
    """How many institutions are members of each class: no two memberships of one in a class share a day."""
    counted = select(Membership.class_id, func.count().label("institutions"))
    return _held(counted, on, known).group_by(Membership.class_id).order_by(Membership.class_id)


@prepared
def _members_again(on: date, known: datetime | None) -> AnySelect:
    """How often a member is counted again, being in several classes: looked for where there are several memberships."""
    several = select(Membership.institution_id).group_by(Membership.institution_id).having(func.count() > 1)
    counted = _held(select(func.count().label("classes")), on, known)
    held = counted.where(Membership.institution_id.in_(several)).group_by(Membership.institution_id).subquery()
    return select(func.sum(held.c.classes - 1))


def _held(counted: AnySelect, on: date, known: datetime | None) -> AnySelect:
    joined = counted.select_from(Membership).join(MembershipStep, MembershipStep.membership_id == Membership.id)
    return joined.where(MembershipStep.state.in_(MEMBER_STATES), valid(MembershipStep, on, known))


def step_facts(institution_ids: Sequence[int], known: datetime | None) -> dict[int, list[StepFact]]:
    """Every step of every membership of these institutions, as known then: one statement for a page of them."""
    found: dict[int, list[StepFact]] = defaultdict(list)
    asked = _step_facts(known)
    blocks = (db.session.execute(asked, {"institution_ids": some}) for some in in_chunks(institution_ids, BLOCK))
    for row in chain.from_iterable(blocks):
        period, recorded_on = Period(row.first_day, row.last_day), clock.local(row.recorded_at).date()
        found[row.institution_id].append(StepFact(row.id, row.name, row.position, row.state, period, recorded_on))
    return found


@prepared
def _step_facts(known: datetime | None) -> AnySelect:
    return (
        select(
            Membership.institution_id,
            Membership.id,
            MembershipClass.name,
            MembershipClass.position,
            MembershipStep.state,
            MembershipStep.first_day,
            MembershipStep.last_day,
            MembershipStep.recorded_at,
        )
        .join(Membership, MembershipStep.membership_id == Membership.id)
        .join(MembershipClass, Membership.class_id == MembershipClass.id)
        .where(
            Membership.institution_id.in_(bindparam("institution_ids", expanding=True)),
            as_known(MembershipStep, known),
        )
        .order_by(MembershipStep.first_day, MembershipStep.id)
    )


@prepared
def _memberships(day: date, known: datetime | None) -> AnySelect:
    return (
        select(Membership, MembershipClass, InstitutionName.name, Institution.account_number)
        .join(MembershipClass, Membership.class_id == MembershipClass.id)
        .join(Institution, Membership.institution_id == Institution.id)
        .join(InstitutionName, InstitutionName.institution_id == Institution.id)
        .where(valid(InstitutionName, day, known))
    )


def _with_steps(rows: Sequence[Any], known: datetime | None) -> list[MembershipPeriod]:
    steps = _steps_by_membership({row.Membership.institution_id for row in rows}, known)
    return [
        MembershipPeriod(
            membership_id=row.Membership.id,
            institution_id=row.Membership.institution_id,
            name=row.name,
            account_number=row.account_number,
            membership_class=_class_row(row.MembershipClass),
            period=row.Membership.period,
            steps=_steps_of(row.Membership, steps),
            version=row.Membership.version,
        )
        for row in rows
    ]


def _steps_by_membership(institution_ids: set[int], known: datetime | None) -> dict[Membership, list[StepRow]]:
    found: dict[Membership, list[StepRow]] = defaultdict(list)
    asked = _steps_with_membership(known)
    for some in in_chunks(sorted(institution_ids), BLOCK):
        for step in db.session.scalars(asked, {"institution_ids": some}):
            found[step.membership].append(StepRow(step.id, step.state, step.period, step.reason, step.recorded_by))
    return found


@prepared
def _steps_with_membership(known: datetime | None) -> Select[MembershipStep]:
    theirs = Membership.institution_id.in_(bindparam("institution_ids", expanding=True))
    return (
        select(MembershipStep)
        .join(MembershipStep.membership)
        .options(contains_eager(MembershipStep.membership))
        .where(theirs, as_known(MembershipStep, known))
        .order_by(MembershipStep.first_day, MembershipStep.id)
    )


def _steps_of(membership: Membership, steps: Mapping[Membership, list[StepRow]]) -> tuple[StepRow, ...]:
    """The steps of a membership; those of a superseded copy hang on the row that took its place."""
    if membership in steps:
        return tuple(steps[membership])
    for other, found in steps.items():
        same = (other.institution_id, other.class_id) == (membership.institution_id, membership.class_id)
        if same and any(step.state in MEMBER_STATES and step.period.overlaps(membership.period) for step in found):
            return tuple(found)
    return ()


def _class_row(found: MembershipClass) -> MembershipClassRow:
    return MembershipClassRow(
        id=found.id,
        code=found.code,
        name=found.name,
        votes=found.votes,
        is_billed=found.is_billed,
        seats=found.seats,
        term=found.term,
        grace_days=found.grace_days,
        is_offered=found.is_offered,
        version=found.version,
    )
