"""Who sits where on a day, as known then or now; who sat there before; which seats are vacant, which terms end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, ScalarSelect, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.committees.models import Appointment, AppointmentLeave, Committee, Seat
from app.committees.queries.committees import exists_on
from app.committees.queries.facts import ON, dated_label, days_of_seat, instant, moment, of_seats, seat_facts
from app.committees.queries.names import dated_name
from app.committees.rules import Office, SeatKind
from app.core import clock
from app.core.actor import Actor
from app.core.database import db, prepared
from app.core.errors import NotFoundError
from app.core.history import as_known, beyond, on_day, valid
from app.core.paging import AnySelect
from app.core.periods import ONE_DAY
from app.core.permissions import Permission
from app.members.models import Affiliation, InstitutionName, Person
from app.members.queries import register_person_scope

NAME: ColumnElement[str] = Person.given_name + " " + Person.family_name

OPEN_END, HOLDS_OVER = "open", "holds over"


@dataclass(frozen=True)
class RosterRow:
    """A seat on a day and who holds it. No `holder` is a vacancy, since `vacant_since`.

    `seat_institution` fills the seat, `institution` is the holder's own that day; both as they were called then.
    """

    committee_id: int
    committee: str
    seat_id: int
    number: int
    label: str
    kind: SeatKind
    votes: bool
    seat_institution_id: int | None
    seat_institution: str | None
    appointment_id: int | None
    person_id: int | None
    holder: str | None
    office: Office | None
    first_day: date | None
    last_day: date | None
    decision: str | None
    institution_id: int | None
    institution: str | None
    seat_from: date
    last_held: date | None
    on_leave: bool = False
    term_ends: date | None = None
    holds_over: bool = False

    @property
    def ends(self) -> date | None:
        """When the term ends: its last day, or where one holds over after it the end of the term."""
        return self.last_day or self.term_ends

    @property
    def until(self) -> date | str | None:
        """The day a term ends; that it is open, or its holder holds over; nothing of a vacant seat."""
        if self.holds_over:
            return self.last_day or HOLDS_OVER
        return self.ends or (OPEN_END if self.holder else None)

    @property
    def seat(self) -> int | str:
        """The number of the seat, with its name where that says more than the number and the institution do."""
        said = {f"seat {self.number}", (self.seat_institution or "").casefold()}
        return self.number if self.label.casefold() in said else f"{self.number}, {self.label}"

    @property
    def vacant_since(self) -> date | None:
        """The first day without a holder; None where there is one."""
        if self.holder is not None:
            return None
        return self.last_held + ONE_DAY if self.last_held else self.seat_from


@dataclass(frozen=True)
class PastRow:
    """An appointment that has ended by a day, or was corrected or withdrawn."""

    id: int
    number: int
    label: str
    person_id: int
    holder: str
    office: Office
    first_day: date
    last_day: date | None
    decision: str | None
    end_reason: str | None
    recorded_at: datetime
    superseded_at: datetime | None


def roster(
    committee_id: int | None, *, on: date, known: datetime | None = None, institution_id: int | None = None
) -> list[RosterRow]:
    """The seats of a committee (of all, for None) on a day, vacant ones too; or those an institution fills or holds.

    Whoever may read one committee's roster may read all: the caller checks that.
    """
    wanted = _ordered_roster if institution_id is None else _roster_of_institution
    asked = wanted(ON, instant(known))
    if committee_id is not None:
        asked = asked.where(Seat.committee_id == committee_id)
    rows = db.session.execute(asked, moment(on, known) | ({"of_institution": institution_id} if institution_id else {}))
    return [RosterRow(**row._mapping) for row in rows]  # noqa: SLF001 - the documented way to a mapping


def list_past_appointments(committee_id: int, *, on: date, known: datetime | None = None) -> list[PastRow]:
    """Appointments of a committee that had ended by a day, the latest first."""
    statement = _past(known).where(
        Appointment.committee_id == committee_id, as_known(Appointment, known), Appointment.last_day < on
    )
    ordered = statement.order_by(Appointment.last_day.desc(), Seat.position, Appointment.id)
    return [PastRow(**row._mapping) for row in db.session.execute(ordered)]  # noqa: SLF001


def list_coming_appointments(committee_id: int, *, on: date, known: datetime | None = None) -> list[PastRow]:
    """Appointments of a committee that begin after a day."""
    statement = _past(known).where(
        Appointment.committee_id == committee_id, as_known(Appointment, known), Appointment.first_day > on
    )
    ordered = statement.order_by(Appointment.first_day, Seat.position, Appointment.id)
    return [PastRow(**row._mapping) for row in db.session.execute(ordered)]  # noqa: SLF001


def list_appointments_of(person_id: int, *, known: datetime | None = None) -> Sequence[Appointment]:
    """All appointments of a person, the latest first, with their seat and committee."""
    statement = (
        select(Appointment)
        .options(joinedload(Appointment.seat), joinedload(Appointment.committee))
        .where(Appointment.person_id == person_id, as_known(Appointment, known))
        .order_by(Appointment.first_day.desc(), Appointment.id.desc())
    )
    return db.session.scalars(statement).all()


def get_seat(seat_id: int, actor: Actor) -> Seat:
    """A seat with its committee and institution, for someone who may change its committee."""
    seat = db.session.get(Seat, seat_id, options=[joinedload(Seat.committee), joinedload(Seat.institution)])
    if seat is None or not actor.has_any(Permission.COMMITTEE_READ):
        raise NotFoundError("There is no such seat.")
    actor.require(Permission.COMMITTEE_EDIT, committee_id=seat.committee_id)
    return seat


def get_readable_appointment(appointment_id: int, actor: Actor) -> Appointment:
    """A standing appointment with its seat, person and committee, for someone who may read its committee."""
    appointment = db.session.get(
        Appointment,
        appointment_id,
        options=[
            joinedload(Appointment.seat).joinedload(Seat.institution),
            joinedload(Appointment.person),
            joinedload(Appointment.committee),
        ],
    )
    if appointment is None or appointment.superseded_at is not None or not actor.has_any(Permission.COMMITTEE_READ):
        raise NotFoundError("There is no such appointment.")
    return appointment


def get_appointment(appointment_id: int, actor: Actor) -> Appointment:
    """The same, for someone who may change its committee."""
    appointment = get_readable_appointment(appointment_id, actor)
    actor.require(Permission.COMMITTEE_EDIT, committee_id=appointment.committee_id)
    return appointment


def list_vacancies(actor: Actor, *, on: date, known: datetime | None = None) -> list[RosterRow]:
    """Vacant seats on a day of the committees the actor may change."""
    rows = db.session.execute(_within(_vacant(ON, instant(known)), actor), moment(on, known))
    return [RosterRow(**row._mapping) for row in rows]  # noqa: SLF001


def list_ending_terms(actor: Actor, *, on: date, within: timedelta) -> list[RosterRow]:
    """Terms that end within some days, on seats that go on and have no successor yet, where the actor may act."""
    rows = db.session.execute(_within(_ending(on, within), actor))
    return [RosterRow(**row._mapping) for row in rows]  # noqa: SLF001


@register_person_scope
def people_of_own_committees(actor: Actor) -> Select[int] | None:
    """Those who sit today on a committee that the actor chairs, as a select of their ids."""
    own = actor.own_committees(Permission.PERSON_READ)
    if not own:
        return None
    return select(Appointment.person_id).where(Appointment.committee_id.in_(own), valid(Appointment, clock.today()))


def _within(statement: AnySelect, actor: Actor) -> AnySelect:
    if actor.has_all(Permission.COMMITTEE_EDIT):
        return statement
    return statement.where(Committee.id.in_(actor.own_committees(Permission.COMMITTEE_EDIT)))


@prepared
def _roster(on: date, known: datetime | None) -> AnySelect:
    """Seats of a day with their holder, and both institutions by the name they had then."""
    seat_name, holder_name = aliased(InstitutionName), aliased(InstitutionName)
    of_holder, facts = _institution_of_holder(on, known), seat_facts(known)
    asked = (
        select(
            Committee.id.label("committee_id"),
            dated_name(on, known).label("committee"),
            Seat.id.label("seat_id"),
            Seat.position.label("number"),
            (dated_label(on, None) if known is None else facts.label).label("label"),
            Seat.kind,
            Seat.votes,
            Seat.institution_id.label("seat_institution_id"),
            seat_name.name.label("seat_institution"),
            Appointment.id.label("appointment_id"),
            Appointment.person_id,
            NAME.label("holder"),
            Appointment.office,
            Appointment.first_day,
            Appointment.last_day,
            Appointment.decision,
            holder_name.institution_id,
            holder_name.name.label("institution"),
            days_of_seat(known)[0].label("seat_from"),
            _last_held(on, known).label("last_held"),
            _on_leave(on, known).label("on_leave"),
            Appointment.term_ends,
            and_(Appointment.term_ends.is_not(None), Appointment.term_ends < on).label("holds_over"),
        )
        .select_from(Seat)
        .join(Committee, Committee.id == Seat.committee_id)
        .outerjoin(Appointment, and_(Appointment.seat_id == Seat.id, valid(Appointment, on, known)))
        .outerjoin(Person, Person.id == Appointment.person_id)
        .outerjoin(seat_name, and_(seat_name.institution_id == Seat.institution_id, valid(seat_name, on, known)))
        .outerjoin(holder_name, and_(holder_name.institution_id == of_holder, valid(holder_name, on, known)))
        .where(on_day(facts, on), exists_on(on, known))
    )
    return of_seats(asked, facts, known)


@prepared
def _ordered_roster(on: date, known: datetime | None) -> AnySelect:
    return _roster(on, known).order_by(Committee.sort_name, Committee.id, Seat.position, Seat.id)


@prepared
def _roster_of_institution(on: date, known: datetime | None) -> AnySelect:
    theirs: BindParameter[int] = bindparam("of_institution")
    there = Affiliation.institution_id == theirs, valid(Affiliation, on, known)  # Asks not of every holder there is.
    people = select(Affiliation.person_id).where(*there)
    held = and_(Appointment.person_id.in_(people), _institution_of_holder(on, known) == theirs)
    return _ordered_roster(on, known).where(or_(Seat.institution_id == theirs, held))


@prepared
def _vacant(on: date, known: datetime | None) -> AnySelect:
    vacant = _roster(on, known).where(Appointment.id.is_(None))
    return vacant.order_by(Committee.sort_name, Seat.position, Seat.id)


@prepared
def _ending(on: date, within: timedelta) -> AnySelect:
    """Terms that end within some days, on seats that go on and have no successor."""
    successor = aliased(Appointment)
    ends = func.coalesce(Appointment.last_day, Appointment.term_ends)  # Without a last day one holds over after it.
    followed = select(successor.id).where(
        successor.seat_id == Seat.id, successor.superseded_at.is_(None), successor.first_day > ends
    )
    ending = _roster(on, None).where(
        ends <= on + within,
        ends >= on,
        beyond(Seat, ends),
        ~followed.exists(),
    )
    return ending.order_by(ends, Committee.sort_name, Seat.position, Seat.id)


@prepared
def _institution_of_holder(on: date, known: datetime | None) -> ColumnElement[int]:
    """The institution a holder belongs to that day: the one that fills the seat where they belong to it too."""
    theirs = (
        select(Affiliation.institution_id)
        .where(Affiliation.person_id == Appointment.person_id, valid(Affiliation, on, known))
        .order_by(Affiliation.first_day.desc(), Affiliation.id)
        .limit(1)
        .correlate(Appointment, Seat)
    )
    of_seat = theirs.where(Affiliation.institution_id == Seat.institution_id)
    return func.coalesce(of_seat.scalar_subquery(), theirs.scalar_subquery())


def _last_held(on: date, known: datetime | None) -> ScalarSelect[date | None]:
    earlier = aliased(Appointment)
    return (
        select(func.max(earlier.last_day))
        .where(earlier.seat_id == Seat.id, as_known(earlier, known), earlier.last_day < on)
        .correlate(Seat)
        .scalar_subquery()
    )


def _on_leave(on: date, known: datetime | None) -> ColumnElement[bool]:
    """Whether a holder is on leave: by the entry, or as known before by person and days, for it had another id then."""
    away = select(AppointmentLeave.id).where(valid(AppointmentLeave, on, known))
    if known is None:
        return away.where(AppointmentLeave.appointment_id == Appointment.id).correlate(Appointment).exists()
    entry = aliased(Appointment)
    theirs = away.join(entry, entry.id == AppointmentLeave.appointment_id).where(
        entry.seat_id == Appointment.seat_id,
        entry.person_id == Appointment.person_id,
        AppointmentLeave.first_day >= Appointment.first_day,  # One without a last day may outlast its entry.
    )
    return theirs.correlate(Appointment).exists()


@prepared
def _past(known: datetime | None) -> AnySelect:
    """Terms with the name that their seat had when they ended, or began where they go on."""
    then = func.coalesce(Appointment.last_day, Appointment.first_day)
    return (
        select(
            Appointment.id,
            Seat.position.label("number"),
            dated_label(then, known).label("label"),
            Appointment.person_id,
            NAME.label("holder"),
            Appointment.office,
            Appointment.first_day,
            Appointment.last_day,
            Appointment.decision,
            Appointment.end_reason,
            Appointment.recorded_at,
            Appointment.superseded_at,
        )
        .select_from(Appointment)
        .join(Seat, Seat.id == Appointment.seat_id)
        .join(Person, Person.id == Appointment.person_id)
    )
