"""Every change of committees, seats and appointments."""

from app.committees.commands import (
    election_deadlines,
    erasing,
    plan_erasing,
)
from app.committees.commands.alternates import (
    add_alternate,
    end_alternate,
    move_alternate_up,
)
from app.committees.commands.appointments import (
    appoint,
    correct_appointment,
    withdraw_appointment,
)
from app.committees.commands.books import (
    discard_book,
    order_book,
    print_book,
)
from app.committees.commands.bylaws import (
    Adoption,
    adopt_bylaws,
)
from app.committees.commands.committees import (
    CommitteeValues,
    edit_committee,
    found_committee,
)
from app.committees.commands.dated_facts import (
    Since,
)
from app.committees.commands.dissolving import (
    Dissolving,
    call_off_dissolution,
    dissolve_committee,
)
from app.committees.commands.ending import (
    OfficeChange,
    change_office,
    end_term,
)
from app.committees.commands.entries import (
    ASK_THE_SECRETARIAT,
    AppointmentValues,
    Ended,
)
from app.committees.commands.feeds import (
    make_feed,
    note_use,
    revoke_feed,
)
from app.committees.commands.following import (
    check_follows,
    fill_following,
    settle_offices,
    stop_following,
)
from app.committees.commands.founding import (
    FirstSeats,
    found_with_seats,
)
from app.committees.commands.joiners import (
    give_seats,
)
from app.committees.commands.leave import (
    LeaveValues,
    begin_leave,
    correct_leave,
    end_leave,
    withdraw_leave,
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
from app.committees.commands.papers import (
    PaperValues,
    SentFile,
    add_paper,
    withdraw_paper,
)
from app.committees.commands.seats import (
    SeatChange,
    SeatValues,
    add_seat,
    add_seats,
    change_seat,
    end_seat,
)

__all__ = [
    "ASK_THE_SECRETARIAT",
    "Adoption",
    "AppointmentValues",
    "CommitteeNaming",
    "CommitteeValues",
    "Dissolving",
    "Ended",
    "FirstSeats",
    "LeaveValues",
    "OfficeChange",
    "PaperValues",
    "SeatChange",
    "SeatValues",
    "SentFile",
    "Since",
    "add_alternate",
    "add_paper",
    "add_seat",
    "add_seats",
    "adopt_bylaws",
    "appoint",
    "begin_leave",
    "call_off_dissolution",
    "change_office",
    "change_seat",
    "check_follows",
    "correct_appointment",
    "correct_committee_name",
    "correct_leave",
    "discard_book",
    "dissolve_committee",
    "edit_committee",
    "election_deadlines",
    "end_alternate",
    "end_leave",
    "end_seat",
    "end_term",
    "erasing",
    "fill_following",
    "found_committee",
    "found_with_seats",
    "free_seats",
    "give_seats",
    "make_feed",
    "move_alternate_up",
    "note_use",
    "order_book",
    "plan_erasing",
    "print_book",
    "rename_committee",
    "retract_committee_name",
    "revoke_feed",
    "settle_offices",
    "stop_following",
    "withdraw_appointment",
    "withdraw_leave",
    "withdraw_paper",
]
