"""Dissolving a committee with a day, and calling that off while the day is to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.committees.commands.committees import days_said, locked_committee
from app.committees.commands.constituencies import check_constituency
from app.committees.commands.dated_facts import fit_facts, fit_seats
from app.committees.commands.entries import check_free, entry_before, seat_of, values_of
from app.committees.commands.following import fill_following, settle_offices
from app.committees.commands.grants import write_rights_anew
from app.committees.commands.holding_over import settle_replaced
from app.committees.commands.naming import hold_committees
from app.committees.commands.seats import Ended, end_seats
from app.committees.models import (
    Appointment,
    Committee,
    CommitteeDissolution,
    CommitteeFacts,
    CommitteeName,
    Constituency,
    Seat,
    SeatAlternate,
)
from app.committees.rules import Ending, in_words
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import as_known, beyond, check_version, put_back, supersede
from app.core.periods import ONE_DAY, Period
from app.core.permissions import Permission
from app.members.models import Person
from app.members.queries import find_merger
from app.members.rules import TwinKind
from app.web.wording import join_words


@dataclass(frozen=True)
class Dissolving:
    """The last day of a committee, why it is dissolved and by which decision."""

    last_day: date
    reason: str
    decision: str | None = None


def dissolve_committee(committee_id: int, values: Dissolving, *, version: int, actor: Actor) -> Committee:
    """End a committee with a day: its seats and terms end with it, and the rights of who sits on them.

    Refused while committees that are part of it go on: they are moved or dissolved first.
    """
    actor.require(Permission.COMMITTEE_FOUND)
    hold_committees()
    committee = locked_committee(committee_id, actor)
    check_version(committee, version)
    _check_dissolving(committee, values.last_day)
    seats = db.session.scalars(select(Seat).where(Seat.committee_id == committee_id).order_by(Seat.position, Seat.id))
    before = days_said(committee.period)
    ended = end_seats(seats.all(), values.last_day, Ended(Ending.DISSOLVED, values.reason), actor)
    committee.dissolved_on = values.last_day
    fit_facts(committee)
    dissolution = CommitteeDissolution(
        committee_id=committee_id,
        last_day=values.last_day,
        reason=values.reason,
        decision=values.decision,
        ended=ended,
        dissolved_by=actor.name,
        dissolved_at=clock.now(),
    )
    db.session.add(dissolution)
    db.session.flush()
    settle_offices(committee, actor)
    record(
        "committees.dissolve_committee",
        Subject("committee", committee_id),
        summary=f"Dissolved {committee.name} after {in_words(values.last_day)}.",
        before=before,
        after=days_said(Period(committee.founded_on, values.last_day)) | {"decision": values.decision},
        reason=values.reason,
        actor=actor,
    )
    return committee


def call_off_dissolution(committee_id: int, *, reason: str, version: int, actor: Actor) -> Committee:
    """Let a committee go on that was to be dissolved, while its last day is not over.

    Its seats and terms last as long as they would have, but those that somebody changed since.
    """
    actor.require(Permission.COMMITTEE_FOUND)
    hold_committees()
    committee = locked_committee(committee_id, actor)
    check_version(committee, version)
    dissolution = _standing_dissolution(committee)
    if committee.dissolved_on is None or dissolution is None:
        raise DomainError("It is not dissolved.")
    if committee.dissolved_on < clock.today():
        raise DomainError(f"It was dissolved after {in_words(committee.dissolved_on)}: found it anew.")
    _check_above(committee)
    committee.dissolved_on = None
    fit_facts(committee)
    dissolution.called_off_by, dissolution.called_off_at = actor.name, clock.now()
    dissolution.called_off_because = reason
    _let_go_on(committee, dissolution, actor)
    settle_offices(committee, actor)
    record(
        "committees.call_off_dissolution",
        Subject("committee", committee_id),
        summary=f"{committee.name} is not dissolved after {in_words(dissolution.last_day)}: it goes on.",
        before={"last_day": dissolution.last_day.isoformat()},
        reason=reason,
        actor=actor,
    )
    return committee


def _check_dissolving(committee: Committee, last_day: date) -> None:
    if committee.dissolved_on is not None:
        raise DomainError(f"It is dissolved after {in_words(committee.dissolved_on)} already.", "last_day")
    if last_day < committee.founded_on:
        message = f"It was founded on {in_words(committee.founded_on)}; it cannot end before."
        raise DomainError(message, "last_day")
    parts = select(Committee.id, Committee.name).join(CommitteeFacts, CommitteeFacts.committee_id == Committee.id)
    parts = parts.where(
        as_known(CommitteeFacts),
        CommitteeFacts.parent_id == committee.id,
        beyond(CommitteeFacts, last_day),
    )
    found = db.session.execute(parts.order_by(Committee.sort_name, Committee.id))
    going_on = list({row.id: row.name for row in found}.values())
    if going_on:
        is_one = len(going_on) == 1
        told = (
            f"{join_words(going_on)} {'is a part' if is_one else 'are parts'} of it and {'goes' if is_one else 'go'} on"
        )
        raise DomainError(f"{told} after that day: move or dissolve {'it' if is_one else 'them'} first.", "last_day")
    to_come = select(CommitteeName.first_day).where(
        CommitteeName.committee_id == committee.id, as_known(CommitteeName), CommitteeName.first_day > last_day
    )
    named = db.session.scalar(to_come.order_by(CommitteeName.first_day, CommitteeName.id).limit(1))
    if named is not None:
        message = f"It is to be called otherwise from {in_words(named)} on: take that name back first."
        raise DomainError(message, "last_day")


def _check_above(committee: Committee) -> None:
    """What it is part of has to go on as well."""
    above = db.session.get(Committee, committee.parent_id) if committee.parent_id else None
    if above is not None and above.dissolved_on is not None:
        message = f"It is part of {above.name}, which is dissolved after {in_words(above.dissolved_on)}: move it first."
        raise DomainError(message)


def _standing_dissolution(committee: Committee) -> CommitteeDissolution | None:
    asked = select(CommitteeDissolution).where(
        CommitteeDissolution.committee_id == committee.id, CommitteeDissolution.called_off_at.is_(None)
    )
    return db.session.scalar(asked.order_by(CommitteeDissolution.id.desc()).limit(1))


def _let_go_on(committee: Committee, dissolution: CommitteeDissolution, actor: Actor) -> None:
    """Give seats, terms, alternates and rights the last days back that they had."""
    stood, ended_with = dissolution.ended, dissolution.last_day
    seats = [seat for seat in _rows(Seat, stood["seats"]) if seat.last_day == ended_with]
    for seat in seats:
        last_day = _as_day(stood["seats"][str(seat.id)])
        _check_elected(seat, Period(seat.first_day, last_day), ended_with)
        seat.last_day = last_day
    fit_seats(seats)
    _let_alternates_stand(dissolution)
    lasting = _let_terms_last(dissolution, committee)
    returning = _let_terms_return(stood["taken_back"], committee)
    db.session.flush()
    for term in (*lasting, *returning):
        write_rights_anew(term, committee, actor)
    settle_replaced(committee, {seat.id for seat in seats}, actor)  # Not all who were to follow may be there again.
    followers = select(Seat).where(Seat.committee_id == committee.id, Seat.follows_office.is_not(None))
    for seat in db.session.scalars(followers.order_by(Seat.position, Seat.id)).all():
        fill_following(seat, actor)


def _check_elected(seat: Seat, period: Period, ended_with: date) -> None:
    """Refuse to let a seat go on whose constituency was closed since; one that was ended before the day stays so."""
    try:
        check_constituency(seat.kind, seat.constituency_id, period)
    except DomainError as refusal:
        name = db.session.get_one(Constituency, seat.constituency_id).name
        message = f"Seat {seat.position} would go on, but its constituency {name} is closed"
        raise DomainError(f"{message}: end the seat before {in_words(ended_with)} first.") from refusal


def _let_alternates_stand(dissolution: CommitteeDissolution) -> None:
    """Alternates last as long as they would have; those to come are on record again, where their seat lasts."""
    stood = dissolution.ended
    for alternate in _rows(SeatAlternate, stood["alternates"]):
        if alternate.superseded_at is None and alternate.last_day == dissolution.last_day:
            supersede(alternate, last_day=_as_day(stood["alternates"][str(alternate.id)]))
    for alternate in _rows(SeatAlternate, stood["alternates_taken_back"]):
        if _may_return(alternate) and _lasts(seat_of(alternate.seat_id), alternate.period):
            put_back(alternate)


def _let_terms_last(dissolution: CommitteeDissolution, committee: Committee) -> list[Appointment]:
    """Terms that still end with the committee end as they would have; those that follow an office do so again."""
    lasting: list[Appointment] = []
    for term in _rows(Appointment, dissolution.ended["terms"]):
        if term.superseded_at is None and term.ended_how is Ending.DISSOLVED and term.follows_id is None:
            day, how = dissolution.ended["terms"][str(term.id)]
            why = _reason_before(term, dissolution)
            supersede(term, last_day=_as_day(day), ended_how=Ending(how) if how else None, end_reason=why)
            db.session.flush()
            check_free(committee, seat_of(term.seat_id), values_of(term), besides=term.id)
            lasting.append(term)
    return lasting


def _let_terms_return(ids: Any, committee: Committee) -> list[Appointment]:
    """Terms to come that were taken back are on record again, where they still fit."""
    returning = []
    for term in _rows(Appointment, ids):
        if _may_return(term) and term.follows_id is None and _fits_again(term, committee):
            put_back(term)
            db.session.flush()
            returning.append(term)
    return returning


def _fits_again(term: Appointment, committee: Committee) -> bool:
    """Whether seat, office and person are free for a term, and what it goes on from still ends the day before."""
    before = entry_before(term)
    goes_on = before is not None and before.person_id == term.person_id and before.last_day == term.first_day - ONE_DAY
    if term.continues_id is not None and not goes_on:
        return False
    try:
        check_free(committee, seat_of(term.seat_id), values_of(term), besides=term.id)
    except DomainError:
        return False
    return True


def _lasts(seat: Seat, period: Period) -> bool:
    return seat.period.clip(period) == period


def _rows(model: Any, ids: Any) -> list[Any]:
    asked = select(model).where(model.id.in_([int(each) for each in ids])).order_by(model.id)
    return list(db.session.scalars(asked).all())


def _may_return(taken: Appointment | SeatAlternate) -> bool:
    """Whether somebody can be on record again: they were neither erased nor made one with another person since."""
    person = db.session.get_one(Person, taken.person_id)
    gone = person.erased_at is not None or find_merger(TwinKind.PERSON, person.id) is not None
    return taken.superseded_at is not None and not gone


def _reason_before(term: Appointment, dissolution: CommitteeDissolution) -> str | None:
    """Why a term was to end before the committee was dissolved, by the copy of what was known until then."""
    asked = select(Appointment.end_reason).where(
        Appointment.seat_id == term.seat_id,
        Appointment.person_id == term.person_id,
        Appointment.first_day == term.first_day,
        Appointment.ended_how.is_distinct_from(Ending.DISSOLVED),
        Appointment.superseded_at <= dissolution.dissolved_at,
    )
    return db.session.scalar(asked.order_by(Appointment.superseded_at.desc(), Appointment.id.desc()).limit(1))


def _as_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
