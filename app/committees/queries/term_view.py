"""A term as its page shows it: what it goes on from, what it counts, leave, and what was known of it before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.committees.models import Appointment, AppointmentLeave, Seat
from app.committees.queries.roster import get_appointment, get_readable_appointment
from app.committees.queries.terms import TermProposal, bylaws_on, may_appoint, propose_term
from app.committees.rules import BylawFacts, How
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.history import as_known, valid
from app.core.periods import ONE_DAY
from app.core.permissions import Permission


@dataclass(frozen=True)
class TermView:
    """An entry of the roster with its whole term: the entries it goes on from and into, under one office each.

    `proposal` is what the bylaws give the term, `source` the appointment to the office that a seat follows, `former`
    are the entry's values before they were corrected or ended, the latest first.
    """

    entry: Appointment
    chain: Sequence[Appointment]
    facts: BylawFacts
    proposal: TermProposal
    leave: Sequence[AppointmentLeave]
    former: Sequence[Appointment]
    source: Appointment | None
    may_change: bool
    may_appoint: bool

    @property
    def began(self) -> date:
        """The first day of the term."""
        return self.chain[0].first_day

    @property
    def held_over_since(self) -> date | None:
        """The day after the end of the term, where the entry goes on after it."""
        ends, last = self.entry.term_ends, self.entry.last_day
        return ends + ONE_DAY if ends is not None and (last is None or last > ends) else None

    @property
    def number(self) -> int | None:
        """Which of the terms that count this one is; None where there is no limit, or none was served."""
        is_counted = self.facts.limit_terms is not None and self.entry.how is not How.EX_OFFICIO
        return self.proposal.counted + 1 if is_counted else None

    @property
    def is_of_program(self) -> bool:
        """Whether it follows an office of another committee and is changed there."""
        return self.source is not None


def get_term_view(appointment_id: int, actor: Actor) -> TermView:
    """All that the page of a term shows, for someone who may read its committee."""
    entry = get_readable_appointment(appointment_id, actor)
    chain = _chain_of(entry)
    first_day = chain[0].first_day
    return TermView(
        entry=entry,
        chain=chain,
        facts=bylaws_on(entry.committee_id, first_day),
        proposal=propose_term(entry.seat, entry.person_id, first_day, besides=entry.id),
        leave=list_leave([each.id for each in chain]),
        former=_former(entry),
        source=_source(entry),
        may_change=actor.may(Permission.COMMITTEE_EDIT, committee_id=entry.committee_id),
        may_appoint=may_appoint(entry.committee_id, actor, clock.today()),
    )


def get_leave(leave_id: int, actor: Actor) -> AppointmentLeave:
    """A leave on record with its appointment, for someone who may change its committee."""
    leave = db.session.get(AppointmentLeave, leave_id)
    if leave is None or leave.superseded_at is not None:
        raise NotFoundError("There is no such leave.")
    get_appointment(leave.appointment_id, actor)
    return leave


def list_leave(appointment_ids: Sequence[int]) -> Sequence[AppointmentLeave]:
    """The leave on record of some entries, the latest first."""
    asked = select(AppointmentLeave).where(
        AppointmentLeave.appointment_id.in_(list(appointment_ids)), as_known(AppointmentLeave)
    )
    return db.session.scalars(asked.order_by(AppointmentLeave.first_day.desc(), AppointmentLeave.id.desc())).all()


def propose_first_day(seat: Seat) -> date:
    """The day a next term on a seat begins: after the present one, of which the bylaws or somebody set the end."""
    asked = (
        select(Appointment.last_day, Appointment.term_ends)
        .where(Appointment.seat_id == seat.id, as_known(Appointment))
        .order_by(Appointment.first_day.desc(), Appointment.id.desc())
        .limit(1)
    )
    latest = db.session.execute(asked).first()
    earliest = max(clock.today(), seat.first_day)
    if latest is None:
        return earliest
    ends = latest.last_day or latest.term_ends
    return max(earliest, ends + ONE_DAY) if ends else earliest


def find_holding_over(seat_id: int, day: date) -> Appointment | None:
    """The entry of whoever sits on a seat on a day after the end of their term, with the person."""
    asked = select(Appointment).where(
        Appointment.seat_id == seat_id, Appointment.term_ends < day, valid(Appointment, day)
    )
    return db.session.scalar(asked.options(joinedload(Appointment.person)).order_by(Appointment.id).limit(1))


def _chain_of(entry: Appointment) -> Sequence[Appointment]:
    """The entries of one term, in the order of their days; all of one person on one seat."""
    asked = select(Appointment).where(
        Appointment.seat_id == entry.seat_id, Appointment.person_id == entry.person_id, as_known(Appointment)
    )
    entries = db.session.scalars(asked.order_by(Appointment.first_day, Appointment.id)).all()
    terms: dict[int, list[Appointment]] = {}
    for each in entries:
        terms[each.id] = [*terms.get(each.continues_id or 0, []), each]
    return next(terms[each.id] for each in reversed(entries) if entry in terms[each.id])


def _former(entry: Appointment) -> Sequence[Appointment]:
    """What was known of an entry before, the latest first: each was superseded when the next one was recorded."""
    asked = (
        select(Appointment)
        .where(Appointment.seat_id == entry.seat_id, Appointment.superseded_at.is_not(None))
        .options(joinedload(Appointment.person))
        .order_by(Appointment.superseded_at.desc(), Appointment.id.desc())
    )
    found: list[Appointment] = []
    newer = entry
    for each in db.session.scalars(asked):
        is_it = each.superseded_at == newer.recorded_at and each.continues_id == newer.continues_id
        if is_it and (each.first_day == newer.first_day or each.person_id == newer.person_id):
            found.append(each)
            newer = each
    return found


def _source(entry: Appointment) -> Appointment | None:
    if entry.follows_id is None:
        return None
    return db.session.get(Appointment, entry.follows_id, options=[joinedload(Appointment.committee)])
