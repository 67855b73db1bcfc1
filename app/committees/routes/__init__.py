"""Pages of committees: the list, a committee's record with its roster, and the forms that change them."""

from app.committees.routes import (
    appointments,
    bylaws,
    committees,
    joiners,
    leave,
    leavers,
    lists,
    records,
    sections,
    terms,
)
from app.committees.routes.blueprint import pages

__all__ = [
    "appointments",
    "bylaws",
    "committees",
    "joiners",
    "leave",
    "leavers",
    "lists",
    "pages",
    "records",
    "sections",
    "terms",
]
