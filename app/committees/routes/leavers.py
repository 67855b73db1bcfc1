"""The page that frees the seats of an institution that leaves."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.committees.commands import free_seats as free
from app.committees.forms import FreeSeatsForm
from app.committees.routes.blueprint import pages
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.members.routes.departures import departure_form
from app.web.access import requires, the_actor


@pages.route("/departures/<int:departure_id>/seats", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_FOUND)
def free_seats(departure_id: int) -> ResponseReturnValue:
    """Free the seats of an institution that leaves."""

    def act() -> str | None:
        with transaction():
            return free(departure_id, actor=the_actor()).outcome

    sub = "The seats it fills end after the days of grace, and with them the terms and rights of who sits on them."
    return departure_form(FreeSeatsForm(), departure_id, ("Seats of", "Free them"), act, sub)
