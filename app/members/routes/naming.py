"""Suggestions of institutions while one types, and whose institutions a form lets one name."""

from __future__ import annotations

from dataclasses import asdict

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from app.core.clock import today
from app.core.permissions import Permission
from app.members.forms import InstitutionField, NameForm
from app.members.queries import InstitutionNames, own_institution_names
from app.members.routes.blueprint import pages
from app.web.access import requires, the_actor
from app.web.on_date import current_on, known_at

OF_PEOPLE = "of_people"


@pages.get("/members/suggest")
@requires(Permission.INSTITUTION_LIST)
def suggest_institutions() -> ResponseReturnValue:
    """Some institutions with the words typed, under their names of the day looked at."""
    form = NameForm.from_request()
    names = InstitutionNames(the_actor(), current_on(), known_at())
    if OF_PEOPLE in request.args:
        names = own_institution_names(Permission.PERSON_EDIT, the_actor(), current_on())
    found = names.suggested(form.q.data or "") if form.validate() else []
    return jsonify([asdict(each) for each in found])


def ask_institution(field: InstitutionField, chosen_id: int | None = None) -> None:
    """Let any institution be named; the one given stands there before anything is typed."""
    field.ask(InstitutionNames(the_actor(), today()), chosen_id)


def ask_institution_of_people(field: InstitutionField, chosen_id: int | None = None) -> None:
    """Let an institution be named whose people the reader may change."""
    field.ask(own_institution_names(Permission.PERSON_EDIT, the_actor(), today()), chosen_id, **{OF_PEOPLE: "1"})
