"""Pages of committees: the list, a committee's record with its roster, and the forms that change them."""

from app.committees.routes import (
    answers,
    appointments,
    committees,
    desk,
    election_results,
    elections,
    joiners,
    leavers,
    lists,
    plans,
    records,
    sections,
)
from app.committees.routes.blueprint import pages

__all__ = [
    "answers",
    "appointments",
    "committees",
    "desk",
    "election_results",
    "elections",
    "joiners",
    "leavers",
    "lists",
    "pages",
    "plans",
    "records",
    "sections",
]
