"""The next period of a membership, a withdrawal called off, and another class from a day on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.bulk import among
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import as_known, retract, supersede
from app.core.periods import ONE_DAY, Period
from app.members.commands.steps import (
    Writer,
    days_of,
    let_cases_follow,
    locked_membership,
    move_last_day,
    refuse_overlap,
    step_on,
    steps_of,
)
from app.members.commands.withdrawals import CallingOff, call_off_withdrawal, carried, still_gives_way, withdrawal_of
from app.members.models import Institution, Membership, MembershipClass, MembershipStep
from app.members.rules import ENDED_STATES, MEMBER_STATES, MembershipState, day_words


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
    if _goes_on(membership):
        raise DomainError("It goes on as another membership from the day after: renew that one.")
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


def renew_members(versions: Mapping[int, int], *, reason: str, actor: Actor) -> int:
    """Renew memberships, given with the versions that were looked at, by one period each, all or none; how many."""
    for membership_id in _in_order(versions):
        renew_member(membership_id, reason=reason, version=versions[membership_id], actor=actor)
    return len(versions)


def _in_order(membership_ids: Iterable[int]) -> list[int]:
    """Memberships in the order of their institutions, in which every command locks these."""
    asked = select(Membership.id).where(among(Membership.id, membership_ids))
    return list(db.session.scalars(asked.order_by(Membership.institution_id, Membership.id)))


def keep_member(membership_id: int, *, reason: str, version: int | None = None, actor: Actor) -> Membership:
    """Call off a withdrawal that is still to come: the membership goes on as if it had not been said."""
    held = locked_membership(membership_id, version, actor)
    steps = steps_of(membership_id)
    withdrawal = withdrawal_of(steps)
    if withdrawal is None or withdrawal.first_day <= clock.today():
        raise DomainError("No withdrawal of this membership is still to come.")
    call_off_withdrawal(held, steps, CallingOff("members.keep_member", reason, actor))
    return held[0]


def change_class(
    membership_id: int, class_id: int, *, first_day: date, reason: str, version: int | None = None, actor: Actor
) -> Membership:
    """Let a membership go on in another class from a day on: two dated memberships, and no day without one."""
    membership, institution = locked_membership(membership_id, version, actor)
    named = db.session.get(MembershipClass, class_id)
    if named is None or not named.is_offered:
        raise DomainError("There is no such class, or it is no longer offered.", "class_id")
    if class_id == membership.class_id:
        raise DomainError(f"It is a member as {named.name} already.", "class_id")
    steps = steps_of(membership_id)
    if step_on(steps, first_day, "first_day").state in ENDED_STATES:
        raise DomainError("This membership has ended by that day.", "first_day")
    period = Period(max(first_day, membership.first_day), membership.last_day)
    refuse_overlap(institution.id, class_id, period)
    followed = Membership(
        institution_id=institution.id,
        class_id=class_id,
        first_day=period.first,
        last_day=period.last,
        recorded_at=clock.now(),
    )
    db.session.add(followed)
    db.session.flush()
    _carry_on(steps, followed, first_day)
    _end_before(membership, steps, first_day, Writer(membership_id, f"Goes on as {named.name}: {reason}", actor.name))
    if membership.superseded_at is not None:
        let_cases_follow(membership, followed)
    before = {"class": membership.membership_class.name}
    record(
        "members.change_class",
        Subject("institution", institution.id),
        summary=f"{institution.name}: {named.name} instead of {before['class']} from {day_words(first_day)}",
        before=before,
        after={"class": named.name, **days_of(period)},
        reason=reason,
        actor=actor,
    )
    return followed


def change_classes(
    membership_ids: Sequence[int], class_id: int, *, first_day: date, reason: str, actor: Actor
) -> list[Membership]:
    """Change the class of these memberships; where one cannot be changed none is, and who cannot is named with why."""
    refused: list[str] = []
    changed: list[Membership] = []
    for membership_id in _in_order(membership_ids):
        try:
            changed.append(change_class(membership_id, class_id, first_day=first_day, reason=reason, actor=actor))
        except DomainError as error:
            refused.append(f"{_owner_of(membership_id)}: {error.message}")
    if refused:
        message = f"Nothing was changed. {' '.join(refused)}"
        raise DomainError(message)
    return changed


def move_end(held: tuple[Membership, Sequence[MembershipStep]], end: End, actor: Actor) -> Membership:
    """Let a membership end on another day, or on none: steps after it give way, the last one before it is stretched."""
    membership, steps = held
    begun = [step for step in steps if step.state in MEMBER_STATES and _is_by(step.first_day, end.last_day)]
    if not begun:
        raise DomainError(f"This membership begins on {day_words(membership.first_day)}.", "last_day")
    period = Period(membership.first_day, end.last_day)
    refuse_overlap(membership.institution_id, membership.class_id, period, besides=membership.id)
    last = begun[-1]
    following = [step for step in steps if step.first_day > last.first_day]
    for step in following:
        retract(step)
    move_last_day(last, end.last_day)
    move_last_day(membership, end.last_day)
    if end.last_day is not None:
        after = Period(end.last_day + ONE_DAY)
        Writer(membership.id, end.reason, actor.name).add(end.state, after, still_gives_way(following))
    db.session.flush()
    return membership


def _carry_on(steps: Sequence[MembershipStep], followed: Membership, first_day: date) -> None:
    """Give the membership that follows the steps of the rest, as they were decided."""
    for step in steps:
        if step.last_day is None or step.last_day >= first_day:
            writer = Writer(followed.id, step.reason, step.recorded_by)
            writer.add(step.state, Period(max(step.first_day, first_day), step.last_day), carried(step))


def _end_before(membership: Membership, steps: Sequence[MembershipStep], first_day: date, writer: Writer) -> None:
    """End a membership the day before; one of which no day is left is taken back, and was admitted until then."""
    for step in steps:
        if step.first_day >= first_day:
            retract(step)
        elif step.last_day is None or step.last_day >= first_day:
            supersede(step, last_day=first_day - ONE_DAY)
    if first_day <= membership.first_day:
        retract(membership)
        return
    supersede(membership, last_day=first_day - ONE_DAY)
    writer.add(MembershipState.LAPSED, Period(first_day))


def _goes_on(membership: Membership) -> bool:
    """Whether another membership of the institution begins on the day after its last, as after a change of class."""
    if membership.last_day is None:
        return False
    asked = select(Membership.id).where(
        Membership.institution_id == membership.institution_id,
        Membership.first_day == membership.last_day + ONE_DAY,
        as_known(Membership),
    )
    return db.session.scalar(asked.limit(1)) is not None


def _owner_of(membership_id: int) -> str:
    asked = select(Institution.name).join(Membership, Membership.institution_id == Institution.id)
    return db.session.scalar(asked.where(Membership.id == membership_id)) or "A membership that is not there"


def _is_by(day: date, last_day: date | None) -> bool:
    return last_day is None or day <= last_day


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
