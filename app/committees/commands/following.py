"""Seats that follow an office of another committee: whoever holds it sits there, the same day (RULES, Governance).

Their entries are the program's own. Each names the appointment to the office it follows, and changes with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.accounts.commands import administration_kept
from app.audit.commands import Personal, Subject, record
from app.committees.commands.grants import end_rights, give_rights, settle_deputies, write_rights_anew
from app.committees.models import Appointment, Committee, Seat
from app.committees.rules import OFFICE_WORDS, SINGLE_OFFICES, Ending, How, Office, days_besides, in_words
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import as_known, lock, overlapping, retract, supersede
from app.core.periods import ONE_DAY, Period
from app.members.models import Person


@dataclass(frozen=True)
class Sitting:
    """Who sits on a seat by which appointment to an office, on which days; and whether that office was given up."""

    follows_id: int
    person_id: int
    period: Period
    ended_how: Ending | None


def check_follows(committee_id: int, follows_committee_id: int, office: Office) -> None:
    """Refuse what no seat of a committee can follow: an office of its own, one of many, or a circle of committees."""
    if office not in SINGLE_OFFICES:
        raise DomainError("A seat follows an office that one person holds.", "follows_office")
    if follows_committee_id == committee_id:
        raise DomainError("A seat follows an office of another committee.", "follows_committee_id")
    if db.session.get(Committee, follows_committee_id) is None:
        raise DomainError("There is no such committee.", "follows_committee_id")
    if follows_committee_id in _followers_of(committee_id):
        raise DomainError(
            "A seat of that committee follows an office of this one, itself or through others: seats cannot follow"
            " each other in a circle.",
            "follows_committee_id",
        )


def settle_offices(committee: Committee, actor: Actor) -> None:
    """Let what hangs on the offices of a committee be as they are now; after every change of who holds one.

    Its deputy acts on days without a chair, and whoever holds an office sits where a seat follows it.
    """
    settle_deputies(committee, actor)
    asked = select(Seat).where(Seat.follows_committee_id == committee.id).order_by(Seat.committee_id, Seat.id)
    for seat in db.session.scalars(asked).all():
        fill_following(seat, actor)


def fill_following(seat: Seat, actor: Actor) -> None:
    """Let whoever holds the office a seat follows sit on it, on the days of both, and nobody else.

    For a seat that begins to follow, whose days change, or whose office has changed hands. Who sat there by hand
    before it followed stays on record; who still does has to be ended first.
    """
    if seat.follows_committee_id is None or seat.follows_office is None:
        return
    committee = lock(Committee, seat.committee_id)
    db.session.flush()
    by_hand = [each for each in _entries(seat) if each.follows_id is None]
    _refuse_held(by_hand)
    wanted = _wanted(seat, committee, [each.period for each in by_hand])
    entries = [each for each in _entries(seat) if each.follows_id is not None]
    kept = [each for each in entries if _sitting(each) in wanted]
    missing = [each for each in wanted if each not in {_sitting(entry) for entry in kept}]
    with administration_kept():
        for entry in entries:
            if entry not in kept:
                _change(entry, missing, committee, actor)
        for sitting in missing:
            _begin(seat, sitting, committee, actor)


def _change(entry: Appointment, missing: list[Sitting], committee: Committee, actor: Actor) -> None:
    """Let an entry be what its source is now, taking that off what is missing; without a source it is withdrawn."""
    now = next((each for each in missing if each.follows_id == entry.follows_id), None)
    if now is None:
        retract(entry)
        db.session.flush()
        end_rights(entry, clock.today() - ONE_DAY, actor)
        _record(entry, committee, "Withdrew the entry of a seat that follows an office", actor)
        return
    missing.remove(now)
    _refuse_elsewhere(entry.seat_id, now, committee)
    supersede(
        entry,
        person_id=now.person_id,
        first_day=now.period.first,
        last_day=now.period.last,
        ended_how=now.ended_how,
    )
    db.session.flush()
    write_rights_anew(entry, committee, actor)
    _record(entry, committee, "Changed the entry of a seat with the office it follows", actor)


def _begin(seat: Seat, sitting: Sitting, committee: Committee, actor: Actor) -> None:
    _refuse_elsewhere(seat.id, sitting, committee)
    entry = Appointment(
        seat_id=seat.id,
        committee_id=seat.committee_id,
        person_id=sitting.person_id,
        office=Office.MEMBER,
        how=How.EX_OFFICIO,
        follows_id=sitting.follows_id,
        first_day=sitting.period.first,
        last_day=sitting.period.last,
        ended_how=sitting.ended_how,
        recorded_at=clock.now(),
    )
    db.session.add(entry)
    db.session.flush()
    give_rights(entry, entry.period, committee, actor)
    _record(entry, committee, "Filled a seat that follows an office", actor)


def _wanted(seat: Seat, committee: Committee, by_hand: Sequence[Period]) -> list[Sitting]:
    """Who is to sit on a seat: each holder of the office it follows, on the days both last."""
    asked = (
        select(Appointment)
        .where(
            Appointment.committee_id == seat.follows_committee_id,
            Appointment.office == seat.follows_office,
            as_known(Appointment),
            overlapping(Appointment, seat.period),
        )
        .order_by(Appointment.first_day, Appointment.id)
    )
    days = seat.period.clip(Period(committee.founded_on, committee.dissolved_on))
    return [
        Sitting(source.id, source.person_id, period, _ended(source, period))
        for source in db.session.scalars(asked)
        if days is not None and (both := source.period.clip(days)) is not None
        for period in days_besides([both], by_hand)
    ]


def _ended(source: Appointment, period: Period) -> Ending | None:
    return Ending.OFFICE if source.ended_how is not None and source.last_day == period.last else None


def _sitting(entry: Appointment) -> Sitting:
    return Sitting(entry.follows_id or 0, entry.person_id, entry.period, entry.ended_how)


def _entries(seat: Seat) -> Sequence[Appointment]:
    asked = select(Appointment).where(Appointment.seat_id == seat.id, as_known(Appointment))
    return db.session.scalars(asked.order_by(Appointment.first_day, Appointment.id)).all()


def _refuse_held(by_hand: Sequence[Appointment]) -> None:
    """Refuse a seat on which somebody sits by hand today or later: two people cannot sit there."""
    last = by_hand[-1] if by_hand else None
    if last is not None and (last.last_day is None or last.last_day >= clock.today()):
        raise DomainError(
            f"Somebody was appointed to this seat from {in_words(last.first_day)}: end that term first. From then on"
            " the seat follows the office.",
            "follows_committee_id",
        )


def _refuse_elsewhere(seat_id: int, sitting: Sitting, committee: Committee) -> None:
    """Refuse an office for somebody who sits on another seat of a committee on which it brings one."""
    asked = (
        select(Seat.position)
        .join(Appointment, Appointment.seat_id == Seat.id)
        .where(
            Appointment.committee_id == committee.id,
            Appointment.person_id == sitting.person_id,
            Appointment.seat_id != seat_id,
            as_known(Appointment),
            overlapping(Appointment, sitting.period),
        )
        .order_by(Seat.position, Appointment.id)
        .limit(1)
    )
    number = db.session.scalar(asked)
    if number is not None:
        raise DomainError(
            f"This office brings a seat on {committee.name}, where this person sits on seat {number} already:"
            " end that term first.",
            "person_id",
        )


def _followers_of(committee_id: int) -> set[int]:
    """The committees of which a seat follows an office of this one, or of one of those, and so on."""
    asked = select(Seat.follows_committee_id, Seat.committee_id).where(Seat.follows_committee_id.is_not(None))
    pairs = db.session.execute(asked.distinct().order_by(Seat.committee_id)).all()
    found: set[int] = set()
    while added := {after for before, after in pairs if before in {committee_id, *found}} - found:
        found |= added
    return found


def _record(entry: Appointment, committee: Committee, what: str, actor: Actor) -> None:
    seat = db.session.get_one(Seat, entry.seat_id)
    office = OFFICE_WORDS[seat.follows_office].lower() if seat.follows_office else ""
    person = db.session.get_one(Person, entry.person_id)
    record(
        "committees.follow_office",
        Subject("committee", committee.id),
        summary=f"{what}: seat {seat.position} of {committee.name} ({office}).",
        actor=actor,
        after={
            "seat": seat.position,
            "person": Personal(person.name, person.id),
            "first_day": entry.first_day.isoformat(),
            "last_day": entry.last_day.isoformat() if entry.last_day else None,
        },
    )
