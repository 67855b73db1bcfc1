"""What every change of an entry of the roster needs: the entry that stands, what the roster can hold, what is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.audit.commands import Personal
from app.committees.commands.committees import days_said, locked_committee
from app.committees.models import Appointment, Committee, Seat
from app.committees.queries import may_appoint
from app.committees.queries.appointing import find_followed
from app.committees.queries.constituency_members import find_outside
from app.committees.rules import OFFICE_WORDS, SINGLE_OFFICES, USUAL_HOW, Ending, How, Office, check_within, in_words
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.history import as_known, check_version, lock, overlapping
from app.core.periods import Period
from app.members.commands import refuse_merged
from app.members.models import Person
from app.members.queries.belonging import institutions_of_people
from app.members.rules import TwinKind

ASK_THE_SECRETARIAT = (
    "By the bylaws of this committee the secretariat fills its seats, at the request of its chair: ask the secretariat."
)


@dataclass(frozen=True)
class Ended:
    """How a term came to its end, and why."""

    how: Ending
    reason: str | None = None


@dataclass(frozen=True)
class AppointmentValues:
    """Who sits on a seat, as what, from when to when, and what appointed them; `how` None is as usual for the seat.

    `term_ends` is when the term ends by the bylaws, None as the period does; `limit_waived` why a limit of terms does
    not hold; `ended` how it came to its end.
    """

    person_id: int
    period: Period
    office: Office = Office.MEMBER
    decision: str | None = None
    how: How | None = None
    term_ends: date | None = None
    limit_waived: str | None = None
    ended: Ended | None = None


@dataclass(frozen=True)
class Entry:
    """An entry of the roster that stands, with all it is about; its committee is locked."""

    appointment: Appointment
    committee: Committee
    seat: Seat
    person: Person


def standing_entry(appointment_id: int, version: int, actor: Actor) -> Entry:
    """An entry that stands, in the version the form was filled from, with its committee locked."""
    found = db.session.get(Appointment, appointment_id)
    if found is None:
        raise NotFoundError("There is no such appointment.")
    committee = locked_committee(found.committee_id, actor)
    appointment = lock(Appointment, appointment_id)
    if appointment.superseded_at is not None:
        raise NotFoundError("There is no such appointment.")
    check_version(appointment, version)
    return Entry(appointment, committee, seat_of(appointment.seat_id), person_of(appointment.person_id))


def seat_of(seat_id: int) -> Seat:
    """The seat as it is now; NotFoundError where there is none."""
    seat = db.session.get(Seat, seat_id, populate_existing=True)
    if seat is None:
        raise NotFoundError("There is no such seat.")
    return seat


def person_of(person_id: int) -> Person:
    """The person, locked; refused where erased or merged."""
    person = db.session.get(Person, person_id, with_for_update=True)
    if person is None or person.erased_at is not None:
        raise DomainError("There is no such person.", "person_id")
    refuse_merged(TwinKind.PERSON, person_id)
    return person


def refuse_asking(committee: Committee, actor: Actor) -> None:
    """Refuse a chair to fill seats where the bylaws leave that to the secretariat."""
    if not may_appoint(committee.id, actor, clock.today()):
        raise DomainError(ASK_THE_SECRETARIAT)


def refuse_of_program(appointment: Appointment) -> None:
    """Refuse to change by hand an entry that follows an office of another committee."""
    if appointment.follows_id is not None:
        source = db.session.get_one(Appointment, appointment.follows_id)
        name = db.session.get_one(Committee, source.committee_id).name
        raise DomainError(f"This entry follows an office of {name} and changes with it: change it there.")


def refuse_following(seat: Seat) -> None:
    """Refuse to fill by hand a seat that follows an office of another committee."""
    followed = find_followed(seat)
    if followed is not None:
        raise DomainError(followed)


def check_entry(committee: Committee, seat: Seat, values: AppointmentValues, *, besides: int | None) -> None:
    """Refuse what the roster cannot hold; `besides` is the entry that is being changed."""
    check_free(committee, seat, values, besides=besides)
    check_belongs(seat, values.person_id, values.period.first)


def check_belongs(seat: Seat, person_id: int, day: date) -> None:
    """Refuse somebody who is not of the institution that fills a seat on a day, or of none of its constituency."""
    if seat.institution_id not in {None, *institutions_of_people([person_id], on=day)[person_id]}:
        raise DomainError(
            "On the first day this person neither belongs to nor represents the institution that fills this seat.",
            "person_id",
        )
    if (outside := find_outside(seat, person_id, day)) is not None:
        raise DomainError(outside, "person_id")


def check_free(committee: Committee, seat: Seat, values: AppointmentValues, *, besides: int | None) -> None:
    """Refuse days outside those of committee and seat, or on which the seat, the office or the person is taken."""
    check_within(committee.period, values.period, "The committee")
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


def insert_entry(seat: Seat, values: AppointmentValues, *, continues_id: int | None = None) -> Appointment:
    """A new entry of the roster with these values."""
    appointment = Appointment(
        seat_id=seat.id,
        committee_id=seat.committee_id,
        first_day=values.period.first,
        recorded_at=clock.now(),
        continues_id=continues_id,
        **columns_of(seat, values),
    )
    db.session.add(appointment)
    db.session.flush()
    return appointment


def columns_of(seat: Seat, values: AppointmentValues) -> dict[str, Any]:
    """The columns of an entry that follow from its values, besides its first day."""
    ended = values.ended if values.period.last is not None else None
    return {
        "person_id": values.person_id,
        "last_day": values.period.last,
        "office": values.office,
        "how": values.how or USUAL_HOW[seat.kind],
        "decision": values.decision,
        "term_ends": values.term_ends,
        "limit_waived": values.limit_waived,
        "ended_how": ended.how if ended else None,
        "end_reason": ended.reason if ended else None,
    }


def values_of(appointment: Appointment) -> AppointmentValues:
    """An entry as values."""
    return AppointmentValues(
        person_id=appointment.person_id,
        period=appointment.period,
        office=appointment.office,
        decision=appointment.decision,
        how=appointment.how,
        term_ends=appointment.term_ends,
        limit_waived=appointment.limit_waived,
        ended=Ended(appointment.ended_how, appointment.end_reason) if appointment.ended_how else None,
    )


def said_of(seat: Seat, person: Person, values: AppointmentValues) -> dict[str, Any]:
    """An entry for the audit trail; the name can be erased with the person."""
    more = {
        "how": values.how.value if values.how else None,
        "term_ends": values.term_ends.isoformat() if values.term_ends else None,
        "limit_waived": values.limit_waived,
        "ended_how": values.ended.how.value if values.ended else None,
    }
    return {
        "seat": seat.position,
        "person": Personal(person.name, person.id),
        "office": values.office.value,
        "decision": values.decision,
        **days_said(values.period),
        **{name: value for name, value in more.items() if value is not None},
    }


def entries_after(appointment: Appointment) -> Sequence[Appointment]:
    """The entries on record that continue one under another office, in their order."""
    found: list[Appointment] = []
    asked = select(Appointment).where(as_known(Appointment)).order_by(Appointment.first_day, Appointment.id)
    before: int | None = appointment.id
    while before is not None:
        following = db.session.scalar(asked.where(Appointment.continues_id == before).limit(1))
        found += [following] if following else []
        before = following.id if following else None
    return found


def entry_before(appointment: Appointment) -> Appointment | None:
    """The entry on record that one continues under another office."""
    if appointment.continues_id is None:
        return None
    return db.session.scalar(
        select(Appointment).where(Appointment.id == appointment.continues_id, as_known(Appointment))
    )


def _refuse(statement: Any, message: str, field: str) -> None:
    found = db.session.execute(statement).first()
    if found is not None:
        until = f"to {in_words(found.last_day)}" if found.last_day else "on, without a last day"
        days = f"from {in_words(found.first_day)} {until}"
        raise DomainError(message.format(days=days, seat=found.position), field)
