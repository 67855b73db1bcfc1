"""Every change of committees, seats and appointments."""

from app.committees.commands import erasing, plan_erasing
from app.committees.commands.appointments import (
    AppointmentValues,
    appoint,
    correct_appointment,
    end_term,
    withdraw_appointment,
)
from app.committees.commands.committees import CommitteeValues, SeatValues, add_seat, edit_committee, found_committee
from app.committees.commands.joiners import (
    give_seats,
)
from app.committees.commands.leavers import (
    free_seats,
)

__all__ = [
    "AppointmentValues",
    "CommitteeValues",
    "SeatValues",
    "add_seat",
    "appoint",
    "correct_appointment",
    "edit_committee",
    "end_term",
    "erasing",
    "found_committee",
    "free_seats",
    "give_seats",
    "plan_erasing",
    "withdraw_appointment",
]
