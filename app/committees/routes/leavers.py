"""The page that frees the seats of an institution that leaves."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.committees.commands import free_seats as free
from app.committees.commands.leavers import SEATS
from app.committees.forms import FreeSeatsForm
from app.committees.queries.leavers import FreedSeat, list_freed_seats
from app.committees.routes.blueprint import pages
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.members.models import Departure
from app.members.routes.leaving import StepPage, departure_form
from app.web.access import requires, the_actor
from app.web.addresses import url


@pages.route("/departures/<int:departure_id>/seats", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_FOUND)
def free_seats(departure_id: int) -> ResponseReturnValue:
    """Free the seats of an institution that leaves."""

    def act() -> str | None:
        with transaction():
            return free(departure_id, actor=the_actor()).outcome

    return departure_form(FreeSeatsForm(), departure_id, FREEING, act)


def _seats(found: Departure) -> Table[FreedSeat]:
    columns: tuple[Column[FreedSeat], ...] = (
        Column("committee", "Committee", lambda row: row.committee, Kind.NAME, link=_address, narrow=Narrow.NAME),
        Column("seat", "Seat", lambda row: row.label, narrow=Narrow.META),
        Column("holder", "Held by", lambda row: row.holder or "nobody", narrow=Narrow.META),
        Column(
            "last_day", "Freed after", lambda row: row.last_day or "no day, taken back", Kind.DATE, narrow=Narrow.AMOUNT
        ),
    )
    return Table("Seats", columns, list_freed_seats(found, the_actor()))


def _address(row: FreedSeat) -> str:
    return url("committees.committee", committee_id=row.committee_id)


FREEING = StepPage(
    SEATS,
    "Seats of",
    "Free them",
    "The seats it fills end after the days of grace, and with them the terms and rights of who sits on them.",
    _seats,
    "It fills no seat beyond that day.",
    leaves_members=True,
)
