"""Pages of committees: the list, a committee's record with its roster, and the forms that change them."""

from app.committees.routes import (
    alternates,
    appointments,
    bylaws,
    committees,
    joiners,
    leave,
    leavers,
    lists,
    naming,
    papers,
    records,
    seats,
    sections,
    terms,
)
from app.committees.routes.blueprint import pages

__all__ = [
    "alternates",
    "appointments",
    "bylaws",
    "committees",
    "joiners",
    "leave",
    "leavers",
    "lists",
    "naming",
    "pages",
    "papers",
    "records",
    "seats",
    "sections",
    "terms",
]
