"""What an import does with a table of people: each row finds a person on record or is someone new, with one place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.core.folding import folded
from app.core.periods import Period
from app.members.rules.contacts import NOTHING_ADDED
from app.members.rules.imports.columns import PEOPLE_COLUMNS, ReadRow, column_of, problem
from app.members.rules.imports.kinds import ImportKind
from app.members.rules.imports.plans import (
    MOST_NAMED,
    Change,
    Institutions,
    Lookup,
    Outcome,
    RowPlan,
    differing,
    missing,
    said_of,
)

FACTS = ("title", "given_name", "family_name", "email", "phone", "orcid", "languages")
SIGNS, NAMES = ("number", "orcid", "email"), ("given_name", "family_name")
PLACE = ("position", "first_day", "last_day")


@dataclass(slots=True)
class Place:
    """A person's place at an institution, on record or in the file (id below zero: its line), and the line it is on."""

    id: int
    institution_id: int
    values: dict[str, Any]
    line: int | None = None

    @property
    def period(self) -> Period:
        """Its days."""
        return Period(self.values["first_day"], self.values["last_day"])


@dataclass(slots=True)
class KnownPerson:
    """A person on record or in the file, with their places, and which line of the file says which facts.

    `merged` has the number and the facts of each record that was merged into theirs.
    """

    id: int
    user_id: int
    values: dict[str, Any]
    version: int
    places: list[Place] = field(default_factory=list)
    said: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    merged: Sequence[dict[str, Any]] = ()
    is_erased: bool = False

    @property
    def name(self) -> str:
        """Given and family name."""
        return name_in(self.values)

    @property
    def names(self) -> tuple[str, ...]:
        """Their name, and those of what was merged into their record."""
        return self.name, *map(name_in, self.merged)


def name_in(values: dict[str, Any]) -> str:
    """Given and family name."""
    return f"{values.get('given_name') or ''} {values.get('family_name') or ''}".strip()


class People:
    """The people on record, found by number, ORCID and e-mail, and the addresses of all who may sign in."""

    def __init__(self, known: Iterable[KnownPerson], addresses: dict[str, int], institutions: Institutions) -> None:
        """Index them; `addresses` has the user of each address."""
        self.by_id: dict[int, KnownPerson] = {}
        self.lookup = Lookup()
        self.addresses, self.institutions = addresses, institutions
        self.numbers: dict[int, int] = {}
        for each in known:
            self.add(each)
        for each in self.by_id.values():
            self._note_merged(each)

    def add(self, known: KnownPerson) -> None:
        """Take one up, from the register or from the file."""
        self.by_id[known.id] = known
        self.note(known.id, known.values)
        if not known.values.get("orcid") and not known.values.get("email"):
            for place in known.places:
                self.note_place(known, place)

    def _note_merged(self, known: KnownPerson) -> None:
        """Let what was merged into one be found as that one, where nobody else has the sign."""
        for merged in known.merged:
            self.numbers[merged["number"]] = known.id
            self.note(known.id, {key: merged[key] for key in SIGNS if not self.lookup.ids(key, merged[key])})

    def note(self, record_id: int, values: dict[str, Any]) -> None:
        """Remember by which values one is found."""
        self.lookup.note("orcid", values.get("orcid"), record_id)
        self.lookup.note("email", values.get("email"), record_id)

    def note_place(self, known: KnownPerson, place: Place) -> None:
        """Remember who of which name works where, for those who have no other sign."""
        for name in known.names:
            self.lookup.note("name at", (folded(name), place.institution_id), known.id)

    def numbered(self, number: int | None) -> int | None:
        """Who has a number, or means it in the file, or took up the record that had it."""
        return number if number in self.by_id else self.numbers.get(number or 0)

    def named(self, ids: Iterable[int]) -> str:
        """Some of them in words, a few by name."""
        found = list(ids)
        names = [
            f"{self.by_id[each].name} (person {each})" if each > 0 else f"line {-each} of the file" for each in found
        ]
        more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
        return ", ".join(names[:MOST_NAMED]) + more


def plan_people(rows: Iterable[ReadRow], register: People) -> list[RowPlan]:
    """What becomes of each row; several rows may be about one person, each with another place."""
    return [_plan(row, register) for row in rows]


def _plan(row: ReadRow, register: People) -> RowPlan:
    values = row.values
    name = name_in(values)
    label, there = name or values.get("email", ""), register.institutions.by_id
    plan = RowPlan(row.line, label, problems=list(row.problems), institutions=there)
    institution_id = _institution(plan, values, register)
    found, wrong = _match(values, name, institution_id, register)
    if wrong:
        plan.problems.append(wrong)
        return plan
    if found is None:
        known = _plan_new(plan, values, register)
    else:
        known = register.by_id[found]
        _plan_known(plan, values, known, register)
    _plan_place(plan, values, known, institution_id, register)
    _refuse_erased(plan, known)
    return plan


def _institution(plan: RowPlan, values: dict[str, Any], register: People) -> int | None:
    if "institution_id" not in values:
        return None
    found, wrong = register.institutions.refer(values["institution_id"])
    if wrong:
        plan.problems.append(_told("institution_id", values["institution_id"], wrong))
    return found


def _match(
    values: dict[str, Any], name: str, institution_id: int | None, register: People
) -> tuple[int | None, str | None]:
    """The person a row is about, None for someone new, or why that cannot be told."""
    number = values.get("number")
    if number is not None:
        found = register.numbered(number)
        if found is not None:
            return _same_name(found, "number", values, register)
    for key in ("orcid", "email"):
        ids = register.lookup.ids(key, values.get(key))
        if len(ids) > 1:
            return None, _told(key, values[key], f"Several have it: {register.named(ids)}. Give the person's number.")
        if ids:
            return _one_with(ids[0], key, values, register)
    same = register.lookup.ids("name at", (folded(name), institution_id))
    if same and number is None and "orcid" not in values and "email" not in values:
        told = f"{register.named(same)} is there under this name: give ORCID, e-mail or number, or take the row out."
        return None, _told("family_name", name, told)
    return None, None


def _refuse_erased(plan: RowPlan, known: KnownPerson) -> None:
    """Of somebody erased only a number is left: nothing is added to it."""
    if known.is_erased and (plan.record or plan.place):
        plan.problems.append(NOTHING_ADDED)


def _same_name(found: int, key: str, values: dict[str, Any], register: People) -> tuple[int | None, str | None]:
    """A number is believed where one of the names agrees: numbers of another site mean other people.

    So is a sign of a record that was merged into theirs, for it names nobody on the page of who is meant.
    """
    known = register.by_id[found]
    given = [name for name in NAMES if name in values]
    called = [
        (folded(each.get(name)), folded(values[name])) for each in (known.values, *known.merged) for name in given
    ]
    if given and not any(name == said for name, said in called):
        of = "the number" if key == "number" else "that"
        return None, _told(key, values[key], f"This is {of} of {known.name}: take it out, or correct it.")
    return found, None


def _one_with(found: int, key: str, values: dict[str, Any], register: People) -> tuple[int | None, str | None]:
    """Who has a sign; someone new of the file is the same person on another line only where the names agree."""
    known = register.by_id[found]
    if key in _merged_signs(values, known):
        return _same_name(found, key, values, register)
    agree = all(folded(values.get(each)) == folded(known.values.get(each)) for each in ("given_name", "family_name"))
    if found < 0 and not agree:
        return None, _told(key, values[key], f"{known.name} on line {-found} has it too: correct one of the two.")
    return found, None


def _plan_new(plan: RowPlan, values: dict[str, Any], register: People) -> KnownPerson:
    for column in missing(plan, PEOPLE_COLUMNS, values):
        plan.problems.append(f"{column.title}: Missing. Someone new needs it.")
    facts = {key: values.get(key) for key in FACTS}
    email = values.get("email")
    if email in register.addresses:
        plan.problems.append(_told("email", email, "This address belongs to a user already: give another one."))
    plan.record_id = -plan.line
    known = KnownPerson(-plan.line, 0, facts, 1)
    register.add(known)
    if values.get("number") is not None:
        register.numbers[values["number"]] = known.id
    if not plan.problems:
        plan.record = Change(known.id, dict(facts))
    return known


def _plan_known(plan: RowPlan, values: dict[str, Any], known: KnownPerson, register: People) -> None:
    plan.record_id, plan.label = known.id, known.name
    given = _given(values, known)
    changed, before = differing(known.values, given)
    _refuse_contradiction(plan, changed, known)
    known.said.append((plan.line, tuple(given)))
    if plan.problems:
        return
    _refuse_taken(plan, changed, known, register)
    if changed and not plan.problems:
        plan.record = Change(known.id, changed, before)
        known.values = {**known.values, **changed}
        register.note(known.id, changed)


def _given(values: dict[str, Any], known: KnownPerson) -> dict[str, Any]:
    """The facts a row tells; where it means a record merged into this one, neither names nor the signs of that one."""
    name, signs = folded(name_in(values)), _merged_signs(values, known)
    apart = {*signs, *NAMES} if signs or name in map(folded, known.names[1:]) else signs
    return {key: values[key] for key in FACTS if key in values and key not in apart}


def _merged_signs(values: dict[str, Any], known: KnownPerson) -> set[str]:
    """The signs in a row that are of a record merged into one, and not their own as well."""
    theirs = {key for each in known.merged for key in SIGNS if each[key] and values.get(key) == each[key]}
    return {key for key in theirs if values[key] != known.values.get(key)}


def _refuse_contradiction(plan: RowPlan, changed: dict[str, Any], known: KnownPerson) -> None:
    """Two rows about one person say the same where both say something."""
    for key, value in changed.items():
        line = -known.id if known.id < 0 else next((line for line, said in known.said if key in said), None)
        if line is not None:
            told = f"Line {line} says something else of the same person: write the same on both."
            plan.problems.append(_told(key, value, told))


def _refuse_taken(plan: RowPlan, changed: dict[str, Any], known: KnownPerson, register: People) -> None:
    """An ORCID and an address belong to one person, and an address to one user."""
    for key in ("orcid", "email"):
        others = [each for each in register.lookup.ids(key, changed.get(key)) if each != known.id]
        if others:
            plan.problems.append(_told(key, changed[key], f"{register.named(others)} has it: correct one of the two."))
    email = changed.get("email")
    if email is not None and register.addresses.get(email, known.user_id) != known.user_id:
        plan.problems.append(_told("email", email, "This address belongs to another user already."))


def _plan_place(
    plan: RowPlan, values: dict[str, Any], known: KnownPerson, institution_id: int | None, register: People
) -> None:
    """The place a row tells of: a new one, or another position or last day of one that begins on the same day."""
    wanted = {key: values[key] for key in PLACE if key in values}
    if institution_id is None:
        if "institution_id" not in values:
            _refuse_nowhere(plan, wanted, known)
        return
    there = [place for place in known.places if place.institution_id == institution_id]
    if "first_day" not in wanted:
        _plan_present_place(plan, wanted, there)
        return
    same = next((place for place in there if place.values["first_day"] == wanted["first_day"]), None)
    if same is not None:
        _change_place(plan, wanted, same)
        return
    _add_place(plan, wanted, known, there, register, institution_id)


def _refuse_nowhere(plan: RowPlan, wanted: dict[str, Any], known: KnownPerson) -> None:
    """A row that names no institution tells of no place, and is not the second of one person."""
    if wanted:
        plan.problems.append("Institution: Missing. The row says when or as what someone works, but not where.")
    elif plan.outcome is Outcome.UNCHANGED and known.id < 0:
        plan.problems.append(f"The same person is on line {-known.id} of the file already: take this row out.")


def _plan_present_place(plan: RowPlan, wanted: dict[str, Any], there: list[Place]) -> None:
    """Without a first day, the one place that has no end is meant."""
    open_places = [place for place in there if place.values["last_day"] is None and place.id > 0]
    if len(open_places) == 1:
        _change_place(plan, wanted, open_places[0])
    elif (not there or wanted) and not said_of(plan, "There since"):
        plan.problems.append("There since: Missing. Write the day since when the person works there.")


def _change_place(plan: RowPlan, wanted: dict[str, Any], place: Place) -> None:
    if place.line is not None:
        plan.problems.append(f"This place is on line {place.line} of the file already: keep one of the two.")
        return
    place.line = plan.line
    changed, before = differing(place.values, wanted)
    last = changed.get("last_day")
    if last is not None and last < place.values["first_day"]:
        plan.problems.append(_told("last_day", last.isoformat(), "It lies before the first day: correct one of them."))
    elif last is not None and before["last_day"] is not None and last > before["last_day"]:
        told = f"This place ended on {before['last_day'].isoformat()} already: a new one begins with a later first day."
        plan.problems.append(_told("last_day", last.isoformat(), told))
    elif changed and not plan.problems:
        plan.place = Change(place.id, changed, before)
        place.values = {**place.values, **changed}


def _add_place(
    plan: RowPlan,
    wanted: dict[str, Any],
    known: KnownPerson,
    there: list[Place],
    register: People,
    institution_id: int,
) -> None:
    first, last = wanted["first_day"], wanted.get("last_day")
    if last is not None and last < first:
        plan.problems.append(_told("last_day", last.isoformat(), "It lies before the first day: correct one of them."))
        return
    period = Period(first, last)
    other = next((place for place in there if place.period.overlaps(period)), None)
    if other is not None:
        until = f"until {other.period.last.isoformat()}" if other.period.last else "without an end"
        told = f"The person works there already from {other.period.first.isoformat()} {until}."
        plan.problems.append(
            _told("first_day", first.isoformat(), f"{told} Correct the days, or end that place first.")
        )
        return
    values = {"position": wanted.get("position"), "first_day": first, "last_day": last}
    place = Place(-plan.line, institution_id, values, plan.line)
    known.places.append(place)
    if not known.values.get("orcid") and not known.values.get("email"):
        register.note_place(known, place)
    if not plan.problems:
        plan.place = Change(-plan.line, {**values, "institution_id": institution_id, "person_id": known.id})


def _told(key: str, value: object, message: str) -> str:
    column = column_of(ImportKind.PEOPLE, key)
    return problem(column.title, column.said(value), message)
