"""The directory: members by class and country as list, map and paper, for members and, where it is open, everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.accounts.queries import find_profile
from app.core import clock
from app.core.actor import Actor
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Page, PageRequest, Table
from app.members.documents import directory_html, directory_map, directory_paper
from app.members.forms import DirectoryFilterForm
from app.members.queries import (
    CountryCount,
    DirectoryFilters,
    DirectoryRow,
    count_by_country,
    known_reader,
    list_classes,
    policy_on,
    search_directory,
)
from app.members.routes.blueprint import pages
from app.members.routes.lists import offering
from app.web.access import current_actor, may_open, public, requires, the_actor
from app.web.addresses import here, plain_path, record_link, url
from app.web.charts import chart_svg, is_drawn
from app.web.downloads import send_bytes
from app.web.listing import Empty, Listing, filters_read, list_page
from app.web.on_date import answer_for_today, current_on, known_at, known_in_name
from app.web.pdf import print_pdf
from app.web.wording import NOTHING, join_words, plural

MAP_SIZE = (470, 232)
LINK = record_link("members.institution", "institution_id", lambda row: row.id)
NAME: Column[DirectoryRow] = Column(
    "name",
    "Institution",
    lambda row: row.name,
    Kind.NAME,
    sortable=True,
    link=lambda row: LINK(row) if may_open("members.institution") else None,
    aside=lambda row: row.short_name if row.short_name != row.name else None,
    narrow=Narrow.NAME,
)
PUBLIC_COLUMNS: tuple[Column[DirectoryRow], ...] = (
    NAME,
    Column("country", "Country", lambda row: row.country, sortable=True, narrow=Narrow.META),
    Column("kind", "Kind", lambda row: row.kind, sortable=True),
    Column("class", "Class", lambda row: ", ".join(row.classes) or NOTHING, narrow=Narrow.META),
    Column("website", "Website", lambda row: row.website, link=lambda row: row.website),
)
COLUMNS = (*PUBLIC_COLUMNS, Column("voting", "Votes through", lambda row: row.representative))
DIRECTORY: Listing[DirectoryRow] = Listing(
    title="Directory",
    noun=("member", "members"),
    columns=PUBLIC_COLUMNS,
    default_sort="name",
    of_a_day=True,
    empty=Empty("No members on this day", "An institution is in the directory while it is a member."),
    sub=lambda page: plural(page.total, "member", "members"),
    template="members/directory.html",
)
COUNTRY_COLUMNS: tuple[Column[CountryCount], ...] = (
    Column(
        "country",
        "Country",
        lambda row: row.name,
        Kind.NAME,
        link=lambda row: url("members.directory", country=row.code),
        narrow=Narrow.NAME,
    ),
    Column("members", "Members", lambda row: row.members, Kind.NUMBER, narrow=Narrow.AMOUNT),
)


@pages.get("/directory")
@public
def directory() -> ResponseReturnValue:
    """The members of the day looked at; the public sees those of today, where the directory is open to it."""
    reader = _reader()
    columns = COLUMNS if reader else PUBLIC_COLUMNS
    listing = replace(DIRECTORY, columns=columns, filters_form=_filter_form(reader))
    paper = f"{plain_path('members.directory_pdf')}{here(page=None, format=None)}"
    extra = {"tabs": _tabs("directory"), "paper": paper, "may_apply": _may_apply(reader)}
    return list_page(listing, lambda filters, request: _search(filters, request, reader), extra)


@pages.get("/directory/map")
@public
def directory_of_countries() -> ResponseReturnValue:
    """The countries members are in, as a map and as a table."""
    reader = _reader()
    countries = _countries(reader)
    total: dict[str, Any] = {"members": sum(count.members for count in countries)} if countries else {}
    undrawn = [count.name for count in countries if not is_drawn(count.code)]
    notes = [f"Too small for the map: {join_words(undrawn)}."] if undrawn else []
    return render_template(
        "members/directory_of_countries.html",
        drawing=directory_map(countries),
        content=Table("Members by country", COUNTRY_COLUMNS, countries, total, notes),
        sub=f"Members in {plural(len(countries), 'country', 'countries')}",
        tabs=_tabs("directory_of_countries"),
        may_apply=_may_apply(reader),
    )


@pages.get("/directory.pdf")
@requires(Permission.INSTITUTION_LIST)
def directory_pdf() -> ResponseReturnValue:
    """The directory as a paper, narrowed as the list is. Printing takes a second, so it is for members only."""
    rows = _search(filters_read(_filter_form(the_actor())), PageRequest(size=0), the_actor()).rows
    on, known = current_on(), known_at() or clock.now()
    profile = find_profile(on)
    paper = directory_paper(list(rows), profile.name if profile else "Muster", on=on, known_at=known)
    drawing = directory_map(paper.countries)
    pdf = print_pdf(directory_html(paper, drawing), drawings={"map": chart_svg(drawing, *MAP_SIZE)})
    return send_bytes(pdf, "application/pdf", f"Directory {on.isoformat()}{known_in_name()}.pdf")


def _reader() -> Actor | None:
    """Who reads: an actor, or None for the public, which is shown today whatever it asks for."""
    reader = known_reader(current_actor())
    if reader is None:
        answer_for_today()
    return reader


def _filter_form(reader: Actor | None) -> type[Any]:
    """The filters, with the classes there are and the countries that have members."""
    classes = [(row.id, row.name) for row in list_classes()]
    countries = sorted(_countries(reader), key=lambda count: count.name)
    return offering(DirectoryFilterForm, member_as=classes, country=[(count.code, count.name) for count in countries])


def _may_apply(reader: Actor | None) -> bool:
    """Whether the public, who reads this, may apply for membership today."""
    return reader is None and policy_on(clock.today()).accepts_applications


def _countries(reader: Actor | None) -> Sequence[CountryCount]:
    return count_by_country(reader, on=current_on(), known=known_at())


def _search(form: Any, request: PageRequest, reader: Actor | None) -> Page[DirectoryRow]:
    filters = DirectoryFilters(form.q.data or "", form.member_as.chosen_id, form.country.value)
    return search_directory(filters, request, reader, on=current_on(), known=known_at())


def _tabs(current: str) -> list[tuple[str, str, None, bool]]:
    pairs = (("Members", "directory"), ("Map", "directory_of_countries"))
    return [(label, url(f"members.{name}"), None, name == current) for label, name in pairs]
