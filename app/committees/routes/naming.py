"""Forms of what a committee is called: another name from a day on, a name put right, a name taken back."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.committees import commands
from app.committees.forms import ReasonForm, RenameForm, RightNameForm, filled_from_name, name_meanwhile
from app.committees.queries import get_committee_name, get_committee_on_day
from app.committees.routes.blueprint import pages
from app.committees.routes.framing import committee_form
from app.core.clock import today
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.web.access import requires, the_actor
from app.web.forms import errors_to
from app.web.requests import see

RENAMING = [
    ("Its old name keeps its days.", "Pages of a day before show it, and it is still found by it."),
    ("A name to come is taken by itself", "on its first day; until then it can be taken back."),
]
RIGHTING = [("What was known before stays on record.", "Answers for any day change from now on.")]
TAKING_BACK = [("The name before it goes on", "over its days, as if it had not been renamed.")]


@pages.route("/committees/<int:committee_id>/rename", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_FOUND)
def rename(committee_id: int) -> ResponseReturnValue:
    """Call a committee by another name from a day on."""
    saved = get_committee_on_day(committee_id, the_actor(), on=today())
    form = RenameForm(data={"first_day": today(), "version": saved.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason, version = form.reason.value, form.shown_version
            commands.rename_committee(committee_id, form.naming(), reason=reason, version=version, actor=the_actor())
            return see("committees.committee", f"It has the name {form.name.value}.", committee_id=committee_id)
    return committee_form(form, (saved.id, saved.name), f"Rename {saved.name}", "Rename", follows=RENAMING)


@pages.route("/committees/names/<int:name_id>/correct", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_FOUND)
def correct_name(name_id: int) -> ResponseReturnValue:
    """Put the spelling or the first day of a name right."""
    found = get_committee_name(name_id, the_actor())
    saved = get_committee_on_day(found.committee_id, the_actor(), on=today())
    form = RightNameForm(data=filled_from_name(found, saved.version))
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason, version = str(form.reason.value), form.shown_version
            commands.correct_committee_name(name_id, form.naming(), reason=reason, version=version, actor=the_actor())
            return see("committees.committee", "The name is corrected.", committee_id=saved.id)
    stale = name_meanwhile(form, get_committee_name(name_id, the_actor()))
    title = f"Correct the name {found.name}"
    return committee_form(form, (saved.id, saved.name), title, "Save correction", follows=RIGHTING, stale=stale)


@pages.route("/committees/names/<int:name_id>/take-back", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_FOUND)
def take_back_name(name_id: int) -> ResponseReturnValue:
    """Take back a name that was recorded by mistake, or is not to come."""
    found = get_committee_name(name_id, the_actor())
    saved = get_committee_on_day(found.committee_id, the_actor(), on=today())
    form = ReasonForm(data={"version": saved.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason, version = str(form.reason.value), form.shown_version
            commands.retract_committee_name(name_id, reason=reason, version=version, actor=the_actor())
            return see("committees.committee", "The name is taken back.", committee_id=saved.id)
    title = f"Take back the name {found.name}"
    return committee_form(form, (saved.id, saved.name), title, "Take it back", follows=TAKING_BACK)
