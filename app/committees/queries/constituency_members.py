"""Which institutions belong to a constituency on a day, and whether somebody fits a seat of one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import CompoundSelect, exists, or_, select

from app.committees.models import Appointment, Constituency, ConstituencyRule, Seat
from app.committees.rules.constituencies import no_more_inside_words, outside_words
from app.core.bulk import among
from app.core.database import db, prepared
from app.core.history import valid
from app.core.paging import AnySelect, exists_row
from app.members.models import (
    Affiliation,
    Institution,
    InstitutionName,
    InstitutionParticulars,
    Membership,
    MembershipStep,
    Person,
    Representation,
)
from app.members.queries.belonging import institutions_of_people
from app.members.queries.institutions import named_on
from app.members.queries.memberships import step_facts
from app.members.queries.mergers import stands_alone
from app.members.rules import KIND_WORDS, MEMBER_STATES, TwinKind, country_name, standing_on

AnyCompound = CompoundSelect[Any]


@dataclass(frozen=True)
class ConstituentRow:
    """An institution of a constituency on a day, as it was called then, with its classes of membership."""

    id: int
    name: str
    short_name: str
    country: str
    kind: str
    state: str | None
    classes: tuple[str, ...]

    @property
    def is_member(self) -> bool:
        """Whether it is a member of the consortium on the day."""
        return self.state is not None and self.state in {"leaving", *(each.value for each in MEMBER_STATES)}


@dataclass(frozen=True)
class Outsider:
    """Who holds a seat of a constituency on a day and neither belongs to nor represents an institution of it."""

    seat_id: int
    number: int
    appointment_id: int
    holder: str
    constituency: str

    @property
    def said(self) -> str:
        """That they are of it no more."""
        return no_more_inside_words(self.constituency)


def members_of(constituency_id: int, *, on: date, known: datetime | None = None) -> list[ConstituentRow]:
    """The institutions of a constituency on a day, by name."""
    ids = institutions_by_constituency(on=on, known=known).get(constituency_id, frozenset())
    asked = named_on(on, known).where(among(Institution.id, sorted(ids)))
    steps = step_facts(sorted(ids), known)
    rows = []
    for row in db.session.execute(asked.order_by(InstitutionName.sort_name, Institution.id)):
        standing = standing_on(steps.get(row.id, []), on)
        words = country_name(row.country), KIND_WORDS[row.kind]
        rows.append(ConstituentRow(row.id, row.name, row.short_name, *words, standing.state, standing.classes))
    return rows


def institutions_of(constituency_id: int, *, on: date, known: datetime | None = None) -> frozenset[int] | None:
    """The institutions of a constituency on a day; None where no rule of the day says who belongs to it."""
    ruled = select(ConstituencyRule.id).where(
        ConstituencyRule.constituency_id == constituency_id, valid(ConstituencyRule, on, known)
    )
    if not exists_row(ruled):
        return None
    asked = _matched(on, known).where(ConstituencyRule.constituency_id == constituency_id)
    return frozenset(row.institution_id for row in db.session.execute(asked))


def institutions_by_constituency(*, on: date, known: datetime | None = None) -> Mapping[int, frozenset[int]]:
    """The institutions of all constituencies on a day: one statement."""
    found: dict[int, set[int]] = defaultdict(set)
    for constituency_id, institution_id in db.session.execute(_matched(on, known)):
        found[constituency_id].add(institution_id)
    return {constituency_id: frozenset(ids) for constituency_id, ids in found.items()}


def find_outside(seat: Seat, person_id: int, on: date) -> str | None:
    """Why somebody does not fit a seat of a constituency on a day, in a sentence.

    None where they belong to or represent an institution of it, where nobody said who belongs to it, and for all
    other seats.
    """
    inside = institutions_of(seat.constituency_id, on=on) if seat.constituency_id is not None else None
    if inside is None or not inside.isdisjoint(institutions_of_people([person_id], on=on)[person_id]):
        return None
    return outside_words(db.session.get_one(Constituency, seat.constituency_id).name)


def list_outsiders(committee_id: int, *, on: date, known: datetime | None = None) -> list[Outsider]:
    """Holders of a committee's seats by constituency who are of it no more on a day, by the rule of `find_outside`.

    They stay until somebody ends the term: an institution may come back, and the committee decides.
    """
    rows = db.session.execute(_seated(committee_id, on, known)).all()
    if not rows:
        return []
    ruled = select(ConstituencyRule.constituency_id).where(valid(ConstituencyRule, on, known)).distinct()
    decided = set(db.session.scalars(ruled.order_by(ConstituencyRule.constituency_id)))
    inside = institutions_by_constituency(on=on, known=known)
    tied = institutions_of_people([row.person_id for row in rows], on=on, known=known)
    return [
        Outsider(row.seat_id, row.number, row.appointment_id, row.holder, row.constituency)
        for row in rows
        if row.constituency_id in decided and tied[row.person_id].isdisjoint(inside.get(row.constituency_id, ()))
    ]


def _seated(committee_id: int, on: date, known: datetime | None) -> AnySelect:
    return (
        select(
            Seat.id.label("seat_id"),
            Seat.position.label("number"),
            Seat.constituency_id,
            Constituency.name.label("constituency"),
            Appointment.id.label("appointment_id"),
            Appointment.person_id,
            (Person.given_name + " " + Person.family_name).label("holder"),
        )
        .join(Constituency, Constituency.id == Seat.constituency_id)
        .join(Appointment, Appointment.seat_id == Seat.id)
        .join(Person, Person.id == Appointment.person_id)
        .where(Seat.committee_id == committee_id, valid(Appointment, on, known))
        .order_by(Seat.position, Seat.id)
    )


def people_inside(seat: Seat, on: date) -> AnyCompound | None:
    """Those who fit a seat of a constituency on a day, as a select of their ids; None where nothing narrows it."""
    inside = institutions_of(seat.constituency_id, on=on) if seat.constituency_id is not None else None
    if inside is None:
        return None
    belongs, represents = (
        select(each.person_id).where(among(each.institution_id, sorted(inside)), valid(each, on))
        for each in (Affiliation, Representation)
    )
    return belongs.union(represents)


@prepared
def _matched(on: date, known: datetime | None) -> AnySelect:
    """Constituencies and their institutions on a day: those that a rule of the day matches; merged ones are no more."""
    rule, seen = ConstituencyRule, InstitutionParticulars
    of_class = (
        exists()
        .where(Membership.institution_id == seen.institution_id, Membership.class_id == rule.class_id)
        .where(MembershipStep.membership_id == Membership.id, MembershipStep.state.in_(MEMBER_STATES))
        .where(valid(MembershipStep, on, known))
    )
    fits = or_(
        rule.country == seen.country,
        rule.institution_kind == seen.kind,
        rule.institution_id == seen.institution_id,
        of_class,
    )
    return (
        select(rule.constituency_id, seen.institution_id)
        .join(seen, fits)
        .join(Institution, Institution.id == seen.institution_id)
        .where(valid(rule, on, known), valid(seen, on, known), stands_alone(TwinKind.INSTITUTION, known))
        .distinct()
        .order_by(rule.constituency_id, seen.institution_id)
    )
