"""How seats and appointments follow when institutions or people are merged."""

from __future__ import annotations

from app.committees.models import Appointment, Seat
from app.members.queries import Alone, follows
from app.members.rules import TwinKind

follows(
    TwinKind.INSTITUTION,
    Seat.institution_id,
    ("committee seat", "committee seats"),
    alone=(Alone(("committee_id",), "Both hold a seat on one committee on the same days."),),
)
follows(
    TwinKind.PERSON,
    Appointment.person_id,
    ("appointment", "appointments"),
    alone=(Alone(("committee_id",), "Both sit on one committee on the same days."),),
)
