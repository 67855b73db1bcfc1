"""The chosen rows of a list: those ticked, or all that its filters leave, as the address says; and their columns."""

from __future__ import annotations

from typing import Any

from flask import abort, request

from app.core import clock
from app.core.tables import Column, Kind, Narrow
from app.members.forms import PeopleFilterForm
from app.members.queries import list_institution_ids, list_person_ids
from app.members.routes.lists import institution_filter_form, institution_filters, person_filters
from app.web.access import the_actor
from app.web.addresses import ids_in_address, record_link

INSTITUTION = ("institution", "institutions")
# What would become of the chosen institutions: rows with the id and the name of one, and why it is left out if it is.
INSTITUTION_COLUMN: Column[Any] = Column(
    "name",
    "Institution",
    lambda row: row.name,
    Kind.NAME,
    link=record_link("members.institution", "institution_id", lambda row: row.institution_id),
    narrow=Narrow.NAME,
)
WHY_COLUMN: Column[Any] = Column("why", "Why", lambda row: row.left_out, narrow=Narrow.META)


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
