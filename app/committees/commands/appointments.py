"""Appointing people to seats, ending terms and correcting entries, each with the rights that go with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.audit.commands import Personal, Subject, record
from app.committees.commands.committees import days_said, locked_committee
from app.committees.commands.grants import end_rights, give_rights, write_rights_anew
from app.committees.models import Appointment, Committee, Seat
from app.committees.rules import OFFICE_WORDS, SINGLE_OFFICES, USUAL_HOW, How, Office, check_within, in_words
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.history import as_known, check_version, lock, overlapping, retract, supersede, valid
from app.core.paging import exists_row
from app.core.periods import ONE_DAY, Period
from app.members.commands import refuse_merged
from app.members.models import Affiliation, Person, Representation
from app.members.rules import TwinKind


@dataclass(frozen=True)
class AppointmentValues:
    """Who sits on a seat, as what, from when to when, and what appointed them; `how` None is as usual for the seat."""

    person_id: int
    period: Period
    office: Office = Office.MEMBER
    decision: str | None = None
    how: How | None = None


def appoint(seat_id: int, values: AppointmentValues, *, actor: Actor) -> Appointment:
    """Put a person on a seat; the rights of the seat are theirs from the first to the last day, and no longer.

    Refused where the seat or the office is held on any of those days (RULES, ten things, 5).
    """
    committee = locked_committee(_get_seat(seat_id).committee_id, actor)
    seat = _get_seat(seat_id)  # It may have ended while one waited for its committee.
    person = _get_person(values.person_id)
    _check_appointment(committee, seat, values, besides=None)
    appointment = _insert(seat, values)
    give_rights(appointment, appointment.period, committee, actor)
    record(
        "committees.appoint",
        Subject("committee", committee.id),
        summary=f"Appointed to seat {seat.position} of {committee.name} as {OFFICE_WORDS[values.office].lower()},"
        f" from {in_words(values.period.first)}.",
        actor=actor,
        after=_appointed(seat, person, values),
    )
    return appointment


def end_term(appointment_id: int, last_day: date, *, reason: str, version: int, actor: Actor) -> Appointment:
    """End an appointment with a day, today or before or after; its rights end with the same day."""
    appointment, committee, seat, person = _standing(appointment_id, version, actor)
    before = _values_of(appointment)
    if before.period.last is not None and last_day >= before.period.last:
        raise DomainError(f"This term ends on {in_words(before.period.last)} already.", "last_day")
    if last_day < before.period.first:
        raise DomainError(f"The term began on {in_words(before.period.first)}; it cannot end before.", "last_day")
    supersede(appointment, last_day=last_day, end_reason=reason)
    db.session.flush()
    end_rights(appointment, last_day, actor)
    record(
        "committees.end_term",
        Subject("committee", committee.id),
        summary=f"Ended the term on seat {seat.position} of {committee.name} with {in_words(last_day)}.",
        actor=actor,
        before=_appointed(seat, person, before),
        after=_appointed(seat, person, _values_of(appointment)),
        reason=reason,
    )
    return appointment


def correct_appointment(
    appointment_id: int, values: AppointmentValues, *, reason: str, version: int, actor: Actor
) -> Appointment:
    """Put right what was recorded wrongly. What was known until now stays on record.

    Answers for any day change from now on; rights change from today on, for no correction gives or takes access
    in the past.
    """
    appointment, committee, seat, holder = _standing(appointment_id, version, actor)
    before = _values_of(appointment)
    person = _get_person(values.person_id)
    _check_appointment(committee, seat, values, besides=appointment_id)
    supersede(
        appointment,
        person_id=values.person_id,
        first_day=values.period.first,
        last_day=values.period.last,
        office=values.office,
        decision=values.decision,
        end_reason=appointment.end_reason if values.period.last == before.period.last else None,
    )
    db.session.flush()
    write_rights_anew(appointment, committee, actor)
    record(
        "committees.correct_appointment",
        Subject("committee", committee.id),
        summary=f"Corrected the entry of seat {seat.position} of {committee.name}.",
        actor=actor,
        before=_appointed(seat, holder, before),
        after=_appointed(seat, person, values),
        reason=reason,
    )
    return appointment


def withdraw_appointment(appointment_id: int, *, reason: str, version: int, actor: Actor) -> None:
    """Take back an appointment that should never have been recorded; its rights end with yesterday."""
    appointment, committee, seat, person = _standing(appointment_id, version, actor)
    retract(appointment)
    db.session.flush()
    end_rights(appointment, clock.today() - ONE_DAY, actor)
    record(
        "committees.withdraw_appointment",
        Subject("committee", committee.id),
        summary=f"Withdrew an appointment to seat {seat.position} of {committee.name}.",
        actor=actor,
        before=_appointed(seat, person, _values_of(appointment)),
        reason=reason,
    )


def _get_seat(seat_id: int) -> Seat:
    seat = db.session.get(Seat, seat_id, populate_existing=True)
    if seat is None:
        raise NotFoundError("There is no such seat.")
    return seat


def _get_person(person_id: int) -> Person:
    person = db.session.get(Person, person_id, with_for_update=True)
    if person is None or person.erased_at is not None:
        raise DomainError("There is no such person.", "person_id")
    refuse_merged(TwinKind.PERSON, person_id)
    return person


def _standing(appointment_id: int, version: int, actor: Actor) -> tuple[Appointment, Committee, Seat, Person]:
    """An appointment that stands, in the version the form was filled from, with its committee locked."""
    found = db.session.get(Appointment, appointment_id)
    if found is None:
        raise NotFoundError("There is no such appointment.")
    committee = locked_committee(found.committee_id, actor)
    appointment = lock(Appointment, appointment_id)
    if appointment.superseded_at is not None:
        raise NotFoundError("There is no such appointment.")
    check_version(appointment, version)
    return appointment, committee, _get_seat(appointment.seat_id), _get_person(appointment.person_id)


def _check_appointment(committee: Committee, seat: Seat, values: AppointmentValues, *, besides: int | None) -> None:
    """Refuse what the roster cannot hold; `besides` is the entry that is being corrected."""
    check_within(Period(committee.founded_on, committee.dissolved_on), values.period, "The committee")
    check_within(seat.period, values.period, "The seat")
    on_committee = (
        select(Appointment.first_day, Appointment.last_day, Seat.position)
        .join(Seat, Seat.id == Appointment.seat_id)
        .where(
            Appointment.committee_id == committee.id,
            as_known(Appointment),
            overlapping(Appointment, values.period),
            Appointment.id != (besides or 0),
        )
        .order_by(Appointment.first_day, Appointment.id)
        .limit(1)
    )
    _refuse(on_committee.where(Appointment.seat_id == seat.id), "This seat is held {days}.", "first_day")
    if values.office in SINGLE_OFFICES:
        word = OFFICE_WORDS[values.office]
        _refuse(
            on_committee.where(Appointment.office == values.office), f"There is a {word.lower()} {{days}}.", "office"
        )
    _refuse(
        on_committee.where(Appointment.person_id == values.person_id),
        "This person sits on seat {seat} of this committee {days}.",
        "person_id",
    )
    if seat.institution_id is not None and not _belongs(values.person_id, seat.institution_id, values.period.first):
        raise DomainError(
            "On the first day this person neither belongs to nor represents the institution that fills this seat.",
            "person_id",
        )


def _refuse(statement: Any, message: str, field: str) -> None:
    found = db.session.execute(statement).first()
    if found is not None:
        until = f"to {in_words(found.last_day)}" if found.last_day else "on, without a last day"
        days = f"from {in_words(found.first_day)} {until}"
        raise DomainError(message.format(days=days, seat=found.position), field)


def _belongs(person_id: int, institution_id: int, day: date) -> bool:
    """Whether a person is affiliated to an institution or represents it on a day."""
    return any(
        exists_row(
            select(model.id).where(
                model.person_id == person_id, model.institution_id == institution_id, valid(model, day)
            )
        )
        for model in (Affiliation, Representation)
    )


def _insert(seat: Seat, values: AppointmentValues) -> Appointment:
    appointment = Appointment(
        seat_id=seat.id,
        committee_id=seat.committee_id,
        person_id=values.person_id,
        office=values.office,
        how=values.how or USUAL_HOW[seat.kind],
        decision=values.decision,
        first_day=values.period.first,
        last_day=values.period.last,
        recorded_at=clock.now(),
    )
    db.session.add(appointment)
    db.session.flush()
    return appointment


def _values_of(appointment: Appointment) -> AppointmentValues:
    return AppointmentValues(appointment.person_id, appointment.period, appointment.office, appointment.decision)


def _appointed(seat: Seat, person: Person, values: AppointmentValues) -> dict[str, Any]:
    """An appointment for the audit trail; the name can be erased with the person."""
    return {
        "seat": seat.position,
        "person": Personal(person.name, person.id),
        "office": values.office.value,
        "decision": values.decision,
    } | days_said(values.period)
