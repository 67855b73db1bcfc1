"""How an institution becomes a member, is suspended and reinstated, leaves, and how a date is put right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.history import advance, check_version, lock, overlapping, retract, supersede
from app.core.periods import Period
from app.core.permissions import Permission
from app.members.models import Institution, Membership, MembershipClass, MembershipStep
from app.members.rules import ENDED_STATES, MEMBER_STATES, MembershipState, check_step, day_words

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Admission:
    """In which class an institution becomes a member, from when, until when, and why."""

    class_id: int
    first_day: date
    last_day: date | None = None
    reason: str | None = None


def admit_member(institution_id: int, admission: Admission, *, actor: Actor) -> Membership:
    """Make an institution a member: admitted until its first day, active from it, lapsed after its last, if any."""
    actor.require(Permission.MEMBERSHIP_EDIT)
    institution = lock(Institution, institution_id)
    named = db.session.get(MembershipClass, admission.class_id)
    if named is None:
        raise DomainError("There is no such class.", "class_id")
    period = Period(admission.first_day, admission.last_day)
    _refuse_overlap(institution_id, named.id, period)
    membership = Membership(
        institution_id=institution_id,
        class_id=named.id,
        first_day=period.first,
        last_day=period.last,
        recorded_at=clock.now(),
    )
    db.session.add(membership)
    db.session.flush()
    writer = _Writer(membership.id, admission.reason, actor.name)
    if period.first > clock.today():
        writer.add(MembershipState.ADMITTED, Period(clock.today(), period.first - ONE_DAY))
    writer.add(MembershipState.ACTIVE, period)
    if period.last is not None:
        writer.add(MembershipState.LAPSED, Period(period.last + ONE_DAY))
    record(
        "members.admit_member",
        Subject("institution", institution_id),
        summary=f"{institution.name} admitted as {named.name} from {day_words(period.first)}",
        after={"class": named.name, **_days(period)},
        reason=admission.reason,
        actor=actor,
    )
    return membership


def suspend_member(
    membership_id: int, *, first_day: date, reason: str, version: int | None = None, actor: Actor
) -> Membership:
    """Suspend an active membership from a day on."""
    return _turn(_locked(membership_id, version, actor), MembershipState.SUSPENDED, first_day, reason, actor)


def reinstate_member(
    membership_id: int, *, first_day: date, reason: str, version: int | None = None, actor: Actor
) -> Membership:
    """Make a suspended membership active again from a day on."""
    return _turn(_locked(membership_id, version, actor), MembershipState.ACTIVE, first_day, reason, actor)


def withdraw_member(
    membership_id: int, *, last_day: date, reason: str, version: int | None = None, actor: Actor
) -> Membership:
    """End a membership: its last day, and all that was to follow, give way to its withdrawal."""
    membership, institution = _locked(membership_id, version, actor)
    steps = _steps(membership_id)
    present = _step_on(steps, last_day, "last_day")
    check_step(present.state, MembershipState.WITHDRAWN)
    for step in steps:
        if step.first_day > last_day:
            retract(step)
    supersede(present, last_day=last_day)
    before = _days(membership.period)
    if last_day < membership.first_day:
        retract(membership)
    else:
        supersede(membership, last_day=last_day)
    writer = _Writer(membership_id, reason, actor.name)
    writer.add(MembershipState.WITHDRAWN, Period(last_day + ONE_DAY))
    record(
        "members.withdraw_member",
        Subject("institution", institution.id),
        summary=f"{institution.name} withdraws as {membership.membership_class.name}: last day {day_words(last_day)}",
        before=before,
        after={"last_day": last_day.isoformat()},
        reason=reason,
        actor=actor,
    )
    return membership


def correct_first_day(
    membership_id: int, *, first_day: date, reason: str, version: int | None = None, actor: Actor
) -> Membership:
    """Put right when a membership began; what earlier reports said stays known as of then."""
    membership, institution = _locked(membership_id, version, actor)
    steps = _steps(membership_id)
    active = next((step for step in steps if step.state in MEMBER_STATES), None)
    if active is None:
        raise DomainError("This membership never began: admit the institution anew.")
    if active.last_day is not None and first_day > active.last_day:
        raise DomainError(f"The first step of this membership ended on {day_words(active.last_day)}.", "first_day")
    period = Period(first_day, membership.last_day)
    _refuse_overlap(institution.id, membership.class_id, period, besides=membership_id)
    for step in steps:
        if step.state is MembershipState.ADMITTED:
            _fit_admission(step, first_day)
    before = _days(membership.period)
    supersede(active, first_day=first_day)
    supersede(membership, first_day=first_day)
    record(
        "members.correct_first_day",
        Subject("institution", institution.id),
        summary=f"{institution.name}: {membership.membership_class.name} since {day_words(first_day)}, corrected",
        before=before,
        after=_days(period),
        reason=reason,
        actor=actor,
    )
    db.session.flush()
    return membership


@dataclass(frozen=True)
class _Writer:
    """Adds steps to a membership for one reason by one person."""

    membership_id: int
    reason: str | None
    name: str

    def add(self, state: MembershipState, period: Period) -> None:
        db.session.add(
            MembershipStep(
                membership_id=self.membership_id,
                state=state,
                first_day=period.first,
                last_day=period.last,
                reason=self.reason,
                recorded_by=self.name,
                recorded_at=clock.now(),
            )
        )
        db.session.flush()


def _locked(membership_id: int, version: int | None, actor: Actor) -> tuple[Membership, Institution]:
    """A membership on record with its class, to be changed: its institution locked, its version checked and counted up.

    Its steps are rows of their own: a change of them alone makes the forms of the membership stale too.
    """
    actor.require(Permission.MEMBERSHIP_EDIT)
    asked = select(Membership).where(Membership.id == membership_id, Membership.superseded_at.is_(None))
    found = db.session.scalar(asked.with_only_columns(Membership.institution_id))
    if found is None:
        raise NotFoundError("There is no such membership.")
    institution = lock(Institution, found)
    whole = asked.options(joinedload(Membership.membership_class)).execution_options(populate_existing=True)
    membership = db.session.scalar(whole)
    if membership is None:
        raise NotFoundError("There is no such membership.")
    if version is not None:
        check_version(membership, version)
    advance(membership)
    return membership, institution


def _turn(
    locked: tuple[Membership, Institution], state: MembershipState, day: date, reason: str, actor: Actor
) -> Membership:
    membership, institution = locked
    present = _step_on(_steps(membership.id), day, "first_day")
    if present.state in ENDED_STATES:
        raise DomainError("This membership has ended by that day.", "first_day")
    check_step(present.state, state)
    rest = Period(day, present.last_day)
    if present.first_day == day:
        retract(present)
    else:
        supersede(present, last_day=day - ONE_DAY)
    _Writer(membership.id, reason, actor.name).add(state, rest)
    record(
        "members.suspend_member" if state is MembershipState.SUSPENDED else "members.reinstate_member",
        Subject("institution", institution.id),
        summary=f"{institution.name}: {state.value} as {membership.membership_class.name} from {day_words(day)}",
        before={"state": present.state.value},
        after={"state": state.value},
        reason=reason,
        actor=actor,
    )
    return membership


def _steps(membership_id: int) -> list[MembershipStep]:
    asked = (
        select(MembershipStep)
        .where(MembershipStep.membership_id == membership_id, MembershipStep.superseded_at.is_(None))
        .order_by(MembershipStep.first_day, MembershipStep.id)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(asked))


def _step_on(steps: list[MembershipStep], day: date, field: str) -> MembershipStep:
    found = next((step for step in steps if step.period.contains(day)), None)
    if found is None:
        raise DomainError(f"This membership had not begun on {day_words(day)}.", field)
    return found


def _fit_admission(step: MembershipStep, first_day: date) -> None:
    if step.first_day < first_day:
        supersede(step, last_day=first_day - ONE_DAY)
    else:
        retract(step)


def _refuse_overlap(institution_id: int, class_id: int, period: Period, *, besides: int | None = None) -> None:
    asked = (
        select(Membership)
        .where(
            Membership.institution_id == institution_id,
            Membership.class_id == class_id,
            Membership.superseded_at.is_(None),
            overlapping(Membership, period),
        )
        .order_by(Membership.first_day, Membership.id)
    )
    other = next((found for found in db.session.scalars(asked) if found.id != besides), None)
    if other is not None:
        until = f"until {day_words(other.last_day)}" if other.last_day else "without an end"
        raise DomainError(
            f"It is a member of this class from {day_words(other.first_day)} {until}; the two would share days.",
            "first_day",
        )


def _days(period: Period) -> dict[str, str | None]:
    return {"first_day": period.first.isoformat(), "last_day": period.last.isoformat() if period.last else None}
