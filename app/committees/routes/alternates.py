"""Forms of the alternates of a seat: adding one, their order, and ending one."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.committees import commands
from app.committees.forms import AlternateForm, EndAlternateForm
from app.committees.queries import get_alternate, get_editable_seat, people_for
from app.committees.routes.blueprint import pages
from app.committees.routes.framing import committee_form
from app.core.clock import today
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.requests import see

ADDING = [
    ("Alternates stand in for the holder", "in their order: a new one comes after those there are."),
    ("They have no rights of the seat.", "Who fills it for good is appointed to it."),
]


@pages.route("/committees/seats/<int:seat_id>/alternates/new", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def add_alternate(seat_id: int) -> ResponseReturnValue:
    """Let somebody stand in for the holder of a seat."""
    saved = get_editable_seat(seat_id, the_actor())
    form = AlternateForm(data={"first_day": max(today(), saved.first_day), "last_day": saved.last_day})
    form.person_id.offer(people_for(saved, on=today()))
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.add_alternate(seat_id, form.person_id.chosen_id or 0, form.period(), actor=the_actor())
            return see("committees.seat", "The alternate is added.", seat_id=seat_id)
    place = saved.committee_id, saved.committee.name
    title, back = f"Add an alternate of seat {saved.position}, {saved.label}", url("committees.seat", seat_id=seat_id)
    return committee_form(form, place, title, "Add alternate", follows=ADDING, cancel=back)


@pages.post("/committees/alternates/<int:alternate_id>/up")
@requires(Permission.COMMITTEE_EDIT)
def move_alternate_up(alternate_id: int) -> ResponseReturnValue:
    """Let an alternate be asked before the one above."""
    with transaction():
        moved = commands.move_alternate_up(alternate_id, actor=the_actor())
        return see("committees.seat", "The order is changed, from today on.", seat_id=moved.seat_id)


@pages.route("/committees/alternates/<int:alternate_id>/end", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def end_alternate(alternate_id: int) -> ResponseReturnValue:
    """Let an alternate stand in no longer than a day."""
    saved = get_alternate(alternate_id, the_actor())
    form = EndAlternateForm(data={"last_day": today()})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            day, reason = form.last_day.data, form.reason.value
            commands.end_alternate(alternate_id, day, reason=reason, actor=the_actor())
            return see("committees.seat", "The alternate has their last day.", seat_id=saved.seat_id)
    place = saved.seat.committee_id, saved.seat.committee.name
    title, back = f"End {saved.person.name} as alternate", url("committees.seat", seat_id=saved.seat_id)
    return committee_form(form, place, title, "End", cancel=back)
