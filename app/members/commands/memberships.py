"""How an institution becomes a member, is suspended and reinstated, and leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import retract, supersede
from app.core.periods import ONE_DAY, Period
from app.core.permissions import Permission
from app.members.commands.steps import Writer, days_of, locked_membership, refuse_overlap, step_on, steps_of
from app.members.commands.survivors import lock_institution
from app.members.commands.withdrawals import gives_way
from app.members.models import Institution, Membership, MembershipClass, MembershipStep
from app.members.rules import ENDED_STATES, MEMBER_STATES, MembershipState, check_step, day_words


@dataclass(frozen=True)
class Admission:
    """In which class an institution becomes a member, from when, until when, and why.

    Without a last day it is the one the class reckons, if its periods end.
    """

    class_id: int
    first_day: date
    last_day: date | None = None
    reason: str | None = None


def admit_member(institution_id: int, admission: Admission, *, actor: Actor) -> Membership:
    """Make an institution a member: admitted until its first day, active from it, lapsed after its last, if any.

    Without a last day the period ends as those of its class do.
    """
    actor.require(Permission.MEMBERSHIP_EDIT)
    institution = lock_institution(institution_id)
    named = db.session.get(MembershipClass, admission.class_id)
    if named is None:
        raise DomainError("There is no such class.", "class_id")
    if not named.is_offered:
        raise DomainError("This class is no longer offered.", "class_id")
    period = Period(admission.first_day, admission.last_day or named.term.last_day_from(admission.first_day))
    refuse_overlap(institution_id, named.id, period)
    membership = Membership(
        institution_id=institution_id,
        class_id=named.id,
        first_day=period.first,
        last_day=period.last,
        recorded_at=clock.now(),
    )
    db.session.add(membership)
    db.session.flush()
    writer = Writer(membership.id, admission.reason, actor.name)
    if period.first > clock.today():
        writer.add(MembershipState.ADMITTED, Period(clock.today(), period.first - ONE_DAY))
    writer.add(MembershipState.ACTIVE, period)
    if period.last is not None:
        writer.add(MembershipState.LAPSED, Period(period.last + ONE_DAY))
    record(
        "members.admit_member",
        Subject("institution", institution_id),
        summary=f"{institution.name} admitted as {named.name} from {day_words(period.first)}",
        after={"class": named.name, **days_of(period)},
        reason=admission.reason,
        actor=actor,
    )
    return membership


@dataclass(frozen=True)
class Turn:
    """From which day a membership is suspended or active again, until when (None: for good), and why."""

    first_day: date
    reason: str
    last_day: date | None = None


def suspend_member(
    membership_id: int,
    *,
    first_day: date,
    reason: str,
    last_day: date | None = None,
    version: int | None = None,
    actor: Actor,
) -> Membership:
    """Suspend an active membership from a day on; with a last day it is active again by itself on the day after."""
    turn = Turn(first_day, reason, last_day)
    return _turn(locked_membership(membership_id, version, actor), MembershipState.SUSPENDED, turn, actor)


def reinstate_member(
    membership_id: int, *, first_day: date, reason: str, version: int | None = None, actor: Actor
) -> Membership:
    """Make a suspended membership active again from a day on."""
    turn = Turn(first_day, reason)
    return _turn(locked_membership(membership_id, version, actor), MembershipState.ACTIVE, turn, actor)


def withdraw_member(
    membership_id: int, *, last_day: date, reason: str, version: int | None = None, actor: Actor
) -> Membership:
    """End a membership: its last day, and all that was to follow, give way to its withdrawal."""
    membership, institution = locked_membership(membership_id, version, actor)
    steps = steps_of(membership_id)
    present = step_on(steps, last_day, "last_day")
    check_step(present.state, MembershipState.WITHDRAWN)
    following = [step for step in steps if step.first_day > last_day]
    for step in following:
        retract(step)
    supersede(present, last_day=last_day)
    before, kept = days_of(membership.period)["last_day"], gives_way(membership.last_day, following)
    if last_day < membership.first_day:
        retract(membership)
    else:
        supersede(membership, last_day=last_day)
    writer = Writer(membership_id, reason, actor.name)
    writer.add(MembershipState.WITHDRAWN, Period(last_day + ONE_DAY), kept)
    record(
        "members.withdraw_member",
        Subject("institution", institution.id),
        summary=f"{institution.name} withdraws as {membership.membership_class.name}: last day {day_words(last_day)}",
        before={"last_day": before},
        after={"last_day": last_day.isoformat()},
        reason=reason,
        actor=actor,
    )
    return membership


def _turn(locked: tuple[Membership, Institution], state: MembershipState, turn: Turn, actor: Actor) -> Membership:
    membership, institution = locked
    day = turn.first_day
    steps = steps_of(membership.id)
    present, *further = _going_on(steps, day)
    _check_turn(present, state, day)
    _refuse_first_day(steps, state, day)
    before, after = present.state, [present, *further][-1].last_day
    rest = Period(day, _last_of_turn(turn, after))
    for step in further:
        retract(step)
    if present.first_day == day:
        retract(present)
    else:
        supersede(present, last_day=day - ONE_DAY)
    writer = Writer(membership.id, turn.reason, actor.name)
    writer.add(state, rest)
    if rest.last is not None and rest.last != after:
        writer.add(before, Period(rest.last + ONE_DAY, after))
    record(
        "members.suspend_member" if state is MembershipState.SUSPENDED else "members.reinstate_member",
        Subject("institution", institution.id),
        summary=f"{institution.name}: {state.value} as {membership.membership_class.name} from {day_words(day)}",
        before={"state": before.value},
        after={"state": state.value, **days_of(rest)},
        reason=turn.reason,
        actor=actor,
    )
    return membership


def _going_on(steps: list[MembershipStep], day: date) -> list[MembershipStep]:
    """The step of a day, with those after it that go on in its state, as after a suspension that ended early."""
    found = [step_on(steps, day, "first_day")]
    for step in steps[steps.index(found[0]) + 1 :]:
        if step.state is not found[0].state:
            break
        found.append(step)
    return found


def _check_turn(present: MembershipStep, state: MembershipState, day: date) -> None:
    """Refuse what is no turn of a member: before it has begun, after it has ended, and into the state it has."""
    if present.state not in MEMBER_STATES:
        told = "has ended" if present.state in ENDED_STATES else "has not begun"
        raise DomainError(f"This membership {told} by that day.", "first_day")
    if present.state is state:
        words = f"It is {state.value} on {day_words(day)} already, since {day_words(present.first_day)}."
        raise DomainError(words, "first_day")
    check_step(present.state, state)


def _refuse_first_day(steps: list[MembershipStep], state: MembershipState, day: date) -> None:
    """Refuse to suspend from the day on which what was admitted becomes active."""
    before_it = next((step for step in steps if step.last_day == day - ONE_DAY), None)
    is_first = before_it is not None and before_it.state not in MEMBER_STATES
    if is_first and state is MembershipState.SUSPENDED:
        raise DomainError(f"It becomes active on {day_words(day)}: suspend it from a later day.", "first_day")


def _last_of_turn(turn: Turn, last_day: date | None) -> date | None:
    """The last day of a step within the state it interrupts, which goes on until a last day."""
    if turn.last_day is None:
        return last_day
    if turn.last_day < turn.first_day:
        raise DomainError("The last day is before the first day.", "last_day")
    if last_day is not None and turn.last_day > last_day:
        raise DomainError(f"This state ends on {day_words(last_day)} already.", "last_day")
    return turn.last_day
