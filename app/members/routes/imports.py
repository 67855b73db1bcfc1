"""Pages of imports: bring a table, choose its columns, look at what it would do, write it, take it back; exports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.audit.subjects import register_subject
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Page, PageRequest
from app.core.transaction import transaction
from app.members.commands import imports as commands
from app.members.forms import UndoForm
from app.members.forms.imports import MOST_MEGABYTES, ImportForm, OutcomeFilterForm, columns_form
from app.members.queries.imports import (
    ImportRecord,
    OutcomeFilters,
    OutcomeRow,
    count_erased,
    get_import,
    get_outcome_table,
    search_imports,
    search_outcomes,
)
from app.members.queries.register import export_register
from app.members.routes.blueprint import pages
from app.members.rules.imports import (
    COLUMNS,
    IMPORT_WORDS,
    WAITING_STATES,
    WORKING_STATES,
    ImportKind,
    ImportState,
    Outcome,
)
from app.web.access import requires, the_actor
from app.web.addresses import record_link, url
from app.web.exports import WRITERS
from app.web.forms import errors_to
from app.web.listing import Action, Empty, Listing, list_page
from app.web.on_date import current_on, is_past, known_at, known_in_name
from app.web.requests import see, while_running
from app.web.security import takes_uploads
from app.web.wording import long_day, plural

MEGABYTE = 1024 * 1024
RECORD_LINKS: dict[ImportKind, Callable[[Any], str | None] | None] = {
    ImportKind.INSTITUTIONS: record_link("members.institution", "institution_id", lambda row: row.record_id),
    ImportKind.PEOPLE: record_link("members.person", "person_id", lambda row: row.record_id),
    ImportKind.MEMBERSHIPS: None,
    ImportKind.REPRESENTATIVES: None,
    ImportKind.CONTACT_ROUTES: record_link("members.person", "person_id", lambda row: row.record_id),
}
# As the buttons and the path of an import say it.
STATE_WORDS = {
    ImportState.CHECKING: "trying out",
    ImportState.CHECKED: "tried out",
    ImportState.APPLYING: "writing",
    ImportState.APPLIED: "written",
}
IMPORT_COLUMNS: tuple[Column[ImportRecord], ...] = (
    Column(
        "name",
        "File",
        lambda row: row.file_name,
        Kind.NAME,
        link=record_link("members.show_import", "import_id", lambda row: row.id),
        aside=lambda row: f"import {row.id}",
        narrow=Narrow.NAME,
    ),
    Column("kind", "Of", lambda row: IMPORT_WORDS[row.kind], narrow=Narrow.META),
    Column("state", "State", lambda row: STATE_WORDS.get(row.state, row.state), Kind.STATE, narrow=Narrow.STATE),
    Column("rows", "Rows", lambda row: row.rows, Kind.NUMBER),
    Column("added", "Added", lambda row: row.counts["added"], Kind.NUMBER),
    Column("changed", "Changed", lambda row: row.counts["changed"], Kind.NUMBER),
    Column("refused", "Refused", lambda row: row.counts["refused"], Kind.NUMBER),
    Column("who", "Brought by", lambda row: row.created_by, narrow=Narrow.META),
    Column("at", "When", lambda row: row.created_at, Kind.INSTANT, sortable=True),
)
IMPORTS = Listing(
    title="Imports",
    noun=("import", "imports"),
    columns=IMPORT_COLUMNS,
    default_sort="at",
    descending=True,
    empty=Empty(
        "No imports yet",
        "An import brings a table of institutions, people, memberships, representatives or contact routes; first it"
        " shows what it would do.",
        "New import",
        "members.new_import",
    ),
    action=Action("New import", "members.new_import"),
    template="members/imports.html",
)
OUTCOMES: Listing[OutcomeRow] = Listing(
    title="Import",
    noun=("row", "rows"),
    columns=(),
    default_sort="line",
    empty=Empty(
        "No rows to show",
        "Rows are shown after the dry run; they are forgotten when an import is discarded or undone.",
    ),
    filters_form=OutcomeFilterForm,
    template="members/show_import.html",
)
STEPS = ("Bring", "Choose columns", "Try out", "Write")
PLACES = {
    ImportState.DRAFT: 1,
    ImportState.CHECKING: 2,
    ImportState.CHECKED: 3,
    ImportState.APPLYING: 3,
}
register_subject("import", "Import", "members.show_import", "import_id")


@pages.get("/imports")
@requires(Permission.REGISTER_IMPORT)
def imports() -> ResponseReturnValue:
    """All imports."""
    extra = {"exported": IMPORT_WORDS.items()}
    return list_page(IMPORTS, lambda _form, request: search_imports(request, the_actor()), extra)


@pages.route("/imports/new", methods=["GET", "POST"])
@requires(Permission.REGISTER_IMPORT)
@takes_uploads(MOST_MEGABYTES * MEGABYTE + MEGABYTE)
def new_import() -> ResponseReturnValue:
    """Bring a table; nothing of the register changes by it."""
    form = ImportForm(data={"kind": request.args.get("kind", "")})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            brought = commands.bring_import(form.brought(), actor=the_actor())
            return see("members.import_columns", import_id=brought.id)
    back = url("members.imports")
    columns = [(IMPORT_WORDS[kind], columns) for kind, columns in COLUMNS.items()]
    return render_template(
        "members/new_import.html", form=form, columns=columns, crumbs=[("Imports", back)], cancel=back
    )


@pages.route("/imports/<int:import_id>/columns", methods=["GET", "POST"])
@requires(Permission.REGISTER_IMPORT)
def import_columns(import_id: int) -> ResponseReturnValue:
    """Say which column of the register each column of the file is."""
    record = get_import(import_id, the_actor())
    form = columns_form(record)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.choose_columns(import_id, form.mapping(), version=form.shown_version, actor=the_actor())
            return see("members.show_import", import_id=import_id)
    back = url("members.imports")
    crumbs, columns = [("Imports", back)], COLUMNS[record.kind]
    return render_template(
        "members/import_columns.html", form=form, record=record, columns=columns, crumbs=crumbs, cancel=back
    )


@pages.get("/imports/<int:import_id>")
@requires(Permission.REGISTER_IMPORT)
def show_import(import_id: int) -> ResponseReturnValue:
    """What an import would do, or has done, row by row."""
    record = get_import(import_id, the_actor())
    running = record.state in WORKING_STATES
    extra = {"record": record, "steps": _steps(record), "running": running, "erased": count_erased(record)}
    return while_running(list_page(_listing(record), partial(_search_outcomes, record), extra), running=running)


@pages.get("/imports/<int:import_id>/rows")
@requires(Permission.REGISTER_IMPORT)
def import_rows(import_id: int) -> ResponseReturnValue:
    """The file of an import with what becomes of each row beside it, to be corrected and brought again."""
    wanted = request.args.get("outcome", "")
    outcome = Outcome(wanted) if wanted in set(Outcome) else None
    heads, rows = get_outcome_table(import_id, outcome, the_actor())
    columns = [Column(str(place), head, _cell(place)) for place, head in enumerate(heads)]
    return WRITERS[_format()](columns, rows, f"Import {import_id} to correct")


@pages.post("/imports/<int:import_id>/check")
@requires(Permission.REGISTER_IMPORT)
def check_import(import_id: int) -> ResponseReturnValue:
    """Try an import out again."""
    with transaction():
        commands.check_again(import_id, actor=the_actor())
        return see("members.show_import", import_id=import_id)


@pages.post("/imports/<int:import_id>/apply")
@requires(Permission.REGISTER_IMPORT)
def apply_import(import_id: int) -> ResponseReturnValue:
    """Write all of an import."""
    text = request.form.get("version", "")
    version = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    with transaction():
        commands.apply_import(import_id, version=version, actor=the_actor())
        return see("members.show_import", import_id=import_id)


@pages.route("/imports/<int:import_id>/undo", methods=["GET", "POST"])
@requires(Permission.REGISTER_IMPORT)
def undo_import(import_id: int) -> ResponseReturnValue:
    """Say what taking a whole import back does, then take it back."""
    record, form = get_import(import_id, the_actor()), UndoForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.undo_import(import_id, actor=the_actor())
            return see("members.show_import", import_id=import_id)
    back = url("members.show_import", import_id=import_id)
    return render_template(
        "layouts/form.html",
        form=form,
        title=f"Undo import {import_id}: {IMPORT_WORDS[record.kind].lower()}",
        sub=f"{record.file_name}, {plural(record.rows, 'row', 'rows')}",
        verb="Undo the whole import",
        follows=_undone(record),
        crumbs=[("Imports", url("members.imports")), (f"Import {import_id}", back)],
        cancel=back,
    )


@pages.post("/imports/<int:import_id>/discard")
@requires(Permission.REGISTER_IMPORT)
def discard_import(import_id: int) -> ResponseReturnValue:
    """Put an import aside."""
    with transaction():
        commands.discard_import(import_id, actor=the_actor())
        return see("members.imports", "The import is discarded; nothing was written.")


@pages.get("/register/<any(institutions, people, memberships, representatives, contact_routes):kind>")
@requires(Permission.INSTITUTION_READ)
def whole_register(kind: str) -> ResponseReturnValue:
    """All of the register of a kind, as an import takes it, as of the day looked at."""
    named = ImportKind(kind)
    on = current_on() if is_past() else None
    page = export_register(named, on=on, known=known_at(), actor=the_actor())
    columns = [Column(column.key, column.title, _value(column.key), Kind.TEXT) for column in COLUMNS[named]]
    name = f"{IMPORT_WORDS[named]} of the register {current_on().isoformat()}{known_in_name()}"
    return WRITERS[_format()](columns, page.rows, name)


def _format() -> str:
    wanted = request.args.get("format", "csv")
    return wanted if wanted in WRITERS else "csv"


def _cell(place: int) -> Callable[[Sequence[str]], str]:
    return lambda row: row[place]


def _value(key: str) -> Callable[[dict[str, Any]], Any]:
    return lambda row: row[key]


def _search_outcomes(record: ImportRecord, form: Any, wanted: PageRequest) -> Page[OutcomeRow]:
    outcome = Outcome(form.outcome.data) if form.outcome.data else None
    return search_outcomes(record, OutcomeFilters(form.q.data or "", outcome), wanted)


def _listing(record: ImportRecord) -> Listing[OutcomeRow]:
    """Its rows, those that are refused first where any is."""
    return replace(
        OUTCOMES,
        title=f"Import {record.id}: {IMPORT_WORDS[record.kind].lower()}",
        columns=_outcome_columns(record),
        crumbs=[("Imports", url("members.imports"))],
        sub=_sub(record),
        default_sort="outcome" if record.counts["refused"] else "line",
    )


def _outcome_columns(record: ImportRecord) -> tuple[Column[OutcomeRow], ...]:
    link = RECORD_LINKS[record.kind] if record.state is not ImportState.UNDONE else None
    return (
        Column("label", IMPORT_WORDS[record.kind], lambda row: row.label, Kind.NAME, link=link, narrow=Narrow.NAME),
        Column("line", "Line", lambda row: row.line, Kind.NUMBER, sortable=True, narrow=Narrow.META),
        Column("outcome", "Outcome", lambda row: row.outcome, Kind.STATE, sortable=True, narrow=Narrow.STATE),
        Column("told", "What and why", _told, narrow=Narrow.META),
    )


def _told(row: OutcomeRow) -> str:
    """Changes in one line; messages are sentences."""
    return row.told.replace("\n", " " if row.outcome is Outcome.REFUSED else "; ")


def _undone(record: ImportRecord) -> list[tuple[str, str]]:
    """What taking an import back brings about."""
    told = [
        (record.counts["added"], "What {} added is removed.", "The trail keeps that it was there."),
        (record.counts["changed"], "What {} changed says again what it said before.", "The trail keeps both."),
    ]
    return [
        *((lead.format(plural(rows, "row", "rows")), text) for rows, lead, text in told if rows),
        ("All of it, or nothing.", "Where something hangs on it or was changed since, the import stays and says why."),
    ]


def _sub(record: ImportRecord) -> Callable[[Page[OutcomeRow]], str]:
    kept = "its table is removed" if record.table_until is None else f"its table is kept until {_until(record)}"
    told = f"{record.file_name}, {plural(record.rows, 'row', 'rows')}, brought by {record.created_by}; {kept}"
    return lambda _page: told


def _until(record: ImportRecord) -> str:
    """The day, and where nothing is written yet what happens then."""
    day = long_day(record.table_until)
    return f"{day}, then it is discarded" if record.state in WAITING_STATES else day


def _steps(record: ImportRecord) -> tuple[list[tuple[str, str]], int]:
    """The path of an import and where it stands on it."""
    tried = "nothing is changed by it"
    if record.state not in {ImportState.DRAFT, ImportState.CHECKING}:
        tried = f"{plural(record.counts['refused'], 'row', 'rows')} refused"
    written = "all or nothing"
    if record.applied_at is not None and record.state is not ImportState.APPLYING:
        written = f"by {record.applied_by}"
    notes = (f"by {record.created_by}", plural(len(record.mapping), "column", "columns"), tried, written)
    return list(zip(STEPS, notes, strict=True)), PLACES.get(record.state, len(STEPS))
