"""Seats that follow an office of another committee: whoever holds it sits there, the same day (RULES, Governance).

Their entries are the program's own. Each names the appointment to the office it follows, and changes with it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.accounts.commands import administration_kept
from app.audit.commands import Personal, Subject, record
from app.committees.commands.grants import end_rights, give_rights, settle_deputies, write_rights_anew
from app.committees.commands.leave_days import fit_leave
from app.committees.commands.standing_in import end_standing_in
from app.committees.models import Appointment, Committee, Seat
from app.committees.queries.following import Sitting, entries_of_seat, sitting_of, sittings_wanted
from app.committees.rules import OFFICE_WORDS, SINGLE_OFFICES, Ending, How, Office, in_words
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import as_known, lock, overlapping, retract, supersede
from app.core.periods import ONE_DAY
from app.members.models import Person


def check_follows(committee_id: int, follows_committee_id: int, office: Office) -> None:
    """Refuse what no seat of a committee can follow: an office of its own, or one that many hold.

    Committees can follow each other: who sits by an office holds none there, so that no seat comes to follow itself.
    """
    if office not in SINGLE_OFFICES:
        raise DomainError("A seat follows an office that one person holds.", "follows_office")
    if follows_committee_id == committee_id:
        raise DomainError("A seat follows an office of another committee.", "follows_committee_id")
    if db.session.get(Committee, follows_committee_id) is None:
        raise DomainError("There is no such committee.", "follows_committee_id")


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
        stop_following(seat, actor)
        return
    committee = lock(Committee, seat.committee_id)
    db.session.flush()
    entries = entries_of_seat(seat.id)
    _refuse_held(entries)
    wanted = sittings_wanted(seat, committee, entries)
    held = [sitting_of(each) for each in entries]
    missing = [each for each in wanted if each not in held]
    with administration_kept():
        for entry in _differing(entries, wanted):
            _change(entry, missing, committee, actor)
        for sitting in missing:
            _begin(seat, sitting, committee, actor)


def stop_following(seat: Seat, actor: Actor) -> None:
    """Let a seat follow its office no more: who sits there by it goes with yesterday, and what was stays on record.

    Before a seat follows another office, too, so that its history keeps both.
    """
    committee, yesterday = lock(Committee, seat.committee_id), clock.today() - ONE_DAY
    following = [each for each in entries_of_seat(seat.id) if each.follows_id is not None]
    with administration_kept():
        for entry in following:
            if entry.first_day > yesterday:
                retract(entry)
            elif entry.last_day is None or entry.last_day > yesterday:
                supersede(entry, follows_id=None, last_day=yesterday, ended_how=Ending.OFFICE)
            else:
                supersede(entry, follows_id=None)
            fit_leave(entry, holder_before=entry.person_id)
            end_rights(entry, yesterday, actor)
            _record(entry, committee, "A seat follows an office no more", actor)


def _differing(entries: Sequence[Appointment], wanted: Sequence[Sitting]) -> list[Appointment]:
    """The entries by which a seat followed its office otherwise than it is to."""
    return [each for each in entries if each.follows_id is not None and sitting_of(each) not in wanted]


def _change(entry: Appointment, missing: list[Sitting], committee: Committee, actor: Actor) -> None:
    """Let an entry be what its source is now, taking that off what is missing; without a source it is withdrawn."""
    now, holder_before = next((each for each in missing if each.follows_id == entry.follows_id), None), entry.person_id
    if now is None:
        retract(entry)
        fit_leave(entry, holder_before=holder_before)
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
    fit_leave(entry, holder_before=holder_before)
    end_standing_in(entry, actor)
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
    end_standing_in(entry, actor)
    _record(entry, committee, "Filled a seat that follows an office", actor)


def _refuse_held(entries: Sequence[Appointment]) -> None:
    """Refuse a seat on which somebody sits by hand today or later: two people cannot sit there."""
    by_hand = [each for each in entries if each.follows_id is None]
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
