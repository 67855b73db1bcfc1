"""What rosters are compared and read for: kinds of differences between two days, and what a calendar feed covers."""

from __future__ import annotations

from enum import StrEnum


class FeedScope(StrEnum):
    """Which committees a calendar feed speaks of: all that its user may read, or those they sit on."""

    ALL = "all"
    OWN = "own"


FEED_WORDS = {FeedScope.ALL: "All committees", FeedScope.OWN: "The committees I sit on"}


class Difference(StrEnum):
    """How two rosters differ in one place; in the order in which they are told."""

    FOUNDED = "founded"
    DISSOLVED = "dissolved"
    RENAMED = "renamed"
    CAME = "came"
    WENT = "went"
    CHANGED = "changed"
    SEAT_ADDED = "seat_added"
    SEAT_ENDED = "seat_ended"


DIFFERENCE_WORDS = {
    Difference.FOUNDED: "Founded",
    Difference.DISSOLVED: "Gone",
    Difference.RENAMED: "Renamed",
    Difference.CAME: "Came",
    Difference.WENT: "Went",
    Difference.CHANGED: "Changed",
    Difference.SEAT_ADDED: "New seat",
    Difference.SEAT_ENDED: "Seat gone",
}
MOST_BOOKS = 12  # Of one reader; the oldest gives way.
