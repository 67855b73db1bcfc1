"""The papers of a committee on the day looked at, their versions as files, and the forms that add and withdraw one."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from app.committees import commands
from app.committees.forms import PaperForm, ReasonForm, VersionForm
from app.committees.queries import (
    PaperRow,
    get_committee_on_day,
    get_committee_view,
    get_editable_committee,
    get_editable_paper,
    list_papers,
    list_withdrawn_papers,
    open_paper,
)
from app.committees.routes.blueprint import pages
from app.committees.routes.framing import committee_form, frame_of
from app.committees.rules import PAPER_WORDS
from app.core.clock import today
from app.core.permissions import Permission
from app.core.tables import AnyTable, Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.web.access import requires, the_actor
from app.web.addresses import record_link, url
from app.web.downloads import send_bytes
from app.web.forms import errors_to
from app.web.on_date import current_on, is_past, known_at
from app.web.requests import see
from app.web.table_files import tables_page

ADDING = [
    ("Its bytes are never changed.", "Another text is another version, in force from its own day on."),
    ("What was in force is shown for any day.", "Earlier versions stay where they are and can be read."),
]
WITHDRAWING = [
    ("The version before it is in force again.", "Whoever looks at a day before today still finds what stood then.")
]


def _verb(label: str, endpoint: str) -> Column[PaperRow]:
    return Column(
        endpoint,
        "",
        lambda _row: label,
        link=record_link(f"committees.{endpoint}", "paper_id", lambda row: row.id),
        narrow=Narrow.ACT,
    )


COLUMNS: tuple[Column[PaperRow], ...] = (
    Column(
        "title",
        "Paper",
        lambda row: row.title,
        Kind.NAME,
        link=record_link("committees.paper", "paper_id", lambda row: row.id),
        narrow=Narrow.NAME,
    ),
    Column("kind", "Kind", lambda row: PAPER_WORDS[row.kind]),
    Column("version", "Version", lambda row: row.number, Kind.NUMBER, narrow=Narrow.SAID),
    Column("first_day", "In force from", lambda row: row.first_day, Kind.DATE, narrow=Narrow.STATE),
    Column("last_day", "To", lambda row: row.last_day, Kind.DATE),
    Column("decision", "Decision", lambda row: row.decision, narrow=Narrow.META),
    Column("size", "Size, kB", lambda row: -(-row.size // 1000), Kind.NUMBER),
    Column("added_by", "Added by", lambda row: row.added_by),
    Column("added_at", "On", lambda row: row.added_at, Kind.INSTANT),
)
WITHDRAWN_COLUMNS: tuple[Column[PaperRow], ...] = (
    *(column for column in COLUMNS if column.key in {"title", "kind", "version", "first_day"}),
    Column("withdrawn_because", "Withdrawn because", lambda row: row.withdrawn_because, narrow=Narrow.META),
    Column("withdrawn_by", "By", lambda row: row.withdrawn_by),
    Column("withdrawn_at", "On", lambda row: row.withdrawn_at, Kind.INSTANT),
)
NEXT, WITHDRAW = _verb("New version", "add_version"), _verb("Withdraw", "withdraw_paper")


@pages.get("/committees/<int:committee_id>/papers")
@requires(Permission.COMMITTEE_READ)
def papers(committee_id: int) -> ResponseReturnValue:
    """The papers of a committee on the day looked at: in force, earlier and to come."""
    view = get_committee_view(committee_id, the_actor(), on=current_on(), known=known_at())
    may_edit = the_actor().may(Permission.COMMITTEE_EDIT, committee_id=committee_id)
    tables = _tables(committee_id, may_edit=may_edit and not is_past())
    frame = frame_of(view, "committees.papers")
    return tables_page("committees/papers.html", tables, **frame, committee_id=committee_id, may_edit=may_edit)


@pages.get("/committees/papers/<int:paper_id>")
@requires(Permission.COMMITTEE_READ)
def paper(paper_id: int) -> Response:
    """A version as it was sent."""
    found = open_paper(paper_id, the_actor())
    return send_bytes(found.content, found.media_type, found.name)


@pages.route("/committees/<int:committee_id>/papers/new", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def add_paper(committee_id: int) -> ResponseReturnValue:
    """Keep a paper with a committee."""
    committee = get_editable_committee(committee_id, the_actor())
    form = PaperForm(data={"first_day": today()})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            added = commands.add_paper(committee_id, form.values(), form.sent(), actor=the_actor())
            notice = f"{added.title}, version {added.number}, is kept."
            return see("committees.papers", notice, committee_id=committee_id)
    place, cancel = (committee_id, committee.name), url("committees.papers", committee_id=committee_id)
    title = f"Add a paper of {committee.name}"
    return committee_form(form, place, title, "Add paper", follows=ADDING, cancel=cancel)


@pages.route("/committees/papers/<int:paper_id>/next", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def add_version(paper_id: int) -> ResponseReturnValue:
    """Add the next version of a paper."""
    saved = get_editable_paper(paper_id, the_actor())
    named = get_committee_on_day(saved.committee_id, the_actor(), on=today()).name
    form = VersionForm(data={"first_day": today()})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            added = commands.add_paper(saved.committee_id, form.next_of(saved), form.sent(), actor=the_actor())
            return see("committees.papers", f"Version {added.number} is kept.", committee_id=saved.committee_id)
    place, cancel = (saved.committee_id, named), url("committees.papers", committee_id=saved.committee_id)
    title = f"New version of {saved.title}"
    return committee_form(form, place, title, "Add version", follows=ADDING, cancel=cancel)


@pages.route("/committees/papers/<int:paper_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_EDIT)
def withdraw_paper(paper_id: int) -> ResponseReturnValue:
    """Take a version off the record."""
    saved = get_editable_paper(paper_id, the_actor())
    named = get_committee_on_day(saved.committee_id, the_actor(), on=today()).name
    form = ReasonForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.withdraw_paper(paper_id, reason=str(form.reason.value), actor=the_actor())
            return see("committees.papers", "The version is withdrawn.", committee_id=saved.committee_id)
    place, cancel = (saved.committee_id, named), url("committees.papers", committee_id=saved.committee_id)
    title = f"Withdraw version {saved.number} of {saved.title}"
    return committee_form(form, place, title, "Withdraw", follows=WITHDRAWING, cancel=cancel)


def _tables(committee_id: int, *, may_edit: bool) -> dict[str, AnyTable]:
    rows = list_papers(committee_id, the_actor(), on=current_on(), known=known_at())
    on = current_on()
    in_force = [row for row in rows if row.is_in_force(on)]
    verbs = (WITHDRAW,) if may_edit else ()
    withdrawn = list_withdrawn_papers(committee_id, the_actor()) if may_edit else []
    return {
        "in_force": Table("In force", [*COLUMNS, NEXT, *verbs] if may_edit else COLUMNS, in_force),
        "coming": Table("To come", [*COLUMNS, *verbs], [row for row in rows if row.first_day > on]),
        "earlier": Table(
            "Earlier versions", [*COLUMNS, *verbs], [row for row in rows if row.last_day and row.last_day < on]
        ),
        "withdrawn": Table("Withdrawn", WITHDRAWN_COLUMNS, withdrawn),
    }
