"""Tables of committees: what they are and who sits on them, plans of succession, elections, constituencies."""

from app.committees.models.committees import (
    Appointment,
    AppointmentLeave,
    Bylaws,
    CalendarFeed,
    Committee,
    CommitteeDissolution,
    CommitteeName,
    CommitteePaper,
    RosterBook,
    Seat,
    SeatAlternate,
)
from app.committees.models.constituencies import (
    Constituency,
    ConstituencyRule,
)
from app.committees.models.succession import (
    AnswerLink,
    Election,
    ElectionSeat,
    ElectionVoter,
    Nomination,
    SuccessionPlan,
)

__all__ = [
    "AnswerLink",
    "Appointment",
    "AppointmentLeave",
    "Bylaws",
    "CalendarFeed",
    "Committee",
    "CommitteeDissolution",
    "CommitteeName",
    "CommitteePaper",
    "Constituency",
    "ConstituencyRule",
    "Election",
    "ElectionSeat",
    "ElectionVoter",
    "Nomination",
    "RosterBook",
    "Seat",
    "SeatAlternate",
    "SuccessionPlan",
]
