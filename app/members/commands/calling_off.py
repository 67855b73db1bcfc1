"""Calling a departure off: what its steps ended goes on, and what somebody has entered or ended since stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import as_known
from app.core.periods import ONE_DAY
from app.members.commands.cases import locked_departure, move_departure
from app.members.commands.representations import restore_representation, resume_representation
from app.members.commands.steps import locked_membership, steps_of
from app.members.commands.survivors import lock_institution
from app.members.commands.withdrawals import CallingOff, call_off_withdrawal, is_withdrawal
from app.members.models import CaseTask, Departure, Membership, MembershipStep, Representation
from app.members.rules import PURPOSE_WORDS, LeavingState, MembershipState, check_call_off, day_words
from app.web.wording import plural

LONGEST_OUTCOME = 500


def call_off_departure(departure_id: int, *, reason: str, actor: Actor) -> Departure:
    """Call a departure off before it takes effect: its memberships and representatives go on as they would have.

    One whose last day is over, such as one typed wrong, can be called off while no step of it is taken.

    What somebody has entered or ended since stays; the outcome of each step says what came back, and what did not.
    """
    departure = locked_departure(departure_id, actor)
    asked = select(CaseTask).where(CaseTask.departure_id == departure_id).order_by(CaseTask.id)
    tasks = db.session.scalars(asked).all()
    check_call_off(departure.last_day, clock.today(), is_begun=any(task.done_at for task in tasks))
    move_departure(departure, LeavingState.CALLED_OFF, reason=reason, actor=actor)
    calling = CallingOff("members.call_off_withdrawal", reason, actor)
    for task in tasks:
        kept, told = task.kept or {}, []
        if kept.get("memberships"):
            told = _go_on(departure, kept["memberships"], calling)
        if kept.get("representations"):
            told = _represent_on(kept["representations"], calling)
        if told:
            _note(departure, task, "; ".join(told), calling)
    db.session.flush()
    return departure


def _note(departure: Departure, task: CaseTask, told: str, calling: CallingOff) -> None:
    """Say with a step, and in the history of the case, what came back and what did not."""
    task.outcome = f"{task.outcome} Called off: {told}."[:LONGEST_OUTCOME]
    record(
        "members.give_back",
        Subject("departure", departure.id),
        summary=f"{departure.number}: {told}",
        reason=calling.reason,
        actor=calling.actor,
    )


def _go_on(departure: Departure, kept: Sequence[dict[str, Any]], calling: CallingOff) -> list[str]:
    """Take withdrawals back, wherever they have come since: the memberships go on as they would have."""
    lock_institution(departure.institution_id)
    told = []
    for each in kept:
        withdrawal = _withdrawal(departure.institution_id, each)
        if withdrawal is None:
            told.append("a membership was changed since and stays as it is")
            continue
        held = locked_membership(withdrawal.membership_id, None, calling.actor)
        told.append(call_off_withdrawal(held, steps_of(withdrawal.membership_id), calling))
    return told


def _withdrawal(institution_id: int, kept: dict[str, Any]) -> MembershipStep | None:
    """The withdrawal that a departure has recorded, as it is on record; refused where one came before it since."""
    asked = (
        select(MembershipStep)
        .join(Membership, Membership.id == MembershipStep.membership_id)
        .where(
            Membership.institution_id == institution_id,
            as_known(Membership),
            as_known(MembershipStep),
            MembershipStep.state == MembershipState.WITHDRAWN,
        )
        .order_by(MembershipStep.id)
    )
    found, recorded = db.session.scalars(asked).all(), kept.get("withdrawal")
    if recorded is None:  # An earlier version kept the membership only.
        return next((step for step in found if step.membership_id == kept["membership"]), None)
    sooner = next((step for step in found if recorded in (step.kept or {}).get("steps", ())), None)
    if sooner is not None:
        last_day = day_words(sooner.first_day - ONE_DAY)
        raise DomainError(f"It withdraws sooner by now, with {last_day}: call that off first.")
    return next((step for step in found if is_withdrawal(step, recorded)), None)


def _represent_on(kept: Sequence[dict[str, Any]], calling: CallingOff) -> list[str]:
    """Let representatives go on who were to end with the departure; how many do, and why others do not."""
    told: list[str] = []
    resumed = changed = 0
    for each in kept:
        found = db.session.get_one(Representation, each["representation"])
        if _was_changed(found, each):
            changed += 1  # ended otherwise since, on purpose
            continue
        try:
            _represents_again(found, each, calling)
            resumed += 1
        except DomainError as error:
            told.append(f"{PURPOSE_WORDS[found.purpose]} not given back: {error.message.rstrip('.')}")
    if changed:
        told.insert(
            0, plural(changed, "was changed since and stays as it is", "were changed since and stay as they are")
        )
    return [plural(resumed, "representative goes on", "representatives go on"), *told]


def _was_changed(found: Representation, kept: dict[str, Any]) -> bool:
    """Whether a representation is not what the departure made of it: ended on a day, or taken back."""
    if _was_taken_back(kept):
        return found.superseded_at is None
    return found.superseded_at is not None or found.last_day is None or found.last_day != _read(kept.get("ended"))


def _was_taken_back(kept: dict[str, Any]) -> bool:
    """Whether a representation was to begin only after the grace, and so was taken back."""
    return "ended" in kept and kept["ended"] is None


def _represents_again(found: Representation, kept: dict[str, Any], calling: CallingOff) -> None:
    if _was_taken_back(kept):
        restore_representation(found.id, reason=calling.reason, actor=calling.actor)
    else:
        last_day = _read(kept["last_day"])
        resume_representation(found.id, last_day=last_day, reason=calling.reason, actor=calling.actor)


def _read(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
