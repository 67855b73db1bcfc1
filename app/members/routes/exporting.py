"""The chosen rows as files: CSV, XLSX, vCards."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.permissions import Permission
from app.core.tables import AnyTable, Table
from app.members.queries import cards_of_institutions, in_parts, list_institution_rows, list_person_rows
from app.members.routes.blueprint import pages
from app.members.routes.cards import send_cards
from app.members.routes.lists import INSTITUTION_COLUMNS, PEOPLE_COLUMNS
from app.members.routes.selection import chosen_institutions, chosen_people
from app.web import exports
from app.web.access import requires, the_actor
from app.web.addresses import here, url
from app.web.wording import plural

MOST_SHOWN = 50
FORMATS = (("CSV", "csv"), ("XLSX", "xlsx"), ("vCards", "vcf"))


@pages.get("/members/export")
@requires(Permission.INSTITUTION_LIST)
def export_institutions() -> ResponseReturnValue:
    """The chosen institutions, or the people who work at them and speak for them as vCards."""
    chosen = chosen_institutions()
    if request.args.get("format") == "vcf":
        found = cards_of_institutions(chosen, the_actor(), on=clock.today())
        return send_cards(found, "People of chosen institutions")
    return _answer("Institutions", chosen, _institutions, ("institution", "institutions"))


@pages.get("/people/export")
@requires(Permission.PERSON_LIST)
def export_people() -> ResponseReturnValue:
    """The chosen people."""
    chosen = chosen_people()
    if request.args.get("format") == "vcf":
        return send_cards(in_parts(chosen, the_actor(), on=clock.today()), "Chosen people")
    return _answer("People", chosen, _people, ("person", "people"))


def _institutions(ids: Sequence[int]) -> AnyTable:
    return Table("Institutions", INSTITUTION_COLUMNS, list_institution_rows(ids, the_actor(), on=clock.today()))


def _people(ids: Sequence[int]) -> AnyTable:
    return Table("People", PEOPLE_COLUMNS, list_person_rows(ids, the_actor(), on=clock.today()))


def _answer(
    title: str, chosen: tuple[int, ...], table_of: Callable[[Sequence[int]], AnyTable], noun: tuple[str, str]
) -> ResponseReturnValue:
    """The file asked for, or the page that says what it will hold."""
    wanted = request.args.get("format")
    if wanted is not None:
        write = exports.WRITERS.get(wanted) or abort(404)
        table = table_of(chosen)
        return write(table.columns, list(table.rows), f"Chosen {title.lower()}")
    return render_template(
        "members/export_institutions.html",
        title=f"Export {title.lower()}",
        sub=f"{plural(len(chosen), *noun)} chosen",
        content=table_of(chosen[:MOST_SHOWN]),
        more=max(len(chosen) - MOST_SHOWN, 0),
        ways=[(label, here(format=name)) for label, name in FORMATS],
        crumbs=[(title, url(f"members.{title.lower()}"))],
    )
