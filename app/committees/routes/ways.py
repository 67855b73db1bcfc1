"""The tabs over what a committee, and what all of them, are looked at by."""

from __future__ import annotations

from app.web.access import may_open
from app.web.addresses import url

Tab = tuple[str, str, None, bool]
OF_ONE = (
    ("Roster", "committees.committee"),
    ("Papers", "committees.papers"),
    ("Bylaws", "committees.bylaws"),
    ("Timeline", "committees.timeline"),
    ("Balance", "committees.balance"),
    ("Compare", "committees.compare"),
    ("Addresses", "committees.addresses"),
)
OF_ALL = (
    ("Committees", "committees.committees"),
    ("Constituencies", "committees.constituencies"),
    ("To act on", "committees.waiting"),
    ("Balance", "committees.balance_of_all"),
    ("Compare", "committees.compare_all"),
    ("Roster book", "committees.books"),
    ("Calendar feeds", "committees.feeds"),
)


def committee_tabs(committee_id: int, current: str) -> list[Tab]:
    """The tabs of a committee, the one of an endpoint marked."""
    return [
        (label, url(endpoint, committee_id=committee_id), None, endpoint == current)
        for label, endpoint in OF_ONE
        if may_open(endpoint)
    ]


def tabs_of_committees(current: str) -> list[Tab]:
    """The tabs of all committees, the one of an endpoint marked."""
    return [(label, url(endpoint), None, endpoint == current) for label, endpoint in OF_ALL if may_open(endpoint)]
