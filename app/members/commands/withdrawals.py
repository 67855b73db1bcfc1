"""What gives way to a withdrawal, and how calling it off gives exactly that back, beside what came since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.history import retract
from app.core.periods import ONE_DAY, Period
from app.members.commands.steps import Writer, move_last_day, refuse_overlap
from app.members.models import Institution, Membership, MembershipStep
from app.members.rules import MEMBER_STATES, MembershipState, day_words

Kept = dict[str, Any]


@dataclass(frozen=True)
class CallingOff:
    """By which act a withdrawal is called off, why, and by whom."""

    action: str
    reason: str
    actor: Actor


def gives_way(last_day: date | None, steps: Sequence[MembershipStep]) -> Kept:
    """What a withdrawal keeps: the last day the membership had, and the steps that were to follow."""
    return {"last_day": last_day.isoformat() if last_day else None, "steps": [step.id for step in steps]}


def carried(step: MembershipStep) -> Kept | None:
    """What a step keeps when it is written anew on another day or for another membership; it says which it was first.

    None for a step that is no withdrawal.
    """
    return None if step.kept is None else {"withdrawal": step.id, **step.kept}


def is_withdrawal(step: MembershipStep, step_id: int) -> bool:
    """Whether a step is the withdrawal that was recorded as the other one, be it written anew since."""
    return step.id == step_id or (step.kept or {}).get("withdrawal") == step_id


def still_gives_way(steps: Sequence[MembershipStep]) -> Kept | None:
    """What a withdrawal moved to another day keeps, of the steps it takes now: what it kept before, and the others."""
    moved = withdrawal_of(steps)
    kept = carried(moved) if moved else None
    if kept is None:
        return None
    others = [step.id for step in steps if step is not moved]
    return {**kept, "steps": [*others, *kept["steps"]]}


def withdrawal_of(steps: Sequence[MembershipStep]) -> MembershipStep | None:
    """The step by which a membership ends as withdrawn, if it does."""
    return next((step for step in steps if step.state is MembershipState.WITHDRAWN), None)


def call_off_withdrawal(
    held: tuple[Membership, Institution], steps: Sequence[MembershipStep], calling: CallingOff
) -> str:
    """Take a withdrawal to come back; until when the membership goes on, and what came back, in words.

    What is on record by now of the days before its effect stays. Steps are given back as they were decided: with
    their reason and who put them on record.
    """
    membership, institution = held
    *_, last, withdrawal = steps
    last_day = _last_day_before(membership, withdrawal)
    period = Period(membership.first_day, last_day)
    refuse_overlap(institution.id, membership.class_id, period, besides=membership.id)
    retract(withdrawal)
    following = _following(withdrawal, last_day)
    if following and _is_one_with(last, following[0][0], withdrawal):
        stretched = following.pop(0)[1].last
    else:
        stretched = following[0][1].first - ONE_DAY if following else last_day
    move_last_day(last, stretched)
    move_last_day(membership, last_day)
    for step, days in following:
        Writer(membership.id, step.reason, step.recorded_by).add(step.state, days, carried(step))
    if not following and last_day is not None:
        lapsed = Period(last_day + ONE_DAY)
        Writer(membership.id, calling.reason, calling.actor.name).add(MembershipState.LAPSED, lapsed)
    db.session.flush()
    told = ", ".join([_goes_on(membership), *(_said(step, days) for step, days in following)])
    record(
        calling.action,
        Subject("institution", institution.id),
        summary=f"{institution.name}: withdrawal of {day_words(withdrawal.first_day - ONE_DAY)} called off; {told}",
        before={"last_day": withdrawal.first_day - ONE_DAY},
        after={"last_day": last_day, "steps": [_said(step, days) for step, days in following]},
        reason=calling.reason,
        actor=calling.actor,
    )
    return told


def _is_one_with(last: MembershipStep, step: MembershipStep, withdrawal: MembershipStep) -> bool:
    """Whether a step given back is the last one going on; one that was to begin later was decided by itself."""
    return step.state is last.state and step.first_day < withdrawal.first_day


def _following(withdrawal: MembershipStep, last_day: date | None) -> list[tuple[MembershipStep, Period]]:
    """The steps that gave way, in their order, with those of their days that the withdrawal took.

    Each lasts until the next one begins: one that the withdrawal had cut short before it was moved is whole again.
    """
    found, taken = _gave_way(withdrawal), Period(withdrawal.first_day)
    ends: list[date | None] = [step.first_day - ONE_DAY for step in found[1:]]
    if found:
        ends.append(last_day if found[-1].state in MEMBER_STATES else None)
    whole = [(step, Period(step.first_day, end)) for step, end in zip(found, ends, strict=True)]
    return [(step, days) for step, period in whole if (days := period.clip(taken)) is not None]


def _gave_way(withdrawal: MembershipStep) -> list[MembershipStep]:
    """The steps that gave way, one for each first day: what gave way last is named first, and was meant in the end."""
    ids: list[int] = (withdrawal.kept or {}).get("steps", [])
    asked = select(MembershipStep).where(MembershipStep.id.in_(ids)).order_by(MembershipStep.id)
    rows = {step.id: step for step in db.session.scalars(asked)}
    by_day = {rows[each].first_day: rows[each] for each in reversed(ids)}
    return [by_day[day] for day in sorted(by_day)]


def _last_day_before(membership: Membership, withdrawal: MembershipStep) -> date | None:
    """The last day a membership had, or the one it has where that was moved beyond."""
    if withdrawal.kept is None:
        return _last_day_known(membership, withdrawal)
    text = withdrawal.kept["last_day"]
    return max(date.fromisoformat(text), withdrawal.first_day - ONE_DAY) if text else None


def _last_day_known(membership: Membership, withdrawal: MembershipStep) -> date | None:
    """Of a withdrawal that kept nothing: the last day that was known then, else the one its class reckons."""
    asked = select(Membership).where(
        Membership.institution_id == membership.institution_id,
        Membership.class_id == membership.class_id,
        Membership.superseded_at <= withdrawal.recorded_at,
    )
    known = db.session.scalar(asked.order_by(Membership.superseded_at.desc(), Membership.id.desc()).limit(1))
    if known is not None and (known.last_day is None or known.last_day >= clock.today()):
        return known.last_day
    return membership.membership_class.term.last_day_on(membership.first_day, clock.today())


def _goes_on(membership: Membership) -> str:
    until = f"until {day_words(membership.last_day)}" if membership.last_day else "without an end"
    return f"{membership.membership_class.name} goes on {until}"


def _said(step: MembershipStep, days: Period) -> str:
    until = f" until {day_words(days.last)}" if days.last else ""
    return f"{step.state.value} from {day_words(days.first)}{until}"
