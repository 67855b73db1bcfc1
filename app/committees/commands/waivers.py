"""Asking that a limit of terms should not hold for somebody, and and what becomes of such a request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, or_, select

from app.audit.commands import Personal, Subject, record
from app.committees.commands.committees import days_said, locked_committee
from app.committees.commands.entries import person_of, refuse_following, seat_of
from app.committees.documents.waiver_messages import waiver_message
from app.committees.models import LimitWaiver, Seat, SuccessionPlan
from app.committees.queries.appointing import find_limit
from app.committees.queries.plans import find_chair
from app.committees.queries.terms import bylaws_on
from app.committees.queries.waivers import find_standing_waiver, is_begun
from app.committees.rules import check_within, term_said
from app.committees.rules.plans import OPEN_PLANS
from app.committees.rules.waivers import WaiverState, waived_words
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.history import beyond, check_version, lock
from app.core.periods import Period
from app.core.permissions import Permission
from app.core.site import this_site
from app.members.models import Person
from app.outbox.commands import Address, send_mail


@dataclass(frozen=True)
class WaiverValues:
    """For whom the limit should not hold, for which days, and why."""

    person_id: int
    period: Period
    reason: str


def ask_waiver(seat_id: int, values: WaiverValues, *, actor: Actor) -> LimitWaiver:
    """Ask the secretariat that the limit of terms should not hold for a person and days of a seat."""
    committee = locked_committee(seat_of(seat_id).committee_id, actor)
    seat = seat_of(seat_id)
    refuse_following(seat)
    check_within(committee.period, values.period, "The committee")
    check_within(seat.period, values.period, "The seat")
    person = person_of(values.person_id)
    if find_limit(seat, values.person_id, values.period.first) is None:
        raise DomainError("The bylaws give them this term: nothing need be waived.", "person_id")
    facts = bylaws_on(committee.id, values.period.first)
    if facts.term_months is not None and values.period.last is None:
        raise DomainError(f"By the bylaws a term is {term_said(facts)}: give the last day of this one.", "last_day")
    if find_standing_waiver(seat_id, values.person_id, values.period) is not None:
        raise DomainError("This is asked for already, or granted.", "person_id")
    waiver = LimitWaiver(
        committee_id=committee.id,
        seat_id=seat_id,
        person_id=person.id,
        first_day=values.period.first,
        last_day=values.period.last,
        reason=values.reason,
        state=WaiverState.ASKED,
        asked_by=actor.name,
        asked_at=clock.now(),
    )
    db.session.add(waiver)
    db.session.flush()
    said = {"person": Personal(person.name, person.id)} | days_said(values.period)
    _note("committees.ask_waiver", waiver, "Asked to waive a limit", actor, after=said, reason=values.reason)
    return waiver


def grant_waiver(waiver_id: int, *, decision: str, version: int, actor: Actor) -> LimitWaiver:
    """Let the limit not hold, by a decision: whoever may appoint can do so now, and the chair is told."""
    actor.require(Permission.COMMITTEE_FOUND)
    waiver = _locked(waiver_id, version, WaiverState.ASKED, actor)
    waiver.decision = decision
    _decide(waiver, WaiverState.GRANTED, actor)
    _note("committees.grant_waiver", waiver, "Waived a limit", actor, after={"decision": decision})
    _tell_chair(waiver, decision, actor)
    return waiver


def decline_waiver(waiver_id: int, *, reason: str, version: int, actor: Actor) -> LimitWaiver:
    """Let the limit hold, for a reason that the chair is told."""
    actor.require(Permission.COMMITTEE_FOUND)
    waiver = _locked(waiver_id, version, WaiverState.ASKED, actor)
    waiver.answer = reason
    _decide(waiver, WaiverState.DECLINED, actor)
    _note("committees.decline_waiver", waiver, "Waived no limit", actor, reason=reason)
    _tell_chair(waiver, reason, actor)
    return waiver


def withdraw_waiver(waiver_id: int, *, reason: str, version: int, actor: Actor) -> LimitWaiver:
    """Take a request back that nobody has decided."""
    waiver = _locked(waiver_id, version, WaiverState.ASKED, actor)
    _withdraw(waiver, reason, actor)
    return waiver


def revoke_waiver(waiver_id: int, *, reason: str, version: int, actor: Actor) -> LimitWaiver:
    """Let a limit hold again that was waived; a term that began by it stays, and no plan goes by it any more."""
    actor.require(Permission.COMMITTEE_FOUND)
    waiver = _locked(waiver_id, version, WaiverState.GRANTED, actor)
    _revoke(waiver, reason, actor)
    _tell_chair(waiver, reason, actor)
    return waiver


def withdraw_beyond(seat_ids: Sequence[int], last_day: date, why: str, *, actor: Actor) -> None:
    """Take back what is asked, and revoke what is granted and not used, for days of seats of a locked committee."""
    open_still = or_(
        LimitWaiver.state == WaiverState.ASKED, and_(LimitWaiver.state == WaiverState.GRANTED, ~is_begun())
    )
    asked = select(LimitWaiver).where(LimitWaiver.seat_id.in_(seat_ids), open_still, beyond(LimitWaiver, last_day))
    for waiver in db.session.scalars(asked.order_by(LimitWaiver.id).with_for_update()).all():
        step = _withdraw if waiver.state is WaiverState.ASKED else _revoke
        step(waiver, why, actor)


def _withdraw(waiver: LimitWaiver, reason: str, actor: Actor) -> None:
    waiver.answer = reason
    _decide(waiver, WaiverState.WITHDRAWN, actor)
    _note("committees.withdraw_waiver", waiver, "Took a request back to waive a limit", actor, reason=reason)


def _revoke(waiver: LimitWaiver, reason: str, actor: Actor) -> None:
    waiver.answer = reason
    _decide(waiver, WaiverState.REVOKED, actor)
    _note("committees.revoke_waiver", waiver, "Revoked the waiver of a limit", actor, reason=reason)
    words = waived_words(waiver.decision or "", waiver.reason)
    relying = select(SuccessionPlan).where(
        SuccessionPlan.seat_id == waiver.seat_id,
        SuccessionPlan.person_id == waiver.person_id,
        SuccessionPlan.state.in_(OPEN_PLANS),
        SuccessionPlan.limit_waived == words,
    )
    for plan in db.session.scalars(relying.order_by(SuccessionPlan.id).with_for_update()).all():
        plan.limit_waived = None
        summary = "A plan goes by the waiver of a limit no more."
        change: dict[str, Any] = {"before": {"limit_waived": words}, "after": {"limit_waived": None}}
        record("committees.change_plan", Subject("succession_plan", plan.id), summary=summary, actor=actor, **change)
    db.session.flush()


def _locked(waiver_id: int, version: int, wanted: WaiverState, actor: Actor) -> LimitWaiver:
    """A request in the state a step begins at, locked with its committee."""
    found = db.session.get(LimitWaiver, waiver_id)
    if found is None or not actor.may(Permission.COMMITTEE_EDIT, committee_id=found.committee_id):
        raise NotFoundError("There is no such request.")
    locked_committee(found.committee_id, actor)
    waiver = lock(LimitWaiver, waiver_id)
    check_version(waiver, version)
    if waiver.state is WaiverState.ASKED is not wanted:
        raise DomainError("Nothing is granted yet: decline the request.")
    if waiver.state is not wanted:
        raise DomainError(f"This request is {waiver.state.value} already.")
    return waiver


def _decide(waiver: LimitWaiver, state: WaiverState, actor: Actor) -> None:
    waiver.state, waiver.decided_by, waiver.decided_at = state, actor.name, clock.now()
    db.session.flush()


def _tell_chair(waiver: LimitWaiver, why: str, actor: Actor) -> None:
    """Tell the chair what the secretariat has decided."""
    chair = find_chair(waiver.committee_id)
    if chair is not None and chair.email:
        who = db.session.get_one(Person, waiver.person_id).name
        link = this_site().address(f"/committees/waivers/{waiver.id}")
        message = waiver_message(chair.name, who, actor.name, (waiver.state, why), link)
        send_mail(Address(chair.name, chair.email), message.subject, message.body)


def _note(action: str, waiver: LimitWaiver, what: str, actor: Actor, **change: Any) -> None:
    position = db.session.get_one(Seat, waiver.seat_id).position
    summary = f"{what} for seat {position}."
    record(action, Subject("limit_waiver", waiver.id), summary=summary, actor=actor, **change)
