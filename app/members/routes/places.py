"""The forms that put right what was recorded of a person's place at an institution, or take it back."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.core.permissions import Permission
from app.core.transaction import transaction
from app.members import commands
from app.members.forms import PlaceForm, ReasonForm, changed_meanwhile
from app.members.queries import get_affiliation
from app.members.routes.blueprint import pages, person_form
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.requests import see
from app.web.wording import long_day


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
    instead = "It was entered by mistake", url("members.retract_place", affiliation_id=affiliation_id)
    return person_form(form, (saved.person_id, name), title, "Correct place", stale=stale, instead=instead)


@pages.route("/people/places/<int:affiliation_id>/retract", methods=["GET", "POST"])
@requires(Permission.PERSON_EDIT)
def retract_place(affiliation_id: int) -> ResponseReturnValue:
    """Take back a place that was put on record by mistake."""
    saved, name = get_affiliation(affiliation_id, the_actor())
    form = ReasonForm(data={"version": saved.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason, version = str(form.reason.value), form.shown_version
            commands.retract_affiliation(affiliation_id, reason=reason, version=version, actor=the_actor())
            return see("members.person", "The place is taken back.", person_id=saved.person_id)
    sub = f"From {long_day(saved.first_day)}. It was put on record by mistake, such as twice; who has left is ended."
    return person_form(form, (saved.person_id, name), f"Take back where {name} worked", "Take back", sub=sub)
