"""The reports: a module each, found through the catalogue."""

from app.reports.queries import (
    ageing,
    agreements,
    books,
    concessions,
    exchange,
    exchanges,
    fees,
    forecast,
    good_standing,
    income,
    lines,
    members,
    rosters,
)
from app.reports.queries.catalogue import (
    get_report,
    list_committees,
    list_reports,
    list_years,
    report,
)
from app.reports.queries.packs import list_pack

__all__ = [
    "ageing",
    "agreements",
    "books",
    "concessions",
    "exchange",
    "exchanges",
    "fees",
    "forecast",
    "get_report",
    "good_standing",
    "income",
    "lines",
    "list_committees",
    "list_pack",
    "list_reports",
    "list_years",
    "members",
    "report",
    "rosters",
]
