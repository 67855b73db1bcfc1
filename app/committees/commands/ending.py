"""Ending terms, and changes of office within a term."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from app.accounts.commands import administration_kept
from app.audit.commands import Subject, record
from app.committees.commands.entries import (
    AppointmentValues,
    Entry,
    check_entry,
    entries_after,
    insert_entry,
    refuse_asking,
    refuse_of_program,
    said_of,
    standing_entry,
    values_of,
)
from app.committees.commands.following import settle_offices
from app.committees.commands.grants import end_rights, give_rights
from app.committees.commands.holding_over import end_held_over, settle_replaced
from app.committees.commands.leave_days import fit_leave, hand_on_leave
from app.committees.models import Appointment
from app.committees.rules import ENDING_WORDS, OFFICE_WORDS, Ending, Office, in_words
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import retract, supersede
from app.core.periods import ONE_DAY, Period


@dataclass(frozen=True)
class OfficeChange:
    """Which office the holder of a seat has from a day on, and what decided it."""

    office: Office
    first_day: date
    decision: str | None = None


def end_term(
    appointment_id: int, last_day: date, *, reason: str, version: int, how: Ending = Ending.OTHER, actor: Actor
) -> Appointment:
    """End an appointment with a day, today or before or after; its rights end with the same day.

    When the term would have ended by the bylaws stays on record. An office that was to follow later is taken back.
    Who fills the seats of a committee by its bylaws removes from them; a chair records all other endings.
    """
    entry = standing_entry(appointment_id, version, actor)
    appointment, committee, seat = entry.appointment, entry.committee, entry.seat
    if how is Ending.REMOVED:
        refuse_asking(committee, actor)
    refuse_of_program(appointment)
    before = values_of(appointment)
    if before.period.last is not None and last_day >= before.period.last:
        raise DomainError(f"This term ends on {in_words(before.period.last)} already.", "last_day")
    if last_day < before.period.first:
        raise DomainError(f"The term began on {in_words(before.period.first)}; it cannot end before.", "last_day")
    with administration_kept():
        for each in entries_after(appointment):
            retract(each)
            end_rights(each, clock.today() - ONE_DAY, actor)
            fit_leave(each, holder_before=each.person_id)
        supersede(appointment, last_day=last_day, ended_how=how, end_reason=reason)
        fit_leave(appointment, holder_before=appointment.person_id)
        end_rights(appointment, last_day, actor)
        settle_replaced(committee, {seat.id}, actor)
    settle_offices(committee, actor)
    record(
        "committees.end_term",
        Subject("committee", committee.id),
        summary=f"Ended the term on seat {seat.position} of {committee.name} with {in_words(last_day)}:"
        f" {ENDING_WORDS[how].lower()}.",
        actor=actor,
        before=said_of(seat, entry.person, before),
        after=said_of(seat, entry.person, values_of(appointment)),
        reason=reason,
    )
    return appointment


def change_office(appointment_id: int, change: OfficeChange, *, version: int, actor: Actor) -> Appointment:
    """Give the holder of a seat another office from a day on, within the same term; the entry from that day on.

    The rights of the old office end with the day before, those of the new one begin with the day.
    """
    entry = standing_entry(appointment_id, version, actor)
    appointment, committee, seat = entry.appointment, entry.committee, entry.seat
    refuse_asking(committee, actor)
    refuse_of_program(appointment)
    _check_change(appointment, change)
    before = values_of(appointment)
    wanted = replace(
        before,
        period=Period(change.first_day, before.period.last),
        office=change.office,
        decision=change.decision,
    )
    with administration_kept():
        end_held_over(seat, wanted, committee, actor)
        check_entry(committee, seat, wanted, besides=appointment_id)
        following = _split(entry, wanted, actor)
    settle_offices(committee, actor)
    record(
        "committees.change_office",
        Subject("committee", committee.id),
        summary=f"On seat {seat.position} of {committee.name} {OFFICE_WORDS[before.office].lower()} becomes"
        f" {OFFICE_WORDS[change.office].lower()} from {in_words(change.first_day)}.",
        actor=actor,
        before=said_of(seat, entry.person, before),
        after=said_of(seat, entry.person, wanted),
    )
    return following


def _split(entry: Entry, wanted: AppointmentValues, actor: Actor) -> Appointment:
    """Let an entry end with the day before, and another one go on from it, with what followed it and its leave."""
    appointment, first_day, today = entry.appointment, wanted.period.first, clock.today()
    later = entries_after(appointment)[:1]
    supersede(appointment, last_day=first_day - ONE_DAY, ended_how=Ending.OFFICE, end_reason=None)
    db.session.flush()
    following = insert_entry(entry.seat, wanted, continues_id=appointment.id)
    for each in later:
        supersede(each, continues_id=following.id)
    hand_on_leave(appointment, following)
    end_rights(appointment, max(first_day, today) - ONE_DAY, actor)
    rest = following.period.clip(Period(today))
    if rest is not None:
        give_rights(following, rest, entry.committee, actor)
    return following


def _check_change(appointment: Appointment, change: OfficeChange) -> None:
    if change.office is appointment.office:
        raise DomainError(f"They are {OFFICE_WORDS[change.office].lower()} already.", "office")
    if change.first_day <= appointment.first_day:
        began = in_words(appointment.first_day)
        raise DomainError(f"This began on {began}: for an office from then on, correct the entry.", "first_day")
    if appointment.last_day is not None and change.first_day > appointment.last_day:
        raise DomainError(f"The entry ends on {in_words(appointment.last_day)}.", "first_day")
    if appointment.term_ends is not None and change.first_day > appointment.term_ends:
        ended = in_words(appointment.term_ends)
        raise DomainError(
            f"The term ends on {ended}, and who holds over keeps the office they have: appoint them anew.", "first_day"
        )
