"""The whole register: what is exported, imported into an empty site, comes out equal, for today and for a past day."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter
from typing import Any

import pytest
from flask.ctx import AppContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import AccessDeniedError
from app.core.tables import Column
from app.core.verification import run_checks
from app.members.commands import (
    AffiliationFacts,
    Merging,
    Naming,
    PersonFacts,
    RepresentationFacts,
    UnitFacts,
    add_alias,
    add_person,
    add_route,
    add_unit,
    affiliate_person,
    correct_first_day,
    correct_last_day,
    end_representation,
    end_route,
    merge_records,
    name_representative,
    reinstate_member,
    rename_institution,
    set_parent,
    suspend_member,
    withdraw_member,
)
from app.members.models import Institution, Person, Representation
from app.members.queries.register import export_register
from app.members.rules import Purpose, RouteFacts, RouteKind, RoutePurpose, TwinKind, country_choices
from app.members.rules.imports import COLUMNS, ImportKind
from app.members.rules.imports.countries import country_of
from app.web.exports import csv_lines, write_xlsx
from tests.database import empty_database
from tests.members.importing import case_of, tried, written
from tests.members.world import LAUNCH, OFFICE, do, institution, member, on, person, voice

pytestmark = pytest.mark.usefixtures("context")
KINDS = tuple(ImportKind)
TEXTS = st.text("aé'=+-@|\",;\nxß ", min_size=1, max_size=12).map(lambda text: " ".join(text.split()) or "a")
BY_POST = (RouteKind.ADDRESS, RoutePurpose.ALTERNATE)
LATER = LAUNCH + timedelta(days=700)


def exported(kind: ImportKind, day: date | None = None, form: str = "csv") -> bytes:
    """The register of a kind as a file, as its page sends it."""
    columns = [Column(column.key, column.title, itemgetter(column.key)) for column in COLUMNS[kind]]
    with_rows = export_register(kind, on=day, actor=OFFICE)
    target = io.BytesIO()
    if form == "xlsx":
        write_xlsx(target, columns, with_rows.rows)
    else:
        target.write("".join(csv_lines(columns, with_rows.rows)).encode())
    content = target.getvalue()
    db.session.rollback()
    return content


def comparable(kind: ImportKind, day: date | None = None) -> list[dict[str, Any]]:
    """The rows of the register without the numbers of people, which every site gives by itself."""
    keys = [column.key for column in COLUMNS[kind] if column.key != "number"]
    rows = [{key: row[key] for key in keys} for row in export_register(kind, on=day, actor=OFFICE).rows]
    db.session.rollback()
    return sorted(rows, key=repr)


def brought_to_an_empty_site(day: date | None, form: str) -> None:
    """Export everything, empty the site, and import it again."""
    files = {kind: exported(kind, day, form) for kind in KINDS}
    before = {kind: comparable(kind, day) for kind in KINDS}
    db.session.remove()
    empty_database()
    for kind in KINDS:
        if before[kind]:
            written(kind, files[kind])
    assert {kind: comparable(kind, day) for kind in KINDS} == before
    assert [line for finding in run_checks() for line in finding.problems] == []
    db.session.rollback()


@dataclass(frozen=True)
class Story:
    """What happened to one institution."""

    name: str
    notes: str
    is_renamed: bool
    has_parent: bool
    turns: int
    leaves: bool
    people: int
    purpose: Purpose
    languages: str | None
    route: tuple[RouteKind, RoutePurpose]


TURNS = (st.booleans(), st.booleans(), st.integers(0, 2), st.booleans(), st.integers(0, 2), st.sampled_from(Purpose))
SPOKEN = st.sampled_from([None, "fr", "English, French", "zh yue", "ain, cla, el"])
REACHED = st.tuples(st.sampled_from(RouteKind), st.sampled_from(RoutePurpose))
STORIES = st.lists(st.builds(Story, TEXTS, TEXTS, *TURNS, SPOKEN, REACHED), min_size=1, max_size=4)


def live(stories: list[Story]) -> None:
    """Let it happen."""
    first: int | None = None
    for number, story in enumerate(stories):
        country = country_choices()[(number * 37) % len(country_choices())][0]
        taken = institution(f"{story.name} {number}", f"S{number}", postal_address=story.notes, country=country)
        do(add_alias, taken.id, f"Also {story.notes} {number}")
        do(add_alias, taken.id, f"Also {number}; {story.name}")
        do(add_unit, taken.id, UnitFacts(f"{story.notes[:5]}|{number}", LAUNCH, LATER if story.leaves else None))
        if story.is_renamed:
            with on(LATER):
                do(rename_institution, taken.id, Naming(f"{story.name} renamed {number}", f"N{number}", LATER))
        if story.has_parent and first is not None:
            do(set_parent, taken.id, first)
        first = first or taken.id
        turn_membership(member(taken).id, story)
        for each in range(story.people):
            take_up_person(taken, story, first, each)


def take_up_person(taken: Institution, story: Story, first: int, each: int) -> None:
    """Someone with an address, or without one and with a second place elsewhere."""
    email = None if each else f"ada@{taken.short_name.lower()}.example"
    family_name = f"{story.name[:15]} {taken.account_number}"
    someone = person(taken, f"Ada {each}", family_name, email=email, languages=story.languages)
    reach(someone, story)
    if each:
        voice(someone, taken, story.purpose, until=LATER)
        represent_elsewhere(someone, first, story)
    if each and first != taken.id:
        place = AffiliationFacts(first, LATER, LATER + timedelta(days=10), story.notes[:20])
        do(affiliate_person, someone.id, place)


def reach(someone: Person, story: Story) -> None:
    """One way for a while and another one beside it, and the first one again."""
    kind, purpose = story.route
    said = {RouteKind.EMAIL: "desk@ics.example", RouteKind.TELEPHONE: "+33 3 88 65 35 00"}
    text = said.get(kind, f"{story.name}\n{story.notes}")
    do(add_route, someone.id, RouteFacts(kind, purpose, text, LAUNCH, LATER, rank=2))
    do(add_route, someone.id, RouteFacts(RouteKind.TELEPHONE, purpose, "020 7946 0000 ext 12", LAUNCH))
    do(add_route, someone.id, RouteFacts(kind, purpose, text, LATER + timedelta(days=1), rank=3))


def represent_elsewhere(someone: Person, first: int, story: Story) -> None:
    """A contact of the first institution, where they need not work."""
    facts = RepresentationFacts(
        Purpose.TECHNICAL, LATER + timedelta(days=1), LATER + timedelta(days=20), rank=len(story.name)
    )
    do(name_representative, first, someone.id, facts)


def turn_membership(membership_id: int, story: Story) -> None:
    day = LAUNCH + timedelta(days=100)
    for _ in range(story.turns):
        do(suspend_member, membership_id, first_day=day, reason=story.notes)
        do(reinstate_member, membership_id, first_day=day + timedelta(days=30), reason=story.name)
        day += timedelta(days=300)
    if story.leaves:
        do(withdraw_member, membership_id, last_day=day + timedelta(days=50), reason="Budget")


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STORIES, st.sampled_from([None, LAUNCH, LATER + timedelta(days=5)]), st.sampled_from(["csv", "xlsx"]))
def test_what_is_exported_comes_out_equal_from_an_empty_site(
    context: AppContext, stories: list[Story], day: date | None, form: str
):
    db.session.remove()
    empty_database()
    live(stories)
    brought_to_an_empty_site(day, form)


def test_two_institutions_of_one_name_come_out_as_two(context: AppContext):
    for _ in range(2):
        institution("National Cancer Institute", "NCI")
    brought_to_an_empty_site(None, "csv")


def test_an_institution_called_as_another_one_was_comes_out_equal(context: AppContext):
    first = institution("Institut de la Souris", "IS")
    do(rename_institution, first.id, Naming("Phenomin", "PHE", LATER))
    institution("Institut de la Souris", "ISO")
    brought_to_an_empty_site(None, "csv")


def test_an_institution_called_by_its_own_alias_comes_out_equal():
    ics = institution()
    do(add_alias, ics.id, "Phenomin")
    do(add_alias, ics.id, "Souris")
    do(rename_institution, ics.id, Naming("PHENOMIN", "PHE", LATER))
    (row,) = comparable(ImportKind.INSTITUTIONS)
    assert (row["name"], row["aliases"]) == ("PHENOMIN", "Souris")
    (row,) = comparable(ImportKind.INSTITUTIONS, LAUNCH)
    assert row["aliases"] == "Phenomin; Souris"
    brought_to_an_empty_site(None, "csv")


def test_a_past_day_tells_of_no_whole_that_had_no_name_yet():
    ics, whole = institution(), {"Name": "Celphedia", "Short name": "CEL", "Kind": "Funder", "Country": "FR"}
    written(ImportKind.INSTITUTIONS, [whole | {"Named so since": LATER}])
    do(set_parent, ics.id, db.session.scalars(select(Institution.id).where(Institution.short_name == "CEL")).one())
    assert {row["parent_id"] for row in comparable(ImportKind.INSTITUTIONS, LATER)} == {None, "M-0002"}
    assert [row["parent_id"] for row in comparable(ImportKind.INSTITUTIONS, LAUNCH)] == [None]
    brought_to_an_empty_site(LAUNCH, "csv")


def test_what_was_known_before_two_people_were_merged_has_an_address_once():
    ics, cnr = institution(), institution("CNR Monterotondo", "CNR", country="IT")
    ada, ben = person(ics, "Ada", "Lund", email=None), person(cnr, "Ben", "Okoro", email="ben@cnr.example")
    for each, where in ((ada, ics), (ben, cnr)):
        voice(each, where)
        do(add_route, each.id, RouteFacts(RouteKind.ADDRESS, RoutePurpose.GENERAL, where.name, LAUNCH))
    moment = clock.now()
    with on(date(2016, 6, 1)):
        do(merge_records, Merging(TwinKind.PERSON, ada.id, ben.id, "The same"))
        for kind in (ImportKind.PEOPLE, ImportKind.REPRESENTATIVES, ImportKind.CONTACT_ROUTES):
            rows = export_register(kind, known=moment, actor=OFFICE).rows
            assert [row["email"] for row in rows] == [None, "ben@cnr.example"]
            rows = export_register(kind, actor=OFFICE).rows
            assert {row["email"] for row in rows} == {"ben@cnr.example"}
    db.session.rollback()


def test_an_export_brought_again_changes_nothing():
    story = Story("Souris", "Notes", True, False, 1, True, 2, Purpose.ALTERNATE, "de en", BY_POST)  # noqa: FBT003
    live([story])
    before = {kind: comparable(kind) for kind in KINDS}
    for kind in KINDS:
        assert unchanged(kind) == len(before[kind])
    assert {kind: comparable(kind) for kind in KINDS} == before


def unchanged(kind: ImportKind) -> int:
    case = case_of(tried(kind, exported(kind)))
    assert (case.added, case.changed, case.refused) == (0, 0, 0)
    return case.unchanged


def test_a_past_day_has_who_represented_an_institution_without_a_place_there():
    ics, cnr = institution(), institution("CNR Monterotondo", "CNR", country="IT")
    with on(LATER):
        nora: Person = do(add_person, PersonFacts("Nora", "Lund"))
        ben: Person = do(add_person, PersonFacts("Ben", "Okoro"))
        do(affiliate_person, ben.id, AffiliationFacts(cnr.id, LATER))
    for each in (nora, ben):
        voice(each, ics, Purpose.TECHNICAL, until=LATER)
    day = LAUNCH + timedelta(days=5)
    assert [row["family_name"] for row in comparable(ImportKind.PEOPLE, day)] == ["Okoro", "Lund"]
    assert [row["last_day"] for row in comparable(ImportKind.REPRESENTATIVES, day)] == [None, None]
    assert comparable(ImportKind.REPRESENTATIVES, LAUNCH - timedelta(days=1)) == []
    brought_to_an_empty_site(day, "csv")


def test_a_past_day_has_the_contact_routes_that_had_begun_of_who_was_there_without_their_later_end():
    ics = institution()
    there = person(ics)
    with on(LATER):
        nobody: Person = do(add_person, PersonFacts("Nora", "Lund"))
    for each in (there, nobody):
        do(add_route, each.id, RouteFacts(*BY_POST, "Strasbourg", LAUNCH, LATER))
        do(add_route, each.id, RouteFacts(*BY_POST, "Lyon", LATER + timedelta(days=1)))
    (row,) = comparable(ImportKind.CONTACT_ROUTES, LATER - timedelta(days=1))
    assert (row["name"], row["text"], row["last_day"]) == ("Thibault Ferronays", "Strasbourg", None)
    (row,) = comparable(ImportKind.CONTACT_ROUTES, LATER)
    assert row["last_day"] == LATER
    assert len(comparable(ImportKind.CONTACT_ROUTES)) == 4


def test_what_was_known_earlier_of_aliases_units_representatives_and_routes_is_exported_so():
    ics = institution()
    ada = person(ics)
    voice(ada, ics)
    with on(LAUNCH):
        route = do(add_route, ada.id, RouteFacts(RouteKind.TELEPHONE, RoutePurpose.GENERAL, "+33 1 11 11", LAUNCH))
    moment = datetime(2012, 6, 1, tzinfo=UTC)
    with on(date(2015, 1, 1)):
        do(add_alias, ics.id, "Phenomin")
        do(add_unit, ics.id, UnitFacts("Archive", LAUNCH))
        voted = db.session.scalars(select(Representation.id)).one()
        do(end_representation, voted, last_day=date(2014, 12, 31))
        do(end_route, route.id, last_day=date(2014, 12, 31), version=route.version)
    (row,) = export_register(ImportKind.INSTITUTIONS, known=moment, actor=OFFICE).rows
    assert (row["aliases"], row["units"]) == ("", "")
    for kind in (ImportKind.REPRESENTATIVES, ImportKind.CONTACT_ROUTES):
        (row,) = export_register(kind, known=moment, actor=OFFICE).rows
        assert row["last_day"] is None
        (row,) = export_register(kind, actor=OFFICE).rows
        assert row["last_day"] == date(2014, 12, 31)
    (row,) = export_register(ImportKind.INSTITUTIONS, actor=OFFICE).rows
    assert (row["aliases"], row["units"]) == ("Phenomin", "Archive|2011-09-24|")
    db.session.rollback()


@pytest.mark.parametrize("day", [None, LAUNCH, LATER, LATER + timedelta(days=1)])
def test_an_institution_first_named_after_it_joined_comes_out_equal_on_any_day(day: date | None):
    row = {"Name": "Clinic", "Short name": "CL", "Kind": "Funder", "Country": "FR", "Named so since": LATER}
    written(ImportKind.INSTITUTIONS, [row])
    clinic = db.session.scalars(select(Institution)).one()
    member(clinic)
    voice(person(clinic), clinic)
    brought_to_an_empty_site(day, "csv")


def test_a_past_day_leaves_out_what_came_later():
    ics = institution()
    with on(LATER):
        do(rename_institution, ics.id, Naming("Souris", "SOU", LATER))
    do(withdraw_member, member(ics).id, last_day=date(2014, 12, 31), reason="Budget")
    (row,) = comparable(ImportKind.INSTITUTIONS, LAUNCH)
    assert (row["name"], row["former_names"]) == ("Institut Clinique de la Souris", "")
    (row,) = comparable(ImportKind.MEMBERSHIPS, LAUNCH)
    assert (row["last_day"], row["steps"]) == (None, "active|2011-09-24||Founding member")
    (row,) = comparable(ImportKind.MEMBERSHIPS)
    assert row["last_day"] == date(2014, 12, 31)


def test_what_was_known_earlier_has_the_steps_of_then():
    membership = member(institution())
    moment = datetime(2012, 6, 1, tzinfo=UTC)
    with on(date(2015, 1, 1)):
        do(withdraw_member, membership.id, last_day=date(2014, 12, 31), reason="Budget")
    (row,) = export_register(ImportKind.MEMBERSHIPS, known=moment, actor=OFFICE).rows
    assert (row["last_day"], row["steps"]) == (None, "active|2011-09-24||Founding member")
    db.session.rollback()


def test_what_was_known_before_both_days_were_put_right_has_the_steps_of_then():
    with on(date(2014, 1, 1)):
        held = member(institution(), since=date(2014, 1, 1), until=date(2014, 12, 31))
    with on(date(2015, 2, 1)):
        do(correct_last_day, held.id, last_day=date(2015, 12, 31), reason="It was 2015")
    with on(date(2015, 2, 2)):
        do(correct_first_day, held.id, first_day=date(2015, 1, 1), reason="It was 2015")
    day, moment = date(2014, 6, 1), datetime(2014, 6, 1, tzinfo=UTC)
    (row,) = export_register(ImportKind.MEMBERSHIPS, on=day, known=moment, actor=OFFICE).rows
    assert (row["first_day"], row["steps"]) == (date(2014, 1, 1), "active|2014-01-01||Founding member")
    db.session.rollback()


def test_every_country_is_found_by_the_name_it_is_exported_with():
    assert {name: country_of(name) for _, name in country_choices()} == {name: code for code, name in country_choices()}


def test_only_who_may_read_all_of_it_takes_it_along():
    nobody = Actor("Nobody", user_id=7)
    for kind in KINDS:
        with pytest.raises(AccessDeniedError):
            export_register(kind, actor=nobody)
