"""Pages of committees: the list, a committee's record with its roster, and the forms that change them."""

from app.committees.routes import (
    alternates,
    appointments,
    committees,
    joiners,
    leavers,
    lists,
    naming,
    papers,
    records,
    seats,
    sections,
)
from app.committees.routes.blueprint import pages

__all__ = [
    "alternates",
    "appointments",
    "committees",
    "joiners",
    "leavers",
    "lists",
    "naming",
    "pages",
    "papers",
    "records",
    "seats",
    "sections",
]
