"""Suggestions of institutions while one types, and which institutions a form lets one name."""

from __future__ import annotations

from dataclasses import asdict

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from app.core.permissions import Permission
from app.members.forms import InstitutionField, NameForm
from app.members.queries import InstitutionNames, institution_names
from app.members.routes.blueprint import pages
from app.web.access import requires, the_actor
from app.web.on_date import current_on, known_at

OWN = "own"


@pages.get("/members/suggest")
@requires(Permission.INSTITUTION_LIST)
def suggest_institutions() -> ResponseReturnValue:
    """Some institutions with the words typed, under their names of the day looked at; `own` leaves the reader's own."""
    form = NameForm.from_request()
    within = the_actor().own_institutions(Permission.INSTITUTION_READ) if OWN in request.args else None
    names = InstitutionNames(the_actor(), current_on(), known_at(), within)
    found = names.suggested(form.q.data or "") if form.validate() else []
    return jsonify([asdict(each) for each in found])


def ask_institution(
    field: InstitutionField, chosen_id: int | None = None, *, permission: Permission = Permission.INSTITUTION_LIST
) -> None:
    """Let an institution be named that a permission of the reader reaches; the one given stands there at first."""
    names = institution_names(permission, the_actor(), on=current_on(), known=known_at())
    field.ask(names, chosen_id, **({} if names.within is None else {OWN: "1"}))
