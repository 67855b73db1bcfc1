"""Roster books: ordered by somebody, printed by the worker outside of any transaction, kept until made anew."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete, or_, select, update

from app.accounts.models import User
from app.accounts.queries import find_profile
from app.committees.documents import BookPaper, book_html, book_paper
from app.committees.models import Appointment, RosterBook
from app.committees.queries import find_actor_of, get_book, read_book
from app.committees.rules import MOST_BOOKS
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError
from app.core.history import lock
from app.core.permissions import Permission
from app.core.personal_data import DataSubject, erases
from app.core.transaction import reading, snapshot, transaction
from app.files.commands import forget_files, store_file
from app.outbox.commands import HopelessError, Payload, enqueue, handles
from app.web.pdf import print_pdf, telling_pages

PRINT_BOOK = "committees.print_roster_book"
PDF = "application/pdf"
TOLD_EVERY = 10  # Pages.


def order_book(on: date, known_on: date | None, *, actor: Actor) -> RosterBook:
    """Have the book of a day made, as it was known at the end of another one; the actor's older one of that day goes.

    It holds the committees whose reports the actor may read when it is made.
    """
    if actor.user_id is None or not actor.has_any(Permission.REPORT_COMMITTEE):
        raise AccessDeniedError("You may not do this.")
    if known_on is not None and known_on > clock.today():
        raise DomainError("What will be known on a day to come is not known yet.", "known")
    lock(User, actor.user_id)
    known_at = clock.end_of(known_on) if known_on is not None and known_on < clock.today() else None
    _make_room(actor.user_id, on, known_at)
    book = RosterBook(user_id=actor.user_id, on_day=on, known_at=known_at, ordered_at=clock.now(), done=0, total=0)
    db.session.add(book)
    db.session.flush()
    book.job_id = enqueue(PRINT_BOOK, {"book_id": book.id})
    db.session.flush()
    return book


def discard_book(book_id: int, *, actor: Actor) -> None:
    """Take one of the actor's books away."""
    get_book(book_id, actor)
    _remove([book_id])


@handles(PRINT_BOOK)
def print_book(payload: Payload) -> None:
    """Make a book that was ordered, by the rights of who ordered it at this moment; run twice, it is made once."""
    book_id = int(payload["book_id"])
    with reading():
        book = db.session.get(RosterBook, book_id)
        if book is None or book.file_id is not None:
            return
        user_id, on, known_at = book.user_id, book.on_day, book.known_at
    with snapshot():
        paper = _read(user_id, on, known_at)
    _tell(book_id, 0, paper.pages)
    with telling_pages(lambda page: _tell(book_id, page, paper.pages) if page % TOLD_EVERY == 0 else None):
        content = print_pdf(book_html(paper))
    known = f" known {clock.local(known_at).date().isoformat()}" if known_at else ""
    with transaction():
        _keep(book_id, content, f"Roster book {on.isoformat()}{known}.pdf")


def _read(user_id: int, on: date, known_at: datetime | None) -> BookPaper:
    actor = find_actor_of(user_id)
    if actor is None or not actor.has_any(Permission.REPORT_COMMITTEE):
        raise HopelessError("Who ordered this roster book may not read reports of committees any more.")
    profile, present = find_profile(on), clock.now()
    chapters = read_book(actor, on=on, known=known_at)
    return book_paper(chapters, profile.name if profile else "Muster", on=on, known_at=known_at or present)


def _tell(book_id: int, done: int, total: int) -> None:
    """Say how far a book is, to whoever waits for it: about, for nobody knows how many pages it will have."""
    with transaction():
        told = {"done": min(done, total), "total": total}
        db.session.execute(update(RosterBook).where(RosterBook.id == book_id).values(told))


def _keep(book_id: int, content: bytes, name: str) -> None:
    """Keep the file of a book, unless it was discarded meanwhile."""
    asked = select(RosterBook).where(RosterBook.id == book_id, RosterBook.file_id.is_(None)).with_for_update()
    book = db.session.scalars(asked).one_or_none()
    if book is not None:
        book.file_id = store_file(content, PDF, name).id
        book.made_at, book.done = clock.now(), book.total


def _make_room(user_id: int, on: date, known_at: datetime | None) -> None:
    """Let the older book of the same day go, and the oldest where there would be too many."""
    theirs = select(RosterBook.id, RosterBook.on_day, RosterBook.known_at).where(RosterBook.user_id == user_id)
    rows = db.session.execute(theirs.order_by(RosterBook.ordered_at.desc(), RosterBook.id.desc())).all()
    same = [row.id for row in rows if (row.on_day, row.known_at) == (on, known_at)]
    rest = [row.id for row in rows if row.id not in same]
    _remove([*same, *rest[MOST_BOOKS - 1 :]])


def _remove(book_ids: list[int]) -> int:
    removed = delete(RosterBook).where(RosterBook.id.in_(book_ids)).returning(RosterBook.file_id)
    files = db.session.scalars(removed.execution_options(synchronize_session=False)).all()
    forget_files([file_id for file_id in files if file_id is not None])
    return len(files)


@erases("roster books")
def erase_books(subject: DataSubject) -> int:
    """Take away the books somebody ordered, and those that name them, of whomever: each can be made again."""
    people = [each.person_id for each in (subject, *subject.merged) if each.person_id is not None]
    named = select(Appointment.id).where(
        Appointment.person_id.in_(people),
        Appointment.first_day <= RosterBook.on_day,
        or_(Appointment.last_day.is_(None), Appointment.last_day >= RosterBook.on_day),
    )
    theirs = or_(RosterBook.user_id == subject.user_id, named.exists())
    return _remove(list(db.session.scalars(select(RosterBook.id).where(theirs).order_by(RosterBook.id))))
