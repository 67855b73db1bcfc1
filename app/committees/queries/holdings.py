"""What committees hold about a person, and when that stands against an erasure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from app.committees.models import (
    Appointment,
    AppointmentLeave,
    Bylaws,
    Committee,
    CommitteeDissolution,
    CommitteeFacts,
    CommitteePaper,
    Constituency,
    Seat,
    SeatAlternate,
    SeatFacts,
)
from app.committees.rules import ENDING_WORDS, HOW_WORDS, OFFICE_WORDS
from app.core.database import db
from app.core.history import as_known
from app.core.mentions import free_text, free_texts
from app.core.paging import AnySelect
from app.core.personal_data import DataSubject, Fate, Held, Obstacle, forbids_erasure, held_rows, holds
from app.files.models import StoredFile
from app.members.queries import register_bonds

SIGNED: tuple[tuple[str, Any, Any, Any], ...] = (
    ("Bylaws adopted", Bylaws.adopted_by, Bylaws.first_day, Bylaws.number),
    ("Paper added", CommitteePaper.added_by, CommitteePaper.added_at, CommitteePaper.number),
    ("Paper withdrawn", CommitteePaper.withdrawn_by, CommitteePaper.withdrawn_at, CommitteePaper.number),
    (
        "Committee dissolved",
        CommitteeDissolution.dissolved_by,
        CommitteeDissolution.dissolved_at,
        CommitteeDissolution.committee_id,
    ),
    (
        "Dissolution called off",
        CommitteeDissolution.called_off_by,
        CommitteeDissolution.called_off_at,
        CommitteeDissolution.committee_id,
    ),
)
GROUND = "Who sat on which seat on which day is the consortium's own record; it names a number from then on"
KEPT_WITHOUT = "without the name, and why no limit held"


@register_bonds
def seats() -> AnySelect:
    """Seats tie people to the consortium until their term ends."""
    of = Appointment
    return select(of.person_id, of.last_day, of.recorded_at, of.superseded_at)


@register_bonds
def standing_in() -> AnySelect:
    """So does standing in for the holder of a seat."""
    of = SeatAlternate
    return select(of.person_id, of.last_day, of.recorded_at, of.superseded_at)


@holds("committees.appointments", place=21)
def appointments_of(subject: DataSubject) -> Held | None:
    """Every appointment of a person, with what was corrected since."""
    asked = (
        select(Appointment, Committee.name, Seat.label)
        .join(Committee, Committee.id == Appointment.committee_id)
        .join(Seat, Seat.id == Appointment.seat_id)
        .where(Appointment.person_id == subject.person_id)
        .order_by(Appointment.first_day, Appointment.id)
    )
    rows = [
        {
            "Committee": name,
            "Seat": label,
            "Office": OFFICE_WORDS[row.office],
            "From": row.first_day,
            "Until": row.last_day,
            "How": HOW_WORDS[row.how],
            "Term ends": row.term_ends,
            "Decision": row.decision,
            "Why no limit held": row.limit_waived,
            "Ended": ENDING_WORDS[row.ended_how] if row.ended_how else None,
            "Why it ended": row.end_reason,
            "Corrected": row.superseded_at,
        }
        for row, name, label in db.session.execute(asked)
    ]
    why = "The rosters of committees name who sits on them, for any day."
    return held_rows("Seats on committees", why, rows, Fate.KEPT, ground=GROUND, until=KEPT_WITHOUT)


@holds("committees.leave", place=22)
def leave_of(subject: DataSubject) -> Held | None:
    """The days on which a person was on leave from a seat, and why."""
    asked = (
        select(AppointmentLeave, Committee.name)
        .join(Appointment, Appointment.id == AppointmentLeave.appointment_id)
        .join(Committee, Committee.id == Appointment.committee_id)
        .where(Appointment.person_id == subject.person_id)
        .order_by(AppointmentLeave.first_day, AppointmentLeave.id)
    )
    rows = [
        {"Committee": name, "From": row.first_day, "Until": row.last_day, "Reason": row.reason}
        for row, name in db.session.execute(asked)
    ]
    why = "Who is on leave does not count for a quorum; the days stay on record, and why is removed."
    return held_rows("Leave from seats", why, rows, Fate.REPLACED)


@holds("committees.alternates", place=23)
def alternates_of(subject: DataSubject) -> Held | None:
    """The seats whose holder a person stood in for, with what was corrected since."""
    asked = (
        select(SeatAlternate, Committee.name, Seat.label)
        .join(Seat, Seat.id == SeatAlternate.seat_id)
        .join(Committee, Committee.id == Seat.committee_id)
        .where(SeatAlternate.person_id == subject.person_id)
        .order_by(SeatAlternate.first_day, SeatAlternate.id)
    )
    rows = [
        {
            "Committee": name,
            "Seat": label,
            "Order": row.rank,
            "From": row.first_day,
            "Until": row.last_day,
            "Corrected": row.superseded_at,
        }
        for row, name, label in db.session.execute(asked)
    ]
    why = "The rosters of committees name who stands in for a holder, for any day."
    return held_rows("Alternate on committees", why, rows, Fate.KEPT, ground=GROUND, until="without the name")


@holds("committees.recorded", place=83)
def records_made(subject: DataSubject) -> Held | None:
    """What of committees says who recorded it."""
    rows = [
        {"What": what, "Day": day, "Reference": str(reference)}
        for what, by, day_of, named in SIGNED
        for day, reference in db.session.execute(
            select(day_of, named).where(by.in_(subject.signatures)).order_by(day_of, named)
        )
    ]
    why = "Bylaws and papers of committees say who recorded them."
    return held_rows("Records made of committees", why, rows, Fate.REPLACED)


@forbids_erasure("committees.seats")
def seats_held(subject: DataSubject, on: date) -> list[Obstacle]:
    """A seat held on the day or later stands against an erasure: the roster would name nobody."""
    held = (
        select(Appointment.id)
        .where(
            Appointment.committee_id == Committee.id,
            Appointment.person_id == subject.person_id,
            as_known(Appointment),
            or_(Appointment.last_day.is_(None), Appointment.last_day >= on),
        )
        .exists()
    )
    asked = select(Committee.id, Committee.name).where(held).order_by(Committee.sort_name, Committee.id)
    return [
        Obstacle(f"They hold a seat on {row.name}: end that term first.", "committee", row.id)
        for row in db.session.execute(asked)
    ]


@forbids_erasure("committees.alternates")
def alternates_held(subject: DataSubject, on: date) -> list[Obstacle]:
    """Standing in for a holder on the day or later stands against an erasure: nobody could be asked."""
    asked = (
        select(Seat.id, Seat.position, Committee.name)
        .join(Committee, Committee.id == Seat.committee_id)
        .join(SeatAlternate, SeatAlternate.seat_id == Seat.id)
        .where(
            SeatAlternate.person_id == subject.person_id,
            as_known(SeatAlternate),
            or_(SeatAlternate.last_day.is_(None), SeatAlternate.last_day >= on),
        )
        .group_by(Seat.id, Seat.position, Committee.name, Committee.sort_name)
        .order_by(Committee.sort_name, Seat.position, Seat.id)
    )
    return [
        Obstacle(f"They are an alternate of seat {row.position} of {row.name}: end that first.", "seat", row.id)
        for row in db.session.execute(asked)
    ]


@free_texts("committees.committees")
def texts_of_committees(subject: DataSubject) -> Sequence[AnySelect]:
    """What a committee is for and why it ended, what appointed people to it and ended that, and its papers."""
    paper, ended = CommitteePaper, CommitteeDissolution
    leave = free_text("Why somebody is on leave", "committee", Appointment.committee_id, AppointmentLeave.reason)
    was = CommitteeFacts
    remits = free_text("Remit at another time", "committee", was.committee_id, was.remit)
    labels = free_text("Name of a seat at another time", "seat", SeatFacts.seat_id, SeatFacts.label)
    files = free_text("Name of a paper's file", "committee", paper.committee_id, StoredFile.name)
    return [
        free_text("Remit", "committee", Committee.id, Committee.remit),
        remits.join(Committee, Committee.id == was.committee_id).where(was.remit.is_distinct_from(Committee.remit)),
        free_text("Decision of an appointment", "committee", Appointment.committee_id, Appointment.decision),
        free_text("Why an appointment ended", "committee", Appointment.committee_id, Appointment.end_reason),
        free_text("Why a limit of terms did not hold", "committee", Appointment.committee_id, Appointment.limit_waived),
        leave.join(Appointment, Appointment.id == AppointmentLeave.appointment_id).where(
            Appointment.person_id != (subject.person_id or 0)
        ),
        free_text("Decision of bylaws", "committee", Bylaws.committee_id, Bylaws.decision),
        free_text("Title of a paper", "committee", paper.committee_id, paper.title),
        free_text("Decision of a paper", "committee", paper.committee_id, paper.decision),
        free_text("Why a paper was withdrawn", "committee", paper.committee_id, paper.withdrawn_because),
        files.join(paper, paper.file_id == StoredFile.id),
        free_text("Why a committee was dissolved", "committee", ended.committee_id, ended.reason),
        free_text("Decision to dissolve", "committee", ended.committee_id, ended.decision),
        free_text("Why a committee goes on", "committee", ended.committee_id, ended.called_off_because),
        free_text("Name of a seat", "seat", Seat.id, Seat.label),
        labels.join(Seat, Seat.id == SeatFacts.seat_id).where(SeatFacts.label != Seat.label),
        free_text("Name of a constituency", "constituency", Constituency.id, Constituency.name),
    ]
