"""Putting right what is on record of a membership: nothing is edited, what was known until now stays known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import retract, supersede
from app.core.periods import ONE_DAY, Period
from app.members.commands.steps import (
    Writer,
    days_of,
    let_cases_follow,
    locked_membership,
    refuse_overlap,
    steps_of,
)
from app.members.commands.terms import End, move_end
from app.members.commands.withdrawals import carried
from app.members.models import Institution, Membership, MembershipClass, MembershipStep
from app.members.rules import ENDED_STATES, MEMBER_STATES, MembershipState, day_words


def correct_first_day(
    membership_id: int, *, first_day: date, reason: str, version: int | None = None, actor: Actor
) -> Membership:
    """Put right when a membership began; what earlier reports said stays known as of then."""
    membership, institution = locked_membership(membership_id, version, actor)
    steps = steps_of(membership_id)
    active = next((step for step in steps if step.state in MEMBER_STATES), None)
    if active is None:
        raise DomainError("This membership never began: admit the institution anew.")
    if active.last_day is not None and first_day > active.last_day:
        raise DomainError(f"The first step of this membership ended on {day_words(active.last_day)}.", "first_day")
    period = Period(first_day, membership.last_day)
    refuse_overlap(institution.id, membership.class_id, period, besides=membership_id)
    for step in steps:
        if step.state is MembershipState.ADMITTED:
            _fit_admission(step, first_day)
    before = days_of(membership.period)
    supersede(active, first_day=first_day)
    supersede(membership, first_day=first_day)
    let_cases_follow(membership, membership)
    record(
        "members.correct_first_day",
        Subject("institution", institution.id),
        summary=f"{institution.name}: {membership.membership_class.name} since {day_words(first_day)}, corrected",
        before=before,
        after=days_of(period),
        reason=reason,
        actor=actor,
    )
    db.session.flush()
    return membership


def correct_last_day(
    membership_id: int, *, last_day: date | None, reason: str, version: int | None = None, actor: Actor
) -> Membership:
    """Put right when a membership ended, or that it has no end; what follows it keeps its kind."""
    membership, institution = locked_membership(membership_id, version, actor)
    steps = steps_of(membership_id)
    before = days_of(membership.period)
    ended = next((step.state for step in steps if step.state in ENDED_STATES), MembershipState.LAPSED)
    move_end((membership, steps), End(last_day, ended, reason), actor)
    _noted("members.correct_last_day", (membership, institution), before, days_of(membership.period), reason, actor)
    return membership


def retract_membership(membership_id: int, *, reason: str, version: int | None = None, actor: Actor) -> Membership:
    """Take back a membership that was put on record by mistake, such as twice, with all its steps.

    What hangs on it by its own days stays: representatives and seats are taken back by themselves, issued invoices are
    credited from the desk of a fee run.
    """
    membership, institution = locked_membership(membership_id, version, actor)
    for step in steps_of(membership_id):
        retract(step)
    retract(membership)
    named, since = membership.membership_class.name, day_words(membership.first_day)
    record(
        "members.retract_membership",
        Subject("institution", institution.id),
        summary=f"{institution.name}: membership as {named} from {since} taken back",
        before={"class": named, **days_of(membership.period)},
        reason=reason,
        actor=actor,
    )
    db.session.flush()
    return membership


def correct_step(step_id: int, *, first_day: date, reason: str, version: int | None = None, actor: Actor) -> Membership:
    """Put right since when a suspension, or the reinstatement after it, holds; the step before ends then."""
    membership, institution, (before_it, step, _) = _later_step(step_id, version, actor)
    if first_day <= before_it.first_day:
        raise DomainError(f"The step before began on {day_words(before_it.first_day)}.", "first_day")
    if step.last_day is not None and first_day > step.last_day:
        raise DomainError(f"This step ended on {day_words(step.last_day)}.", "first_day")
    before = {"state": step.state.value, "first_day": step.first_day.isoformat()}
    supersede(before_it, last_day=first_day - ONE_DAY)
    supersede(step, first_day=first_day)
    after = {"state": step.state.value, "first_day": first_day.isoformat()}
    _noted("members.correct_step", (membership, institution), before, after, reason, actor)
    db.session.flush()
    return membership


def retract_step(step_id: int, *, reason: str, version: int | None = None, actor: Actor) -> Membership:
    """Take back a suspension or a reinstatement that was put on record by mistake: the state before it went on."""
    membership, institution, (before_it, step, after_it) = _later_step(step_id, version, actor)
    last_day = step.last_day
    retract(step)
    if after_it is not None and after_it.state is before_it.state:
        last_day = after_it.last_day
        retract(after_it)
    supersede(before_it, last_day=last_day)
    before = {"state": step.state.value, **days_of(step.period)}
    _noted("members.retract_step", (membership, institution), before, {}, reason, actor)
    db.session.flush()
    return membership


def correct_class(
    membership_id: int, class_id: int, *, reason: str, version: int | None = None, actor: Actor
) -> Membership:
    """Put right in which class a membership has been from its first day; its steps go with it."""
    membership, institution = locked_membership(membership_id, version, actor)
    named = db.session.get(MembershipClass, class_id)
    if named is None:
        raise DomainError("There is no such class.", "class_id")
    if membership.class_id == class_id:
        raise DomainError("It is a member of this class already.", "class_id")
    refuse_overlap(institution.id, class_id, membership.period)
    right = Membership(
        institution_id=institution.id,
        class_id=class_id,
        first_day=membership.first_day,
        last_day=membership.last_day,
        recorded_at=clock.now(),
    )
    db.session.add(right)
    db.session.flush()
    for step in steps_of(membership_id):
        Writer(right.id, step.reason, step.recorded_by).add(step.state, step.period, carried(step))
        retract(step)
    retract(membership)
    let_cases_follow(membership, right)
    before = {"class": membership.membership_class.name}
    _noted("members.correct_class", (right, institution), before, {"class": named.name}, reason, actor)
    db.session.flush()
    return right


Around = tuple[MembershipStep, MembershipStep, MembershipStep | None]


def _later_step(step_id: int, version: int | None, actor: Actor) -> tuple[Membership, Institution, Around]:
    """A suspension or reinstatement of a locked membership, with the step before it and the one after it, if any."""
    asked = select(MembershipStep.membership_id).where(
        MembershipStep.id == step_id, MembershipStep.superseded_at.is_(None)
    )
    membership, institution = locked_membership(db.session.scalar(asked) or 0, version, actor)
    steps = [step for step in steps_of(membership.id) if step.state in MEMBER_STATES]
    place = next((index for index, step in enumerate(steps) if step.id == step_id), 0)
    if place == 0:
        raise DomainError("Only a suspension or a reinstatement can be put right: correct the membership instead.")
    after_it = steps[place + 1] if place + 1 < len(steps) else None
    return membership, institution, (steps[place - 1], steps[place], after_it)


def _fit_admission(step: MembershipStep, first_day: date) -> None:
    if step.first_day < first_day:
        supersede(step, last_day=first_day - ONE_DAY)
    else:
        retract(step)


def _noted(
    action: str,
    held: tuple[Membership, Institution],
    before: Mapping[str, str | None],
    after: Mapping[str, str | None],
    reason: str,
    actor: Actor,
) -> None:
    institution = held[1]
    record(
        action,
        Subject("institution", institution.id),
        summary=f"{institution.name}: {', '.join(name.replace('_', ' ') for name in after or before)} corrected",
        before=before,
        after=after,
        reason=reason,
        actor=actor,
    )
