"""Roster books: what one holds, those somebody ordered and how far they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app.committees.models import CommitteeFacts, RosterBook
from app.committees.queries.committees import CommitteeRow, list_committees, list_own_committees
from app.committees.queries.roster import RosterRow, roster
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.history import valid
from app.core.permissions import Permission
from app.core.personal_data import DataSubject, Fate, Held, held_rows, holds
from app.outbox.models import Job
from app.outbox.rules import JobState

NO_BOOK = "There is no such roster book."


@dataclass(frozen=True)
class BookChapter:
    """A committee of a book, with its remit and its roster."""

    committee: CommitteeRow
    remit: str | None
    roster: Sequence[RosterRow]


@dataclass(frozen=True)
class BookRow:
    """A book that somebody ordered: how far it is, and whether its printing was given up."""

    id: int
    on: date
    known_at: datetime | None
    ordered_at: datetime
    made_at: datetime | None
    file_id: int | None
    done: int
    total: int
    has_failed: bool

    @property
    def is_running(self) -> bool:
        """Whether the worker still has to make it, or is about it."""
        return self.file_id is None and not self.has_failed


def read_book(actor: Actor, *, on: date, known: datetime | None = None) -> list[BookChapter]:
    """The committees of a day whose reports the actor may read, in the order of their tree: four statements."""
    reach = {each.id for each in list_own_committees(actor, Permission.REPORT_COMMITTEE, on=on, known=known)}
    told = select(CommitteeFacts.committee_id, CommitteeFacts.remit).where(valid(CommitteeFacts, on, known))
    remits = {row.committee_id: row.remit for row in db.session.execute(told.order_by(CommitteeFacts.id))}
    rosters: dict[int, list[RosterRow]] = {}
    for row in roster(None, on=on, known=known):
        rosters.setdefault(row.committee_id, []).append(row)
    return [
        BookChapter(each, remits.get(each.id), rosters.get(each.id, []))
        for each in list_committees(actor, on=on, known=known)
        if each.id in reach
    ]


def list_books(actor: Actor) -> list[BookRow]:
    """The books the actor ordered, the newest first."""
    asked = (
        select(RosterBook, Job.state)
        .outerjoin(Job, Job.id == RosterBook.job_id)
        .where(RosterBook.user_id == actor.user_id)
        .order_by(RosterBook.ordered_at.desc(), RosterBook.id.desc())
    )
    return [_row(row.RosterBook, row.state) for row in db.session.execute(asked)]


def get_book(book_id: int, actor: Actor) -> RosterBook:
    """A book the actor ordered, while they may read reports of committees."""
    book = db.session.get(RosterBook, book_id)
    if book is None or book.user_id != actor.user_id or not actor.has_any(Permission.REPORT_COMMITTEE):
        raise NotFoundError(NO_BOOK)
    return book


def _row(book: RosterBook, state: JobState | None) -> BookRow:
    return BookRow(
        book.id, book.on_day, book.known_at, book.ordered_at, book.made_at, book.file_id, book.done, book.total,
        state is JobState.DEAD and book.file_id is None,
    )  # fmt: skip


@holds("committees.books", place=44)
def held_books(subject: DataSubject) -> Held | None:
    """The roster books a person ordered."""
    asked = select(RosterBook).where(RosterBook.user_id == subject.user_id).order_by(RosterBook.id)
    rows = [
        {"Day": each.on_day, "Ordered": each.ordered_at, "Made": each.made_at} for each in db.session.scalars(asked)
    ]
    return held_rows("Roster books", "So that who ordered a book finds it when it is made.", rows, Fate.REMOVED)
