"""Who on record a row of a table names: by ORCID, e-mail or number, else by the name and where somebody works."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from app.core.folding import folded
from app.members.rules.imports.columns import problem
from app.members.rules.imports.people import People, Place
from app.members.rules.imports.plans import Institutions, RowPlan
from app.members.rules.imports.shared_columns import SIGN_TITLES

Found = tuple[int | None, str | None]


class Namesakes:
    """The people on record by all that a row may call them."""

    def __init__(self, people: People) -> None:
        """Index their names."""
        self.people = people
        self.named: dict[str, list[int]] = defaultdict(list)
        for person in people.by_id.values():
            for name in dict.fromkeys(map(folded, person.names)):
                self.named[name].append(person.id)

    def find(self, values: dict[str, Any], institution_id: int | None) -> Found:
        """The person on record a row is about, or why that cannot be told."""
        people, name = self.people, values.get("name")
        signs = [key for key in ("orcid", "email") if key in values]
        for key in signs:
            ids = people.lookup.ids(key, values[key])
            if ids:
                return self._only(ids, key, values[key])
        person = people.by_id.get(people.numbered(values.get("number")) or 0)
        if person is not None and folded(name or person.name) in map(folded, person.names):
            return person.id, None
        if signs:
            told = "Nobody on record has it: bring the person first, or correct it."
            return None, _told(signs[0], values[signs[0]], told)
        return self._find_called(values, institution_id)

    def find_at_work(self, values: dict[str, Any], institution_id: int | None) -> Found:
        """As `find`, where the institution is the one they work at: so is whom it means among those of one name.

        A number from another site may be that of a namesake: it is not believed of who never had a place there, where
        another one of that name has one on the row's first day or later.
        """
        number, name, day = values.get("number"), values.get("name"), values.get("first_day")
        if number and name and day and self.people.numbered(number) not in self._called(name, institution_id):
            others = self._called(name, institution_id)
            if any(place.institution_id == institution_id and _lasts(place, day) for place in self._places_of(others)):
                values = {key: value for key, value in values.items() if key != "number"}
        return self.find(values, institution_id)

    def _find_called(self, values: dict[str, Any], institution_id: int | None) -> Found:
        """The person of a row that has neither ORCID nor e-mail, by their name."""
        if "name" in values:
            return self._only(self._called(values["name"], institution_id), "name", values["name"])
        if "number" in values:
            return None, _told("number", values["number"], "Nobody on record has this number.")
        return None, "Name: Missing. Write who it is: ORCID, e-mail, number or name."

    def _called(self, name: str, institution_id: int | None) -> Sequence[int]:
        """Who is called so: those with a place at the institution, else anybody."""
        ids = self.named.get(folded(name), [])
        there = [each for each in ids if institution_id in self._places(each)]
        return there or ids

    def _places(self, person_id: int) -> set[int]:
        return {place.institution_id for place in self._places_of([person_id])}

    def _places_of(self, ids: Sequence[int]) -> Iterator[Place]:
        return (place for each in ids for place in self.people.by_id[each].places)

    def _only(self, ids: Sequence[int], key: str, text: object) -> Found:
        if len(ids) == 1:
            return ids[0], None
        if not ids:
            return None, _told(key, text, "Nobody on record is called so: bring the person first, or correct it.")
        told = f"Several people are meant by it: {self.people.named(ids)}. Give ORCID, e-mail or number."
        return None, _told(key, text, told)


def _lasts(place: Place, day: date) -> bool:
    return place.period.last is None or place.period.last >= day


def institution_of(plan: RowPlan, values: dict[str, Any], institutions: Institutions) -> int | None:
    """The institution a row names; where that means none or several, it is told with the row."""
    if "institution_id" not in values:
        return None
    found, wrong = institutions.refer(values["institution_id"])
    if wrong:
        plan.problems.append(problem("Institution", values["institution_id"], wrong))
    return found


def _told(key: str, text: object, message: str) -> str:
    return problem(SIGN_TITLES[key], text, message)
