"""A diary of what happened when: acts are written down in any order and done in the order of their days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.committees.models import Committee, Seat
from app.core import clock
from app.core.actor import Actor
from app.demonstration.rules import BUSINESS_HOUR, Facts, address_of
from app.members.commands import AffiliationFacts, PersonFacts, add_person
from app.members.models import Institution, Person

Act = Callable[[], object]


@dataclass
class Diary:
    """The acts to come, and everyone and everything that has entered the story so far, by name."""

    facts: Facts
    actor: Actor
    acts: list[tuple[date, Act]] = field(default_factory=list)
    institutions: dict[str, Institution] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    committees: dict[str, Committee] = field(default_factory=dict)
    memberships: dict[tuple[str, str], int] = field(default_factory=dict)
    seats: dict[str, Seat] = field(default_factory=dict)

    def on(self, day: date, act: Act) -> None:
        """Write an act down for a day."""
        self.acts.append((day, act))

    def live(self) -> None:
        """Do everything written down, day by day, in the order it was written down within a day."""
        for number, (day, act) in enumerate(sorted(self.acts, key=lambda entry: entry[0])):
            morning = clock.start_of(day) + timedelta(hours=BUSINESS_HOUR, seconds=number)
            with clock.clock_at(morning):
                act()
        self.acts.clear()

    def person(self, name: str, institution: str | None, day: date) -> Person:
        """Someone of the story; who is new comes in on the day with their institution."""
        if name not in self.people:
            given, _, family = name.rpartition(" ")
            facts = PersonFacts(given_name=given, family_name=family, email=address_of(name, institution))
            at = self.institutions[institution].id if institution else None
            affiliation = AffiliationFacts(institution_id=at, first_day=day) if at else None
            self.people[name] = add_person(facts, affiliation=affiliation, actor=self.actor)
        return self.people[name]
