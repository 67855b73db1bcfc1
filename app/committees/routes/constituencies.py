"""Constituencies: the list, one on the day looked at, and the forms that form, change, rename and close one."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.audit.commands import Subject
from app.audit.subjects import register_subject
from app.committees.commands import constituencies as commands
from app.committees.forms.constituencies import (
    BelongingForm,
    ClosingForm,
    ConstituencyFilterForm,
    ConstituencyNameForm,
    belonging_meanwhile,
    filled_from_belonging,
)
from app.committees.models import Constituency
from app.committees.queries.constituencies import (
    ConstituencyRow,
    belonging_on,
    find_decides,
    get_constituency,
    get_editable_constituency,
    list_rules,
    search_constituencies,
    seats_of,
)
from app.committees.queries.constituency_members import members_of
from app.committees.routes.blueprint import history_of, pages
from app.committees.routes.constituency_tables import (
    CLOSED_COLUMN,
    LIST_COLUMNS,
    MEMBER_COLUMNS,
    RULE_COLUMNS,
    SEAT_COLUMNS,
    sentence_of,
)
from app.committees.routes.ways import tabs_of_committees
from app.core.clock import today
from app.core.permissions import Permission
from app.core.tables import AnyTable, Page, PageRequest, Table
from app.core.transaction import transaction
from app.members.queries import InstitutionNames, list_classes
from app.web import wording
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import MusterForm, errors_to
from app.web.listing import Action, Empty, Listing, list_page
from app.web.on_date import current_on, known_at
from app.web.requests import see
from app.web.table_files import tables_page

register_subject("constituency", "Constituency", "committees.constituency", "constituency_id")

BELONGING = [
    ("An institution belongs by any one of these.", "One that moves, or changes its class, comes and goes by itself."),
    ("Just these hold from the day on.", "What held before it stays, and what was to begin later is not to come."),
    ("Terms that have begun go on.", "Who is appointed or stands for election from now on is asked for the new ones."),
    ("Without any, it decides nothing:", "anybody can hold a seat of it, and who votes on the committee elects."),
]
RENAMING = [("It is called so on all days.", "The history keeps what it was called before.")]
CLOSING = [
    ("Nobody belongs to it after this day.", "Its past stays on record, and no new seat goes on beyond it."),
    ("Its seats end first.", "It stays open while one of them goes on."),
]
LISTING: Listing[ConstituencyRow] = Listing(
    title="Constituencies",
    noun=("constituency", "constituencies"),
    columns=LIST_COLUMNS,
    default_sort="name",
    of_a_day=True,
    only_exported=(CLOSED_COLUMN,),
    empty=Empty(
        "No constituency yet",
        "A constituency is a group of institutions, such as those of a region, that elects the holders of seats.",
        "Form a constituency",
        "committees.form_constituency",
    ),
    filters_form=ConstituencyFilterForm,
    action=Action("Form a constituency", "committees.form_constituency"),
)


@pages.get("/committees/constituencies")
@requires(Permission.COMMITTEE_READ)
def constituencies() -> ResponseReturnValue:
    """All constituencies, with who belongs on the day looked at."""
    return list_page(LISTING, _search, {"tabs": tabs_of_committees("committees.constituencies")})


@pages.get("/committees/constituencies/<int:constituency_id>")
@requires(Permission.COMMITTEE_READ)
def constituency(constituency_id: int) -> ResponseReturnValue:
    """A constituency on the day looked at: its institutions, its rules and its seats."""
    found = get_constituency(constituency_id, the_actor())
    tables = _tables(found)
    members = list(tables["members"].rows)
    number = find_decides(constituency_id, on=current_on(), known=known_at())
    return tables_page(
        "committees/constituency.html",
        tables,
        found=found,
        decides=number is not None,
        sub=sentence_of(found, number, sum(row.is_member for row in members)),
        may_change=the_actor().may(Permission.COMMITTEE_FOUND),
        history=history_of(Subject("constituency", constituency_id)),
    )


@pages.route("/committees/constituencies/new", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_FOUND)
def form_constituency() -> ResponseReturnValue:
    """Form a constituency."""
    form = _asked({"first_day": today()})
    form.ask_new()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            name, first_day = str(form.name.value), form.first_day.data
            formed = commands.form_constituency(name, form.belonging(), first_day, actor=the_actor())
            return see("committees.constituency", "The constituency is formed.", constituency_id=formed.id)
    title, back = "Form a constituency", url("committees.constituencies")
    return _page(form, title, title, crumbs=_crumbs(None), follows=BELONGING[:1] + BELONGING[3:], cancel=back)


@pages.route("/committees/constituencies/<int:constituency_id>/members", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_FOUND)
def change_belonging(constituency_id: int) -> ResponseReturnValue:
    """Change who belongs to a constituency from a day on."""
    saved = get_editable_constituency(constituency_id, the_actor())
    form = _asked(_belonging(constituency_id) | {"first_day": today(), "version": saved.version})
    form.ask_change()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            change = commands.BelongingChange(form.belonging(), form.first_day.data, form.reason.value)
            commands.change_belonging(constituency_id, change, version=form.shown_version, actor=the_actor())
            return _seen(constituency_id, "Who belongs is changed.")
    stale = belonging_meanwhile(form, _belonging(constituency_id))
    title = f"Change who belongs to {saved.name}"
    return _page(form, title, "Save changes", saved, follows=BELONGING, stale=stale)


@pages.route("/committees/constituencies/<int:constituency_id>/rename", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_FOUND)
def rename_constituency(constituency_id: int) -> ResponseReturnValue:
    """Call a constituency otherwise."""
    saved = get_editable_constituency(constituency_id, the_actor())
    form = ConstituencyNameForm(data={"name": saved.name, "version": saved.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            name, version = str(form.name.value), form.shown_version
            commands.rename_constituency(constituency_id, name, version=version, actor=the_actor())
            return _seen(constituency_id, f"It is called {name}.")
    return _page(form, f"Rename {saved.name}", "Rename", saved, follows=RENAMING)


@pages.route("/committees/constituencies/<int:constituency_id>/close", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_FOUND)
def close_constituency(constituency_id: int) -> ResponseReturnValue:
    """Close a constituency after a day."""
    saved = get_editable_constituency(constituency_id, the_actor())
    form = ClosingForm(data={"last_day": today(), "version": saved.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            last_day, reason, version = form.last_day.data, str(form.reason.value), form.shown_version
            commands.close_constituency(constituency_id, last_day, reason=reason, version=version, actor=the_actor())
            return _seen(constituency_id, f"It is closed after {wording.long_day(last_day)}.")
    return _page(form, f"Close {saved.name}", "Close", saved, follows=CLOSING)


def _search(form: ConstituencyFilterForm, wanted: PageRequest) -> Page[ConstituencyRow]:
    return search_constituencies(form.q.data or "", wanted, the_actor(), on=current_on(), known=known_at())


def _tables(found: Constituency) -> dict[str, AnyTable]:
    on, known = current_on(), known_at()
    members = members_of(found.id, on=on, known=known)
    return {
        "members": Table(f"Institutions of {found.name}", MEMBER_COLUMNS, members),
        "rules": Table("Who belongs", RULE_COLUMNS, list_rules(found.id, on=on, known=known)),
        "seats": Table("Seats", SEAT_COLUMNS, seats_of(found.id, on=on, known=known)),
    }


def _belonging(constituency_id: int) -> dict[str, Any]:
    """Who belongs by the rules of today, as the form shows it."""
    return filled_from_belonging(belonging_on(constituency_id, today()), _names())


def _asked(shown: dict[str, Any]) -> BelongingForm:
    """The form with the classes there are to tick, and the institutions there are to name."""
    form = BelongingForm(data=shown)
    form.classes.offer((each.id, each.name) for each in list_classes())
    form.institutions.ask(_names())
    return form


def _names() -> InstitutionNames:
    return InstitutionNames(the_actor(), current_on(), known_at())


def _crumbs(found: Constituency | None) -> list[tuple[str, str]]:
    crumbs = [
        ("Committees", url("committees.committees")),
        ("Constituencies", url("committees.constituencies")),
    ]
    return [*crumbs, (found.name, url("committees.constituency", constituency_id=found.id))] if found else crumbs


def _page(form: MusterForm, title: str, verb: str, saved: Constituency | None = None, **more: Any) -> str:
    shown = {"crumbs": _crumbs(saved), "cancel": _crumbs(saved)[-1][1], **more}
    return render_template("layouts/form.html", form=form, title=title, verb=verb, **shown)


def _seen(constituency_id: int, told: str) -> ResponseReturnValue:
    return see("committees.constituency", told, constituency_id=constituency_id)
