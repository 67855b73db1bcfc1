"""How some people are reached and what they speak, who left, and how long people are kept, as diary entries."""

from __future__ import annotations

from datetime import date
from functools import partial

from app.demonstration.commands.diary import Diary
from app.demonstration.rules import Facts
from app.members.commands import (
    PersonFacts,
    add_route,
    adopt_policy,
    edit_person,
    end_affiliation,
)
from app.members.queries import get_person
from app.members.rules import Policy, RouteFacts, RouteKind, RoutePurpose


def write_people(diary: Diary, beginning: date) -> None:
    """The policy of the register, and what is told of single people."""
    months: int = diary.facts["keeps_people_months"]
    diary.on(beginning, partial(_adopt, diary, beginning, months))
    for facts in diary.facts["person"]:
        diary.on(facts["since"], partial(_tell, diary, facts))
        if "left" in facts:
            diary.on(facts["left"], partial(_leave, diary, facts))


def _adopt(diary: Diary, day: date, months: int) -> None:
    adopt_policy(day, Policy(keeps_people_months=months), actor=diary.actor)


def _tell(diary: Diary, facts: Facts) -> None:
    person = diary.people[facts["name"]]
    told = PersonFacts(person.given_name, person.family_name, email=person.email, languages=facts["languages"])
    edit_person(person.id, told, version=person.version, actor=diary.actor)
    for kind, purpose, text in facts["routes"]:
        route = RouteFacts(RouteKind(kind), RoutePurpose(purpose), text, facts["since"])
        add_route(person.id, route, actor=diary.actor)


def _leave(diary: Diary, facts: Facts) -> None:
    person = diary.people[facts["name"]]
    for place in get_person(person.id, diary.actor, on=facts["left"]).affiliations:
        end_affiliation(place.id, last_day=facts["left"], reason="Retired", actor=diary.actor)
