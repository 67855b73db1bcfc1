"""The seats of an institution that leaves or has lapsed: freed after the grace, with the rights of who sat on them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select

from app.audit.commands import Subject, record
from app.committees.commands.appointments import withdraw_appointment
from app.committees.commands.ending import end_term
from app.committees.commands.following import settle_offices
from app.committees.commands.seats import Ended as EndedSeats
from app.committees.commands.seats import end_seats
from app.committees.models import Appointment, Committee, Seat
from app.committees.queries.leavers import list_sitting, seats_going_on
from app.committees.rules import OFFICE_WORDS, Ending
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.history import lock
from app.core.periods import ONE_DAY
from app.core.permissions import Permission
from app.members.commands import (
    CaseStep,
    Done,
    Ended,
    GraceOver,
    GraceStep,
    begin_leaving_step,
    finish_leaving_step,
    register_grace_step,
    register_leaving_step,
)
from app.members.models import CaseTask
from app.members.queries import member_after
from app.members.rules import day_words, freed_on
from app.web.wording import join_words, plural

SEATS = "seats"

register_leaving_step(
    CaseStep(
        SEATS,
        "Seats",
        "Free the seats it fills, after the days of grace.",
        40,
        "Free them",
        "committees.free_seats",
        needs=("term",),
        waits_for_end=True,
    )
)


def free_seats(departure_id: int, *, actor: Actor) -> CaseTask:
    """End the seats that an institution fills, and the terms of who sits on them, after its days of grace."""
    actor.require(Permission.COMMITTEE_FOUND)
    departure, task = begin_leaving_step(departure_id, SEATS, actor=actor)
    stays = member_after(departure)
    if stays:
        return finish_leaving_step(departure, task, Done(stays), actor=actor)
    last_day = freed_on(departure.last_day, departure.grace_days)
    _lock_committees(departure.institution_id)
    terms = list_sitting(departure.institution_id, last_day, last_day, departure.noticed_on)
    for found in terms:
        _end(found, last_day, departure.reason, actor)
    seats = _end_seats((departure.institution_id, last_day, last_day), departure.reason, actor)
    late = sum(1 for found in terms if found.first_day > last_day)
    return finish_leaving_step(departure, task, Done(_outcome(seats, len(terms) - late, late, last_day)), actor=actor)


def _outcome(seats: int, terms: int, late: int, last_day: date) -> str:
    """What was freed, in words; `late` are the terms that began after the last day."""
    told = []
    if seats or terms:
        counted = [plural(seats, "seat", "seats")] * bool(seats) + [plural(terms, "term", "terms")] * bool(terms)
        told.append(f"{join_words(counted)} {'ends' if seats + terms == 1 else 'end'} with {day_words(last_day)}.")
    if late:
        told.append(f"{plural(late, 'term', 'terms')} from after {day_words(last_day)} taken back.")
    return " ".join(told) or "It filled no seat."


def free_lapsed_seats(over: GraceOver, actor: Actor) -> list[Ended]:
    """End the seats that an institution fills with the last day of its grace, and the terms of who sits on them."""
    actor.require(Permission.COMMITTEE_FOUND)
    yesterday = clock.today() - ONE_DAY
    _lock_committees(over.institution_id)
    found = list_sitting(over.institution_id, over.last_day, yesterday, over.last_day + ONE_DAY)
    ended = [Ended(each.person_id, _in_words(each)) for each in found]
    for each in found:
        _end(each, over.last_day, over.reason, actor)
    _end_seats((over.institution_id, over.last_day, yesterday), over.reason, actor)
    return ended


def _holders(day: date) -> set[int]:
    """The institutions that fill a seat on a day or later."""
    goes_on = or_(Seat.last_day.is_(None), Seat.last_day >= day)
    asked = select(Seat.institution_id).where(Seat.institution_id.is_not(None), goes_on).distinct()
    return {found for found in db.session.scalars(asked) if found is not None}


register_grace_step(GraceStep(_holders, free_lapsed_seats))


def _in_words(found: Appointment) -> str:
    return f"{OFFICE_WORDS[found.office]}, {db.session.get_one(Committee, found.committee_id).name}"


def _lock_committees(institution_id: int) -> None:
    """Lock the committees on which an institution fills a seat, so that nobody is seated there meanwhile."""
    asked = select(Seat.committee_id).where(Seat.institution_id == institution_id).distinct()
    for committee_id in db.session.scalars(asked.order_by(Seat.committee_id)).all():
        lock(Committee, committee_id)


def _end(found: Appointment, last_day: date, reason: str, actor: Actor) -> None:
    """Let a term end with the last day of its seat; one that begins after it has no seat, and is taken back."""
    if found.superseded_at is not None:
        return  # It went on from a term that ended, and was taken back with that.
    if found.first_day > last_day:
        withdraw_appointment(found.id, reason=reason, version=found.version, actor=actor)
    else:
        end_term(found.id, last_day, reason=reason, version=found.version, how=Ending.FREED, actor=actor)


def _end_seats(freed: tuple[int, date, date], reason: str, actor: Actor) -> int:
    """Let the seats of an institution that have begun and go on after a day end with the last one; how many those are.

    `freed` is the institution, that last day, and the day after which they go on. Their committees are locked. A seat
    that begins later was given to it knowing that it would be no member.
    """
    _, last_day, _ = freed
    seats = db.session.scalars(select(Seat).where(*seats_going_on(*freed)).order_by(Seat.committee_id, Seat.id)).all()
    for committee_id in sorted({seat.committee_id for seat in seats}):
        committee = db.session.get_one(Committee, committee_id)
        own = [seat for seat in seats if seat.committee_id == committee_id]
        end_seats(own, last_day, EndedSeats(Ending.FREED, reason), actor)
        settle_offices(committee, actor)
        record(
            "committees.end_seat",
            Subject("committee", committee_id),
            summary=f"Seat of an institution that leaves {committee.name} ends with {day_words(last_day)}.",
            actor=actor,
        )
    return len(seats)
