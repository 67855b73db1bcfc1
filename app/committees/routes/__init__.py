"""Pages of committees: the list, a committee's record with its roster, and the forms that change them."""

from app.committees.routes import (
    appointments,
    books,
    committees,
    comparing,
    feeds,
    joiners,
    leavers,
    lists,
    records,
    rosters,
    sections,
    ways,
)
from app.committees.routes.blueprint import pages

__all__ = [
    "appointments",
    "books",
    "committees",
    "comparing",
    "feeds",
    "joiners",
    "leavers",
    "lists",
    "pages",
    "records",
    "rosters",
    "sections",
    "ways",
]
