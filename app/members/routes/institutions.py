"""Forms that take up an institution and change what is on record of it."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.core.clock import today
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.members import commands
from app.members.forms import (
    ContactForm,
    EditInstitutionForm,
    NewInstitutionForm,
    ParentForm,
    ReasonForm,
    RenameForm,
    RightNameForm,
    changed_meanwhile,
)
from app.members.queries import get_editable_institution, get_name
from app.members.routes.blueprint import institution_form, pages
from app.members.routes.naming import ask_institution
from app.members.routes.twins import institution_twins, namesakes
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.requests import see
from app.web.wording import long_day

NAMED = "members/rename.html"


@pages.route("/members/new", methods=["GET", "POST"])
@requires(Permission.INSTITUTION_EDIT)
def add_institution() -> ResponseReturnValue:
    """Take up an institution."""
    form = NewInstitutionForm()
    twins = institution_twins(form)
    if form.validate_on_submit() and not twins:
        with errors_to(form), transaction():
            added = commands.add_institution(form.institution(), founded=form.founded.data, actor=the_actor())
            notice = f"{added.name} is taken up as {added.account_number}."
            return see("members.institution", notice, institution_id=added.id)
    back = url("members.institutions")
    crumbs = [("Institutions", back)]
    return render_template("members/add_institution.html", form=form, crumbs=crumbs, cancel=back, twins=twins)


@pages.route("/members/<int:institution_id>/edit", methods=["GET", "POST"])
@requires(Permission.INSTITUTION_EDIT)
def edit_institution(institution_id: int) -> ResponseReturnValue:
    """Change what is on record of an institution, or put it right."""
    saved = get_editable_institution(institution_id, Permission.INSTITUTION_EDIT, the_actor())
    form = EditInstitutionForm(obj=saved, since=today())
    twins = namesakes(form, saved)
    if form.validate_on_submit() and not twins:
        with errors_to(form), transaction():
            facts, version, since = form.institution(), form.shown_version, form.since.data
            commands.edit_institution(institution_id, facts, version=version, since=since, actor=the_actor())
            return see("members.institution", "The institution is changed.", institution_id=institution_id)
    stale = changed_meanwhile(form, saved)
    more: dict[str, Any] = {"template": NAMED, "stale": stale, "twins": twins}
    return institution_form(form, (institution_id, saved.name), f"Edit {saved.name}", "Save changes", **more)


@pages.route("/members/<int:institution_id>/contact", methods=["GET", "POST"])
@requires(Permission.INSTITUTION_EDIT_CONTACT)
def edit_contact(institution_id: int) -> ResponseReturnValue:
    """Change how an institution is reached: its own representatives may."""
    saved = get_editable_institution(institution_id, Permission.INSTITUTION_EDIT_CONTACT, the_actor())
    form = ContactForm(obj=saved)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.edit_contact(institution_id, form.contact(), version=form.shown_version, actor=the_actor())
            return see("members.institution", "The contact details are changed.", institution_id=institution_id)
    stale = changed_meanwhile(form, saved)
    title = f"Contact details of {saved.name}"
    return institution_form(form, (institution_id, saved.name), title, "Save changes", stale=stale)


@pages.route("/members/<int:institution_id>/rename", methods=["GET", "POST"])
@requires(Permission.INSTITUTION_EDIT)
def rename(institution_id: int) -> ResponseReturnValue:
    """Give an institution another name from a day on."""
    saved = get_editable_institution(institution_id, Permission.INSTITUTION_EDIT, the_actor())
    form = RenameForm(
        data={"first_day": today(), "name": saved.name, "short_name": saved.short_name, "version": saved.version}
    )
    twins = namesakes(form, saved)
    if form.validate_on_submit() and not twins:
        with errors_to(form), transaction():
            naming, version, actor = form.naming(), form.shown_version, the_actor()
            commands.rename_institution(institution_id, naming, reason=form.reason.value, version=version, actor=actor)
            return see("members.institution", f"It is called {naming.name}.", institution_id=institution_id)
    stale = changed_meanwhile(form, saved)
    more: dict[str, Any] = {"template": NAMED, "stale": stale, "twins": twins}
    return institution_form(form, (institution_id, saved.name), f"Rename {saved.name}", "Rename", **more)


@pages.route("/members/names/<int:name_id>/correct", methods=["GET", "POST"])
@requires(Permission.INSTITUTION_EDIT)
def correct_name(name_id: int) -> ResponseReturnValue:
    """Correct the spelling or the first day of a name."""
    found, saved, has_former = get_name(name_id, the_actor())
    form = RightNameForm(obj=found, data={"version": saved.version})
    if not has_former:
        del form.first_day
    twins = namesakes(form, saved) if found.last_day is None else ()
    if form.validate_on_submit() and not twins:
        with errors_to(form), transaction():
            naming, reason, version = form.naming(found.first_day), str(form.reason.value), form.shown_version
            commands.correct_name(name_id, naming, reason=reason, version=version, actor=the_actor())
            return see("members.institution_names", "The name is corrected.", institution_id=saved.id)
    stale = changed_meanwhile(form, get_name(name_id, the_actor())[0])
    more: dict[str, Any] = {"template": NAMED, "stale": stale, "twins": twins}
    if has_former:
        more["instead"] = "It was entered by mistake", url("members.retract_name", name_id=name_id)
    return institution_form(form, (saved.id, saved.name), f"Correct the name {found.name}", "Correct name", **more)


@pages.route("/members/names/<int:name_id>/retract", methods=["GET", "POST"])
@requires(Permission.INSTITUTION_EDIT)
def retract_name(name_id: int) -> ResponseReturnValue:
    """Take back a name that was put on record by mistake."""
    found, saved, _ = get_name(name_id, the_actor())
    form = ReasonForm(data={"version": saved.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason, version = str(form.reason.value), form.shown_version
            commands.retract_name(name_id, reason=reason, version=version, actor=the_actor())
            return see("members.institution_names", "The name is taken back.", institution_id=saved.id)
    sub = f"From {long_day(found.first_day)}. The name before it goes on over its days, as if it had never changed."
    return institution_form(form, (saved.id, saved.name), f"Take back the name {found.name}", "Take back", sub=sub)


@pages.route("/members/<int:institution_id>/parent", methods=["GET", "POST"])
@requires(Permission.INSTITUTION_EDIT)
def change_parent(institution_id: int) -> ResponseReturnValue:
    """Say of which institution this one is a part."""
    saved = get_editable_institution(institution_id, Permission.INSTITUTION_EDIT, the_actor())
    form = ParentForm(data={"version": saved.version, "since": today()})
    ask_institution(form.parent_id, saved.parent_id)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            parent_id, version, since = form.parent_id.chosen_id, form.shown_version, form.since.data
            commands.set_parent(institution_id, parent_id, since=since, version=version, actor=the_actor())
            return see("members.institution", "The institution is changed.", institution_id=institution_id)
    stale = changed_meanwhile(form, saved)
    return institution_form(form, (institution_id, saved.name), f"{saved.name} is part of", "Save", stale=stale)
