"""A committee's roster on a day, as printed: plain values and nothing that must be looked up to print it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.web import wording
from app.web.pdf import eights, paper_html


@dataclass(frozen=True)
class PaperSeat:
    """One seat on the day. No `holder` is a vacancy; `note` holds the office, an alternate or why it is vacant.

    `filled_by` says how: "Elected", "Appointed", "Ex officio", the name of an institution. Without a last day the
    paper shows `open_end`, such as "with the office".
    """

    number: str
    holder: str
    institution: str
    filled_by: str
    first: date | None
    last: date | None
    note: str = ""
    open_end: str = wording.NOTHING


@dataclass(frozen=True)
class RosterPaper:
    """A roster as valid `on` a day and as known at an instant, which also dates the file.

    `facts` are the band under the heading as label and value, at most five: seats, quorum, term, rights. Where the
    roster was frozen, `content_hash` is the SHA-256 (hex) of what was frozen.
    """

    consortium: str
    committee: str
    remit: str
    on: date
    known_at: datetime
    seats: tuple[PaperSeat, ...]
    facts: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ("Both days of a term are included.",)
    content_hash: str = ""

    @property
    def title(self) -> str:
        """The name of the file and of its running head."""
        return f"{self.committee}, roster on {wording.long_day(self.on)}"


def roster_html(paper: RosterPaper) -> str:
    """The HTML of a roster, ready for print_pdf."""
    return paper_html(
        "roster",
        paper=paper,
        title=paper.title,
        author=paper.consortium,
        made_at=paper.known_at,
        sheet="a4",
        foot=paper.title,
        proof=eights(paper.content_hash) if paper.content_hash else "",
    )
