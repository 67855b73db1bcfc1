"""Planning who follows on a seat, asking them, and what becomes of it up to the appointment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from app.audit.commands import Personal, Subject, record
from app.committees.commands.answer_links import spend_links_of
from app.committees.commands.appointments import appoint
from app.committees.commands.committees import days_said, locked_committee
from app.committees.commands.entries import AppointmentValues, person_of, refuse_following
from app.committees.commands.plan_mails import ask_successor, tell_appointed, tell_chair
from app.committees.models import Committee, Seat, SuccessionPlan
from app.committees.queries.appointing import find_limit
from app.committees.queries.terms import may_appoint
from app.committees.queries.waivers import find_waived
from app.committees.rules import Office, check_within
from app.committees.rules.plans import (
    EDITABLE_PLANS,
    ENDED_MEANWHILE,
    OPEN_PLANS,
    TAKEN_MEANWHILE,
    TAKEN_PLANS,
    Answer,
    PlanState,
    check_plan_step,
    lasts,
)
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.history import check_version, lock, overlapping
from app.core.paging import exists_row
from app.core.periods import Period
from app.core.permissions import Permission
from app.members.commands import AffiliationFacts, PersonFacts, add_person, hold_institution
from app.members.models import Person


@dataclass(frozen=True)
class Newcomer:
    """Somebody who is not on record yet."""

    given_name: str
    family_name: str
    email: str
    institution_id: int | None = None


@dataclass(frozen=True)
class PlanValues:
    """Who is to follow, on record or not yet, as what and for which days; `limit_waived` says why no limit holds."""

    who: int | Newcomer
    period: Period
    office: Office = Office.MEMBER
    note: str | None = None
    limit_waived: str | None = None


def plan_successor(seat_id: int, values: PlanValues, *, actor: Actor) -> SuccessionPlan:
    """Plan who follows on a seat. It gives no right and holds no seat."""
    committee, seat = _locked_seat(seat_id, actor)
    wanted = _checked_values(committee, seat, values, actor)
    plan = SuccessionPlan(
        committee_id=committee.id,
        seat_id=seat.id,
        state=PlanState.PLANNED,
        state_since=clock.now(),
        planned_by=actor.name,
        planned_at=clock.now(),
        **_columns(wanted),
    )
    db.session.add(plan)
    db.session.flush()
    _noted("committees.plan_successor", plan, seat, "Planned a successor", actor, after=_said(plan))
    return plan


def change_plan(plan_id: int, values: PlanValues, *, version: int, actor: Actor) -> SuccessionPlan:
    """Change a plan before anybody was asked."""
    plan, seat, committee = _locked_plan(plan_id, version, actor)
    if plan.state not in EDITABLE_PLANS:
        raise DomainError("Somebody was asked already: drop this plan and make another.")
    wanted = _checked_values(committee, seat, values, actor)
    before = _said(plan)
    for name, value in _columns(wanted).items():
        setattr(plan, name, value)
    db.session.flush()
    _noted("committees.change_plan", plan, seat, "Changed a plan", actor, before=before, after=_said(plan))
    return plan


def invite_successor(plan_id: int, *, version: int, actor: Actor) -> SuccessionPlan:
    """Ask somebody by mail whether they would sit there; an earlier link is void from now on."""
    plan, seat, committee = _locked_plan(plan_id, version, actor)
    check_plan_step(plan.state, PlanState.INVITED)
    ask_successor(plan, seat, committee, actor)
    _move(plan, PlanState.INVITED)
    _noted("committees.invite_successor", plan, seat, "Asked the one planned", actor)
    return plan


def answer_plan(plan: SuccessionPlan, answer: Answer, *, words: str | None, actor: Actor) -> None:
    """Keep what somebody says who was asked; the committee is locked. Days of a seat are accepted by one alone."""
    seat = db.session.get_one(Seat, plan.seat_id)
    following = PlanState.ACCEPTED if answer is Answer.YES else PlanState.DECLINED
    check_plan_step(plan.state, following)
    if answer is Answer.YES:
        _refuse_ended(plan, seat)
        _refuse_taken(plan)
    plan.answer, plan.answered_at = words, clock.now()
    _move(plan, following)
    spend_links_of(plan)
    _noted("committees.answer_plan", plan, seat, f"The one asked has {following.value}", actor)


def request_appointment(plan_id: int, *, decision: str | None, version: int, actor: Actor) -> SuccessionPlan:
    """Ask the secretariat to appoint whom a committee has planned, where the bylaws leave that to it."""
    plan, seat, committee = _locked_plan(plan_id, version, actor)
    if may_appoint(committee.id, actor, clock.today()):
        raise DomainError("By the bylaws you appoint yourself: nobody need be asked.")
    check_plan_step(plan.state, PlanState.REQUESTED)
    _refuse_taken(plan)
    _refuse_limit(seat, plan)
    plan.decision, plan.requested_by = decision, actor.name
    _move(plan, PlanState.REQUESTED)
    _noted("committees.request_appointment", plan, seat, "Asked the secretariat to appoint", actor)
    return plan


def refuse_request(plan_id: int, *, reason: str, version: int, actor: Actor) -> SuccessionPlan:
    """Refuse to appoint whom a committee has asked for; its chair is told why."""
    actor.require(Permission.COMMITTEE_FOUND)
    plan, seat, committee = _locked_plan(plan_id, version, actor)
    check_plan_step(plan.state, PlanState.REFUSED)
    plan.reason = reason
    _move(plan, PlanState.REFUSED)
    _noted("committees.refuse_request", plan, seat, "Refused to appoint", actor, reason=reason)
    tell_chair(plan, committee, reason, actor)
    return plan


def appoint_successor(plan_id: int, *, decision: str | None, version: int, actor: Actor) -> SuccessionPlan:
    """Appoint whom a plan names, for its days; other plans for the same days are dropped."""
    plan, seat, committee = _locked_plan(plan_id, version, actor)
    if not may_appoint(committee.id, actor, clock.today()):
        raise DomainError("By the bylaws the secretariat appoints here: ask it to.")
    check_plan_step(plan.state, PlanState.APPOINTED)
    if plan.person_id is None:
        raise DomainError("They are not on record yet: the secretariat takes them up first.")
    appointment = appoint(seat.id, _values_of(plan, decision), actor=actor)
    plan.decision, plan.appointment_id = decision, appointment.id
    _move(plan, PlanState.APPOINTED)
    spend_links_of(plan)
    _noted("committees.appoint_successor", plan, seat, "Appointed as planned", actor)
    _drop_others(plan, seat, actor)
    tell_appointed(plan, seat, committee, actor)
    return plan


def drop_plan(plan_id: int, *, reason: str, version: int, actor: Actor) -> SuccessionPlan:
    """Give a plan up, for a reason; whoever was asked cannot answer any more."""
    plan, seat, _committee = _locked_plan(plan_id, version, actor)
    abandon_plan(plan, seat, reason, actor)
    return plan


def abandon_plan(plan: SuccessionPlan, seat: Seat, reason: str, actor: Actor) -> None:
    """Give a plan of a locked committee up; links to answer it by work no longer."""
    check_plan_step(plan.state, PlanState.DROPPED)
    plan.reason = reason
    _move(plan, PlanState.DROPPED)
    spend_links_of(plan)
    _noted("committees.drop_plan", plan, seat, "Gave a plan up", actor, reason=reason)


def take_up_successor(plan_id: int, *, version: int, actor: Actor) -> Person:
    """Put somebody on record whom a committee has planned, with their place at an institution."""
    actor.require(Permission.PERSON_EDIT)
    plan, seat, _committee = _locked_plan(plan_id, version, actor)
    if plan.person_id is not None or plan.state not in OPEN_PLANS:
        raise DomainError("They are on record already, or nothing is planned with them any more.")
    facts = PersonFacts(str(plan.given_name), str(plan.family_name), email=plan.email)
    place = AffiliationFacts(plan.institution_id, clock.today()) if plan.institution_id else None
    person = add_person(facts, affiliation=place, actor=actor)
    plan.person_id, plan.given_name, plan.family_name, plan.email = person.id, None, None, None
    db.session.flush()
    _noted("committees.take_up_successor", plan, seat, "Took up the one planned", actor, after=_said(plan))
    return person


def _locked_seat(seat_id: int, actor: Actor) -> tuple[Committee, Seat]:
    found = db.session.get(Seat, seat_id)
    if found is None:
        raise NotFoundError("There is no such seat.")
    committee = locked_committee(found.committee_id, actor)
    return committee, lock(Seat, seat_id)


def _locked_plan(plan_id: int, version: int, actor: Actor) -> tuple[SuccessionPlan, Seat, Committee]:
    found = db.session.get(SuccessionPlan, plan_id)
    if found is None or not actor.may(Permission.COMMITTEE_EDIT, committee_id=found.committee_id):
        raise NotFoundError("There is no such plan.")
    committee = locked_committee(found.committee_id, actor)
    plan = lock(SuccessionPlan, plan_id)
    check_version(plan, version)
    return plan, db.session.get_one(Seat, plan.seat_id), committee


def _checked_values(committee: Committee, seat: Seat, values: PlanValues, actor: Actor) -> PlanValues:
    """The values, with why no limit holds where that is granted; refused where it cannot be planned."""
    refuse_following(seat)
    check_within(committee.period, values.period, "The committee")
    check_within(seat.period, values.period, "The seat")
    if isinstance(values.who, Newcomer):
        if values.who.institution_id is not None:
            hold_institution(values.who.institution_id)
        return values
    person_of(values.who)
    return _checked_limit(seat, values.who, values, actor)


def _checked_limit(seat: Seat, person_id: int, values: PlanValues, actor: Actor) -> PlanValues:
    """Refuse a term too many, as appointing would: only the secretariat waives a limit, with the reason."""
    why = find_limit(seat, person_id, values.period.first)
    if why is None:
        return values
    granted = find_waived(seat.id, person_id, values.period)
    if granted is not None:
        return replace(values, limit_waived=granted)
    if not actor.has_all(Permission.COMMITTEE_FOUND):
        raise DomainError(f"{why} Only the secretariat may waive the limit: ask it.", "person_id")
    if not values.limit_waived:
        raise DomainError(f"{why} Say why the limit does not hold.", "person_id")
    return values


def _refuse_ended(plan: SuccessionPlan, seat: Seat) -> None:
    """Nobody says yes to days after the end of the seat or of its committee."""
    committee = db.session.get_one(Committee, plan.committee_id)
    if not lasts((seat.period, committee.period), plan.period):
        raise DomainError(ENDED_MEANWHILE)


def _refuse_taken(plan: SuccessionPlan) -> None:
    """One alone says yes to the same days of a seat; others may have its days before or after."""
    taken = select(SuccessionPlan.id).where(
        SuccessionPlan.seat_id == plan.seat_id,
        SuccessionPlan.id != plan.id,
        SuccessionPlan.state.in_(TAKEN_PLANS),
        overlapping(SuccessionPlan, plan.period),
    )
    if exists_row(taken):
        raise DomainError(TAKEN_MEANWHILE)


def _values_of(plan: SuccessionPlan, decision: str | None) -> AppointmentValues:
    person_id = plan.person_id or 0
    return AppointmentValues(person_id, plan.period, plan.office, decision, limit_waived=plan.limit_waived)


def _refuse_limit(seat: Seat, plan: SuccessionPlan) -> None:
    """The bylaws may be others than when it was planned, and more terms may have been served."""
    if plan.person_id is not None and not plan.limit_waived:
        plan.limit_waived = find_waived(seat.id, plan.person_id, plan.period)
    if plan.person_id is not None and not plan.limit_waived:
        why = find_limit(seat, plan.person_id, plan.first_day)
        if why:
            raise DomainError(why)


def _columns(values: PlanValues) -> dict[str, Any]:
    new = values.who if isinstance(values.who, Newcomer) else None
    return {
        "person_id": None if isinstance(values.who, Newcomer) else values.who,
        "given_name": new and new.given_name,
        "family_name": new and new.family_name,
        "email": new and new.email,
        "institution_id": new and new.institution_id,
        "office": values.office,
        "first_day": values.period.first,
        "last_day": values.period.last,
        "note": values.note,
        "limit_waived": values.limit_waived,
    }


def _move(plan: SuccessionPlan, state: PlanState) -> None:
    plan.state, plan.state_since = state, clock.now()
    db.session.flush()


def _drop_others(plan: SuccessionPlan, seat: Seat, actor: Actor) -> None:
    others = select(SuccessionPlan).where(
        SuccessionPlan.seat_id == plan.seat_id,
        SuccessionPlan.id != plan.id,
        SuccessionPlan.state.in_(OPEN_PLANS),
        overlapping(SuccessionPlan, plan.period),
    )
    for other in db.session.scalars(others.order_by(SuccessionPlan.id).with_for_update()).all():
        abandon_plan(other, seat, "Somebody else was appointed for these days", actor)


def _said(plan: SuccessionPlan) -> dict[str, Any]:
    """A plan for the audit trail; who is not on record yet is not named there."""
    person = db.session.get(Person, plan.person_id) if plan.person_id else None
    return {
        "person": Personal(person.name, person.id) if person else "not on record yet",
        "office": plan.office.value,
        "limit_waived": plan.limit_waived,
    } | days_said(plan.period)


def _noted(action: str, plan: SuccessionPlan, seat: Seat, what: str, actor: Actor, **change: Any) -> None:
    record(
        action,
        Subject("succession_plan", plan.id),
        summary=f"{what} for seat {seat.position}.",
        actor=actor,
        **change,
    )
