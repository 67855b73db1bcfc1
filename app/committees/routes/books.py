"""Roster books: ordered for a day, watched while the worker makes them, and taken away as a PDF."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.committees import commands
from app.committees.forms import BookForm
from app.committees.queries import BookRow, get_book, list_books
from app.committees.routes.blueprint import pages
from app.committees.routes.ways import tabs_of_committees
from app.core import clock
from app.core.errors import NotFoundError
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.core.texts import parse_day
from app.core.transaction import transaction
from app.files.queries import open_file
from app.web import wording
from app.web.access import requires, the_actor
from app.web.addresses import plain_path, url
from app.web.downloads import send_bytes
from app.web.forms import errors_to
from app.web.on_date import current_on, known_at
from app.web.requests import see, while_running


def _link(row: BookRow) -> str | None:
    return url("committees.book_pdf", book_id=row.id) if row.file_id is not None else None


def _state(row: BookRow) -> str:
    if row.is_running:
        return "running" if row.total else "waiting"
    return "failed" if row.has_failed else "done"


COLUMNS: Sequence[Column[BookRow]] = (
    Column("on", "Rosters of", lambda row: wording.long_day(row.on), Kind.NAME, link=_link, narrow=Narrow.NAME),
    Column(
        "known",
        "As known on",
        lambda row: wording.long_day(clock.local(row.known_at).date()) if row.known_at else "the day it was made",
        narrow=Narrow.META,
    ),
    Column("state", "State", _state, Kind.STATE, narrow=Narrow.STATE),
    Column("ordered", "Ordered", lambda row: row.ordered_at, Kind.INSTANT, narrow=Narrow.META),
    Column("made", "Made", lambda row: row.made_at, Kind.INSTANT),
)


@pages.route("/committees/books", methods=["GET", "POST"])
@requires(Permission.REPORT_COMMITTEE)
def books() -> ResponseReturnValue:
    """One's own roster books, how far those are that are being made, and an order for another."""
    form = BookForm(data={"day": _asked("day") or current_on(), "known": _asked("as_known")})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.order_book(form.day.data, form.known.data, actor=the_actor())
            return see("committees.books", "The roster book is ordered; you may go on meanwhile.")
    rows = list_books(the_actor())
    running = [row for row in rows if row.is_running]
    page = render_template(
        "committees/books.html",
        form=form,
        running=running,
        of_this_day=_of_this_day(),
        content=Table("Your roster books", COLUMNS, rows, row_id=lambda row: str(row.id)),
        tabs=tabs_of_committees("committees.books"),
        crumbs=[("Committees", url("committees.committees"))],
    )
    return while_running(page, running=bool(running))


@pages.get("/committees/books/<int:book_id>.pdf")
@requires(Permission.REPORT_COMMITTEE)
def book_pdf(book_id: int) -> ResponseReturnValue:
    """A book that is made."""
    book = get_book(book_id, the_actor())
    if book.file_id is None:
        raise NotFoundError("This roster book is not made yet.")
    file = open_file(book.file_id)
    return send_bytes(file.content, file.media_type, file.name)


@pages.post("/committees/books/<int:book_id>/discard")
@requires(Permission.REPORT_COMMITTEE)
def discard_book(book_id: int) -> ResponseReturnValue:
    """Take a book away."""
    with transaction():
        commands.discard_book(book_id, actor=the_actor())
        return see("committees.books", "The roster book is gone.")


def _asked(name: str) -> date | None:
    """A day that the address proposes for the form."""
    return parse_day(request.args.get(name, ""))


def _of_this_day() -> str:
    """Where the book of the day looked at is ordered: the past itself is read only."""
    known = known_at()
    day = {"day": current_on().isoformat()}
    as_known = {"as_known": clock.local(known).date().isoformat()} if known else {}
    return f"{plain_path('committees.books')}?{urlencode({**day, **as_known})}"
