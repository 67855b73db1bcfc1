"""Appointing people to seats, and correcting and withdrawing entries, each with the rights that go with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from app.accounts.commands import administration_kept
from app.audit.commands import Subject, record
from app.committees.commands.committees import locked_committee
from app.committees.commands.entries import (
    AppointmentValues,
    Ended,
    Entry,
    check_entry,
    check_free,
    columns_of,
    entries_after,
    entry_before,
    insert_entry,
    person_of,
    refuse_asking,
    refuse_following,
    refuse_of_program,
    said_of,
    seat_of,
    standing_entry,
    values_of,
)
from app.committees.commands.following import settle_offices
from app.committees.commands.grants import end_rights, give_rights, write_rights_anew
from app.committees.commands.holding_over import end_held_over, first_to_follow, settle_replaced
from app.committees.commands.leave_days import fit_leave, hand_on_leave
from app.committees.commands.standing_in import end_standing_in, stand_in_again
from app.committees.models import Appointment, Committee, Seat
from app.committees.queries import bylaws_on, propose_term
from app.committees.queries.waivers import find_waived
from app.committees.rules import OFFICE_WORDS, USUAL_HOW, BylawFacts, Ending, How, in_words
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import retract, supersede
from app.core.periods import ONE_DAY, Period
from app.core.permissions import Permission

CHANGED_OFFICE = "This term goes on under another office: withdraw the change of office first, and record it anew."

REPLACED_THEN = "It ends with the day before somebody followed: say how it ended otherwise to give it another last day."


def appoint(seat_id: int, values: AppointmentValues, *, actor: Actor) -> Appointment:
    """Put a person on a seat; the rights of the seat are theirs from the first to the last day, and no longer.

    Refused where the seat or the office is held on any of those days (RULES, ten things, 5), and where it is one term
    too many and nothing says why the limit does not hold. Under bylaws by which one holds over the last day given is
    that of the term: the entry goes on until somebody follows, as does whoever holds over on the seat until now.
    """
    committee = locked_committee(seat_of(seat_id).committee_id, actor)
    seat = seat_of(seat_id)  # It may have ended while one waited for its committee.
    refuse_asking(committee, actor)
    refuse_following(seat)
    person = person_of(values.person_id)
    wanted = _checked_limit(seat, _given(committee, seat, values), besides=None, actor=actor)
    with administration_kept():
        end_held_over(seat, wanted, committee, actor)
        check_entry(committee, seat, wanted, besides=None)
        appointment = insert_entry(seat, wanted)
        give_rights(appointment, appointment.period, committee, actor)
    end_standing_in(appointment, actor)
    settle_offices(committee, actor)
    record(
        "committees.appoint",
        Subject("committee", committee.id),
        summary=f"Appointed to seat {seat.position} of {committee.name} as {OFFICE_WORDS[values.office].lower()},"
        f" from {in_words(values.period.first)}.",
        actor=actor,
        after=said_of(seat, person, wanted),
    )
    return appointment


def correct_appointment(
    appointment_id: int, values: AppointmentValues, *, reason: str, version: int, actor: Actor
) -> Appointment:
    """Put right what was recorded wrongly. What was known until now stays on record.

    Answers for any day change from now on; rights change from today on, for no correction gives or takes access
    in the past.
    """
    entry = standing_entry(appointment_id, version, actor)
    appointment, committee, seat = entry.appointment, entry.committee, entry.seat
    refuse_asking(committee, actor)
    refuse_of_program(appointment)
    if values.period.last is None or values.period.last >= clock.today():
        refuse_following(seat)
    before = values_of(appointment)
    person = person_of(values.person_id)
    _check_chain(appointment, values)
    _check_replaced(appointment, values)
    _check_term(entry, values)
    if (values.person_id, values.period.first) != (before.person_id, before.period.first):
        values = _checked_limit(seat, values, besides=appointment_id, actor=actor)
    check_entry(committee, seat, values, besides=appointment_id)
    with administration_kept():
        supersede(appointment, first_day=values.period.first, **columns_of(seat, values))
        fit_leave(appointment, holder_before=before.person_id)
        if (values.person_id, values.period.first) != (before.person_id, before.period.first):
            stand_in_again(appointment, before.person_id, before.period, actor)
        end_standing_in(appointment, actor)
        settle_replaced(committee, {entry.seat.id}, actor)
        write_rights_anew(appointment, committee, actor)
    settle_offices(committee, actor)
    record(
        "committees.correct_appointment",
        Subject("committee", committee.id),
        summary=f"Corrected the entry of seat {seat.position} of {committee.name}.",
        actor=actor,
        before=said_of(seat, entry.person, before),
        after=said_of(seat, person, values_of(appointment)),
        reason=reason,
    )
    return appointment


def withdraw_appointment(appointment_id: int, *, reason: str, version: int, actor: Actor) -> None:
    """Take back an appointment that should never have been recorded; its rights end with yesterday.

    Of a term under several offices only the entry of the last change is taken back alone: the one before it goes on.
    Who held over until this one began holds over again.
    """
    entry = standing_entry(appointment_id, version, actor)
    appointment, committee = entry.appointment, entry.committee
    refuse_asking(committee, actor)
    refuse_of_program(appointment)
    before = values_of(appointment)
    former = entry_before(appointment)
    taken = [appointment] if former else [appointment, *entries_after(appointment)]
    with administration_kept():
        for each in taken:
            retract(each)
            db.session.flush()
            end_rights(each, clock.today() - ONE_DAY, actor)
        if former is not None:
            _take_up(former, appointment, committee, actor)
        for each in taken:
            fit_leave(each, holder_before=each.person_id)
            stand_in_again(each, each.person_id, each.period, actor)
        settle_replaced(committee, {entry.seat.id}, actor)
    settle_offices(committee, actor)
    record(
        "committees.withdraw_appointment",
        Subject("committee", committee.id),
        summary=f"Withdrew an appointment to seat {entry.seat.position} of {committee.name}.",
        actor=actor,
        before=said_of(entry.seat, entry.person, before),
        reason=reason,
    )


def _take_up(former: Appointment, withdrawn: Appointment, committee: Committee, actor: Actor) -> None:
    """Let an entry go on for the one that continued it, and be continued by what continued that."""
    supersede(
        former,
        last_day=withdrawn.last_day,
        ended_how=withdrawn.ended_how,
        end_reason=withdrawn.end_reason,
    )
    for each in entries_after(withdrawn)[:1]:
        supersede(each, continues_id=former.id)
    hand_on_leave(withdrawn, former)
    db.session.flush()
    check_free(committee, seat_of(former.seat_id), values_of(former), besides=former.id)
    write_rights_anew(former, committee, actor)


def _given(committee: Committee, seat: Seat, values: AppointmentValues) -> AppointmentValues:
    """What is recorded of values: when the term ends, and under bylaws by which one holds over no last day of it.

    Where the seat or the committee ends, or somebody follows already, the entry ends then.
    """
    ends, first_day = values.term_ends or values.period.last, values.period.first
    if ends is None or not _holds_over(bylaws_on(committee.id, first_day), seat, values):
        return replace(values, term_ends=ends)
    Period(first_day, ends)  # Refuses an end before its start.
    follows = first_to_follow(seat, values, ends)
    if follows is not None and follows > ends:
        replaced = Ended(Ending.REPLACED)
        return replace(values, period=Period(first_day, follows - ONE_DAY), term_ends=ends, ended=replaced)
    lasts = [day for day in (seat.last_day, committee.dissolved_on) if day is not None]
    return replace(values, period=Period(first_day, max(ends, min(lasts)) if lasts else None), term_ends=ends)


def _holds_over(facts: BylawFacts, seat: Seat, values: AppointmentValues) -> bool:
    """Whether somebody stays after the end of a term that begins under bylaws; who sits by an office goes with it."""
    return facts.holds_over and (values.how or USUAL_HOW[seat.kind]) is not How.EX_OFFICIO


def _checked_limit(seat: Seat, values: AppointmentValues, *, besides: int | None, actor: Actor) -> AppointmentValues:
    """The values, without a reason that is not needed; refused where it is one term too many and nothing waives that.

    Only the secretariat may waive a limit, for a reason and by a decision (RULES, ten things, 8): here, or before at
    the request of the committee.
    """
    proposal = propose_term(seat, values.person_id, values.period.first, besides=besides)
    if (values.how or USUAL_HOW[seat.kind]) is How.EX_OFFICIO or not proposal.is_over:
        return replace(values, limit_waived=None)
    ends = values.term_ends or values.period.last
    granted = find_waived(seat.id, values.person_id, Period(values.period.first, ends), besides=besides)
    if granted is not None:
        return replace(values, limit_waived=granted)
    if not actor.has_all(Permission.COMMITTEE_FOUND):
        raise DomainError(f"{proposal.over_words} Only the secretariat may waive the limit: ask it.", "person_id")
    if values.limit_waived is None:
        raise DomainError(f"{proposal.over_words} Say why the limit does not hold.", "limit_waived")
    if values.decision is None:
        raise DomainError("A limit is waived by a decision: name it.", "decision")
    return values


def _check_chain(appointment: Appointment, values: AppointmentValues) -> None:
    """Refuse to tear apart a term that went on under another office."""
    former, later = entry_before(appointment), entries_after(appointment)
    if (former or later) and values.person_id != appointment.person_id:
        raise DomainError(CHANGED_OFFICE, "person_id")
    if former and values.period.first != appointment.first_day:
        raise DomainError(CHANGED_OFFICE, "first_day")
    if later and values.period.last != appointment.last_day:
        raise DomainError(CHANGED_OFFICE, "last_day")


def _check_replaced(appointment: Appointment, values: AppointmentValues) -> None:
    """Refuse to move the end of an entry away from the successor it ended for."""
    is_replaced = values.ended is not None and values.ended.how is Ending.REPLACED
    if is_replaced and values.period.last != appointment.last_day:
        raise DomainError(REPLACED_THEN, "last_day")


def _check_term(entry: Entry, values: AppointmentValues) -> None:
    """Refuse an end of the term before its start, and days after it where the bylaws let nobody hold over."""
    ends, period, committee = values.term_ends, values.period, entry.committee
    if ends is None:
        return
    former = entry_before(entry.appointment)
    began = _began(former) if former else period.first
    if ends < period.first:
        raise DomainError(f"The term begins on {in_words(period.first)}; it cannot end before.", "term_ends")
    if (period.last is None or period.last > ends) and not bylaws_on(committee.id, began).holds_over:
        raise DomainError(
            f"By the bylaws nobody stays after the end of a term: give a last day by {in_words(ends)}.", "last_day"
        )


def _began(appointment: Appointment) -> date:
    """The first day of a term, under whichever office that was: its bylaws hold for all of it."""
    former = entry_before(appointment)
    return _began(former) if former else appointment.first_day
