"""The directory and the cards: who is in them on a day, and what each reader is told."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.actor import Actor, Granted, program
from app.core.errors import NotFoundError
from app.core.permissions import Role
from app.core.tables import PageRequest
from app.members.commands import adopt_policy, suspend_member, withdraw_member
from app.members.queries import (
    DirectoryFilters,
    cards_of_institutions,
    cards_of_representatives,
    count_by_country,
    get_card,
    search_directory,
)
from app.members.rules import Policy, Purpose
from tests.conftest import TODAY
from tests.members.world import OFFICE, class_id, do, institution, member, person, statements, voice

READER = Actor("Reader", user_id=7, granted=(Granted(Role.COMMITTEE_MEMBER, committee_id=1),))
ALL = DirectoryFilters()

pytestmark = pytest.mark.usefixtures("context")


def names(filters: DirectoryFilters = ALL, actor: Actor | None = OFFICE, on: date = TODAY) -> list[str]:
    return [row.short_name for row in search_directory(filters, PageRequest(sort="name"), actor, on=on).rows]


def open_to_all() -> None:
    do(adopt_policy, TODAY, Policy(has_public_directory=True))


def test_the_directory_holds_who_is_active_or_suspended_on_the_day():
    suspended = member(institution("Suspended Institute", "S"))
    gone = member(institution("Withdrawn Institute", "W"))
    institution("No Member", "N")
    do(suspend_member, suspended.id, first_day=TODAY, reason="Fees unpaid")
    do(withdraw_member, gone.id, last_day=date(2016, 5, 23), reason="Left")
    assert names() == ["S"]
    assert names(on=date(2016, 5, 23)) == ["S", "W"]


def test_the_directory_is_narrowed_by_words_class_and_country():
    member(institution("Académie de Paris", "AP", country="FR"), "funder")
    member(institution("Berlin Institute", "BI", country="DE"))
    assert names(DirectoryFilters(text="academie")) == ["AP"]
    assert names(DirectoryFilters(class_id=class_id("partner"))) == ["BI"]
    assert names(DirectoryFilters(country="DE")) == ["BI"]
    assert names(DirectoryFilters(country="DE", class_id=class_id("funder"))) == []


def test_members_are_counted_by_country_the_most_first():
    for number, country in enumerate(("TW", "HK", "TW", "FR")):
        member(institution(f"Institute {number}", f"I{number}", country=country))
    found = [(count.code, count.name, count.members) for count in count_by_country(OFFICE, on=TODAY)]
    assert found == [("TW", "Taiwan", 2), ("FR", "France", 1), ("HK", "Hong Kong", 1)]


def test_without_the_policy_there_is_no_directory_for_the_public():
    member(institution())
    with pytest.raises(NotFoundError):
        names(actor=None)
    with pytest.raises(NotFoundError):
        count_by_country(None, on=TODAY)
    with pytest.raises(NotFoundError):
        names(actor=Actor("Without a role", user_id=9))


def test_the_public_is_told_no_person_and_sees_today_only():
    ics = institution()
    member(ics)
    voice(person(ics), ics)
    open_to_all()
    one = PageRequest(sort="name")
    (public,) = search_directory(ALL, one, None, on=TODAY).rows
    (known,) = search_directory(ALL, one, READER, on=TODAY).rows
    assert (public.representative, known.representative) == (None, "Thibault Ferronays")
    with pytest.raises(NotFoundError):
        names(actor=None, on=date(2016, 5, 23))


def test_the_public_finds_by_the_name_it_is_shown_alone():
    added = institution()
    member(added)
    open_to_all()
    number = DirectoryFilters(text=added.account_number)
    assert names(number) == ["ICS"]
    assert names(number, actor=None) == []
    assert names(DirectoryFilters(text="clinique"), actor=None) == ["ICS"]


def test_a_card_holds_how_to_reach_a_person_only_for_those_who_may_see_it():
    ics = institution()
    member(ics)
    who = person(ics, title="Dr")
    voice(who, ics, Purpose.VOTING)
    full, name_only = (get_card(who.id, actor, on=TODAY) for actor in (OFFICE, READER))
    assert (full.email, full.phone, full.title, full.position) == (
        "thibault.ferronays@ics.example",
        "+33 3 00 00 00 00",
        "Dr",
        "Group leader",
    )
    assert (name_only.email, name_only.phone, name_only.title, name_only.position) == (None, None, None, None)
    assert name_only.institutions == full.institutions == ("Institut Clinique de la Souris",)
    assert name_only.roles == ("Voting representative, Institut Clinique de la Souris",)


def test_there_is_no_card_of_nobody():
    with pytest.raises(NotFoundError):
        get_card(77, OFFICE, on=TODAY)


def test_cards_are_of_those_who_work_there_or_speak_for_it_on_the_day():
    ics, other = institution(), institution("Other Institute", "OI")
    here, voter = person(ics), person(other, "Ada", "Zimmer")
    person(other, "Nobody", "Concerned")
    voice(voter, ics)
    voice(here, ics, Purpose.BILLING, until=date(2016, 5, 1))
    assert [card.family_name for card in cards_of_institutions([ics.id], OFFICE, on=TODAY)] == ["Ferronays", "Zimmer"]
    assert [card.family_name for card in cards_of_representatives(OFFICE, on=TODAY)] == ["Zimmer"]
    before = cards_of_representatives(OFFICE, on=date(2016, 5, 1))
    assert sorted(card.family_name for card in before) == ["Ferronays", "Zimmer"]


def test_any_number_of_cards_takes_the_same_statements():
    ics = institution()
    person(ics)
    with statements() as few:
        list(cards_of_institutions([ics.id], program("test"), on=TODAY))
    for number in range(6):
        person(ics, f"Odile{number}", "Moreau")
    with statements() as many:
        assert len(list(cards_of_institutions([ics.id], program("test"), on=TODAY))) == 7
    assert len(many) == len(few)
