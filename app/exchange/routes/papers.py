"""The papers of an exchange, and whom each side names to be asked."""

from __future__ import annotations

from flask import Response, abort
from flask.typing import ResponseReturnValue

from app.core.clock import today
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.exchange.commands import papers as writing
from app.exchange.forms.steps import ContactsForm, PaperForm
from app.exchange.models import Exchange
from app.exchange.queries.exchanges import get_exchange, get_paper
from app.exchange.routes.blueprint import form_of, pages
from app.files.queries import open_file
from app.members.queries import person_choices
from app.web.access import requires, the_actor
from app.web.downloads import send_bytes
from app.web.forms import errors_to
from app.web.requests import see

ADDING = [("It counts when the material is sent.", "Reports must be young enough for the taker, permits in date.")]
NAMING = [("Each side names its own.", "Whoever is named gets the mails about this exchange, too.")]


@pages.route("/exchanges/<int:exchange_id>/papers/new", methods=["GET", "POST"])
@requires(Permission.EXCHANGE_EDIT)
def add_paper(exchange_id: int) -> ResponseReturnValue:
    """Put a paper to an exchange."""
    found = get_exchange(exchange_id, the_actor())
    form = PaperForm(data={"version": found.version, "first_day": today()})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            writing.add_paper(exchange_id, form.values(), version=form.shown_version, actor=the_actor())
            return see("exchange.exchange", "The paper is added.", exchange_id=exchange_id)
    return form_of(found, form, "Add a paper", "Add", follows=ADDING)


@pages.get("/exchanges/papers/<int:paper_id>")
@requires(Permission.EXCHANGE_READ)
def paper(paper_id: int) -> Response:
    """A paper as it was sent."""
    found = get_paper(paper_id, the_actor())
    if found.file_id is None:
        abort(404)
    opened = open_file(found.file_id)
    return send_bytes(opened.content, opened.media_type, opened.name)


@pages.post("/exchanges/papers/<int:paper_id>/withdraw")
@requires(Permission.EXCHANGE_EDIT)
def withdraw_paper(paper_id: int) -> ResponseReturnValue:
    """Take a paper back."""
    found = get_paper(paper_id, the_actor())
    with transaction():
        writing.withdraw_paper(paper_id, actor=the_actor())
        return see("exchange.exchange", "The paper is taken back.", exchange_id=found.exchange_id)


@pages.route("/exchanges/<int:exchange_id>/contacts", methods=["GET", "POST"])
@requires(Permission.EXCHANGE_EDIT)
def contacts(exchange_id: int) -> ResponseReturnValue:
    """Name whom to ask."""
    found = get_exchange(exchange_id, the_actor())
    form = _contacts(found)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            version = form.shown_version
            writing.name_contacts(exchange_id, **_chosen(form, found), version=version, actor=the_actor())
            return see("exchange.exchange", "Named.", exchange_id=exchange_id)
    return form_of(found, form, "Whom to ask", "Save", follows=NAMING)


def _contacts(found: Exchange) -> ContactsForm:
    """The people of the sides the reader acts for."""
    chosen = {
        "version": found.version,
        "giver_contact_id": str(found.giver_contact_id or ""),
        "taker_contact_id": str(found.taker_contact_id or ""),
    }
    form = ContactsForm(data=chosen)
    for name, institution_id in (("giver_contact_id", found.giver_id), ("taker_contact_id", found.taker_id)):
        if the_actor().may(Permission.EXCHANGE_EDIT, institution_id=institution_id):
            form[name].offer(person_choices(the_actor(), institution_id=institution_id), empty="Nobody")
        else:
            del form[name]
    return form


def _chosen(form: ContactsForm, found: Exchange) -> dict[str, int | None]:
    """Who was named; the other side's contact stays."""
    names = ("giver_contact_id", "taker_contact_id")
    return {name: form[name].chosen_id if name in form else getattr(found, name) for name in names}
