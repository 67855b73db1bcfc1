"""The roster books of six successive new years, ordered, printed by the worker and read back, equal a replay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import takewhile
from typing import NamedTuple

import pytest

from app.committees.commands import order_book
from app.committees.queries import get_book
from app.committees.rules import COMMITTEE_WORDS, OFFICE_WORDS, SINGLE_OFFICES
from app.core.actor import Actor, Granted
from app.core.clock import clock_at
from app.core.permissions import Role
from app.core.transaction import transaction
from app.files.queries import open_file
from app.outbox.work import run_due_jobs
from tests.committees.replaying import Row
from tests.committees.walking import Walk
from tests.papers import needs_pango, page_texts
from tests.signin import make_user

pytestmark = pytest.mark.usefixtures("context")

JANUARIES = [date(year, 1, 1) for year in range(2011, 2017)]
SEED = 8
SEAT = re.compile(r"(\d+) (Vacant|Elspeth Walker\d+)")
KINDS = "|".join(COMMITTEE_WORDS.values())
FACTS = re.compile(rf"({KINDS}) · (?:part of (.+) · )?founded .+ · (\d+) with a vote")
LABEL = re.compile(r"(Place|Desk) \d+|By office")
FILLED = re.compile(r"(–|Institute \d) (Elected|Ex officio|Institution) ")
ENDS = re.compile(r"Seat Holder|\d+ (Vacant|Elspeth|Body|Committee) ?")
DAYS = re.compile(r"(?:(\d+ \w{3} \d{4}) to|since) (\d+ \w{3} \d{4})$")


class Told(NamedTuple):
    """A seat as a paper shows it; of one without a label nothing is said of what it was called."""

    committee: str
    number: int
    holder: str
    label: str | None
    notes: frozenset[str]
    institution: str
    filled_by: str
    days: str


class Heading(NamedTuple):
    """A committee as the heading of its chapter and the lines under that tell of it."""

    number: int
    name: str
    kind: str
    part_of: str
    votes: int
    remit: str


@needs_pango
def test_the_book_of_each_of_six_new_years_holds_what_the_events_say_and_nothing_else():
    walk = Walk(SEED, committees=3)
    walk.go()
    with clock_at(walk.now):
        books = printed()
    for january, lines in books.items():
        wanted = {told(walk, row, january) for row in walk.world.rows(january)}
        chapters, vacancies, people = parts(lines)
        unsaid = {(each.committee, each.number) for each in wanted if each.label is None}
        found = [each._replace(label=None) if each[:2] in unsaid else each for each in seats(chapters)]
        assert sorted(found) == sorted(wanted), january
        assert len(vacancies) == sum(each.holder == "Vacant" for each in wanted), january
        assert {line.partition(":")[0] for line in people} == {each.holder for each in wanted} - {"Vacant"}, january
        assert list(headings(chapters)) == list(headed(walk, january)), january


def printed() -> dict[date, list[str]]:
    """The lines of the books that the secretariat orders and the worker makes."""
    granted = Granted(Role.SECRETARIAT)
    with transaction():
        user = make_user(granted)
    actor = Actor(user.name, user.id, (granted,))
    with transaction():
        ordered = {january: order_book(january, None, actor=actor).id for january in JANUARIES}
    assert run_due_jobs().dead == 0
    files = {january: get_book(book_id, actor).file_id for january, book_id in ordered.items()}
    return {january: list(lines_of(open_file(file_id or 0).content)) for january, file_id in files.items()}


def lines_of(paper: bytes) -> Iterator[str]:
    """The lines of a paper, without its heads and feet."""
    for page in page_texts(paper):
        yield from (line for line in page.splitlines() if not line.startswith("Roster book on "))


def parts(lines: list[str]) -> tuple[list[str], list[str], list[str]]:
    """The chapters of a book, its vacant seats and the index of people."""
    end = lines.index("Both days of a term are included.")
    people = lines.index("People") if "People" in lines else end
    vacant = lines.index("Vacant seats") if "Vacant seats" in lines else people
    return lines[:vacant], lines[vacant + 1 : people], lines[people + 1 : end]


def headings(chapters: list[str]) -> Iterator[Heading]:
    """Each committee of a book, in its order."""
    for heading, line, below in zip(chapters, chapters[1:], chapters[2:], strict=False):
        if facts := FACTS.fullmatch(line):
            number, _, name = heading.partition(" ")
            remit = below if below.startswith("Sees to ") else ""
            yield Heading(int(number), name, facts[1], facts[2] or "", int(facts[3]), remit)


def headed(walk: Walk, on: date) -> Iterator[Heading]:
    """Each committee of the replay as a paper is to show it."""
    names, rows = walk.world.names(on), walk.world.rows(on)
    for number, each in enumerate(walk.world.chapters(on), start=1):
        above, votes = names.get(each.what.parent or 0, ""), sum(row.votes for row in of(each.committee, rows))
        yield Heading(number, each.name, COMMITTEE_WORDS[each.what.kind], above, votes, each.what.remit or "")


def of(committee: int, rows: set[Row]) -> list[Row]:
    """The seats of a committee."""
    return [row for row in rows if row.committee == committee]


def seats(chapters: list[str]) -> Iterator[Told]:
    """Each seat of the chapters: of which committee, its number, holder, what stands under that, and the term."""
    name = ""
    for place, line in enumerate(chapters):
        if chapters[place + 1 : place + 2] and FACTS.fullmatch(chapters[place + 1]):
            name = line.partition(" ")[2]
        if found := SEAT.fullmatch(line):
            rest = list(takewhile(lambda line: not ENDS.match(line), chapters[place + 1 :]))
            notes = {each for each in " ".join(rest[:-1]).split(", ") if each and not each.startswith("since ")}
            label = next((each for each in notes if LABEL.fullmatch(each)), "")
            filled, days = FILLED.match(rest[-1]), DAYS.search(rest[-1])
            assert filled is not None, rest
            yield Told(
                *(name, int(found[1]), found[2], label, frozenset(notes - {label})),
                *(filled[1], filled[2], days[0] if days else ""),
            )


def told(walk: Walk, row: Row, on: date) -> Told:
    """A seat of the replay as a paper is to show it."""
    holder = walk.names[row.person] if row.person else "Vacant"
    name, number = walk.world.names(on)[row.committee], walk.world.numbers()[row.seat]
    place = walk.world.places[row.seat]
    filled_by = "Institution" if place.institution else "Ex officio" if place.follows else "Elected"
    institution = walk.homes.get(row.person or 0) or walk.members.get(place.institution or 0)
    return Told(name, number, holder, row.label, notes_of(row), institution or "–", filled_by, days_of(row))


def notes_of(row: Row) -> frozenset[str]:
    """What stands below who holds a seat."""
    office = OFFICE_WORDS[row.office] if row.office in SINGLE_OFFICES else ""
    said = [(office, office), ("on leave", row.on_leave), ("without a vote", not row.votes)]
    return frozenset(note for note, holds in said if holds)


def days_of(row: Row) -> str:
    """The days of a term in words."""
    first, last = (f"{day.day} {day:%b %Y}" if day else "" for day in (row.first, row.last))
    return f"{first} to {last}" if last else f"since {first}" if first else ""
