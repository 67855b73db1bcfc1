"""What stands against somebody on a seat: that it follows an office, or the limit of the bylaws."""

from __future__ import annotations

from datetime import date

from app.committees.models import Seat
from app.committees.queries.names import names_on
from app.committees.queries.terms import propose_term
from app.committees.rules import OFFICE_WORDS
from app.core import clock


def find_limit(seat: Seat, person_id: int, first_day: date) -> str | None:
    """Why the bylaws give somebody no further term from a day on, in a sentence; None where they do."""
    proposal = propose_term(seat, person_id, first_day)
    return proposal.over_words if proposal.is_over else None


def find_followed(seat: Seat) -> str | None:
    """Whom a seat follows, in a sentence, so that nobody is appointed to it by hand; None where it follows nobody."""
    if seat.follows_committee_id is None or seat.follows_office is None:
        return None
    name = names_on([seat.follows_committee_id], on=clock.today())[seat.follows_committee_id]
    return (
        f"Whoever is {OFFICE_WORDS[seat.follows_office].lower()} of {name} sits here, from the first to the last day of"
        " that office: appoint them there, and the seat follows."
    )
