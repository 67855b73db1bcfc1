"""Constituencies: the list of a day, one with its rules and its seats, and those a new seat can have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, select

from app.committees.models import Appointment, Committee, Constituency, ConstituencyRule, Seat
from app.committees.queries.constituency_members import institutions_by_constituency, institutions_of
from app.committees.queries.facts import dated_label, days_of_seat, of_seats, seat_facts
from app.committees.queries.names import dated_name
from app.committees.rules.constituencies import Belonging, DatedRule
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.folding import folded
from app.core.history import as_known, on_day, valid
from app.core.paging import AnySelect
from app.core.permissions import Permission
from app.core.tables import Page, PageRequest
from app.members.models import Institution, InstitutionName, MembershipClass, Person
from app.members.rules import KIND_WORDS, country_name


@dataclass(frozen=True)
class ConstituencyRow:
    """A constituency on a day. `institutions` None says that nobody said who belongs to it.

    Its name and `closed_on` are as they are known now, also where something earlier is asked for.
    """

    id: int
    name: str
    sort_name: str
    closed_on: date | None
    institutions: int | None
    seats: tuple[str, ...]


@dataclass(frozen=True)
class RuleRow:
    """A rule by which institutions belong: what it goes by, its words, and its days."""

    id: int
    goes_by: str
    words: str
    first_day: date
    last_day: date | None
    institution_id: int | None


@dataclass(frozen=True)
class ConstituencySeatRow:
    """A seat of a constituency on a day, with who holds it."""

    seat_id: int
    number: int
    label: str
    committee_id: int
    committee: str
    person_id: int | None
    holder: str | None
    first_day: date
    last_day: date | None


SORTS: dict[str, Callable[[ConstituencyRow], Any]] = {
    "name": lambda row: row.sort_name,
    "institutions": lambda row: (row.institutions or 0, row.sort_name),
    "closed": lambda row: (row.closed_on or date.max, row.sort_name),
}


def search_constituencies(
    words: str, request: PageRequest, actor: Actor, *, on: date, known: datetime | None = None
) -> Page[ConstituencyRow]:
    """Constituencies by name, with how many institutions belong on a day and which seats they elect.

    A consortium has a dozen: all are read, in a constant number of statements, and put in order here.
    """
    wanted = folded(words).split()
    rows = [row for row in list_constituencies(actor, on=on, known=known) if all(w in row.sort_name for w in wanted)]
    rows.sort(key=SORTS.get(request.sort, SORTS["name"]), reverse=request.descending)
    start, end = request.offset if request.size else 0, request.offset + request.size if request.size else None
    return Page(rows[start:end], len(rows), request)


def list_constituencies(actor: Actor, *, on: date, known: datetime | None = None) -> list[ConstituencyRow]:
    """All constituencies by name, the closed ones as well."""
    actor.require(Permission.COMMITTEE_READ)
    wanted = select(Constituency).where(*([Constituency.created_at <= known] if known else []))
    found = db.session.scalars(wanted.order_by(Constituency.sort_name, Constituency.id)).all()
    inside = institutions_by_constituency(on=on, known=known)
    asked = select(ConstituencyRule.constituency_id).where(valid(ConstituencyRule, on, known)).distinct()
    ruled = set(db.session.scalars(asked.order_by(ConstituencyRule.constituency_id)))
    seats: dict[int | None, list[str]] = defaultdict(list)
    for row in db.session.execute(_seats(on, known)):
        seats[row.constituency_id].append(f"{row.committee}, seat {row.number}")
    return [
        ConstituencyRow(
            id=each.id,
            name=each.name,
            sort_name=each.sort_name,
            closed_on=each.closed_on,
            institutions=len(inside.get(each.id, ())) if each.id in ruled else None,
            seats=tuple(seats[each.id]),
        )
        for each in found
    ]


def get_constituency(constituency_id: int, actor: Actor) -> Constituency:
    """A constituency, for anyone who may read committees."""
    found = db.session.get(Constituency, constituency_id, populate_existing=True)
    if found is None or not actor.has_any(Permission.COMMITTEE_READ):
        raise NotFoundError("There is no such constituency.")
    return found


def get_editable_constituency(constituency_id: int, actor: Actor) -> Constituency:
    """A constituency, for who may change it."""
    found = get_constituency(constituency_id, actor)
    actor.require(Permission.COMMITTEE_FOUND)
    return found


def list_rules(constituency_id: int, *, on: date, known: datetime | None = None) -> list[RuleRow]:
    """The rules of a constituency, those that ended and those to come as well; institutions as called on a day."""
    called = func.coalesce(InstitutionName.name, Institution.name).label("institution")
    asked = (
        select(ConstituencyRule, MembershipClass.name.label("class_name"), called)
        .outerjoin(MembershipClass, MembershipClass.id == ConstituencyRule.class_id)
        .outerjoin(Institution, Institution.id == ConstituencyRule.institution_id)
        .outerjoin(
            InstitutionName, and_(InstitutionName.institution_id == Institution.id, valid(InstitutionName, on, known))
        )
        .where(ConstituencyRule.constituency_id == constituency_id, as_known(ConstituencyRule, known))
    )
    rows = [
        RuleRow(each.id, *_said(each, class_name, institution), each.first_day, each.last_day, each.institution_id)
        for each, class_name, institution in db.session.execute(asked.order_by(ConstituencyRule.id))
    ]
    return sorted(rows, key=lambda row: (row.last_day is not None, row.goes_by, folded(row.words), row.first_day))


def dated_rules(constituency_id: int) -> list[DatedRule]:
    """The rules of a constituency on record now, as the rules look at them."""
    asked = select(ConstituencyRule).where(
        ConstituencyRule.constituency_id == constituency_id, as_known(ConstituencyRule)
    )
    return [DatedRule(each.id, belonging_of(each), each.period) for each in db.session.scalars(_in_order(asked))]


def belonging_on(constituency_id: int, on: date) -> list[Belonging]:
    """The rules by which institutions belong to a constituency on a day."""
    return [each.belonging for each in dated_rules(constituency_id) if each.period.contains(on)]


def belonging_of(rule: ConstituencyRule) -> Belonging:
    """A rule as a value."""
    return Belonging(rule.country, rule.institution_kind, rule.class_id, rule.institution_id)


def seats_of(constituency_id: int, *, on: date, known: datetime | None = None) -> list[ConstituencySeatRow]:
    """The seats that a constituency has on a day, with who holds them."""
    asked = _seats(on, known).where(Seat.constituency_id == constituency_id)
    rows = [row._mapping for row in db.session.execute(asked)]  # noqa: SLF001 - the documented way to a mapping
    return [
        ConstituencySeatRow(**{name: value for name, value in row.items() if name != "constituency_id"}) for row in rows
    ]


def constituencies_to_choose() -> list[tuple[int, str]]:
    """The constituencies that a new seat can have, by name: one that is closed can have it for its own days."""
    asked = select(Constituency.id, Constituency.name)
    rows = db.session.execute(asked.order_by(Constituency.sort_name, Constituency.id))
    return [(row.id, row.name) for row in rows]


def find_decides(constituency_id: int, *, on: date, known: datetime | None = None) -> int | None:
    """How many institutions belong to a constituency on a day; None where nobody said who, and it decides nothing."""
    inside = institutions_of(constituency_id, on=on, known=known)
    return None if inside is None else len(inside)


def _said(rule: ConstituencyRule, class_name: str | None, institution: str | None) -> tuple[str, str]:
    """What a rule goes by, and its words."""
    if rule.country is not None:
        return "Country", country_name(rule.country)
    if rule.institution_kind is not None:
        return "Kind", KIND_WORDS[rule.institution_kind]
    return ("Class", class_name or "") if rule.class_id is not None else ("Institution", institution or "")


def _in_order(asked: AnySelect) -> AnySelect:
    return asked.order_by(ConstituencyRule.first_day, ConstituencyRule.id)


def _seats(on: date, known: datetime | None) -> AnySelect:
    facts, (first_day, last_day) = seat_facts(known), days_of_seat(known)
    asked = (
        select(
            Seat.constituency_id,
            Seat.id.label("seat_id"),
            Seat.position.label("number"),
            dated_label(on, known).label("label"),
            Seat.committee_id,
            dated_name(on, known).label("committee"),
            Appointment.person_id,
            (Person.given_name + " " + Person.family_name).label("holder"),
            first_day.label("first_day"),
            last_day.label("last_day"),
        )
        .join(Committee, Committee.id == Seat.committee_id)
        .outerjoin(Appointment, and_(Appointment.seat_id == Seat.id, valid(Appointment, on, known)))
        .outerjoin(Person, Person.id == Appointment.person_id)
        .where(Seat.constituency_id.is_not(None), on_day(facts, on))
        .order_by(Committee.sort_name, Committee.id, Seat.position, Seat.id)
    )
    return of_seats(asked, facts, known)
