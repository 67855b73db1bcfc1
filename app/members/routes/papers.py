"""Forms of what hangs on an institution: aliases, units, the logo, documents and notes."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from app.core.clock import today
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.members import commands
from app.members.forms import (
    AliasForm,
    DocumentForm,
    LastDayForm,
    LogoForm,
    NoteForm,
    UnitForm,
    WithdrawalForm,
    changed_meanwhile,
)
from app.members.queries import (
    get_document,
    get_editable_institution,
    get_institution,
    get_unit,
    open_document,
    open_logo,
)
from app.members.routes.blueprint import institution_form, pages
from app.web.access import requires, the_actor
from app.web.downloads import send_bytes, send_picture
from app.web.forms import errors_to
from app.web.requests import see
from app.web.wording import long_day


@pages.route("/members/<int:institution_id>/aliases/new", methods=["GET", "POST"])
@requires(Permission.INSTITUTION_EDIT)
def add_alias(institution_id: int) -> ResponseReturnValue:
    """Let another spelling mean an institution."""
    saved = get_editable_institution(institution_id, Permission.INSTITUTION_EDIT, the_actor())
    form = AliasForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            added = commands.add_alias(institution_id, str(form.alias.value), actor=the_actor())
            return see("members.institution_names", f"{added.alias} means it too.", institution_id=institution_id)
    return institution_form(form, (institution_id, saved.name), f"Add an alias of {saved.name}", "Add alias")


@pages.post("/members/aliases/<int:alias_id>/remove")
@requires(Permission.INSTITUTION_EDIT)
def remove_alias(alias_id: int) -> ResponseReturnValue:
    """Let a spelling no longer mean its institution."""
    with transaction():
        institution = commands.remove_alias(alias_id, actor=the_actor())
        return see("members.institution_names", "The alias is removed.", institution_id=institution.id)


@pages.route("/members/<int:institution_id>/units/new", methods=["GET", "POST"])
@requires(Permission.INSTITUTION_EDIT)
def add_unit(institution_id: int) -> ResponseReturnValue:
    """Add a unit of an institution."""
    saved = get_editable_institution(institution_id, Permission.INSTITUTION_EDIT, the_actor())
    form = UnitForm(data={"first_day": today()})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.add_unit(institution_id, form.unit(), actor=the_actor())
            return see("members.institution_names", "The unit is added.", institution_id=institution_id)
    return institution_form(form, (institution_id, saved.name), f"Add a unit of {saved.name}", "Add unit")


@pages.route("/members/units/<int:unit_id>/end", methods=["GET", "POST"])
@requires(Permission.INSTITUTION_EDIT)
def end_unit(unit_id: int) -> ResponseReturnValue:
    """Say when a unit was last a part of its institution."""
    saved = get_unit(unit_id, the_actor())
    form = LastDayForm(data={"version": saved.version, "last_day": today()})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            day, reason, version = form.last_day.data, str(form.reason.value), form.shown_version
            commands.end_unit(unit_id, last_day=day, reason=reason, version=version, actor=the_actor())
            return see("members.institution_names", f"It ends on {long_day(day)}.", institution_id=saved.institution_id)
    stale = changed_meanwhile(form, get_unit(unit_id, the_actor()))
    return institution_form(form, (saved.institution_id, saved.institution), f"End {saved.name}", "End", stale=stale)


@pages.route("/members/<int:institution_id>/logo/new", methods=["GET", "POST"])
@requires(Permission.INSTITUTION_EDIT)
def set_logo(institution_id: int) -> ResponseReturnValue:
    """Show an institution by a picture."""
    saved = get_editable_institution(institution_id, Permission.INSTITUTION_EDIT, the_actor())
    form = LogoForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.set_logo(institution_id, form.logo.data.content, actor=the_actor())
            return see("members.institution", "The logo is set.", institution_id=institution_id)
    return institution_form(form, (institution_id, saved.name), f"Logo of {saved.name}", "Set the logo")


@pages.post("/members/<int:institution_id>/logo/remove")
@requires(Permission.INSTITUTION_EDIT)
def remove_logo(institution_id: int) -> ResponseReturnValue:
    """Show an institution without a picture."""
    with transaction():
        commands.remove_logo(institution_id, actor=the_actor())
        return see("members.institution", "The logo is removed.", institution_id=institution_id)


@pages.get("/members/<int:institution_id>/logo/<int:file_id>")
@requires(Permission.INSTITUTION_LIST)
def logo(institution_id: int, file_id: int) -> Response:
    """A logo an institution has or had."""
    found = open_logo(institution_id, file_id, the_actor())
    return send_picture(found.content, found.media_type)


@pages.route("/members/<int:institution_id>/documents/new", methods=["GET", "POST"])
@requires(Permission.INSTITUTION_EDIT)
def add_document(institution_id: int) -> ResponseReturnValue:
    """Keep a document with an institution."""
    saved = get_editable_institution(institution_id, Permission.INSTITUTION_EDIT, the_actor())
    form = DocumentForm(data={"dated": today()})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.add_document(institution_id, form.document(), actor=the_actor())
            return see("members.institution_documents", "The document is kept.", institution_id=institution_id)
    return institution_form(form, (institution_id, saved.name), f"Add a document of {saved.name}", "Add document")


@pages.get("/members/documents/<int:document_id>")
@requires(Permission.INSTITUTION_READ)
def document(document_id: int) -> Response:
    """A document as it was sent."""
    found = open_document(document_id, the_actor())
    return send_bytes(found.content, found.media_type, found.name)


@pages.route("/members/documents/<int:document_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.INSTITUTION_EDIT)
def withdraw_document(document_id: int) -> ResponseReturnValue:
    """Take a document off the record."""
    saved = get_document(document_id, the_actor())
    named = get_institution(saved.institution_id, the_actor(), on=today()).name
    form = WithdrawalForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.withdraw_document(document_id, reason=str(form.reason.value), actor=the_actor())
            return see(
                "members.institution_documents", "The document is withdrawn.", institution_id=saved.institution_id
            )
    return institution_form(form, (saved.institution_id, named), f"Withdraw {saved.title}", "Withdraw")


@pages.route("/members/<int:institution_id>/notes/new", methods=["GET", "POST"])
@requires(Permission.INSTITUTION_EDIT)
def add_note(institution_id: int) -> ResponseReturnValue:
    """Note something about an institution."""
    saved = get_editable_institution(institution_id, Permission.INSTITUTION_EDIT, the_actor())
    form = NoteForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.note(institution_id, str(form.text.value), actor=the_actor())
            return see("members.institution_documents", "It is noted.", institution_id=institution_id)
    return institution_form(form, (institution_id, saved.name), f"Note about {saved.name}", "Note it")


@pages.post("/members/notes/<int:note_id>/strike")
@requires(Permission.INSTITUTION_EDIT)
def strike_note(note_id: int) -> ResponseReturnValue:
    """Strike a note."""
    with transaction():
        struck = commands.strike_note(note_id, actor=the_actor())
        return see("members.institution_documents", "The note is struck.", institution_id=struck.institution_id)
