"""How a person is reached: the forms of their contact routes, and their photo."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from app.core.clock import today
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.files.rules import JPEG
from app.members import commands
from app.members.forms import CorrectedRouteForm, LastDayForm, PhotoForm, RouteForm, changed_meanwhile
from app.members.queries import get_editable_person, get_photo, get_route, has_photo
from app.members.queries.contacts import RouteRow
from app.members.routes.blueprint import pages, person_form
from app.members.routes.tables import until
from app.members.rules import ROUTE_KIND_WORDS, ROUTE_PURPOSE_WORDS, RouteKind, RoutePurpose
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.downloads import send_bytes
from app.web.forms import errors_to
from app.web.on_date import current_on, is_past
from app.web.requests import see
from app.web.wording import long_day


@pages.route("/people/<int:person_id>/routes/new", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
def add_route(person_id: int) -> ResponseReturnValue:
    """Put a way to reach a person on record."""
    saved = get_editable_person(person_id, the_actor())
    form = RouteForm(data={"first_day": today(), "rank": 1})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.add_route(person_id, form.route(), actor=the_actor())
            return see("members.person", "The contact route is added.", person_id=person_id)
    return person_form(form, (person_id, saved.name), f"How to reach {saved.name}", "Add contact route")


@pages.route("/people/routes/<int:route_id>/correct", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
def correct_route(route_id: int) -> ResponseReturnValue:
    """Put right what was recorded of a contact route."""
    saved, name = get_route(route_id, the_actor())
    form = CorrectedRouteForm(obj=saved)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason, version = str(form.reason.data), form.shown_version
            commands.correct_route(route_id, form.route(), reason=reason, version=version, actor=the_actor())
            return see("members.person", "The contact route is corrected.", person_id=saved.person_id)
    stale = changed_meanwhile(form, get_route(route_id, the_actor())[0])
    title = f"Correct how to reach {name}"
    return person_form(form, (saved.person_id, name), title, "Correct contact route", stale=stale)


@pages.route("/people/routes/<int:route_id>/end", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
def end_route(route_id: int) -> ResponseReturnValue:
    """Say when a contact route was the right one for the last time."""
    saved, name = get_route(route_id, the_actor())
    form = LastDayForm(data={"version": saved.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            day, reason, version = form.last_day.data, form.reason.data, form.shown_version
            commands.end_route(route_id, last_day=day, reason=reason, version=version, actor=the_actor())
            return see("members.person", f"This route ends on {long_day(day)}.", person_id=saved.person_id)
    stale = changed_meanwhile(form, get_route(route_id, the_actor())[0])
    title = f"{ROUTE_KIND_WORDS[saved.kind]} of {name}: last day"
    return person_form(form, (saved.person_id, name), title, "End contact route", stale=stale)


@pages.get("/people/<int:person_id>/photo.jpg")
@requires(Permission.PERSON_LIST)
def photo(person_id: int) -> Response:
    """The photo of a person, for those who may see how to reach them."""
    return send_bytes(get_photo(person_id, the_actor()), JPEG, f"person-{person_id}.jpg")


@pages.route("/people/<int:person_id>/photo", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
def set_photo(person_id: int) -> ResponseReturnValue:
    """Add a photo of a person, or another one in its place."""
    saved = get_editable_person(person_id, the_actor())
    form = PhotoForm()
    if form.validate_on_submit() and form.photo.upload:
        with errors_to(form), transaction():
            commands.set_photo(person_id, form.photo.upload.content, actor=the_actor())
            return see("members.person", "The photo is added.", person_id=person_id)
    back = url("members.person", person_id=person_id)
    crumbs = [("People", url("members.people")), (saved.name, back)]
    shown = {"person_id": person_id, "name": saved.name, "has_photo": has_photo(person_id)}
    return render_template("members/set_photo.html", form=form, crumbs=crumbs, cancel=back, **shown)


@pages.post("/people/<int:person_id>/photo/remove")
@requires(Permission.PERSON_EDIT)
def remove_photo(person_id: int) -> ResponseReturnValue:
    """Take a photo away."""
    get_editable_person(person_id, the_actor())
    with transaction():
        commands.remove_photo(person_id, actor=the_actor())
        return see("members.person", "The photo is removed.", person_id=person_id)


def routes_table(rows: Sequence[RouteRow], may_edit: bool) -> Table[RouteRow]:  # noqa: FBT001 - a right, no switch
    """Contact routes with their days; who may change them finds the ways to, unless looking at the past."""
    columns = [*ROUTE_COLUMNS, *(CHANGE_COLUMNS if may_edit and not is_past() else ())]
    return Table("Contact routes", columns, rows)


def _text(row: RouteRow) -> str:
    return row.text.replace("\n", ", ")


def _link(row: RouteRow) -> str | None:
    return f"mailto:{row.text}" if row.kind is RouteKind.EMAIL and row.period.contains(current_on()) else None


def _purpose(row: RouteRow) -> str:
    place = f" {row.rank}" if row.purpose is RoutePurpose.ALTERNATE else ""
    return f"{ROUTE_PURPOSE_WORDS[row.purpose]}{place}"


def _is_open(row: RouteRow) -> bool:
    return row.period.last is None or row.period.last >= current_on()


ROUTE_COLUMNS: tuple[Column[RouteRow], ...] = (
    Column("text", "Route", _text, Kind.NAME, link=_link, narrow=Narrow.NAME),
    Column("kind", "What", lambda row: ROUTE_KIND_WORDS[row.kind], narrow=Narrow.META),
    Column("purpose", "For", _purpose, narrow=Narrow.META),
    Column("first_day", "From", lambda row: row.period.first, Kind.DATE),
    Column("last_day", "Until", lambda row: until(row.period.last), Kind.DATE, narrow=Narrow.STATE),
)
CHANGE_COLUMNS: tuple[Column[RouteRow], ...] = (
    Column(
        "correct",
        "",
        lambda _row: "Correct",
        link=lambda row: url("members.correct_route", route_id=row.id),
        narrow=Narrow.ACT,
    ),
    Column(
        "end",
        "",
        lambda row: "End" if _is_open(row) else "",
        link=lambda row: url("members.end_route", route_id=row.id) if _is_open(row) else None,
        narrow=Narrow.ACT,
    ),
)
