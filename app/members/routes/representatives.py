"""Forms that name who represents an institution, end it, or take it back."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.core.clock import today
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.members import commands
from app.members.forms import LastDayForm, ReasonForm, RepresentationForm, changed_meanwhile
from app.members.queries import get_editable_institution, get_representation, person_choices
from app.members.routes.blueprint import institution_form, pages
from app.members.routes.tables import words_of
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.requests import see
from app.web.wording import long_day


@pages.route("/members/<int:institution_id>/representatives/new", methods=["GET", "POST"])
@requires(Permission.INSTITUTION_EDIT)
def name_representative(institution_id: int) -> ResponseReturnValue:
    """Name who represents an institution."""
    saved = get_editable_institution(institution_id, Permission.INSTITUTION_EDIT, the_actor())
    form = RepresentationForm(data={"first_day": today(), "rank": 1})
    form.person_id.offer(person_choices(the_actor(), institution_id=institution_id))
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.name_representative(
                institution_id,
                form.person_id.chosen_id or 0,
                form.representation(),
                reason=form.reason.value,
                actor=the_actor(),
            )
            return see("members.institution", "The representative is named.", institution_id=institution_id)
    title = f"Name a representative of {saved.name}"
    return institution_form(form, (institution_id, saved.name), title, "Name representative")


@pages.route("/members/representatives/<int:representation_id>/end", methods=["GET", "POST"])
@requires(Permission.INSTITUTION_EDIT)
def end_representative(representation_id: int) -> ResponseReturnValue:
    """End a representation, and the rights that followed from it."""
    saved = get_representation(representation_id, the_actor())
    form = LastDayForm(data={"version": saved.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            day, reason, version, actor = form.last_day.data, form.reason.data, form.shown_version, the_actor()
            commands.end_representation(representation_id, last_day=day, reason=reason, version=version, actor=actor)
            notice = f"This ends on {long_day(day)}, and the rights with it."
            return see("members.institution", notice, institution_id=saved.institution_id)
    stale = changed_meanwhile(form, get_representation(representation_id, the_actor()))
    title, of = f"End {saved.person} as {words_of(saved).lower()}", (saved.institution_id, saved.institution)
    instead = "It was entered by mistake", url("members.retract_representative", representation_id=representation_id)
    return institution_form(form, of, title, "End", stale=stale, instead=instead)


@pages.route("/members/representatives/<int:representation_id>/retract", methods=["GET", "POST"])
@requires(Permission.INSTITUTION_EDIT)
def retract_representative(representation_id: int) -> ResponseReturnValue:
    """Take back a representation that was put on record by mistake."""
    saved = get_representation(representation_id, the_actor())
    form = ReasonForm(data={"version": saved.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason, version = str(form.reason.value), form.shown_version
            commands.retract_representation(representation_id, reason=reason, version=version, actor=the_actor())
            notice = "This is taken back, and the rights with it."
            return see("members.institution", notice, institution_id=saved.institution_id)
    title, of = f"Take back {saved.person} as {words_of(saved).lower()}", (saved.institution_id, saved.institution)
    sub = f"From {long_day(saved.period.first)}. It was put on record by mistake; who has stopped is ended."
    return institution_form(form, of, title, "Take back", sub=sub)
