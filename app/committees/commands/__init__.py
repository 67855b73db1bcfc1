"""Every change of committees, seats and appointments."""

from app.committees.commands import erasing
from app.committees.commands.alternates import add_alternate, end_alternate, move_alternate_up
from app.committees.commands.appointments import (
    AppointmentValues,
    appoint,
    correct_appointment,
    end_term,
    withdraw_appointment,
)
from app.committees.commands.committees import CommitteeValues, edit_committee, found_committee
from app.committees.commands.dissolving import Dissolving, call_off_dissolution, dissolve_committee
from app.committees.commands.founding import FirstSeats, found_with_seats
from app.committees.commands.joiners import (
    give_seats,
)
from app.committees.commands.leavers import (
    free_seats,
)
from app.committees.commands.naming import (
    CommitteeNaming,
    correct_committee_name,
    rename_committee,
    retract_committee_name,
)
from app.committees.commands.papers import PaperValues, SentFile, add_paper, withdraw_paper
from app.committees.commands.seats import SeatChange, SeatValues, add_seat, add_seats, change_seat, end_seat

__all__ = [
    "AppointmentValues",
    "CommitteeNaming",
    "CommitteeValues",
    "Dissolving",
    "FirstSeats",
    "PaperValues",
    "SeatChange",
    "SeatValues",
    "SentFile",
    "add_alternate",
    "add_paper",
    "add_seat",
    "add_seats",
    "appoint",
    "call_off_dissolution",
    "change_seat",
    "correct_appointment",
    "correct_committee_name",
    "dissolve_committee",
    "edit_committee",
    "end_alternate",
    "end_seat",
    "end_term",
    "erasing",
    "found_committee",
    "found_with_seats",
    "free_seats",
    "give_seats",
    "move_alternate_up",
    "rename_committee",
    "retract_committee_name",
    "withdraw_appointment",
    "withdraw_paper",
]
