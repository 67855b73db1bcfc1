"""Forms that found a committee, change it, and end it."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.committees import commands
from app.committees.forms import (
    DissolvingForm,
    EditCommitteeForm,
    FoundingForm,
    OwnCommitteeForm,
    ReasonForm,
    changed_meanwhile,
    filled_from,
)
from app.committees.models import Committee
from app.committees.queries import committees_to_choose, get_committee_on_day, get_editable_committee
from app.committees.routes.blueprint import pages
from app.committees.routes.framing import committee_form
from app.core.clock import today
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.web.access import requires, the_actor
from app.web.forms import errors_to
from app.web.requests import see
from app.web.wording import long_day

DISSOLVING = [
    ("Its seats and terms end with that day.", "Rights of who sits on it end with the end of it, by themselves."),
    ("Its parts do not.", "Each committee that is part of it is moved or dissolved first."),
    ("Plans and elections for later days end at once.", "Who is asked or nominated need not answer any more."),
    ("It can be called off", "until that day is over; seats and terms then last as long as they would have."),
]
GOING_ON = [
    ("It goes on.", "Its seats and terms get the last days back that they had, and their holders the rights."),
    ("Plans and elections do not come back.", "Those that were called off with it are made anew."),
]


@pages.route("/committees/new", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_FOUND)
def found() -> ResponseReturnValue:
    """Found a committee, with the seats it begins with."""
    form = FoundingForm(data={"founded_on": today(), "votes": True})
    form.parent_id.offer(committees_to_choose(on=today()), empty="Of none")
    if form.validate_on_submit():
        with errors_to(form), transaction():
            values = form.values(str(form.name.value))
            committee = commands.found_with_seats(values, form.first_seats(), actor=the_actor())
            return see("committees.committee", f"{committee.name} is founded.", committee_id=committee.id)
    return render_template("committees/found.html", form=form)


@pages.route("/committees/<int:committee_id>/edit", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def edit(committee_id: int) -> ResponseReturnValue:
    """Change a committee: all of it but its name for the secretariat, remit and address for its chair."""
    committee = get_editable_committee(committee_id, the_actor())
    form = _form_of(committee)
    if form.validate_on_submit():
        values = form.values(committee) if isinstance(form, OwnCommitteeForm) else form.values(committee.name)
        with errors_to(form), transaction():
            since, version = form.first_day(), form.shown_version
            commands.edit_committee(committee_id, values, since=since, version=version, actor=the_actor())
            return see("committees.committee", "The committee is changed.", committee_id=committee_id)
    return render_template(
        "committees/edit.html", form=form, committee=committee, stale=changed_meanwhile(form, committee)
    )


@pages.route("/committees/<int:committee_id>/dissolve", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_FOUND)
def dissolve(committee_id: int) -> ResponseReturnValue:
    """Let a committee end with a day."""
    saved = get_committee_on_day(committee_id, the_actor(), on=today())
    form = DissolvingForm(data={"last_day": today(), "version": saved.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            values = form.dissolving()
            commands.dissolve_committee(committee_id, values, version=form.shown_version, actor=the_actor())
            notice = f"It is dissolved after {long_day(values.last_day)}."
            return see("committees.committee", notice, committee_id=committee_id)
    return committee_form(form, (saved.id, saved.name), f"Dissolve {saved.name}", "Dissolve it", follows=DISSOLVING)


@pages.route("/committees/<int:committee_id>/go-on", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_FOUND)
def call_off_dissolution(committee_id: int) -> ResponseReturnValue:
    """Let a committee go on that was to be dissolved."""
    saved = get_committee_on_day(committee_id, the_actor(), on=today())
    form = ReasonForm(data={"version": saved.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reason, version = str(form.reason.value), form.shown_version
            commands.call_off_dissolution(committee_id, reason=reason, version=version, actor=the_actor())
            return see("committees.committee", "The committee goes on.", committee_id=committee_id)
    title = f"Call off that {saved.name} is dissolved"
    return committee_form(form, (saved.id, saved.name), title, "Let it go on", follows=GOING_ON)


def _form_of(committee: Committee) -> EditCommitteeForm | OwnCommitteeForm:
    saved = filled_from(committee)
    if not the_actor().has_all(Permission.COMMITTEE_FOUND):
        return OwnCommitteeForm(data=saved)
    form = EditCommitteeForm(data=saved)
    form.parent_id.offer(committees_to_choose(on=today(), besides=committee.id), empty="Of none")
    return form
