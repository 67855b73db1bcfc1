"""Tables of committees: what they are and who sits on them, plans of succession, elections, limits waived."""

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
from app.committees.models.facts import (
    CommitteeFacts,
    SeatFacts,
)
from app.committees.models.succession import (
    AnswerLink,
    Election,
    ElectionSeat,
    ElectionVoter,
    Nomination,
    SuccessionPlan,
)
from app.committees.models.waivers import LimitWaiver

__all__ = [
    "AnswerLink",
    "Appointment",
    "AppointmentLeave",
    "Bylaws",
    "CalendarFeed",
    "Committee",
    "CommitteeDissolution",
    "CommitteeFacts",
    "CommitteeName",
    "CommitteePaper",
    "Constituency",
    "ConstituencyRule",
    "Election",
    "ElectionSeat",
    "ElectionVoter",
    "LimitWaiver",
    "Nomination",
    "RosterBook",
    "Seat",
    "SeatAlternate",
    "SeatFacts",
    "SuccessionPlan",
]
