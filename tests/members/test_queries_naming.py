"""Institutions as people name them: one is meant or none, never guessed; and those suggested while one types."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.actor import Actor, Granted
from app.core.errors import AccessDeniedError
from app.core.naming import MOST_SUGGESTED
from app.core.permissions import Permission, Role
from app.members.commands import Merging, Naming, add_alias, merge_records, rename_institution
from app.members.queries import InstitutionNames, institution_names
from app.members.rules import TwinKind
from tests.conftest import TODAY
from tests.members.world import OFFICE, do, institution, statements

pytestmark = pytest.mark.usefixtures("context")


def names(on: date = TODAY) -> InstitutionNames:
    return InstitutionNames(OFFICE, on)


def meant(words: str, on: date = TODAY) -> list[str]:
    return [each.words for each in names(on).called(words).called]


def suggested(words: str, on: date = TODAY) -> list[str]:
    return [each.words for each in names(on).suggested(words)]


@pytest.mark.parametrize(
    "typed",
    [
        "Helmholtz Zentrum München",
        "helmholtz  zentrum munchen",
        "HMGU",
        "hmgu",
        "GSF",
        "M-0001",
        "m-0001",
        "Helmholtz Zentrum München (M-0001)",
    ],
)
def test_an_institution_is_meant_by_its_name_short_name_alias_or_number(typed: str):
    found = institution("Helmholtz Zentrum München", "HMGU", country="DE")
    institution("MRC Harwell", "Harwell")
    do(add_alias, found.id, "GSF")
    assert [(each.id, each.words) for each in names().called(typed).called] == [
        (found.id, "Helmholtz Zentrum München (M-0001)")
    ]


@pytest.mark.parametrize("typed", ["Helmholtz", "HMG", "M-000", "MRC Harwell (M-0001)", "(M-0001)", "()", "%", "_"])
def test_a_part_of_a_name_or_the_number_of_another_means_none(typed: str):
    institution("Helmholtz Zentrum München", "HMGU")
    institution("MRC Harwell", "Harwell")
    assert meant(typed) == []


def test_what_is_like_it_is_told_where_nothing_is_called_so():
    institution("Helmholtz Zentrum München", "HMGU")
    assert [each.words for each in names().called("munchen").like] == ["Helmholtz Zentrum München (M-0001)"]
    assert not names().called("nowhere").like


def test_two_of_one_name_are_both_meant_and_told_apart_by_their_numbers():
    institution("Institute of Genetics", "IGA")
    institution("Institute of Genetics", "IGB")
    institution("MRC Harwell", "IGC")
    assert meant("Institute of Genetics") == ["Institute of Genetics (M-0001)", "Institute of Genetics (M-0002)"]
    assert meant("institute of genetics (m-0002)") == ["Institute of Genetics (M-0002)"]


def test_a_name_means_who_has_it_on_the_day():
    found = institution("Old House", "OH")
    do(rename_institution, found.id, Naming("New House", "NH", date(2016, 1, 1)), reason=None)
    assert (meant("Old House"), meant("New House")) == ([], ["New House (M-0001)"])
    assert meant("Old House", date(2015, 12, 31)) == ["Old House (M-0001)"]
    assert suggested("old") == ["New House (M-0001)"]
    assert suggested("old", date(2015, 12, 31)) == ["Old House (M-0001)"]


def test_who_was_merged_is_found_as_the_survivor():
    one, two = institution("Alpha House", "AH"), institution("Beta House", "BH")
    do(merge_records, Merging(TwinKind.INSTITUTION, one.id, two.id, "One house"))
    assert (meant("Beta House"), suggested("beta")) == ([], ["Alpha House (M-0001)"])
    assert names().named(two.id) is None


def test_suggestions_begin_with_the_short_name_typed_and_are_twenty_at_most():
    for number in range(24):
        institution(f"Academics {number:02}", f"A{number}")
    institution("Zentrum Souris", "ICS")
    institution("Icso", "IX")
    found = suggested("ics")
    assert found[:3] == ["Zentrum Souris (M-0025)", "Icso (M-0026)", "Academics 00 (M-0001)"]
    assert len(found) == MOST_SUGGESTED
    assert suggested("  ") == []


def test_a_representative_names_the_own_institution_where_its_people_are_meant():
    own, other = institution("Alpha House", "AH"), institution("Beta House", "BH")
    actor = Actor("Rose Field", 7, (Granted(Role.REPRESENTATIVE, institution_id=own.id),))
    mine = institution_names(Permission.PERSON_EDIT, actor, on=TODAY)
    assert [each.id for each in mine.suggested("house")] == [own.id]
    assert (list(mine.called("Beta House").called), mine.named(other.id)) == ([], None)
    assert len(institution_names(Permission.PERSON_EDIT, OFFICE, on=TODAY).suggested("house")) == 2
    with pytest.raises(AccessDeniedError):
        InstitutionNames(Actor("Nobody", user_id=7), TODAY).suggested("house")


def test_names_take_as_many_statements_for_one_institution_as_for_twenty():
    counts = []
    for more in (range(1), range(1, 20)):
        for number in more:
            institution(f"House {number}", f"H{number}")
        with statements() as sent:
            names().suggested("house")
            names().called("house")
            names().called("House 0")
            names().named(1)
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 5
