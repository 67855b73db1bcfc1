"""The reports: a module each, found through the catalogue."""

from app.reports.queries import fees, good_standing, members, rosters
from app.reports.queries.catalogue import (
    get_report,
    list_committees,
    list_reports,
    list_years,
    report,
)

__all__ = [
    "fees",
    "get_report",
    "good_standing",
    "list_committees",
    "list_reports",
    "list_years",
    "members",
    "report",
    "rosters",
]
