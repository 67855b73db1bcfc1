"""When the limit of the bylaws stands against a further term of somebody."""

from __future__ import annotations

from datetime import date

from app.committees.models import Seat
from app.committees.queries.terms import propose_term


def find_limit(seat: Seat, person_id: int, first_day: date) -> str | None:
    """Why the bylaws give somebody no further term from a day on, in a sentence; None where they do."""
    proposal = propose_term(seat, person_id, first_day)
    return proposal.over_words if proposal.is_over else None
