"""Entering a line, crossing two, and changing what is on record of one."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.core.clock import today
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.lines import commands
from app.lines.forms import CrossForm, LineEntryForm, ParentsForm, RegisterForm, filled_from_line
from app.lines.models import MouseLine
from app.lines.queries.choices import consortium_choices
from app.lines.queries.naming import LineNames, StrainNames
from app.lines.queries.view import get_editable_line, parents_of
from app.lines.routes.blueprint import line_form, pages, seen
from app.members.routes import ask_institution
from app.web.access import requires, the_actor
from app.web.addresses import ids_in_address, url
from app.web.forms import errors_to
from app.web.requests import see

ENTERING = [
    ("Its allele is put on record with it,", "or found there by its symbol or MGI id, however the symbol is typed."),
    ("It begins with the stage it has reached.", "What it reaches next is recorded on its own day."),
    ("Its centre and its owner may change it later,", "as may the secretariat, and whoever looks after agreements."),
]
CROSSING = [
    ("It keeps what holds for its parents.", "Whoever holds it is bound by the terms of both, the stricter of each."),
    *ENTERING[1:],
]
DESCENT = [("What binds its parents binds it.", "No line comes from itself, over any number of crosses.")]
EDITING = [("It is so on all days.", "Stages, forms and deposits have days of their own, and are put right there.")]


@pages.route("/lines/new", methods=["GET", "POST"])
@requires(Permission.LINE_EDIT)
def register() -> ResponseReturnValue:
    """Enter a line in the catalogue."""
    form = RegisterForm(data={"day": today()})
    _ask(form, own=_own_institution())
    if form.validate_on_submit():
        with errors_to(form), transaction():
            added = commands.register_line(form.values(), form.reached(), actor=the_actor())
            return see("lines.line", "The line is entered.", line_id=added.id)
    return _new(form, "Enter a line", "Enter line", ENTERING)


@pages.route("/lines/cross", methods=["GET", "POST"])
@requires(Permission.LINE_EDIT)
def cross() -> ResponseReturnValue:
    """Enter a line that comes from a cross of two others."""
    form = CrossForm(data={"day": today()})
    _ask(form, own=_own_institution())
    first = next(iter(ids_in_address("parent")), None)
    form.parent_1.ask(LineNames(the_actor()), first)
    form.parent_2.ask(LineNames(the_actor()))
    if form.validate_on_submit():
        with errors_to(form), transaction():
            parents = [int(each.chosen_id or 0) for each in (form.parent_1, form.parent_2)]
            added = commands.cross_lines(form.values(), form.reached(), parents, actor=the_actor())
            return see("lines.line", "The cross is entered.", line_id=added.id)
    return _new(form, "Cross two lines", "Enter cross", CROSSING)


@pages.route("/lines/<int:line_id>/edit", methods=["GET", "POST"])
@requires(Permission.LINE_EDIT)
def edit(line_id: int) -> ResponseReturnValue:
    """Change what is on record of a line."""
    saved = get_editable_line(line_id, the_actor())
    form = LineEntryForm(data=filled_from_line(saved))
    _ask(form, saved)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.edit_line(line_id, form.values(), version=form.shown_version, actor=the_actor())
            return seen(line_id, "The line is changed.")
    return line_form(form, saved, f"Edit {saved.colony}", "Save changes", follows=EDITING)


@pages.route("/lines/<int:line_id>/parents", methods=["GET", "POST"])
@requires(Permission.LINE_EDIT)
def set_parents(line_id: int) -> ResponseReturnValue:
    """Say from which lines a line comes."""
    saved = get_editable_line(line_id, the_actor())
    standing = [*parents_of(line_id), None, None]
    form = ParentsForm(data={"version": str(saved.version)})
    form.parent_1.ask(LineNames(the_actor()), standing[0])
    form.parent_2.ask(LineNames(the_actor()), standing[1])
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.set_parents(line_id, form.parents(), version=form.shown_version, actor=the_actor())
            return seen(line_id, "Where it comes from is on record.")
    return line_form(form, saved, f"Parents of {saved.colony}", "Save", follows=DESCENT)


def _ask(form: LineEntryForm, saved: MouseLine | None = None, own: int | None = None) -> None:
    """Let the form name institutions, strains and consortia; what stands there at first is that of the line."""
    form.production_consortium_id.offer(consortium_choices(), empty="None")
    ask_institution(form.centre, saved.centre_id if saved else own)
    ask_institution(form.owner, saved.owner_id if saved else own)
    ask_institution(form.funder, saved.funder_id if saved else None)
    form.strain.ask(StrainNames(the_actor()), saved.strain_id if saved else None)


def _own_institution() -> int | None:
    """The institution somebody enters lines for, where it is just one."""
    own = the_actor().own_institutions(Permission.LINE_EDIT)
    return next(iter(own)) if len(own) == 1 else None


def _new(form: RegisterForm, title: str, verb: str, follows: list[tuple[str, str]]) -> str:
    shown: dict[str, Any] = {"crumbs": [("Lines", url("lines.lines"))], "cancel": url("lines.lines")}
    template = "lines/cross.html" if request.endpoint == "lines.cross" else "lines/register.html"
    return render_template(template, form=form, title=title, verb=verb, follows=follows, **shown)
