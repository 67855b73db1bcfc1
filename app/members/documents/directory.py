"""The directory of a day as printed: a map of where members are, how many in each country, and each class by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.core.charts import Chart
from app.core.errors import DomainError
from app.members.queries import CountryCount, DirectoryRow
from app.members.queries.directory import counted_countries
from app.web import wording
from app.web.charts import country_map
from app.web.pdf import LARGEST_PAPER, paper_html

MEMBERS = ("member", "members")


@dataclass(frozen=True)
class DirectoryPaper:
    """The members as valid `on` a day and as known at an instant, which also dates the file."""

    consortium: str
    on: date
    known_at: datetime
    classes: tuple[tuple[str, tuple[DirectoryRow, ...]], ...]
    countries: tuple[CountryCount, ...]
    members: int

    @property
    def title(self) -> str:
        """The name of the file and of its running head."""
        return f"Directory of members on {wording.long_day(self.on)}"

    @property
    def in_words(self) -> str:
        """How many there are, and where."""
        members = wording.plural(self.members, *MEMBERS)
        return f"{members} in {wording.plural(len(self.countries), 'country', 'countries')}"


def directory_map(countries: Iterable[CountryCount]) -> Chart:
    """The map of the countries members are in."""
    return country_map({count.code: count.members for count in countries}, MEMBERS)


def directory_paper(rows: Sequence[DirectoryRow], consortium: str, *, on: date, known_at: datetime) -> DirectoryPaper:
    """The members under their classes; who is in two stands in both. A directory too long for paper is refused."""
    if len(rows) > LARGEST_PAPER:
        message = f"A PDF takes at most {LARGEST_PAPER} members; these are {wording.count(len(rows))}. Take the XLSX."
        raise DomainError(message)
    classes: dict[str, list[DirectoryRow]] = {}
    for row in rows:
        for named in row.classes:
            classes.setdefault(named, []).append(row)
    return DirectoryPaper(
        consortium=consortium,
        on=on,
        known_at=known_at,
        classes=tuple((named, tuple(classes[named])) for named in sorted(classes)),
        countries=tuple(counted_countries(Counter(row.country_code for row in rows))),
        members=len(rows),
    )


def directory_html(paper: DirectoryPaper, drawing: Chart) -> str:
    """The HTML of the directory, ready for print_pdf with its map as the drawing `map`."""
    return paper_html(
        "directory",
        paper=paper,
        drawing=drawing,
        title=paper.title,
        author=paper.consortium,
        made_at=paper.known_at,
        sheet="a4",
        foot=paper.title,
        proof="",
    )
