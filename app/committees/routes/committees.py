"""Forms that found a committee, change it and add a seat."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.committees.commands import add_seat as add_seat_to
from app.committees.commands import edit_committee, found_committee
from app.committees.forms import CommitteeForm, OwnCommitteeForm, SeatForm, changed_meanwhile, filled_from
from app.committees.models import Committee
from app.committees.queries import committees_to_choose, get_editable_committee
from app.committees.routes.blueprint import pages
from app.core.clock import today
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.members.routes import ask_institution
from app.web.access import requires, the_actor
from app.web.forms import errors_to
from app.web.requests import see


@pages.route("/committees/new", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_FOUND)
def found() -> ResponseReturnValue:
    """Found a committee."""
    form = CommitteeForm(data={"founded_on": today()})
    form.parent_id.offer(committees_to_choose(on=today()), empty="Of none")
    if form.validate_on_submit():
        with errors_to(form), transaction():
            committee = found_committee(form.values(), actor=the_actor())
            return see("committees.committee", f"{committee.name} is founded.", committee_id=committee.id)
    return render_template("committees/found.html", form=form)


@pages.route("/committees/<int:committee_id>/edit", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def edit(committee_id: int) -> ResponseReturnValue:
    """Change a committee: all of it for the secretariat, remit and address for its chair."""
    committee = get_editable_committee(committee_id, the_actor())
    form = _form_of(committee)
    if form.validate_on_submit():
        values = form.values(committee) if isinstance(form, OwnCommitteeForm) else form.values()
        with errors_to(form), transaction():
            edit_committee(committee_id, values, version=form.shown_version, actor=the_actor())
            return see("committees.committee", "The committee is changed.", committee_id=committee_id)
    return render_template(
        "committees/edit.html", form=form, committee=committee, stale=changed_meanwhile(form, committee)
    )


@pages.route("/committees/<int:committee_id>/seats/new", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def add_seat(committee_id: int) -> ResponseReturnValue:
    """Add a seat to a committee."""
    committee = get_editable_committee(committee_id, the_actor())
    form = SeatForm(data={"first_day": today(), "votes": True})
    ask_institution(form.institution_id)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            seat = add_seat_to(committee_id, form.values(), actor=the_actor())
            return see("committees.committee", f"Seat {seat.position} is added.", committee_id=committee_id)
    return render_template("committees/add_seat.html", form=form, committee=committee)


def _form_of(committee: Committee) -> CommitteeForm | OwnCommitteeForm:
    saved = filled_from(committee)
    if not the_actor().has_all(Permission.COMMITTEE_FOUND):
        return OwnCommitteeForm(data=saved)
    form = CommitteeForm(data=saved)
    form.parent_id.offer(committees_to_choose(on=today(), besides=committee.id), empty="Of none")
    return form
