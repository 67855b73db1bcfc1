"""The roster book: all committees of a day in the order of their tree, with contents, vacant seats and an index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.committees.documents.roster import paper_seat
from app.committees.queries import BookChapter, RosterRow
from app.committees.rules import COMMITTEE_WORDS
from app.core.folding import folded
from app.web import wording
from app.web.pdf import paper_html

DEEPEST = 3  # Committees further down are set as those.
ROWS_A_PAGE = 24


@dataclass(frozen=True)
class BookSeat:
    """A seat of the book; no holder is a vacancy, `note` says more of either."""

    number: str
    holder: str
    note: str
    institution: str
    filled_by: str
    term: str


@dataclass(frozen=True)
class PaperChapter:
    """A committee of the book. `depth` is how far down the tree it stands, `facts` the line under its heading."""

    id: int
    name: str
    depth: int
    chair: str
    remit: str
    facts: str
    seats: tuple[BookSeat, ...]
    held: str


@dataclass(frozen=True)
class PaperVacancy:
    """A vacant seat in the list of all of them."""

    committee_id: int
    committee: str
    seat: str
    since: date | None


@dataclass(frozen=True)
class PaperPerson:
    """Somebody in the index: where they sit, each committee with its id and their office on it."""

    name: str
    sits: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class BookPaper:
    """A roster book as valid `on` a day and as known at an instant, which also dates the file."""

    consortium: str
    on: date
    known_at: datetime
    chapters: tuple[PaperChapter, ...]
    vacancies: tuple[PaperVacancy, ...]
    people: tuple[PaperPerson, ...]

    @property
    def title(self) -> str:
        """The name of the file and of its running head."""
        return f"Roster book on {wording.long_day(self.on)}"

    @property
    def in_words(self) -> str:
        """How many committees, seats and people there are in it."""
        seats = sum(len(chapter.seats) for chapter in self.chapters)
        committees = wording.plural(len(self.chapters), "committee", "committees")
        people = wording.plural(len(self.people), "person", "people")
        held = wording.plural(seats, "seat", "seats")
        return f"{committees} with {held}, {wording.count(len(self.vacancies))} of them vacant; {people}"

    @property
    def pages(self) -> int:
        """About how many pages it will have."""
        lines = sum(len(chapter.seats) + 5 for chapter in self.chapters)
        rest = len(self.chapters) + len(self.vacancies) + len(self.people) // 2
        return 1 + lines // ROWS_A_PAGE + rest // ROWS_A_PAGE


def book_paper(chapters: Sequence[BookChapter], consortium: str, *, on: date, known_at: datetime) -> BookPaper:
    """The book of what was read."""
    return BookPaper(
        consortium=consortium,
        on=on,
        known_at=known_at,
        chapters=tuple(_chapter(each) for each in chapters),
        vacancies=tuple(_vacancy(row) for each in chapters for row in each.roster if row.holder is None),
        people=tuple(_index(chapters)),
    )


def book_html(paper: BookPaper) -> str:
    """The HTML of a book, ready for print_pdf."""
    return paper_html(
        "book",
        paper=paper,
        title=paper.title,
        author=paper.consortium,
        made_at=paper.known_at,
        sheet="book",
        foot=paper.title,
        proof="",
    )


def _chapter(chapter: BookChapter) -> PaperChapter:
    committee, rows = chapter.committee, chapter.roster
    vacant = sum(row.holder is None for row in rows)
    held = f"{wording.count(len(rows))}, {wording.count(vacant)} vacant" if vacant else wording.count(len(rows))
    facts = [
        COMMITTEE_WORDS[committee.kind],
        *([f"part of {committee.parent_name}"] if committee.parent_name else []),
        f"founded {wording.day(committee.founded_on)}",
        f"{wording.plural(len(rows), 'seat', 'seats')}{f', {wording.count(vacant)} vacant' if vacant else ''}",
        f"{wording.count(sum(row.votes for row in rows))} with a vote",
    ]
    return PaperChapter(
        id=committee.id,
        name=committee.name,
        depth=min(committee.depth, DEEPEST),
        chair=committee.chair or "",
        remit=chapter.remit or "",
        facts=" · ".join(facts),
        seats=tuple(_seat(row) for row in rows),
        held=held,
    )


def _seat(row: RosterRow) -> BookSeat:
    seat = paper_seat(row)
    term = f"{wording.day(seat.first)} to {wording.day(seat.last)}" if seat.last else f"since {wording.day(seat.first)}"
    return BookSeat(
        seat.number, seat.holder, seat.note, seat.institution, seat.filled_by, term if seat.first else wording.NOTHING
    )


def _vacancy(row: RosterRow) -> PaperVacancy:
    return PaperVacancy(row.committee_id, row.committee, str(row.seat), row.vacant_since)


def _index(chapters: Sequence[BookChapter]) -> list[PaperPerson]:
    """Everybody by family name, with all they sit on."""
    names: dict[int, str] = {}
    sits: dict[int, list[tuple[int, str]]] = {}
    for chapter in chapters:
        for row in chapter.roster:
            if row.person_id is not None and row.holder is not None:
                names[row.person_id] = row.holder
                sits.setdefault(row.person_id, []).append((row.committee_id, row.committee))
    people = sorted(names, key=lambda each: (folded(names[each].rpartition(" ")[2], names[each]), each))
    return [PaperPerson(names[each], tuple(sits[each])) for each in people]
