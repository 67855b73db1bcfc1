"""Every read of lines."""

from app.lines.queries import holdings, merging, verification
from app.lines.queries.descent import ancestors_of, descendants_of
from app.lines.queries.lines import LineFilters, LineRow, count_lines, search_lines
from app.lines.queries.words import filed_under

__all__ = [
    "LineFilters",
    "LineRow",
    "ancestors_of",
    "count_lines",
    "descendants_of",
    "filed_under",
    "holdings",
    "merging",
    "search_lines",
    "verification",
]
