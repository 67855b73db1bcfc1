"""A committee's roster on a day, as printed: plain values and nothing that must be looked up to print it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.committees.queries import CommitteeView, RosterRow
from app.committees.rules import COMMITTEE_WORDS, OFFICE_WORDS, SEAT_WORDS, SINGLE_OFFICES
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


def roster_paper(view: CommitteeView, consortium: str, *, on: date, known_at: datetime) -> RosterPaper:
    """The roster of a committee's record as a paper."""
    voting = sum(row.votes for row in view.roster)
    return RosterPaper(
        consortium=consortium,
        committee=view.committee.name,
        remit=view.committee.remit or "",
        on=on,
        known_at=known_at,
        seats=tuple(paper_seat(row) for row in view.roster),
        facts=(
            ("Kind", COMMITTEE_WORDS[view.committee.kind]),
            ("Part of", view.parent.name if view.parent else wording.NOTHING),
            ("Seats", wording.count(len(view.roster))),
            ("Vacant", wording.count(len(view.roster) - view.filled)),
            ("With a vote", wording.count(voting)),
        ),
    )


def paper_seat(row: RosterRow) -> PaperSeat:
    """A seat of a roster as printed."""
    return PaperSeat(
        number=str(row.number),
        holder=row.holder or "",
        institution=row.institution or row.seat_institution or "",
        filled_by=SEAT_WORDS[row.kind].removeprefix("By ").capitalize(),
        first=row.first_day,
        last=row.until if isinstance(row.until, date) else None,
        note=_note(row),
        open_end=row.until if isinstance(row.until, str) else wording.NOTHING,
    )


def _note(row: RosterRow) -> str:
    """What stands under a holder: the office, the name of the seat, that it has no vote; or since when it is vacant."""
    office = OFFICE_WORDS[row.office] if row.office in SINGLE_OFFICES else ""
    vacant = f"since {wording.long_day(row.vacant_since)}" if row.vacant_since else ""
    named = "" if row.seat == row.number or row.label.casefold() == office.casefold() else row.label
    parts = (office, named, vacant, "on leave" if row.on_leave else "", "" if row.votes else "without a vote")
    return ", ".join(part for part in parts if part)
