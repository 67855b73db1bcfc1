"""What an import does with a table of representatives: who is named anew, and the end of those on record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from app.core.errors import DomainError
from app.core.periods import Period
from app.members.rules.imports.columns import ReadRow, column_of, problem
from app.members.rules.imports.kinds import ImportKind
from app.members.rules.imports.namesakes import Namesakes, institution_of
from app.members.rules.imports.people import KnownPerson, People
from app.members.rules.imports.plans import Change, RowPlan, missing
from app.members.rules.imports.representative_columns import REPRESENTATIVE_COLUMNS
from app.members.rules.imports.succession import ends_first
from app.members.rules.representations import PURPOSE_WORDS, Purpose, Representing, check_free, ended_period


@dataclass(slots=True)
class KnownRepresentation:
    """Somebody who represents an institution, on record, or of the file (id below zero: its line)."""

    id: int
    institution_id: int
    representing: Representing


class Representatives:
    """Who represents which institution on record, and the people and institutions a row may mean."""

    def __init__(self, people: People, known: Iterable[KnownRepresentation]) -> None:
        """Index them."""
        self.people, self.namesakes = people, Namesakes(people)
        self.known: dict[tuple[int, Purpose], list[KnownRepresentation]] = defaultdict(list)
        for each in known:
            self.add(each)

    def add(self, known: KnownRepresentation) -> None:
        """Take one up, from the register or from the file."""
        self.known[known.institution_id, known.representing.purpose].append(known)


@dataclass(slots=True)
class Wanted:
    """A row whose institution and person are found: what it says of them, and what is on record from that day on."""

    plan: RowPlan
    values: dict[str, Any]
    institution_id: int
    person: KnownPerson
    known: KnownRepresentation | None


def plan_representatives(rows: Iterable[ReadRow], register: Representatives) -> list[RowPlan]:
    """What becomes of each row; what ends comes first, whatever the order, so that a successor can follow it."""
    return ends_first((_read(row, register) for row in rows), _plan_known, partial(_plan_new, register))


def _read(row: ReadRow, register: Representatives) -> tuple[RowPlan, Wanted | None]:
    """The row with what is wrong with it, and what it means where nothing needed is missing."""
    values = row.values
    label = str(values.get("name") or values.get("email") or values.get("orcid") or "")
    plan = RowPlan(row.line, label, problems=list(row.problems))
    for column in missing(plan, REPRESENTATIVE_COLUMNS, values):
        plan.problems.append(f"{column.title}: Missing. A representative needs it.")
    institution_id = institution_of(plan, values, register.people.institutions)
    if institution_id is None:
        return plan, None
    person_id, wrong = register.namesakes.find(values, institution_id)
    if wrong:
        plan.problems.append(wrong)
    if person_id is None or "purpose" not in values or "first_day" not in values:
        return plan, None
    words, purpose = PURPOSE_WORDS[values["purpose"]].lower(), values["purpose"]
    institution = register.people.institutions.by_id[institution_id].values["short_name"]
    person = register.people.by_id[person_id]
    plan.label = f"{person.name}, {words} of {institution}"
    held = register.known.get((institution_id, purpose), ())
    same = (each for each in held if _begins_so(each.representing, person_id, values["first_day"]))
    known = next(same, None)
    plan.record_id = known.id if known is not None else -plan.line
    return plan, Wanted(plan, values, institution_id, person, known)


def _begins_so(representing: Representing, person_id: int, first_day: date) -> bool:
    return representing.person_id == person_id and representing.period.first == first_day


def _plan_known(wanted: Wanted, known: KnownRepresentation) -> None:
    """What begins on the same day on record: an import may end it, and rewrites nothing else of it."""
    plan, values, representing = wanted.plan, wanted.values, known.representing
    if values.get("rank", representing.rank) != representing.rank:
        told = f"On record it is {representing.rank}: end that, and name the person anew from a later day."
        plan.problems.append(_told("rank", values["rank"], told))
    last, before = values.get("last_day"), representing.period.last
    if last is None or last == before:
        return
    try:
        period = ended_period(representing.period, last)
    except DomainError as error:
        _refuse(wanted, error)
        return
    if not plan.problems:
        known.representing = Representing(wanted.person.id, representing.purpose, representing.rank, period)
        plan.record = Change(known.id, {"last_day": last}, {"last_day": before})


def _plan_new(register: Representatives, wanted: Wanted) -> None:
    plan, values = wanted.plan, wanted.values
    if wanted.person.is_erased:
        plan.problems.append("This person was erased: nobody represents an institution as them any more.")
    purpose, rank = values["purpose"], values.get("rank", 1)
    try:
        period = Period(values["first_day"], values.get("last_day"))
    except DomainError as error:
        _refuse(wanted, error)
        return
    representing = Representing(wanted.person.id, purpose, rank, period)
    for other in register.known.get((wanted.institution_id, purpose), ()):
        try:
            check_free(representing, (other.representing,))
        except DomainError as error:
            _refuse(wanted, error, f" That is on line {-other.id} of the file." if other.id < 0 else "")
            return
    if plan.problems:
        return
    register.add(KnownRepresentation(-plan.line, wanted.institution_id, representing))
    whose = {"institution_id": wanted.institution_id, "person_id": wanted.person.id}
    days = {"first_day": period.first, "last_day": period.last}
    plan.record = Change(-plan.line, {**whose, "purpose": purpose, "rank": rank, **days})


def _refuse(wanted: Wanted, error: DomainError, where: str = "") -> None:
    """Tell what a rule refuses beside the column it is about."""
    shown = {**wanted.values, "rank": wanted.values.get("rank", 1), "person_id": wanted.person.name}
    key = error.field or "person_id"
    text = shown[key].isoformat() if isinstance(shown[key], date) else shown[key]
    wanted.plan.problems.append(_told("name" if key == "person_id" else key, text, f"{error.message}{where}"))


def _told(key: str, text: object, message: str) -> str:
    return problem(column_of(ImportKind.REPRESENTATIVES, key).title, text, message)
