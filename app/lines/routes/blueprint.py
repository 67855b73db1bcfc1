"""The blueprint that all pages of lines hang on."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.audit.commands import Subject
from app.audit.queries import HistoryRow, list_history, may_read_history
from app.audit.subjects import register_subject
from app.core.tables import PageRequest
from app.lines.models import MouseLine
from app.web.access import may_open, the_actor
from app.web.addresses import url
from app.web.forms import MusterForm
from app.web.requests import see

pages = Blueprint("lines", __name__)
HISTORY_LINES = 10
TABS = (
    ("Lines", "lines.lines"),
    ("Strains", "lines.strains"),
    ("Repositories", "lines.repositories"),
    ("Production consortia", "lines.consortia"),
    ("Imports", "lines.imports"),
)
Crumbs = list[tuple[str, str]]

register_subject("line", "Line", "lines.line", "line_id")
register_subject("strain", "Strain", "lines.strain", "strain_id")
register_subject("repository", "Repository")
register_subject("production_consortium", "Production consortium")


def history_of(subject: Subject) -> list[HistoryRow] | None:
    """The newest of what happened to a record; None for who may not read it."""
    if not may_read_history(the_actor()):
        return None
    return list(list_history(subject, PageRequest(size=HISTORY_LINES)).rows)


def tabs_of_lines(current: str) -> list[tuple[str, str, None, bool]]:
    """The tabs over the catalogue and what its lines name, the one of an endpoint marked."""
    return [(label, url(endpoint), None, endpoint == current) for label, endpoint in TABS if may_open(endpoint)]


def name_of(line: MouseLine) -> str:
    """A line in running text: its allele and its colony."""
    return f"{line.allele.symbol} {line.colony}"


def crumbs_of(line: MouseLine) -> Crumbs:
    """The way to a page about a line."""
    return [("Lines", url("lines.lines")), (line.colony, url("lines.line", line_id=line.id))]


def line_form(form: MusterForm, line: MouseLine, title: str, verb: str, **more: object) -> str:
    """A form about a line."""
    crumbs = crumbs_of(line)
    shown = {"cancel": crumbs[-1][1], "sub": name_of(line), **more}
    return render_template("layouts/form.html", form=form, title=title, verb=verb, crumbs=crumbs, **shown)


def seen(line_id: int, told: str) -> ResponseReturnValue:
    """The record of a line, with what was done."""
    return see("lines.line", told, line_id=line_id)
