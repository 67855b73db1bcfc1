"""Pages of committees: the list, a committee's record with its roster, and the forms that change them."""

from app.committees.routes import (
    alternates,
    appointments,
    books,
    bylaws,
    committees,
    comparing,
    feeds,
    joiners,
    leave,
    leavers,
    lists,
    naming,
    papers,
    records,
    rosters,
    seats,
    sections,
    terms,
    ways,
)
from app.committees.routes.blueprint import (
    pages,
)

__all__ = [
    "alternates",
    "appointments",
    "books",
    "bylaws",
    "committees",
    "comparing",
    "feeds",
    "joiners",
    "leave",
    "leavers",
    "lists",
    "naming",
    "pages",
    "papers",
    "records",
    "rosters",
    "seats",
    "sections",
    "terms",
    "ways",
]
