"""Any number of chosen records is asked for in one statement: no database takes tens of thousands of values apart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.ctx import AppContext
from sqlalchemy import select

from app.core import clock
from app.core.bulk import among
from app.core.database import db
from app.members.commands import TemplateText, add_mail_template, change_classes
from app.members.models import Institution, Membership, Person
from app.members.queries import (
    Audience,
    ClassChange,
    cards_of_institutions,
    in_parts,
    list_institution_rows,
    list_person_ids,
    list_person_rows,
    plan_class_change,
    plan_mailing,
)
from app.members.queries.cards import BLOCK
from app.members.queries.people import PersonFilters
from app.members.rules import Purpose
from tests.members.world import OFFICE, class_id, do, institution, member, person, statements, voice

MANY = 70_000
FIRST_MADE_UP = 1_000_000


@pytest.fixture
def places(context: AppContext) -> list[Institution]:
    """Three institutions, taken up against their order by name, each with somebody who votes for it."""
    found = []
    for name, family_name in (("Gamma", "Zola"), ("Beta", "Moreau"), ("Alpha", "Abel")):
        place = institution(f"{name} Institute", name)
        member(place)
        voice(person(place, "Jean", family_name), place)
        found.append(place)
    return found


def many(records: list[Any]) -> list[int]:
    """The ids of the records, with tens of thousands that are nobody's."""
    made_up = range(FIRST_MADE_UP, FIRST_MADE_UP + MANY)
    return [*made_up[: MANY // 2], *(record.id for record in records), *made_up[MANY // 2 :]]


def people() -> list[Person]:
    return list(db.session.scalars(select(Person).order_by(Person.id)))


@pytest.mark.parametrize("chosen", [[], [0], [0, 0, 2], [1, 2**62], [2**62]])
def test_among_asks_what_in_asks(places: list[Institution], chosen: list[int]):
    known = [each.id for each in people()]
    ids = [known[place] if place < len(known) else place for place in chosen]
    both = select(Person.id).where(among(Person.id, ids)), select(Person.id).where(Person.id.in_(ids))
    found = [sorted(db.session.scalars(asked)) for asked in both]
    assert found[0] == found[1] == sorted({each for each in ids if each in known})


def test_rows_of_any_number_of_people_are_read_in_the_order_of_their_names(places: list[Institution]):
    rows = list_person_rows(many(people()), OFFICE, on=clock.today())
    assert [row.name for row in rows] == ["Jean Abel", "Jean Moreau", "Jean Zola"]


def test_rows_of_any_number_of_institutions_are_read_in_the_order_of_their_names(places: list[Institution]):
    rows = list_institution_rows(many(places), OFFICE, on=clock.today())
    assert [row.short_name for row in rows] == ["Alpha", "Beta", "Gamma"]


def test_cards_of_any_number_of_institutions_are_in_the_order_of_names(places: list[Institution]):
    cards = cards_of_institutions(many(places), OFFICE, on=clock.today())
    assert [card.family_name for card in cards] == ["Abel", "Moreau", "Zola"]


def test_cards_of_any_number_of_people_are_in_the_order_of_names_across_the_blocks_they_are_read_in(
    places: list[Institution], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("app.members.queries.cards.BLOCK", 2)
    assert BLOCK > 2
    cards = in_parts(many(people()), OFFICE, on=clock.today())
    assert [card.family_name for card in cards] == ["Abel", "Moreau", "Zola"]


def test_all_people_are_chosen_in_the_order_of_the_list(places: list[Institution]):
    by_name = {row.id: row.family_name for row in people()}
    found = list_person_ids(PersonFilters(), OFFICE, on=clock.today())
    assert [by_name[each] for each in found] == ["Abel", "Moreau", "Zola"]


def test_a_change_of_class_is_planned_and_done_for_any_number_of_institutions(places: list[Institution]):
    change = ClassChange(class_id("partner"), class_id("funder"), date(2016, 7, 1))
    plan = plan_class_change(many(places), change, OFFICE)
    assert [line.name for line in plan.changing] == ["Alpha Institute", "Beta Institute", "Gamma Institute"]
    changed = do(change_classes, plan.membership_ids, change.to_id, first_day=change.first_day, reason="D-1")
    assert len(changed) == 3


def test_memberships_of_any_number_are_found_before_any_is_changed(places: list[Institution]):
    held = list(db.session.scalars(select(Membership).order_by(Membership.id)))
    values: dict[str, Any] = {"first_day": date(2016, 7, 1), "reason": "D-1"}
    assert len(do(change_classes, many(held), class_id("funder"), **values)) == 3


@pytest.mark.parametrize(
    "audience",
    [
        lambda _places: Audience(people=tuple(many(people()))),
        lambda places: Audience(institutions=tuple(many(places)), purpose=Purpose.VOTING),
    ],
    ids=["people", "institutions"],
)
def test_a_mailing_is_planned_for_any_number_chosen(
    places: list[Institution], audience: Callable[[list[Institution]], Audience]
):
    template = do(add_mail_template, TemplateText("Call", "For {institution}", "Dear {person}"))
    with statements() as sent:
        plan = plan_mailing(template.id, audience(places), OFFICE, on=clock.today())
    assert [letter.subject for letter in plan.letters] == [
        "For Alpha Institute",
        "For Beta Institute",
        "For Gamma Institute",
    ]
    assert len(sent) < 10
