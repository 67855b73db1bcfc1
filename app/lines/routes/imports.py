"""Pages of imports of lines: bring a file, look at what it would do, say what spellings mean, write it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.audit.subjects import register_subject
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Page, PageRequest
from app.core.transaction import transaction
from app.lines.commands import imports as commands
from app.lines.forms.imports import MOST_MEGABYTES, LineImportForm, LineRowsForm, answers_form
from app.lines.queries.imports import (
    LineImportRecord,
    LineRowOutcome,
    get_line_import,
    list_questions,
    open_line_file,
    search_line_imports,
    search_line_rows,
)
from app.lines.routes.blueprint import pages, tabs_of_lines
from app.lines.rules.imports.kinds import FILE_WORDS, WORKING, LineImportState, RowOutcome
from app.web.access import requires, the_actor
from app.web.addresses import record_link, url
from app.web.downloads import send_bytes
from app.web.forms import errors_to
from app.web.listing import Action, Empty, Listing, list_page
from app.web.requests import see, while_running
from app.web.security import takes_uploads
from app.web.wording import plural

MEGABYTE = 1024 * 1024
STATE_WORDS = {
    LineImportState.CHECKING: "trying out",
    LineImportState.CHECKED: "tried out",
    LineImportState.APPLYING: "writing",
    LineImportState.APPLIED: "written",
}
IMPORT_COLUMNS: tuple[Column[LineImportRecord], ...] = (
    Column(
        "name",
        "File",
        lambda row: row.file_name,
        Kind.NAME,
        link=record_link("lines.show_import", "import_id", lambda row: row.id),
        aside=lambda row: f"import {row.id}",
        narrow=Narrow.NAME,
    ),
    Column("kind", "Of", lambda row: FILE_WORDS[row.kind], narrow=Narrow.META),
    Column("state", "State", lambda row: STATE_WORDS.get(row.state, row.state), Kind.STATE, narrow=Narrow.STATE),
    Column("rows", "Rows", lambda row: row.rows, Kind.NUMBER),
    Column("added", "Added", lambda row: row.counts["added"], Kind.NUMBER),
    Column("changed", "Changed", lambda row: row.counts["changed"], Kind.NUMBER),
    Column("asked", "Asked", lambda row: row.counts["asked"], Kind.NUMBER),
    Column("refused", "Refused", lambda row: row.counts["refused"], Kind.NUMBER),
    Column("who", "Brought by", lambda row: row.created_by, narrow=Narrow.META),
    Column("at", "When", lambda row: row.created_at, Kind.INSTANT, sortable=True),
)
IMPORTS = Listing(
    title="Imports of lines",
    noun=("import", "imports"),
    columns=IMPORT_COLUMNS,
    default_sort="at",
    descending=True,
    empty=Empty(
        "No imports of lines yet",
        "Bring a report of MGI, a production export of iMits or GenTaR, or the catalogue of the MMRRC; first it shows"
        " what it would do.",
        "Bring a file",
        "lines.new_import",
    ),
    action=Action("Bring a file", "lines.new_import"),
)
ROW_COLUMNS: tuple[Column[LineRowOutcome], ...] = (
    Column(
        "label",
        "Row",
        lambda row: row.label,
        Kind.NAME,
        link=record_link("lines.line", "line_id", lambda row: row.line_id),
        narrow=Narrow.NAME,
    ),
    Column("line", "Line", lambda row: row.line, Kind.NUMBER, sortable=True, narrow=Narrow.SAID),
    Column("outcome", "Outcome", lambda row: row.outcome, Kind.STATE, sortable=True, narrow=Narrow.STATE),
    Column("told", "What and why", lambda row: row.told.replace("\n", "; "), narrow=Narrow.META),
)
ROWS: Listing[LineRowOutcome] = Listing(
    title="Import",
    noun=("row", "rows"),
    columns=ROW_COLUMNS,
    default_sort="line",
    empty=Empty("No rows to show", "Rows are shown after the dry run; they are forgotten when an import is discarded."),
    filters_form=LineRowsForm,
    template="lines/show_import.html",
)
STEPS = ("Bring", "Try out", "Answer", "Write")
PLACES = {LineImportState.CHECKING: 1, LineImportState.CHECKED: 3, LineImportState.APPLYING: 3}
register_subject("line_import", "Import of lines", "lines.show_import", "import_id")


@pages.get("/lines/imports")
@requires(Permission.LINE_IMPORT)
def imports() -> ResponseReturnValue:
    """All imports of lines."""
    extra = {"tabs": tabs_of_lines("lines.imports")}
    return list_page(IMPORTS, lambda _form, wanted: search_line_imports(wanted, the_actor()), extra)


@pages.route("/lines/imports/new", methods=["GET", "POST"])
@requires(Permission.LINE_IMPORT)
@takes_uploads(MOST_MEGABYTES * MEGABYTE + MEGABYTE)
def new_import() -> ResponseReturnValue:
    """Bring a file and try it out; nothing of the catalogue changes by it."""
    form = LineImportForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            brought = commands.bring_lines(form.brought(), actor=the_actor())
            return see("lines.show_import", import_id=brought.id)
    back = url("lines.imports")
    return render_template("lines/new_import.html", form=form, crumbs=[("Imports of lines", back)], cancel=back)


@pages.get("/lines/imports/<int:import_id>")
@requires(Permission.LINE_IMPORT)
def show_import(import_id: int) -> ResponseReturnValue:
    """What an import would do, or has done, row by row."""
    record = get_line_import(import_id, the_actor())
    running = record.state in WORKING
    extra = {"record": record, "steps": _steps(record), "running": running}
    return while_running(list_page(_listing(record), partial(_search_rows, record), extra), running=running)


@pages.get("/lines/imports/<int:import_id>/file")
@requires(Permission.LINE_IMPORT)
def import_file(import_id: int) -> ResponseReturnValue:
    """The file of an import as it was brought."""
    kept = open_line_file(import_id, the_actor())
    return send_bytes(kept.content, kept.media_type, kept.name)


@pages.route("/lines/imports/<int:import_id>/spellings", methods=["GET", "POST"])
@requires(Permission.LINE_IMPORT)
def import_spellings(import_id: int) -> ResponseReturnValue:
    """Say what the spellings of a file mean that nobody knows; then it is tried out anew."""
    record = get_line_import(import_id, the_actor())
    form = answers_form(record, list_questions(record))
    if form.validate_on_submit():
        with errors_to(form), transaction():
            said = form.answers()
            commands.answer_spellings(import_id, said, version=form.shown_version, actor=the_actor())
            return see("lines.show_import", import_id=import_id)
    back = url("lines.show_import", import_id=import_id)
    crumbs = [("Imports of lines", url("lines.imports")), (f"Import {import_id}", back)]
    return render_template("lines/import_spellings.html", form=form, record=record, crumbs=crumbs, cancel=back)


@pages.post("/lines/imports/<int:import_id>/check")
@requires(Permission.LINE_IMPORT)
def check_import(import_id: int) -> ResponseReturnValue:
    """Try an import out again."""
    with transaction():
        commands.check_lines_again(import_id, actor=the_actor())
        return see("lines.show_import", import_id=import_id)


@pages.post("/lines/imports/<int:import_id>/apply")
@requires(Permission.LINE_IMPORT)
def apply_import(import_id: int) -> ResponseReturnValue:
    """Write all that the dry run has shown."""
    text = request.form.get("version", "")
    version = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    with transaction():
        commands.apply_lines(import_id, version=version, actor=the_actor())
        return see("lines.show_import", import_id=import_id)


@pages.post("/lines/imports/<int:import_id>/discard")
@requires(Permission.LINE_IMPORT)
def discard_import(import_id: int) -> ResponseReturnValue:
    """Put an import aside."""
    with transaction():
        commands.discard_lines(import_id, actor=the_actor())
        return see("lines.imports", "The import is discarded; nothing was written.")


def _search_rows(record: LineImportRecord, form: Any, wanted: PageRequest) -> Page[LineRowOutcome]:
    outcome = RowOutcome(form.outcome.data) if form.outcome.data else None
    return search_line_rows(record, outcome, form.q.data or "", wanted)


def _listing(record: LineImportRecord) -> Listing[LineRowOutcome]:
    """Its rows, those that are refused or asked about first where any is."""
    is_dirty = record.counts["refused"] or record.counts["asked"]
    return replace(
        ROWS,
        title=f"Import {record.id}: {FILE_WORDS[record.kind].lower()}",
        crumbs=[("Imports of lines", url("lines.imports"))],
        sub=_sub(record),
        default_sort="outcome" if is_dirty else "line",
    )


def _sub(record: LineImportRecord) -> Callable[[Page[LineRowOutcome]], str]:
    told = f"{record.file_name}, {plural(record.rows, 'row', 'rows')}, brought by {record.created_by}"
    return lambda _page: told


def _steps(record: LineImportRecord) -> tuple[list[tuple[str, str]], int]:
    """The path of an import and where it stands on it."""
    tried, asked = "nothing is changed by it", "what spellings mean"
    if record.state is not LineImportState.CHECKING:
        tried = f"{plural(record.counts['refused'], 'row', 'rows')} refused"
        asked = plural(record.open_questions, "spelling", "spellings") if record.open_questions else "nothing is open"
    written = f"by {record.applied_by}" if record.state is LineImportState.APPLIED else "all or nothing"
    place = PLACES.get(record.state, len(STEPS))
    if record.state is LineImportState.CHECKED and record.open_questions:
        place = 2
    return list(zip(STEPS, (f"by {record.created_by}", tried, asked, written), strict=True)), place
