"""Every change of committees, seats and appointments."""

from app.committees.commands import erasing
from app.committees.commands.appointments import appoint, correct_appointment, withdraw_appointment
from app.committees.commands.bylaws import Adoption, adopt_bylaws
from app.committees.commands.committees import CommitteeValues, SeatValues, add_seat, edit_committee, found_committee
from app.committees.commands.ending import OfficeChange, change_office, end_term
from app.committees.commands.entries import ASK_THE_SECRETARIAT, AppointmentValues, Ended
from app.committees.commands.following import check_follows, fill_following, settle_offices, stop_following
from app.committees.commands.joiners import (
    give_seats,
)
from app.committees.commands.leave import LeaveValues, begin_leave, correct_leave, end_leave, withdraw_leave
from app.committees.commands.leavers import (
    free_seats,
)

__all__ = [
    "ASK_THE_SECRETARIAT",
    "Adoption",
    "AppointmentValues",
    "CommitteeValues",
    "Ended",
    "LeaveValues",
    "OfficeChange",
    "SeatValues",
    "add_seat",
    "adopt_bylaws",
    "appoint",
    "begin_leave",
    "change_office",
    "check_follows",
    "correct_appointment",
    "correct_leave",
    "edit_committee",
    "end_leave",
    "end_term",
    "erasing",
    "fill_following",
    "found_committee",
    "free_seats",
    "give_seats",
    "settle_offices",
    "stop_following",
    "withdraw_appointment",
    "withdraw_leave",
]
