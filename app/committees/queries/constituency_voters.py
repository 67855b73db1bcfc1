"""Who elects a seat: the member institutions of its constituency, or whoever votes on its committee."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.billing.queries.good_standing import standing_words, standings_on
from app.committees.models import Election, ElectionSeat, Seat
from app.committees.queries.candidates import VoterRow, electorate
from app.committees.queries.constituency_members import institutions_of
from app.core.bulk import among
from app.core.database import db
from app.core.history import valid
from app.members.models import InstitutionName, Membership, MembershipClass, MembershipStep, Person, Representation
from app.members.rules import MEMBER_STATES, MembershipState, Purpose

NOBODY = "It has no voting representative on this day."
SUSPENDED = "Its membership is suspended."


def electorate_of(election: Election, day: date) -> list[VoterRow]:
    """Who votes in an election on a day.

    A seat of a constituency is elected by the members among its institutions, each by its voting representative, else
    by its first alternate. Where nobody said who belongs to it, and for all other seats, who votes on the committee
    elects.
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
        .where(ElectionSeat.election_id == election_id, Seat.constituency_id.is_not(None))
    )
    return db.session.scalar(asked.order_by(ElectionSeat.id).limit(1))


def _members(institution_ids: frozenset[int], day: date) -> list[VoterRow]:
    """Each of these institutions that is a member with a vote, by name; one that may not vote says why."""
    asked = (
        select(Membership.institution_id, InstitutionName.name, MembershipStep.state)
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
    names: dict[int, str] = {}
    active: set[int] = set()
    for institution_id, name, state in db.session.execute(asked):
        names[institution_id] = name
        active |= {institution_id} if state is MembershipState.ACTIVE else set()
    voices, late = _voices(sorted(names), day), standings_on(day)
    found = []
    for institution_id, name in names.items():
        person_id, voice = voices.get(institution_id, (None, name))
        standing = late.get(institution_id)
        barred = None if person_id is not None else NOBODY
        if standing is not None and not standing.may_vote:
            barred = standing_words(standing)[:200]
        barred = barred if institution_id in active else SUSPENDED
        found.append(VoterRow(None, person_id, voice, institution_id, name, barred))
    return found


def _voices(institution_ids: list[int], day: date) -> dict[int, tuple[int, str]]:
    """Who votes for each institution: its voting representative, else the first of its alternates."""
    asked = (
        select(Representation.institution_id, Representation.purpose, Person.id, Person.given_name, Person.family_name)
        .join(Person, Person.id == Representation.person_id)
        .where(
            among(Representation.institution_id, institution_ids),
            Representation.purpose.in_((Purpose.VOTING, Purpose.ALTERNATE)),
            Person.erased_at.is_(None),
            valid(Representation, day),
        )
        .order_by(Representation.purpose.desc(), Representation.rank, Representation.first_day, Representation.id)
    )
    found: dict[int, tuple[int, str]] = {}
    for institution_id, _, person_id, given, family in db.session.execute(asked):
        found.setdefault(institution_id, (person_id, f"{given} {family}"))
    return found
