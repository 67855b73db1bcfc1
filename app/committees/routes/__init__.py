"""Pages of committees: the list, a committee's record with its roster, and the forms that change them."""

from app.committees.routes import appointments, committees, joiners, leavers, lists, records, sections
from app.committees.routes.blueprint import pages

__all__ = ["appointments", "committees", "joiners", "leavers", "lists", "pages", "records", "sections"]
