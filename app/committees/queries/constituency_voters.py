"""Who elects a seat: the member institutions of its constituency, or whoever votes on its committee."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select

from app.committees.models import ConstituencyRule, Election, ElectionSeat, Seat
from app.committees.queries.bars import Bar, bars_of
from app.committees.queries.constituency_members import institutions_by_constituency, institutions_of
from app.committees.queries.electorate import NAMED, VoterRow, electorate
from app.committees.rules.elections import VoteRule
from app.core.bulk import among
from app.core.database import db
from app.core.history import as_known, valid
from app.core.paging import AnySelect
from app.core.periods import ONE_DAY
from app.members.models import InstitutionName, Membership, MembershipClass, MembershipStep, Person, Representation
from app.members.rules import ENDED_STATES, MEMBER_STATES, Purpose, freed_on

VOICES = (Purpose.VOTING, Purpose.ALTERNATE)
NOBODY = "It has no voting representative on this day."


def electorate_of(election: Election, day: date) -> list[VoterRow]:
    """Who votes in an election on a day.

    A seat of a constituency is elected by the members among its institutions, each by its voting representative and
    then its alternates in their order. Where nobody said who belongs to it, and for all other seats, who votes on the
    committee elects.
    """
    members = find_constituents(election, day)
    return electorate(election.committee_id, day) if members is None else members


def find_constituents(election: Election, day: date) -> list[VoterRow] | None:
    """Who votes in an election for the members of its constituency; None where who votes on the committee elects."""
    constituency_id = find_electing(election.id)
    inside = institutions_of(constituency_id, on=day) if constituency_id is not None else None
    return None if inside is None else _members(inside, day)


def constituencies_of_voter(user_id: int, day: date) -> frozenset[int]:
    """The constituencies in which a user votes on a day, for an institution they represent."""
    asked = (
        select(Representation.institution_id)
        .join(Person, Person.id == Representation.person_id)
        .where(Person.user_id == user_id, Representation.purpose.in_(VOICES), valid(Representation, day))
    )
    represented = frozenset(db.session.scalars(asked.order_by(Representation.id)))
    if not represented:
        return frozenset()
    own = {each.institution_id for each in _members(represented, day) if each.barred is None}
    return frozenset(one for one, inside in institutions_by_constituency(on=day).items() if inside & own)


def is_elected_by(constituency_ids: AnySelect | frozenset[int]) -> ColumnElement[bool]:
    """The condition that an election fills seats of one of these constituencies."""
    asked = (
        select(ElectionSeat.id)
        .join(Seat, Seat.id == ElectionSeat.seat_id)
        .where(
            ElectionSeat.election_id == Election.id,
            ElectionSeat.dropped_because.is_(None),
            Seat.constituency_id.in_(constituency_ids),
        )
    )
    return asked.correlate(Election).exists()


def electing_constituencies(day: date) -> AnySelect:
    """The constituencies whose institutions elect on a day, as a select of their ids: some rule says who belongs."""
    return select(ConstituencyRule.constituency_id).where(valid(ConstituencyRule, day))


def find_electing(election_id: int) -> int | None:
    """The constituency whose seats an election fills, where it is one's."""
    asked = (
        select(Seat.constituency_id)
        .join(ElectionSeat, ElectionSeat.seat_id == Seat.id)
        .where(
            ElectionSeat.election_id == election_id,
            ElectionSeat.dropped_because.is_(None),
            Seat.constituency_id.is_not(None),
        )
    )
    return db.session.scalar(asked.order_by(ElectionSeat.id).limit(1))


def _members(institution_ids: frozenset[int], day: date) -> list[VoterRow]:
    """Who votes for each of these institutions that is a member with a vote, by name; who may not says why.

    One that has lapsed is among them, barred, for the days of grace of its class.
    """
    votes, names = set[int](), dict[int, str]()
    for row in db.session.execute(_memberships(institution_ids, day)):
        if row.state in MEMBER_STATES:
            votes.add(row.institution_id)
        elif day > freed_on(row.first_day - ONE_DAY, row.grace_days):
            continue
        names[row.institution_id] = row.name
    voices, bars = _voices(sorted(names), day), bars_of(set(names), day)
    votes |= {each for each, bar in bars.items() if bar.rule is VoteRule.LAPSED}
    return [
        VoterRow(None, person_id, who, institution_id, name, rank, *_rule(rank, person_id, bars.get(institution_id)))
        for institution_id, name in names.items()
        if institution_id in votes
        for rank, (person_id, who) in enumerate(voices.get(institution_id) or [(None, name)])
    ]


def _memberships(institution_ids: frozenset[int], day: date) -> AnySelect:
    """How the memberships with a vote of these institutions stand on a day, the ended ones as well, by name."""
    stands = or_(
        MembershipStep.state.in_(MEMBER_STATES), and_(MembershipStep.state.in_(ENDED_STATES), as_known(Membership))
    )
    return (
        select(
            Membership.institution_id,
            InstitutionName.name,
            MembershipStep.state,
            MembershipStep.first_day,
            MembershipClass.grace_days,
        )
        .join(MembershipStep, MembershipStep.membership_id == Membership.id)
        .join(MembershipClass, MembershipClass.id == Membership.class_id)
        .join(InstitutionName, InstitutionName.institution_id == Membership.institution_id)
        .where(
            among(Membership.institution_id, sorted(institution_ids)),
            MembershipClass.votes.is_(True),
            stands,
            valid(MembershipStep, day),
            valid(InstitutionName, day),
        )
        .order_by(InstitutionName.sort_name, Membership.institution_id, MembershipStep.id)
    )


def _rule(rank: int, person_id: int | None, bar: Bar | None) -> tuple[VoteRule, str | None]:
    """By which rule somebody votes for a member, or may not and why."""
    if bar is not None:
        return bar.rule, bar.words[:NAMED]
    if person_id is None:
        return VoteRule.NOBODY, NOBODY
    return (VoteRule.STANDS_IN if rank else VoteRule.STANDING), None


def _voices(institution_ids: list[int], day: date) -> dict[int, list[tuple[int | None, str]]]:
    """Who votes for each institution: its voting representative, then its alternates in their order."""
    asked = (
        select(Representation.institution_id, Person.id, Person.given_name, Person.family_name)
        .join(Person, Person.id == Representation.person_id)
        .where(
            among(Representation.institution_id, institution_ids),
            Representation.purpose.in_(VOICES),
            Person.erased_at.is_(None),
            valid(Representation, day),
        )
        .order_by(Representation.purpose.desc(), Representation.rank, Representation.first_day, Representation.id)
    )
    found: dict[int, list[tuple[int | None, str]]] = {}
    for institution_id, person_id, given, family in db.session.execute(asked):
        found.setdefault(institution_id, []).append((person_id, f"{given} {family}"))
    return found
