"""Who may be elected to which seat, by the rules of a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, select

from app.committees.models import Appointment, Election, ElectionSeat
from app.committees.queries.choices import people_for
from app.committees.queries.constituency_members import institutions_of
from app.committees.queries.elections import find_own_person, list_seats_of
from app.committees.queries.plans import served_on
from app.committees.queries.terms import bylaws_on
from app.committees.queries.waivers import waived_seats
from app.committees.rules import BylawFacts, Served, is_over_limit, over_words, terms_counted
from app.committees.rules.elections import CandidateFacts, SeatFacts, seats_open_to
from app.core.actor import Actor
from app.core.bulk import among
from app.core.database import db
from app.core.history import as_known
from app.core.periods import Period
from app.core.permissions import Permission
from app.members.models import Person
from app.members.queries.belonging import institutions_of_people


@dataclass(frozen=True)
class Standing:
    """The seats somebody can be elected to, and where there is none why not."""

    open_to: tuple[int, ...]
    why_not: str


def people_to_nominate(election: Election, actor: Actor) -> list[tuple[int, str]]:
    """Whom the actor may nominate, themselves first; only themselves where they see no list of people."""
    own = find_own_person(actor)
    found = {own.id: f"{own.family_name}, {own.given_name} (yourself)"} if own else {}
    if actor.has_any(Permission.PERSON_LIST):
        for each in list_seats_of(election.id):
            for person_id, words in people_for(each.seat, on=each.first_day):
                found.setdefault(person_id, words)
    return list(found.items())


def standings_of(election_id: int, committee_id: int, person_ids: Sequence[int]) -> dict[int, Standing]:
    """For which seats of an election each of these people may be elected: a constant number of statements."""
    entries = list_seats_of(election_id)
    electing = {(each.seat.constituency_id, each.first_day) for each in entries}
    inside = {of: institutions_of(of[0], on=of[1]) if of[0] is not None else None for of in electing}
    seats = [seat_facts(each, inside[each.seat.constituency_id, each.first_day]) for each in entries]
    waived = waived_seats(entries, person_ids)
    found = _candidates(committee_id, seats, person_ids)
    result: dict[int, Standing] = {}
    for person_id, facts in found.items():
        allowed = replace(facts, over_limit=facts.over_limit - waived.get(person_id, set()))
        open_to, why_not = seats_open_to(allowed, seats)
        result[person_id] = Standing(tuple(open_to), why_not)
    return result


def seat_facts(each: ElectionSeat, inside: frozenset[int] | None) -> SeatFacts:
    """A seat as the rules look at it, by the id of the election's own entry; `inside` are those of its constituency."""
    of = each.seat.constituency.name if each.seat.constituency else None
    return SeatFacts(each.id, each.seat.label, each.period, each.seat.institution_id, of, inside)


def _candidates(committee_id: int, seats: Sequence[SeatFacts], person_ids: Sequence[int]) -> dict[int, CandidateFacts]:
    people = select(Person.id, Person.erased_at).where(among(Person.id, person_ids)).order_by(Person.id)
    first_day = min(seat.period.first for seat in seats)
    places = institutions_of_people(person_ids, on=first_day)
    seated = _seated(committee_id, person_ids)
    limits = _limits(committee_id, seats)
    served = served_on(committee_id)
    found = {}
    for person_id, erased_at in db.session.execute(people):
        over, words = _over(limits, seats, served.get(person_id, ()))
        found[person_id] = CandidateFacts(
            is_erased=erased_at is not None,
            institutions=frozenset(places[person_id]),
            over_limit=over,
            limit_words=words,
            seated=tuple(seated[person_id]),
        )
    return found


def _limits(committee_id: int, seats: Sequence[SeatFacts]) -> dict[date, BylawFacts]:
    return {day: bylaws_on(committee_id, day) for day in {seat.period.first for seat in seats}}


def _over(
    limits: dict[date, BylawFacts], seats: Sequence[SeatFacts], served: Sequence[Served]
) -> tuple[frozenset[int], str]:
    over, words = set(), ""
    for seat in seats:
        facts, first = limits[seat.period.first], seat.period.first
        if is_over_limit(facts, served, first):
            over.add(seat.id)
            counted = terms_counted(facts, served, first)
            words = over_words(counted, facts.limit_terms or 0, facts.limit_kind)
    return frozenset(over), words


def _seated(committee_id: int, person_ids: Sequence[int]) -> dict[int, list[Period]]:
    ends = func.coalesce(Appointment.last_day, Appointment.term_ends)  # Who holds over goes when somebody follows.
    asked = select(Appointment.person_id, Appointment.first_day, ends).where(
        Appointment.committee_id == committee_id, among(Appointment.person_id, person_ids), as_known(Appointment)
    )
    found: dict[int, list[Period]] = defaultdict(list)
    for person_id, first, last in db.session.execute(asked.order_by(Appointment.first_day, Appointment.id)):
        found[person_id].append(Period(first, last))
    return found
