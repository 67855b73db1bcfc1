"""What an import does with a table of contact routes: which are put on record, and the end of those that are there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from app.core.errors import DomainError
from app.core.periods import Period
from app.members.rules.contacts import (
    NOTHING_ADDED,
    ROUTE_KIND_WORDS,
    ROUTE_PURPOSE_WORDS,
    RouteFacts,
    RoutePurpose,
    check_route_free,
    kept_route,
)
from app.members.rules.imports.columns import ReadRow, column_of, problem
from app.members.rules.imports.contact_route_columns import CONTACT_ROUTE_COLUMNS
from app.members.rules.imports.kinds import ImportKind
from app.members.rules.imports.namesakes import Namesakes, institution_of
from app.members.rules.imports.people import KnownPerson, People
from app.members.rules.imports.plans import Change, RowPlan, missing
from app.members.rules.imports.succession import ends_first
from app.members.rules.representations import ended_period

NEEDED = ("kind", "purpose", "text", "first_day")


@dataclass(slots=True)
class KnownRoute:
    """A contact route on record, or of the file (id below zero: its line)."""

    id: int
    person_id: int
    facts: RouteFacts


class ContactRoutes:
    """How people on record are reached, and whom a row may mean."""

    def __init__(self, people: People, known: Iterable[KnownRoute]) -> None:
        """Index them."""
        self.people, self.namesakes = people, Namesakes(people)
        self.known: dict[int, list[KnownRoute]] = defaultdict(list)
        for each in known:
            self.add(each)

    def add(self, known: KnownRoute) -> None:
        """Take one up, from the register or from the file."""
        self.known[known.person_id].append(known)

    def find(self, person_id: int, facts: RouteFacts) -> KnownRoute | None:
        """The one on record that says the same from the same day on."""
        held = self.known.get(person_id, ())
        return next((each for each in held if _sign(each.facts) == _sign(facts)), None)


@dataclass(slots=True)
class Wanted:
    """A row whose person is found: what it says, as it would be kept, and what is on record from that day on."""

    plan: RowPlan
    values: dict[str, Any]
    person: KnownPerson
    facts: RouteFacts
    known: KnownRoute | None


def plan_contact_routes(rows: Iterable[ReadRow], register: ContactRoutes) -> list[RowPlan]:
    """What becomes of each row; what ends comes first, whatever the order, so that another one can follow it.

    Each plan names its person, whether it adds a route or not: with them all goes that was told of them.
    """
    return ends_first((_read(row, register) for row in rows), _plan_known, partial(_plan_new, register))


def _read(row: ReadRow, register: ContactRoutes) -> tuple[RowPlan, Wanted | None]:
    """The row with what is wrong with it, and what it means where nothing needed is missing."""
    values = row.values
    label = str(values.get("name") or values.get("email") or values.get("orcid") or "")
    plan = RowPlan(row.line, label, problems=list(row.problems))
    for column in missing(plan, CONTACT_ROUTE_COLUMNS, values):
        plan.problems.append(f"{column.title}: Missing. A contact route needs it.")
    institution_id = institution_of(plan, values, register.people.institutions)
    person_id, wrong = register.namesakes.find_at_work(values, institution_id)
    if wrong:
        plan.problems.append(wrong)
    if person_id is None:
        return plan, None
    person = register.people.by_id[person_id]
    plan.record_id, plan.label = person_id, person.name
    facts = _facts(plan, values)
    if facts is None:
        return plan, None
    plan.label = f"{person.name}, {ROUTE_KIND_WORDS[facts.kind].lower()} ({ROUTE_PURPOSE_WORDS[facts.purpose].lower()})"
    return plan, Wanted(plan, values, person, facts, register.find(person_id, facts))


def _facts(plan: RowPlan, values: dict[str, Any]) -> RouteFacts | None:
    """What the row says, as it would be kept."""
    if any(key not in values for key in NEEDED):
        return None
    told = {key: values[key] for key in (*NEEDED, "last_day", "rank") if key in values}
    try:
        Period(values["first_day"], values.get("last_day"))
        return kept_route(RouteFacts(**told))
    except DomainError as error:
        key = error.field or "text"
        plan.problems.append(_told(key, values[key], error.message))
        return None


def _sign(facts: RouteFacts) -> tuple[object, ...]:
    return (facts.kind, facts.purpose, facts.text, facts.first_day)


def _plan_known(wanted: Wanted, known: KnownRoute) -> None:
    """What begins on the same day on record: an import may end it, and rewrites nothing else of it."""
    plan, facts, on_record = wanted.plan, wanted.facts, known.facts
    if facts.purpose is RoutePurpose.ALTERNATE and "rank" in wanted.values and facts.rank != on_record.rank:
        told = f"On record it is {on_record.rank}: end that, and bring the route anew from a later day."
        plan.problems.append(_told("rank", facts.rank, told))
    if facts.last_day is None or facts.last_day == on_record.last_day:
        return
    try:
        period = ended_period(on_record.period, facts.last_day)
    except DomainError as error:
        _refuse(wanted, error)
        return
    if not plan.problems:
        known.facts = replace(on_record, last_day=period.last)
        plan.record = Change(known.id, {"last_day": period.last}, {"last_day": on_record.last_day})


def _plan_new(register: ContactRoutes, wanted: Wanted) -> None:
    plan, facts, person = wanted.plan, wanted.facts, wanted.person
    if person.is_erased:
        plan.problems.append(NOTHING_ADDED)
    for other in register.known.get(person.id, ()):
        try:
            check_route_free(facts, (other.facts,))
        except DomainError as error:
            _refuse(wanted, error, f" That is on line {-other.id} of the file." if other.id < 0 else "")
            return
    if plan.problems:
        return
    register.add(KnownRoute(-plan.line, person.id, facts))
    plan.record = Change(-plan.line, {**asdict(facts), "person_id": person.id})


def _refuse(wanted: Wanted, error: DomainError, where: str = "") -> None:
    """Tell what a rule refuses beside the column it is about."""
    key = error.field or "text"
    wanted.plan.problems.append(_told(key, getattr(wanted.facts, key), f"{error.message}{where}"))


def _told(key: str, value: object, message: str) -> str:
    shown = value.isoformat() if isinstance(value, date) else value
    return problem(column_of(ImportKind.CONTACT_ROUTES, key).title, shown, message)
