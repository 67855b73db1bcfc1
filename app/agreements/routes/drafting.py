"""Drafting: between whom and about what, then all it says; and changing a draft."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.agreements import commands
from app.agreements.forms.drafts import ChangeDraftForm, DraftForm, StartForm, filled_from
from app.agreements.models import Agreement
from app.agreements.queries.agreements import get_agreement
from app.agreements.queries.offered import lines_meant, names_of_lines, read_lines, split_items
from app.agreements.routes.blueprint import pages
from app.agreements.routes.proposing import Beginning, begun, template_choice
from app.agreements.rules.drafting import DraftValues, Item, Parties
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.members.queries import person_choices
from app.members.routes import ask_institution
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.requests import see

CRUMBS = [("Agreements", "/agreements")]


@pages.get("/agreements/new")
@requires(Permission.AGREEMENT_EDIT)
def new() -> ResponseReturnValue:
    """Between whom, and about which lines: then a template is proposed."""
    form = StartForm.from_request()
    ask_institution(form.provider)
    ask_institution(form.recipient)
    if request.args and form.validate():
        lines, why_not = read_lines(form.lines.data or "")
        form.lines.errors = [why_not] if why_not else []
        if not why_not:
            parties = {"provider": form.provider.chosen_id, "recipient": form.recipient.chosen_id}
            return redirect(url_for("agreements.draft", **parties, line=lines))
    return render_template("agreements/new.html", form=form)


@pages.route("/agreements/draft", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_EDIT)
def draft() -> ResponseReturnValue:
    """All that a new draft says, with what the program proposes."""
    start = begun(the_actor())
    form = _form(DraftForm, start.shown, start.provider_id, start.recipient_id)
    if not start.is_consent:
        del form.third
    if form.validate_on_submit():
        with errors_to(form), transaction():
            made = commands.draft_agreement(start.origin, _values(form, start), actor=the_actor())
            return see("agreements.agreement", "The agreement is drafted.", agreement_id=made.id)
    return render_template("agreements/draft.html", form=form, start=start, choice=template_choice(start))


@pages.route("/agreements/<int:agreement_id>/edit", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_EDIT)
def change(agreement_id: int) -> ResponseReturnValue:
    """Change what a draft says."""
    found = get_agreement(agreement_id, the_actor())
    form = _form(ChangeDraftForm, _shown(found), found.provider_id, found.recipient_id, found.third_id)
    if found.third_id is None:
        del form.third
    if form.validate_on_submit():
        with errors_to(form), transaction():
            values, said = _values(form, found), {"comment": form.comment.value, "version": form.shown_version}
            commands.change_draft(agreement_id, values, **said, actor=the_actor())
            return see("agreements.agreement", "The draft is changed.", agreement_id=agreement_id)
    found = get_agreement(agreement_id, the_actor())
    here = url("agreements.agreement", agreement_id=agreement_id)
    crumbs = [("Agreements", url("agreements.agreements")), (found.number or found.title, here)]
    return render_template("agreements/change.html", form=form, agreement=found, crumbs=crumbs, cancel=here)


def _shown(found: Agreement) -> dict[str, Any]:
    lines, others = split_items(found.id)
    return filled_from(found, [each.words for each in names_of_lines(lines)], others)


def _form(
    kind: type[DraftForm], shown: dict[str, Any], provider_id: int, recipient_id: int, third_id: int | None = None
) -> Any:
    """The fields of a draft, with the people of both parties to choose from."""
    form = kind(data=shown)
    places = {"provider_scientist_id": provider_id, "recipient_scientist_id": recipient_id}
    for name, institution_id in places.items():
        people = person_choices(the_actor(), institution_id=institution_id)
        chosen = [(int(shown[name]), "As it was")] if shown.get(name) else []
        known = {identity for identity, _ in people}
        form[name].offer([*people, *(each for each in chosen if each[0] not in known)], empty="Not named")
    ask_institution(form.third, third_id or shown.get("third_id"))
    return form


def _values(form: Any, of: Beginning | Agreement) -> DraftValues:
    """All that was typed; a line that nobody knows is refused beside its field."""
    third = form.third.chosen_id if "third" in form else None
    parties = Parties(
        of.provider_id,
        of.recipient_id,
        third,
        form.provider_scientist_id.chosen_id,
        form.recipient_scientist_id.chosen_id,
    )
    lines = [Item(line_id, None) for line_id in lines_meant(form.rows_of("lines"))]
    return DraftValues(parties, form.terms(), [*lines, *form.others_named()])
