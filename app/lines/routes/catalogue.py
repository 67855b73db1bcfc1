"""The list of lines with its filters, and what suggests lines and strains while one types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

from flask import jsonify
from flask.typing import ResponseReturnValue

from app.core.naming import Named
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Page, PageRequest
from app.lines.forms import LineFilterForm
from app.lines.queries import LineFilters, LineRow, count_lines, search_lines
from app.lines.queries.choices import centre_choices, consortium_choices, pipeline_choices, repository_choices
from app.lines.queries.naming import LineNames, StrainNames
from app.lines.routes.blueprint import pages, tabs_of_lines
from app.lines.rules import CLASS_WORDS, FORM_WORDS, PRODUCED, STAGE_WORDS, AlleleClass, MaterialForm, Stage
from app.members.forms import NameForm
from app.members.routes.lists import offering
from app.web import wording
from app.web.access import requires, the_actor
from app.web.addresses import record_link
from app.web.listing import Action, Empty, Listing, list_page
from app.web.on_date import current_on, known_at


def _stage(row: LineRow) -> str | None:
    return STAGE_WORDS[row.stage] if row.stage else None


def _forms(row: LineRow) -> str | None:
    return ", ".join(FORM_WORDS[each].removesuffix(" mice") for each in row.forms) or None


COLUMNS: Sequence[Column[LineRow]] = (
    Column(
        "symbol",
        "Allele",
        lambda row: row.symbol,
        Kind.SYMBOL,
        sortable=True,
        link=record_link("lines.line", "line_id", lambda row: row.id),
        narrow=Narrow.NAME,
    ),
    Column("colony", "Colony", lambda row: row.colony, sortable=True, narrow=Narrow.META),
    Column("centre", "Centre", lambda row: row.centre, sortable=True, narrow=Narrow.META),
    Column("consortium", "Consortium", lambda row: row.consortium),
    Column("strain", "Background", lambda row: row.strain),
    Column("forms", "Available as", _forms, narrow=Narrow.META),
    Column("repositories", "Kept by", lambda row: ", ".join(row.repositories) or None),
    Column("stage", "Stage", _stage, Kind.STATE, sortable=True, narrow=Narrow.STATE),
    Column("day", "Since", lambda row: row.stage_day, Kind.DATE, sortable=True),
)
ONLY_EXPORTED: Sequence[Column[LineRow]] = (
    Column("gene", "Gene", lambda row: row.gene),
    Column("allele_mgi_id", "MGI id of the allele", lambda row: row.allele_mgi_id),
    Column("project", "IKMC project", lambda row: row.project_id),
    Column("class", "Class of allele", lambda row: CLASS_WORDS[row.allele_class]),
    Column("pipeline", "Pipeline", lambda row: row.pipeline),
    Column("owner", "Owner", lambda row: row.owner),
    Column("funder", "Funder", lambda row: row.funder),
    Column("plan", "Plan", lambda row: row.plan_id),
    Column("attempt", "Attempt", lambda row: row.attempt_id),
    Column("gentar", "GenTaR id", lambda row: row.gentar_id),
)
LISTING: Listing[LineRow] = Listing(
    title="Lines",
    noun=("line", "lines"),
    columns=COLUMNS,
    default_sort="symbol",
    of_a_day=True,
    only_exported=ONLY_EXPORTED,
    empty=Empty(
        "No line yet",
        "A line is an allele on a background strain, kept as a colony by the centre that made it.",
        "Enter a line",
        "lines.register",
    ),
    action=Action("Enter a line", "lines.register"),
)


@pages.get("/lines")
@requires(Permission.LINE_READ)
def lines() -> ResponseReturnValue:
    """All lines of the catalogue, as they stood on the day looked at."""
    form = offering(
        LineFilterForm,
        centre=centre_choices(),
        consortium=consortium_choices(),
        repository=repository_choices(),
        pipeline=[(each, each) for each in pipeline_choices()],
    )
    return list_page(replace(LISTING, filters_form=form, sub=_sub), _search, {"tabs": tabs_of_lines("lines.lines")})


@pages.get("/lines/suggest")
@requires(Permission.LINE_READ)
def suggest_lines() -> ResponseReturnValue:
    """Some lines with the words typed."""
    form = NameForm.from_request()
    return _told(LineNames(the_actor()).suggested(form.q.data or "") if form.validate() else [])


@pages.get("/lines/strains/suggest")
@requires(Permission.LINE_READ)
def suggest_strains() -> ResponseReturnValue:
    """Some strains with the words typed."""
    form = NameForm.from_request()
    return _told(StrainNames(the_actor()).suggested(form.q.data or "") if form.validate() else [])


def _told(found: Sequence[Named]) -> ResponseReturnValue:
    return jsonify([asdict(each) for each in found])


def _search(form: LineFilterForm, wanted: PageRequest) -> Page[LineRow]:
    filters = LineFilters(
        words=form.q.data or "",
        centre_id=form.centre.chosen_id,
        consortium_id=form.consortium.chosen_id,
        stage=Stage(form.stage.data) if form.stage.data else None,
        form=MaterialForm(form.form.data) if form.form.data else None,
        repository_id=form.repository.chosen_id,
        pipeline=form.pipeline.value,
        allele_class=AlleleClass(form.allele_class.data) if form.allele_class.data else None,
    )
    return search_lines(filters, wanted, the_actor(), on=current_on(), known=known_at())


def _sub(page: Page[LineRow]) -> str:
    """How many lines the list has, and how many of all have come as far as a confirmed genotype."""
    numbers = count_lines(current_on(), known_at())
    every, made = sum(numbers.values()), sum(numbers.get(each, 0) for each in PRODUCED)
    told = f"{wording.plural(every, 'line', 'lines')}, {wording.count(made)} of them with a confirmed genotype"
    return told if page.total == every else f"{wording.plural(page.total, 'line', 'lines')} of {told}"
