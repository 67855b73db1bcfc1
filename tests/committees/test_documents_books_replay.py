"""The roster books of six successive new years, ordered, printed by the worker and read back, equal a replay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import takewhile

import pytest

from app.committees.commands import order_book
from app.committees.queries import get_book
from app.committees.rules import OFFICE_WORDS, SINGLE_OFFICES
from app.core.actor import Actor, Granted
from app.core.clock import clock_at
from app.core.permissions import Role
from app.core.transaction import transaction
from app.files.queries import open_file
from app.outbox.work import run_due_jobs
from tests.committees.replaying import Row, covers
from tests.committees.walking import Walk
from tests.papers import needs_pango, page_texts
from tests.signin import make_user

pytestmark = pytest.mark.usefixtures("context")

JANUARIES = [date(year, 1, 1) for year in range(2011, 2017)]
SEED = 2
SEAT = re.compile(r"(\d+) (Vacant|Elspeth Walker\d+)")
ENDS = re.compile(r"Seat Holder|\d+ (Vacant|Elspeth|Body|Committee) ?")
DAYS = re.compile(r"(?:(\d+ \w{3} \d{4}) to|since) (\d+ \w{3} \d{4})$")
Told = tuple[str, int, str, frozenset[str], str]


@needs_pango
def test_the_book_of_each_of_six_new_years_holds_what_the_events_say_and_nothing_else():
    walk = Walk(SEED, committees=3)
    walk.go()
    with clock_at(walk.now):
        books = printed()
    for january, lines in books.items():
        wanted = {told(walk, row, january) for row in walk.world.rows(january)}
        chapters, vacancies, people = parts(lines)
        assert sorted(seats(chapters)) == sorted(wanted), january
        assert len(vacancies) == sum(holder == "Vacant" for _, _, holder, _, _ in wanted), january
        assert {line.partition(":")[0] for line in people} == {each[2] for each in wanted} - {"Vacant"}, january
        there = [each for each in walk.world.bodies.values() if covers(each.founded, each.dissolved, january)]
        assert sum(line.startswith("Standing · ") for line in chapters) == len(there), january


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


def seats(chapters: list[str]) -> Iterator[Told]:
    """Each seat of the chapters: of which committee, its number, holder, what stands under that, and the term."""
    name = ""
    for place, line in enumerate(chapters):
        if chapters[place + 1 : place + 2] and chapters[place + 1].startswith("Standing · "):
            name = line.partition(" ")[2]
        if found := SEAT.fullmatch(line):
            rest = list(takewhile(lambda line: not ENDS.match(line), chapters[place + 1 :]))
            notes = frozenset(rest[0].split(", ")) & {"Chair", "Deputy chair", "on leave"}
            days = DAYS.search(rest[-1])
            yield name, int(found[1]), found[2], notes, days[0] if days else ""


def told(walk: Walk, row: Row, on: date) -> Told:
    """A seat of the replay as a paper is to show it."""
    notes = {OFFICE_WORDS[row.office]} if row.office in SINGLE_OFFICES else set()
    notes |= {"on leave"} if row.on_leave else set()
    holder = walk.names[row.person] if row.person else "Vacant"
    name, number = walk.world.names(on)[row.committee], walk.world.numbers()[row.seat]
    return name, number, holder, frozenset(notes), days_of(row)


def days_of(row: Row) -> str:
    """The days of a term in words."""
    first, last = (f"{day.day} {day:%b %Y}" if day else "" for day in (row.first, row.last))
    return f"{first} to {last}" if last else f"since {first}" if first else ""
