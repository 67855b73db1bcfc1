"""The lists of institutions and of people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from flask.typing import ResponseReturnValue

from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Page, PageRequest
from app.members.forms import InstitutionFilterForm, PeopleFilterForm
from app.members.queries import (
    InstitutionFilters,
    InstitutionRow,
    PersonFilters,
    PersonRow,
    count_countries,
    count_members,
    list_classes,
    search_institutions,
    search_people,
)
from app.members.routes.blueprint import pages
from app.members.rules import MembershipState, Purpose
from app.members.rules.imports import IMPORT_WORDS, NAMES_PEOPLE, ImportKind
from app.web.access import requires, the_actor
from app.web.addresses import record_link
from app.web.listing import Action, Bulk, Empty, Listing, list_page
from app.web.on_date import current_on, is_past, known_at
from app.web.wording import NOTHING, count, long_day, plural

INSTITUTION_COLUMNS: tuple[Column[InstitutionRow], ...] = (
    Column(
        "name",
        "Institution",
        lambda row: row.name,
        Kind.NAME,
        sortable=True,
        link=record_link("members.institution", "institution_id", lambda row: row.id),
        aside=lambda row: row.short_name if row.short_name != row.name else None,
        narrow=Narrow.NAME,
    ),
    Column("country", "Country", lambda row: row.country, sortable=True, narrow=Narrow.META),
    Column("kind", "Kind", lambda row: row.kind, sortable=True),
    Column("class", "Class", lambda row: ", ".join(row.standing.classes) or NOTHING, narrow=Narrow.META),
    Column("state", "State", lambda row: row.standing.state, Kind.STATE, narrow=Narrow.STATE),
    Column("since", "Member since", lambda row: row.standing.since, Kind.DATE, sortable=True, narrow=Narrow.META),
    Column("voting", "Voting representative", lambda row: row.representative),
)
INSTITUTIONS = Listing(
    title="Institutions",
    noun=("institution", "institutions"),
    columns=INSTITUTION_COLUMNS,
    default_sort="name",
    of_a_day=True,
    empty=Empty(
        "No institutions yet",
        "Institutions are centres, funders and corporations; a membership makes them members.",
        "Add institution",
        "members.add_institution",
    ),
    action=Action("Add institution", "members.add_institution"),
    template="layouts/register.html",
    bulk=(
        Bulk("Change class", "members.change_classes", asks=True),
        Bulk("Write to", "members.write_to_institutions", asks=True),
        Bulk("Add a document", "members.add_common_document", asks=True),
        Bulk("Export", "members.export_institutions", asks=True),
    ),
    row_id=lambda row: str(row.id),
)
PEOPLE_COLUMNS: tuple[Column[PersonRow], ...] = (
    Column(
        "name",
        "Person",
        lambda row: row.name,
        Kind.NAME,
        sortable=True,
        link=record_link("members.person", "person_id", lambda row: row.id),
        aside=lambda row: row.title,
        narrow=Narrow.NAME,
    ),
    Column(
        "institution",
        "Institution",
        lambda row: ", ".join(name for _, name in row.institutions) or NOTHING,
        narrow=Narrow.META,
    ),
    Column("position", "As", lambda row: row.position),
    Column("represents", "Represents as", lambda row: ", ".join(row.represents) or NOTHING, narrow=Narrow.META),
    Column("email", "E-mail", lambda row: row.email),
)
PEOPLE = Listing(
    title="People",
    noun=("person", "people"),
    columns=PEOPLE_COLUMNS,
    default_sort="name",
    of_a_day=True,
    empty=Empty(
        "No people yet",
        "People work at institutions, represent them and sit on committees.",
        "Add person",
        "members.add_person",
    ),
    action=Action("Add person", "members.add_person"),
    template="layouts/register.html",
    bulk=(
        Bulk("Write to", "members.write_to_people", asks=True),
        Bulk("Export", "members.export_people", asks=True),
    ),
    row_id=lambda row: str(row.id),
    filters_form=PeopleFilterForm,
)


@pages.get("/members")
@requires(Permission.INSTITUTION_LIST)
def institutions() -> ResponseReturnValue:
    """All institutions, as they stand on the day looked at."""
    may_export = the_actor().has_all(Permission.INSTITUTION_READ)
    exported = [(kind, IMPORT_WORDS[kind]) for kind in (ImportKind.INSTITUTIONS, ImportKind.MEMBERSHIPS)]
    listing = replace(INSTITUTIONS, filters_form=institution_filter_form(), sub=_how_many)
    return list_page(
        listing, _search_institutions, {"may_export": may_export, "exported": exported, "brought": "institutions"}
    )


@pages.get("/people")
@requires(Permission.PERSON_LIST)
def people() -> ResponseReturnValue:
    """All people, with where they work on the day looked at."""
    may_export = the_actor().has_all(Permission.PERSON_READ)
    exported = [(kind, IMPORT_WORDS[kind]) for kind in IMPORT_WORDS if kind in NAMES_PEOPLE]
    return list_page(PEOPLE, _search_people, {"may_export": may_export, "exported": exported, "brought": "people"})


def institution_filter_form() -> type[Any]:
    """The filters of institutions with the classes and countries there are."""
    classes = [(row.id, row.name) for row in list_classes()]
    return offering(InstitutionFilterForm, member_as=classes, country=count_countries())


def institution_filters(form: Any) -> InstitutionFilters:
    """What the filters of institutions ask for."""
    return InstitutionFilters(
        text=form.q.data or "",
        kind=form.kind.value,
        class_id=form.member_as.chosen_id,
        country=form.country.value,
        state=MembershipState(form.state.data) if form.state.data else None,
    )


def person_filters(form: Any) -> PersonFilters:
    """What the filters of people ask for."""
    return PersonFilters(
        text=form.q.data or "",
        institution=form.institution.data or "",
        purpose=Purpose(form.purpose.data) if form.purpose.data else None,
    )


def _search_institutions(form: Any, request: PageRequest) -> Page[InstitutionRow]:
    return search_institutions(institution_filters(form), request, the_actor(), on=current_on(), known=known_at())


def _search_people(form: Any, request: PageRequest) -> Page[PersonRow]:
    return search_people(person_filters(form), request, the_actor(), on=current_on(), known=known_at())


def _how_many(page: Page[InstitutionRow]) -> str:
    """How many institutions the list has, and how many members there are on the day."""
    members, classes = count_members(current_on(), known_at())
    on = f" on {long_day(current_on())}" if is_past() else ""
    held = ", ".join(f"{row.class_name} {count(row.institutions)}" for row in classes)
    several = sum(row.institutions for row in classes) - members
    both = f"; {several} of them in more than one class" if several > 0 else ""
    said = f"{plural(members, 'member', 'members')}{on}: {held}{both}" if members else f"No members{on}"
    return said if page.total == members else f"{plural(page.total, *INSTITUTIONS.noun)}. {said}"


def offering(form: type[Any], **choices: Iterable[tuple[Any, str]]) -> type[Any]:
    """A form of filters that offers these choices, wherever the list makes one."""

    class Offering(form):  # type: ignore[misc]
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            for name, offered in choices.items():
                self[name].offer(offered, empty="Any")

    return Offering
