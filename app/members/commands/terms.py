"""The next period of a membership, a withdrawal called off, and another class from a day on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import retract, supersede
from app.core.periods import Period
from app.members.commands.memberships import Admission, admit_member
from app.members.commands.steps import Writer, days_of, locked_membership, refuse_overlap, step_on, steps_of
from app.members.models import Institution, Membership, MembershipStep
from app.members.rules import ENDED_STATES, MEMBER_STATES, MembershipState, check_step, day_words

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class End:
    """The new end of a membership: its last day (None: none), the state after it, and why."""

    last_day: date | None
    state: MembershipState
    reason: str


def renew_member(
    membership_id: int, *, last_day: date | None = None, reason: str, version: int | None = None, actor: Actor
) -> Membership:
    """Let the next period follow without a gap: until the day given, or as the class reckons.

    A membership that has lapsed is renewed only while its grace lasts; after that it is admitted anew.
    """
    membership, institution = locked_membership(membership_id, version, actor)
    present = membership.last_day
    if present is None:
        raise DomainError("This membership has no end: there is nothing to renew.")
    steps = steps_of(membership_id)
    if any(step.state is MembershipState.WITHDRAWN for step in steps):
        raise DomainError("This member has withdrawn: admit it anew, or call the withdrawal off while it is to come.")
    grace_ends = present + timedelta(days=membership.membership_class.grace_days)
    if clock.today() > max(present, grace_ends):
        raise DomainError(f"Its grace ended on {day_words(grace_ends)}: admit the institution anew.")
    following = last_day or membership.membership_class.term.last_day_from(present + ONE_DAY)
    if following is None:
        raise DomainError("Periods of this class have no end: say until when this one lasts.", "last_day")
    if following <= present:
        raise DomainError(f"It lasts until {day_words(present)} already: a renewal ends later.", "last_day")
    return _noted(
        "members.renew_member",
        (membership, institution),
        move_end((membership, steps), End(following, MembershipState.LAPSED, reason), actor),
        reason,
        actor,
    )


def renew_members(membership_ids: Sequence[int], *, reason: str, actor: Actor) -> int:
    """Renew several memberships by one period of their class, all or none; how many there were."""
    for membership_id in sorted(set(membership_ids)):
        renew_member(membership_id, reason=reason, actor=actor)
    return len(set(membership_ids))


def keep_member(membership_id: int, *, reason: str, version: int | None = None, actor: Actor) -> Membership:
    """Call off a withdrawal that is still to come: the membership goes on as if it had not been said."""
    membership, institution = locked_membership(membership_id, version, actor)
    steps = steps_of(membership_id)
    withdrawal = next((step for step in steps if step.state is MembershipState.WITHDRAWN), None)
    if withdrawal is None or withdrawal.first_day <= clock.today():
        raise DomainError("No withdrawal of this membership is still to come.")
    last_day = membership.membership_class.term.last_day_on(membership.first_day, clock.today())
    return _noted(
        "members.keep_member",
        (membership, institution),
        move_end((membership, steps), End(last_day, MembershipState.LAPSED, reason), actor),
        reason,
        actor,
    )


def change_class(
    membership_id: int, class_id: int, *, first_day: date, reason: str, version: int | None = None, actor: Actor
) -> Membership:
    """Let an institution be a member in another class from a day on: two dated memberships without a gap."""
    membership, institution = locked_membership(membership_id, version, actor)
    if membership.class_id == class_id:
        raise DomainError("It is a member of this class already.", "class_id")
    if first_day <= membership.first_day:
        raise DomainError(
            f"It has been in this class since {day_words(membership.first_day)}: correct the class instead.",
            "first_day",
        )
    steps = steps_of(membership_id)
    present = step_on(steps, first_day, "first_day")
    if present.state in ENDED_STATES:
        raise DomainError("This membership has ended by that day.", "first_day")
    check_step(present.state, MembershipState.WITHDRAWN)
    rest = membership.last_day
    _noted(
        "members.change_class",
        (membership, institution),
        move_end((membership, steps), End(first_day - ONE_DAY, MembershipState.WITHDRAWN, reason), actor),
        reason,
        actor,
    )
    return admit_member(institution.id, Admission(class_id, first_day, rest, reason), actor=actor)


def move_end(held: tuple[Membership, Sequence[MembershipStep]], end: End, actor: Actor) -> Membership:
    """Let a membership end on another day, or on none: steps after it give way, the last one before it is stretched."""
    membership, steps = held
    begun = [step for step in steps if step.state in MEMBER_STATES and _is_by(step.first_day, end.last_day)]
    if not begun:
        raise DomainError(f"This membership begins on {day_words(membership.first_day)}.", "last_day")
    period = Period(membership.first_day, end.last_day)
    refuse_overlap(membership.institution_id, membership.class_id, period, besides=membership.id)
    last = begun[-1]
    for step in steps:
        if step.first_day > last.first_day:
            retract(step)
    _end(last, end.last_day)
    _end(membership, end.last_day)
    if end.last_day is not None:
        Writer(membership.id, end.reason, actor.name).add(end.state, Period(end.last_day + ONE_DAY))
    db.session.flush()
    return membership


def _is_by(day: date, last_day: date | None) -> bool:
    return last_day is None or day <= last_day


def _end(fact: Membership | MembershipStep, last_day: date | None) -> None:
    if fact.last_day != last_day:
        supersede(fact, last_day=last_day)


def _noted(
    action: str, held: tuple[Membership, Institution], changed: Membership, reason: str, actor: Actor
) -> Membership:
    membership, institution = held
    until = f"until {day_words(changed.last_day)}" if changed.last_day else "without an end"
    record(
        action,
        Subject("institution", institution.id),
        summary=f"{institution.name}: {membership.membership_class.name} {until}",
        after=days_of(changed.period),
        reason=reason,
        actor=actor,
    )
    return changed
