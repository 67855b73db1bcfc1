"""Who elects a seat: the member institutions of its constituency, or whoever votes on its committee."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.committees.models import Election, ElectionSeat, Seat
from app.committees.queries.bars import Bar, bars_of
from app.committees.queries.constituency_members import institutions_of
from app.committees.queries.electorate import NAMED, VoterRow, electorate
from app.committees.rules.elections import VoteRule
from app.core.bulk import among
from app.core.database import db
from app.core.history import valid
from app.members.models import InstitutionName, Membership, MembershipClass, MembershipStep, Person, Representation
from app.members.rules import MEMBER_STATES, Purpose

NOBODY = "It has no voting representative on this day."


def electorate_of(election: Election, day: date) -> list[VoterRow]:
    """Who votes in an election on a day.

    A seat of a constituency is elected by the members among its institutions, each by its voting representative and
    then its alternates in their order. Where nobody said who belongs to it, and for all other seats, who votes on the
    committee elects.
    """
    inside = None
    constituency_id = find_electing(election.id)
    if constituency_id is not None:
        inside = institutions_of(constituency_id, on=day)
    return electorate(election.committee_id, day) if inside is None else _members(inside, day)


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
    """Who votes for each of these institutions that is a member with a vote, by name; who may not says why."""
    asked = (
        select(Membership.institution_id, InstitutionName.name)
        .join(MembershipStep, MembershipStep.membership_id == Membership.id)
        .join(MembershipClass, MembershipClass.id == Membership.class_id)
        .join(InstitutionName, InstitutionName.institution_id == Membership.institution_id)
        .where(
            among(Membership.institution_id, sorted(institution_ids)),
            MembershipClass.votes.is_(True),
            MembershipStep.state.in_(MEMBER_STATES),
            valid(MembershipStep, day),
            valid(InstitutionName, day),
        )
        .order_by(InstitutionName.sort_name, Membership.institution_id, MembershipStep.id)
    )
    names = {institution_id: name for institution_id, name in db.session.execute(asked)}  # noqa: C416 - rows are no pairs to mypy
    voices, bars = _voices(sorted(names), day), bars_of(set(names), day)
    return [
        VoterRow(None, person_id, who, institution_id, name, rank, *_rule(rank, person_id, bars.get(institution_id)))
        for institution_id, name in names.items()
        for rank, (person_id, who) in enumerate(voices.get(institution_id) or [(None, name)])
    ]


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
            Representation.purpose.in_((Purpose.VOTING, Purpose.ALTERNATE)),
            Person.erased_at.is_(None),
            valid(Representation, day),
        )
        .order_by(Representation.purpose.desc(), Representation.rank, Representation.first_day, Representation.id)
    )
    found: dict[int, list[tuple[int | None, str]]] = {}
    for institution_id, person_id, given, family in db.session.execute(asked):
        found.setdefault(institution_id, []).append((person_id, f"{given} {family}"))
    return found
