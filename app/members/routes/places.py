"""The form that puts right what was recorded of a person's place at an institution."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.core.permissions import Permission
from app.core.transaction import transaction
from app.members import commands
from app.members.forms import PlaceForm, changed_meanwhile
from app.members.queries import get_affiliation
from app.members.routes.blueprint import pages, person_form
from app.web.access import requires, the_actor
from app.web.forms import errors_to
from app.web.requests import see


@pages.route("/people/places/<int:affiliation_id>/correct", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
def correct_place(affiliation_id: int) -> ResponseReturnValue:
    """Correct the days or the position of a place."""
    saved, name = get_affiliation(affiliation_id, the_actor())
    form = PlaceForm(obj=saved)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason, version = str(form.reason.data), form.shown_version
            commands.correct_affiliation(
                affiliation_id, form.place(), reason=reason, version=version, actor=the_actor()
            )
            return see("members.person", "The place is corrected.", person_id=saved.person_id)
    stale = changed_meanwhile(form, get_affiliation(affiliation_id, the_actor())[0])
    title = f"Correct where {name} worked"
    return person_form(form, (saved.person_id, name), title, "Correct place", stale=stale)
