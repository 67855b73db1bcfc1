"""Elections: the list, one election with its seats, nominations and voters, and who may nominate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from app.committees.models import Appointment, Committee, Election, ElectionSeat, ElectionVoter, Nomination, Seat
from app.committees.queries.committees import exists_on
from app.committees.queries.constituency_voters import find_constituents
from app.committees.rules.elections import (
    CANDIDATES,
    RUNNING_ELECTIONS,
    ElectionState,
    NominationState,
    Nominators,
)
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.history import valid
from app.core.paging import AnySelect, exists_row, fetch_page
from app.core.permissions import Permission, Role
from app.core.tables import Page, PageRequest
from app.members.models import Person


@dataclass(frozen=True)
class ElectionFilters:
    """What the list of elections is narrowed to."""

    state: ElectionState | None = None
    committee_id: int | None = None


@dataclass(frozen=True)
class ElectionRow:
    """A line of the list of elections; `candidates` counts who stands, as far as that is known."""

    id: int
    title: str
    committee_id: int
    committee: str
    state: ElectionState
    opens_on: date
    deadline_at: datetime
    seats: int
    candidates: int
    decision: str | None


def search_elections(filters: ElectionFilters, request: PageRequest, actor: Actor) -> Page[ElectionRow]:
    """All elections, those whose nominations end last first."""
    actor.require(Permission.COMMITTEE_READ)
    asked = _rows().where(*_conditions(filters))
    sorts = {
        "deadline": Election.deadline_at,
        "title": Election.title,
        "committee": Committee.sort_name,
        "state": Election.state,
    }
    build: Callable[[Any], ElectionRow] = lambda row: ElectionRow(**row._mapping)  # noqa: E731, SLF001 - documented
    return fetch_page(asked, request, sorts=sorts, key=Election.id, build=build)


def list_running(actor: Actor, committee_id: int | None = None) -> list[ElectionRow]:
    """Elections that are not over, of the committees the actor may change or of one of them."""
    asked = _rows().where(Election.state.in_(RUNNING_ELECTIONS), exists_on(clock.today()))
    if committee_id is not None:
        asked = asked.where(Election.committee_id == committee_id)
    if not actor.has_all(Permission.COMMITTEE_EDIT):
        asked = asked.where(Election.committee_id.in_(actor.own_committees(Permission.COMMITTEE_EDIT)))
    rows = db.session.execute(asked.order_by(Election.deadline_at, Election.id))
    return [ElectionRow(**row._mapping) for row in rows]  # noqa: SLF001 - the documented way to a mapping


def get_election(election_id: int, actor: Actor) -> Election:
    """An election with its committee, for who may read committees, or may nominate because anyone may."""
    asked = select(Election).options(joinedload(Election.committee)).where(Election.id == election_id)
    found = db.session.scalar(asked.execution_options(populate_existing=True))
    if found is None or not (actor.has_any(Permission.COMMITTEE_READ) or found.nominators is Nominators.ANYONE):
        raise NotFoundError("There is no such election.")
    return found


def get_own_election(election_id: int, actor: Actor) -> Election:
    """An election of a committee the actor may change."""
    found = get_election(election_id, actor)
    actor.require(Permission.COMMITTEE_EDIT, committee_id=found.committee_id)
    return found


def list_seats_of(election_id: int) -> Sequence[ElectionSeat]:
    """The seats an election fills, in the order of their numbers."""
    return seats_by_election([election_id]).get(election_id, [])


def seats_by_election(election_ids: Sequence[int]) -> dict[int, list[ElectionSeat]]:
    """The seats of several elections, each in the order of their numbers: one statement."""
    asked = (
        select(ElectionSeat)
        .join(Seat, Seat.id == ElectionSeat.seat_id)
        .options(
            joinedload(ElectionSeat.seat).options(joinedload(Seat.institution), joinedload(Seat.constituency)),
        )
        .where(ElectionSeat.election_id.in_(election_ids), ElectionSeat.dropped_because.is_(None))
    )
    found: dict[int, list[ElectionSeat]] = {}
    for each in db.session.scalars(asked.order_by(Seat.position, ElectionSeat.id)):
        found.setdefault(each.election_id, []).append(each)
    return found


def list_dropped_seats(election_id: int) -> Sequence[ElectionSeat]:
    """The seats an election was to fill and fills no more, in the order of their numbers."""
    asked = (
        select(ElectionSeat)
        .join(Seat, Seat.id == ElectionSeat.seat_id)
        .options(joinedload(ElectionSeat.seat))
        .where(ElectionSeat.election_id == election_id, ElectionSeat.dropped_because.is_not(None))
    )
    return db.session.scalars(asked.order_by(Seat.position, ElectionSeat.id)).all()


def list_nominations(election: Election, actor: Actor) -> Sequence[Nomination]:
    """Nominations by name: all of them for who runs the election; to others who stands, once nominations are over."""
    asked = _nominations().where(Nomination.election_id == election.id)
    if not actor.may(Permission.COMMITTEE_EDIT, committee_id=election.committee_id):
        seen = [Nomination.nominated_by_id == actor.user_id, Person.user_id == actor.user_id]
        if election.state in {ElectionState.BALLOT, ElectionState.DECIDED}:
            seen.append(Nomination.state.in_(CANDIDATES))
        asked = asked.where(or_(*seen))
    ordered = asked.order_by(Nomination.votes.desc(), Person.sort_name, Nomination.id)
    return sorted(db.session.scalars(ordered).all(), key=lambda each: -(each.votes or 0))


def list_candidates(election_id: int) -> Sequence[Nomination]:
    """Who stands in an election, by name."""
    asked = _nominations().where(Nomination.election_id == election_id, Nomination.state.in_(CANDIDATES))
    return db.session.scalars(asked.order_by(Person.sort_name, Nomination.id)).all()


def get_nomination(nomination_id: int, actor: Actor) -> Nomination:
    """A nomination, for who may change the committee of its election; to others there is none."""
    found: Nomination | None = db.session.scalar(_nominations().where(Nomination.id == nomination_id))
    if found is None or not actor.may(Permission.COMMITTEE_EDIT, committee_id=found.election.committee_id):
        raise NotFoundError("There is no such nomination.")
    return found


def list_voters(election_id: int) -> Sequence[ElectionVoter]:
    """Who may vote in an election, as it was frozen; who is barred among them with the reason."""
    asked = select(ElectionVoter).where(ElectionVoter.election_id == election_id)
    return db.session.scalars(asked.order_by(ElectionVoter.id)).all()


def list_nominated(user_id: int | None) -> Sequence[Nomination]:
    """Nominations of a user that they have not answered and still can."""
    asked = (
        _nominations()
        .join(Election, Election.id == Nomination.election_id)
        .where(
            Person.user_id == user_id,
            Nomination.state == NominationState.PROPOSED,
            Election.state == ElectionState.NOMINATING,
            Election.deadline_at >= clock.now(),
        )
    )
    return db.session.scalars(asked.order_by(Nomination.nominated_at, Nomination.id)).all()


def why_no_nomination(election: Election, actor: Actor) -> str | None:
    """Why the actor cannot nominate now, in a sentence; None where they can."""
    now = clock.now()
    if election.state is not ElectionState.NOMINATING or now > election.deadline_at:
        return "Nominations have ended."
    if clock.today() < election.opens_on:
        return "Nominations have not begun yet."
    return _why_not_among(election, actor)


def _why_not_among(election: Election, actor: Actor) -> str | None:
    """Why the actor is not among those who nominate; who runs the election always is."""
    if actor.may(Permission.COMMITTEE_EDIT, committee_id=election.committee_id):
        return None
    if election.nominators is Nominators.REPRESENTATIVES:
        is_one = any(each.role is Role.REPRESENTATIVE for each in actor.granted)
        return None if is_one else "Only representatives of institutions nominate."
    return _why_no_voter(election, actor) if election.nominators is Nominators.VOTERS else None


def _why_no_voter(election: Election, actor: Actor) -> str | None:
    """Why the actor is not among those who vote: for the members of a constituency where it elects, or by a seat."""
    constituents = find_constituents(election, clock.today())
    if constituents is None:
        on_it = _votes_on(election.committee_id, actor)
        return None if on_it else "Only who votes on the committee nominates."
    own = find_own_person(actor)
    among = own is not None and any(each.person_id == own.id and each.barred is None for each in constituents)
    return None if among else "Only who votes in the constituency nominates."


def find_own_person(actor: Actor) -> Person | None:
    """The person that the actor is, where they are one on record."""
    asked = select(Person).where(Person.user_id == actor.user_id, Person.erased_at.is_(None))
    return db.session.scalar(asked)


def list_substitutes(committee_id: int) -> Sequence[Nomination]:
    """Substitutes of the newest decided election of a committee, in their order."""
    newest = select(func.max(Election.id)).where(
        Election.committee_id == committee_id, Election.state == ElectionState.DECIDED
    )
    asked = _nominations().where(
        Nomination.election_id == newest.scalar_subquery(), Nomination.state == NominationState.SUBSTITUTE
    )
    return db.session.scalars(asked.order_by(Nomination.rank, Nomination.id)).all()


def _votes_on(committee_id: int, actor: Actor) -> bool:
    held = (
        select(Appointment.id)
        .join(Seat, Seat.id == Appointment.seat_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(
            Appointment.committee_id == committee_id,
            Seat.votes.is_(True),
            Person.user_id == actor.user_id,
            valid(Appointment, clock.today()),
        )
    )
    return exists_row(held)


def _nominations() -> AnySelect:
    return (
        select(Nomination)
        .join(Person, Person.id == Nomination.person_id)
        .options(
            joinedload(Nomination.person),
            joinedload(Nomination.election).joinedload(Election.committee),
            joinedload(Nomination.election_seat).joinedload(ElectionSeat.seat),
        )
        .execution_options(populate_existing=True)
    )


def _rows() -> AnySelect:
    seats = select(func.count(ElectionSeat.id)).where(
        ElectionSeat.election_id == Election.id, ElectionSeat.dropped_because.is_(None)
    )
    standing = select(func.count(Nomination.id)).where(
        Nomination.election_id == Election.id, Nomination.state.in_(CANDIDATES)
    )
    return select(
        Election.id,
        Election.title,
        Election.committee_id,
        Committee.name.label("committee"),
        Election.state,
        Election.opens_on,
        Election.deadline_at,
        seats.correlate(Election).scalar_subquery().label("seats"),
        standing.correlate(Election).scalar_subquery().label("candidates"),
        Election.decision,
    ).join(Committee, Committee.id == Election.committee_id)


def _conditions(filters: ElectionFilters) -> list[Any]:
    wanted: list[Any] = []
    if filters.state is not None:
        wanted.append(Election.state == filters.state)
    if filters.committee_id is not None:
        wanted.append(Election.committee_id == filters.committee_id)
    return wanted
