"""A line's record on the day looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask.typing import ResponseReturnValue

from app.audit.commands import Subject
from app.core.permissions import Permission
from app.core.tables import AnyTable, Column, Kind, Narrow, Table
from app.lines.models import LineDeposit, LineForm, LineStage
from app.lines.queries.lines import LineRow
from app.lines.queries.view import LineView, get_line_view
from app.lines.routes.blueprint import history_of, pages
from app.lines.routes.catalogue import COLUMNS
from app.lines.rules import CLASS_WORDS, FORM_WORDS, STAGE_WORDS, parts_of_symbol
from app.members.models import Institution
from app.web import wording
from app.web.access import requires, the_actor
from app.web.addresses import record_link, url
from app.web.on_date import current_on, is_past, known_at
from app.web.table_files import tables_page

Fact = tuple[str | None, ...]
AROUND = tuple(column for column in COLUMNS if column.key in {"symbol", "colony", "centre", "stage", "day"})
STAGES: Sequence[Column[LineStage]] = (
    Column("stage", "Stage", lambda row: STAGE_WORDS[row.stage], Kind.NAME, narrow=Narrow.NAME),
    Column("day", "Reached on", lambda row: row.day, Kind.DATE, narrow=Narrow.AMOUNT),
    Column("by", "Noted by", lambda row: row.noted_by, narrow=Narrow.META),
)
FORMS: Sequence[Column[LineForm]] = (
    Column("form", "Available as", lambda row: FORM_WORDS[row.form], Kind.NAME, narrow=Narrow.NAME),
    Column("first_day", "From", lambda row: row.first_day, Kind.DATE, narrow=Narrow.META),
    Column("last_day", "To", lambda row: row.last_day or "open", Kind.DATE, narrow=Narrow.AMOUNT),
)
DEPOSITS: Sequence[Column[LineDeposit]] = (
    Column("repository", "Repository", lambda row: row.repository.code, Kind.NAME, narrow=Narrow.NAME),
    Column("stock", "Stock number", lambda row: row.stock_number, Kind.CODE, narrow=Narrow.META),
    Column("first_day", "From", lambda row: row.first_day, Kind.DATE, narrow=Narrow.META),
    Column("last_day", "To", lambda row: row.last_day or "open", Kind.DATE, narrow=Narrow.AMOUNT),
)


@pages.get("/lines/<int:line_id>")
@requires(Permission.LINE_READ)
def line(line_id: int) -> ResponseReturnValue:
    """A line on the day looked at: what it is, how far it has come, and where it is kept."""
    view = get_line_view(line_id, the_actor(), on=current_on(), known=known_at())
    may_edit = view.may_edit and not is_past()
    return tables_page(
        "lines/line.html",
        _tables(view, may_edit=may_edit),
        view=view,
        state=STAGE_WORDS[view.reached.stage] if view.reached else None,
        sub=_sentence(view),
        facts=_facts(view),
        may_edit=may_edit,
        history=history_of(Subject("line", line_id)),
    )


def _tables(view: LineView, *, may_edit: bool) -> dict[str, AnyTable]:
    ways = {"stage": "lines.correct_stage", "form": "lines.correct_form", "deposit": "lines.correct_deposit"}
    change = {name: [_correct(endpoint, f"{name}_id")] if may_edit else [] for name, endpoint in ways.items()}
    return {
        "stages": Table("Stages", [*STAGES, *change["stage"]], view.stages),
        "forms": Table("Forms", [*FORMS, *change["form"]], view.forms),
        "deposits": Table("Deposits", [*DEPOSITS, *change["deposit"]], view.deposits),
        "parents": _around("Parents", view.parents),
        "progeny": _around("Progeny", view.progeny),
        "others": _around("Other lines of this allele", view.others),
    }


def _around(title: str, rows: list[LineRow]) -> AnyTable:
    return Table(title, AROUND, rows)


def _correct(endpoint: str, key: str) -> Column[Any]:
    """The way to put a fact right."""
    link = record_link(endpoint, key, lambda row: row.id)
    return Column("correct", "", lambda _row: "Correct", link=link, narrow=Narrow.ACT)


def _sentence(view: LineView) -> str:
    """How far the line has come by the day, and who made it."""
    made = f"made by {view.line.centre.name}"
    if view.reached is None:
        return f"Nothing had been reached by {wording.long_day(current_on())}; {made}."
    return f"{STAGE_WORDS[view.reached.stage]} since {wording.long_day(view.reached.day)}, {made}."


def _facts(view: LineView) -> list[Fact]:
    """What is on record of the line, beside its lists."""
    line, consortium = view.line, view.line.production_consortium
    return [
        ("Colony", line.colony),
        *_facts_of_allele(view),
        ("Background", line.strain.name if line.strain else None),
        _institution("Centre", line.centre),
        _institution("Owner", line.owner),
        ("Produced by", consortium.code if consortium else None, None, consortium.name if consortium else None),
        _institution("Funder of production", line.funder),
        ("Plan and attempt", ", ".join(filter(None, (line.plan_id, line.attempt_id))) or None),
        ("GenTaR id", line.gentar_id),
    ]


def _facts_of_allele(view: LineView) -> list[Fact]:
    allele, marker, clone = view.line.allele, view.line.allele.marker, view.line.clone
    gene = parts_of_symbol(allele.symbol)[0]
    return [
        ("Gene", f"{marker.symbol}, {marker.mgi_id}" if marker else gene, None, marker.name if marker else None),
        ("Allele", allele.mgi_id, None, CLASS_WORDS[allele.allele_class]),
        ("ES cell clone", clone.name if clone else None),
        ("IKMC project", allele.project_id, None, allele.pipeline),
    ]


def _institution(term: str, found: Institution | None) -> Fact:
    if found is None:
        return (term, None)
    return (term, found.name, url("members.institution", institution_id=found.id))
