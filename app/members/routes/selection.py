"""The chosen rows of a list: those ticked, or all that its filters leave; they stand in the address."""

from __future__ import annotations

from flask import abort, request

from app.core import clock
from app.members.forms import PeopleFilterForm
from app.members.queries import list_institution_ids, list_person_ids
from app.members.routes.lists import institution_filter_form, institution_filters, person_filters
from app.web.access import the_actor
from app.web.addresses import ids_in_address


def chosen_institutions() -> tuple[int, ...]:
    """The ids of the institutions chosen."""
    if "every" not in request.args:
        return _ticked()
    form = institution_filter_form().from_request()
    if not form.validate():
        abort(400, "The filters of the list cannot be read.")
    return tuple(list_institution_ids(institution_filters(form), the_actor(), on=clock.today()))


def chosen_people() -> tuple[int, ...]:
    """The ids of the people chosen."""
    if "every" not in request.args:
        return _ticked()
    form = PeopleFilterForm.from_request()
    if not form.validate():
        abort(400, "The filters of the list cannot be read.")
    return tuple(list_person_ids(person_filters(form), the_actor(), on=clock.today()))


def _ticked() -> tuple[int, ...]:
    return tuple(dict.fromkeys(ids_in_address("chosen")))
