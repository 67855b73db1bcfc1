"""The page that offers a new member its seats."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.committees.commands import give_seats as give
from app.committees.commands.joiners import SEATS
from app.committees.forms import SeatOfferForm
from app.committees.queries import find_voice, list_seat_offers
from app.committees.routes.blueprint import pages
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.members.models import Application
from app.members.queries import get_case
from app.members.routes.letters import step_place
from app.web.access import requires, the_actor
from app.web.forms import errors_to
from app.web.requests import see
from app.web.wording import long_day


@pages.route("/applications/<int:application_id>/seats", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_FOUND)
def give_seats(application_id: int) -> ResponseReturnValue:
    """Give a new member a seat where those of its class have one."""
    case = get_case(application_id, the_actor())
    offers = list_seat_offers(case.application.class_id, the_actor())
    form = SeatOfferForm()
    form.offer(offers, case.application.membership_class.name)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            task = give(application_id, form.chosen, offered=form.offered, actor=the_actor())
            return see("members.application", task.outcome, application_id=application_id)
    form.show_anew(offers)
    found, place = case.application, step_place(case, SEATS)
    return render_template(
        "committees/give_seats.html", form=form, found=found, offers=offers, holder=_holder(found), **place
    )


def _holder(found: Application) -> str:
    """Who is to sit on the seats, in a sentence."""
    if found.institution_id is None or found.member_from is None:
        return ""
    voter = find_voice(found.institution_id, found.member_from, the_actor())
    if voter is None:
        return f"Nobody votes for it on {long_day(found.member_from)}: the seats stay vacant."
    return f"Each is held by {voter.person}, its voting representative."
