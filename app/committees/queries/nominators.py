"""Who may nominate in an election, whom its mails reach, and which calls are open to somebody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select

from app.accounts.models import Grant, User
from app.committees.models import Appointment, Committee, Election, Nomination, Seat
from app.committees.queries.committees import exists_on
from app.committees.queries.constituency_voters import (
    constituencies_of_voter,
    electing_constituencies,
    electorate_of,
    find_constituents,
    is_elected_by,
)
from app.committees.queries.electorate import VoterRow
from app.committees.rules.elections import ElectionState, NominationState, Nominators
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.history import on_day, valid
from app.core.paging import AnySelect
from app.core.permissions import Permission, Role
from app.members.models import Person


@dataclass(frozen=True)
class Reached:
    """Somebody a mail reaches: their name and address."""

    name: str
    email: str


@dataclass(frozen=True)
class CallRow:
    """A call for nominations that is open: to which committee and until when."""

    id: int
    title: str
    committee: str
    deadline_at: datetime


def list_nominators(election: Election) -> list[Reached]:
    """Whom a call is told to: who votes in the election, representatives, or everybody who can sign in; each once."""
    return _once(db.session.execute(_nominators(election)))


def list_concerned(election: Election) -> list[Reached]:
    """Whom a later deadline is told to: nominees who stand or have not answered, voters, and who may nominate."""
    nominees = (
        select(Person.given_name, Person.family_name, Person.email)
        .join(Nomination, Nomination.person_id == Person.id)
        .where(
            Nomination.election_id == election.id,
            Nomination.state.in_((NominationState.PROPOSED, NominationState.ACCEPTED)),
        )
        .order_by(Nomination.id)
    )
    voting = _who_vote(electorate_of(election, clock.today()))
    voters = select(Person.given_name, Person.family_name, Person.email).where(Person.id.in_(voting))
    people = [*db.session.execute(nominees), *db.session.execute(voters.order_by(Person.id))]
    named = [(f"{given} {family}", email) for given, family, email in people]
    return _once([*named, *db.session.execute(_nominators(election))])


def list_calls(actor: Actor) -> list[CallRow]:
    """Calls that are open to the actor, and in which they have nominated nobody yet: the first to end first.

    Where anyone may nominate, who runs the election is not called by it.
    """
    today = clock.today()
    own = select(Nomination.id).where(
        Nomination.election_id == Election.id, Nomination.nominated_by_id == actor.user_id
    )
    asked = (
        select(Election.id, Election.title, Committee.name.label("committee"), Election.deadline_at)
        .join(Committee, Committee.id == Election.committee_id)
        .where(
            Election.state == ElectionState.NOMINATING,
            Election.opens_on <= today,
            Election.deadline_at >= clock.now(),
            exists_on(today),
            ~own.exists(),
            or_(*_is_called(actor, today)),
        )
    )
    if actor.user_id is None:
        return []
    rows = db.session.execute(asked.order_by(Election.deadline_at, Election.id))
    return [CallRow(**row._mapping) for row in rows]  # noqa: SLF001 - the documented way to a mapping


def _is_called(actor: Actor, today: date) -> Iterable[ColumnElement[bool]]:
    """The conditions one of which holds where the actor is among those who nominate."""
    votes = _voting(today).with_only_columns(Appointment.committee_id).where(Person.user_id == actor.user_id)
    by_voters, by_members = Election.nominators == Nominators.VOTERS, is_elected_by(electing_constituencies(today))
    yield and_(by_voters, Election.committee_id.in_(votes), ~by_members)
    if actor.user_id is not None and (own := constituencies_of_voter(actor.user_id, today)):
        yield and_(by_voters, is_elected_by(own))
    if any(each.role is Role.REPRESENTATIVE for each in actor.granted):
        yield Election.nominators == Nominators.REPRESENTATIVES
    if not actor.has_all(Permission.COMMITTEE_EDIT):
        run = list(actor.own_committees(Permission.COMMITTEE_EDIT))
        yield and_(Election.nominators == Nominators.ANYONE, Election.committee_id.not_in(run))


def _nominators(election: Election) -> AnySelect:
    """Names and addresses of who may nominate."""
    today = clock.today()
    constituents = find_constituents(election, today) if election.nominators is Nominators.VOTERS else None
    named = (Person.given_name + " " + Person.family_name).label("name")
    if constituents is not None:
        return select(named, Person.email).where(Person.id.in_(_who_vote(constituents))).order_by(Person.id)
    if election.nominators is Nominators.VOTERS:
        voting = _voting(today).where(Appointment.committee_id == election.committee_id)
        return voting.with_only_columns(named, Person.email).order_by(Seat.position, Appointment.id)
    users = select(User.name, User.email).where(User.password_hash.is_not(None), User.disabled_at.is_(None))
    if election.nominators is Nominators.REPRESENTATIVES:
        role = Grant.role == Role.REPRESENTATIVE
        users = users.where(select(Grant.id).where(Grant.user_id == User.id, role, on_day(Grant, today)).exists())
    return users.order_by(User.id)


def _who_vote(voters: Sequence[VoterRow]) -> list[int]:
    """The people of an electorate who may vote."""
    return [each.person_id for each in voters if each.barred is None and each.person_id is not None]


def _voting(day: date) -> AnySelect:
    """Holders of seats with a vote on a day."""
    return (
        select(Appointment.id)
        .join(Seat, Seat.id == Appointment.seat_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(Seat.votes.is_(True), valid(Appointment, day))
    )


def _once(found: Iterable[Sequence[str | None]]) -> list[Reached]:
    """Each address once, by the first name it came with."""
    reached: dict[str, Reached] = {}
    for name, email in found:
        if name and email:
            reached.setdefault(email.casefold(), Reached(name, email))
    return list(reached.values())
