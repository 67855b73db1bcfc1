"""The list of lines: what it is narrowed to, and its rows on a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, cast

from sqlalchemy import ColumnElement, SQLColumnExpression, String, case, func, select, type_coerce
from sqlalchemy.orm import aliased

from app.audit.remembering import remembered
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.history import as_known, valid
from app.core.paging import AnySelect, fetch_page
from app.core.permissions import Permission
from app.core.tables import Page, PageRequest
from app.lines.models import (
    Allele,
    LineDeposit,
    LineForm,
    LineStage,
    Marker,
    MouseLine,
    ProductionConsortium,
    Repository,
    Strain,
)
from app.lines.queries.searching import seek_words
from app.lines.rules import ORDER, AlleleClass, MaterialForm, Stage
from app.members.models import Institution
from app.members.queries.blocks import in_blocks

CENTRE, OWNER, FUNDER = aliased(Institution), aliased(Institution), aliased(Institution)


@dataclass(frozen=True)
class LineFilters:
    """What the list of lines is narrowed to; empty for all."""

    words: str = ""
    centre_id: int | None = None
    owner_id: int | None = None
    consortium_id: int | None = None
    stage: Stage | None = None
    form: MaterialForm | None = None
    repository_id: int | None = None
    pipeline: str | None = None
    allele_class: AlleleClass | None = None


@dataclass(frozen=True)
class LineRow:
    """A line in a list on a day."""

    id: int
    symbol: str
    colony: str
    gene: str | None
    allele_mgi_id: str | None
    project_id: str | None
    allele_class: AlleleClass
    pipeline: str | None
    strain: str | None
    centre_id: int
    centre: str
    owner: str
    funder: str | None
    consortium: str | None
    plan_id: str | None
    attempt_id: str | None
    gentar_id: str | None
    stage: Stage | None
    stage_day: date | None
    forms: tuple[MaterialForm, ...]
    repositories: tuple[str, ...]


@dataclass(frozen=True)
class Seen:
    """The day looked at and that of knowledge; of today, as known now, stages stand on the lines."""

    on: date
    known: datetime | None = None

    @property
    def is_now(self) -> bool:
        """Whether it is as lines stand."""
        return self.known is None and self.on >= clock.today()


def search_lines(
    filters: LineFilters, request: PageRequest, actor: Actor, *, on: date, known: datetime | None = None
) -> Page[LineRow]:
    """Lines by their alleles; of another day those that had reached a stage by then, as they were."""
    actor.require(Permission.LINE_READ)
    seen = Seen(on, known)
    found = seek_words(filters.words)
    stage, day = stage_on(seen)
    asked: AnySelect = select(MouseLine.id).where(*found.conditions(), *_conditions(filters, seen, stage))
    if request.sort == "centre":
        asked = asked.join(CENTRE, CENTRE.id == MouseLine.centre_id)
    if filters.pipeline or filters.allele_class:
        asked = asked.join(Allele, Allele.id == MouseLine.allele_id)
    only_words = filters == LineFilters(words=filters.words) and seen.is_now
    known_total = found.total if only_words else None
    total = partial(_count, filters, on, known, clock.today()) if known_total is None else lambda: known_total
    page = fetch_page(
        asked, request, sorts=_sorts(stage, day), key=MouseLine.id, build=lambda row: int(row.id), total=total
    )
    return in_blocks(page, lambda ids: list_lines(ids, seen))


def list_lines(ids: Sequence[int], seen: Seen) -> list[LineRow]:
    """Lines as a list shows them, in the order of their ids given."""
    stage, day = stage_on(seen)
    asked = _listed(seen, stage, day).where(MouseLine.id.in_(ids)).order_by(MouseLine.id)
    rows = {row.id: _row(row) for row in db.session.execute(asked)}
    return [rows[each] for each in ids if each in rows]


@remembered
def _count(filters: LineFilters, on: date, known: datetime | None, _today: date) -> int:
    """How many lines the list has: what hangs on today is so until the day is over."""
    seen = Seen(on, known)
    stage, _ = stage_on(seen)
    conditions = [*seek_words(filters.words).conditions(), *_conditions(filters, seen, stage)]
    counted = select(func.count()).select_from(MouseLine).where(*conditions)
    if filters.pipeline or filters.allele_class:
        counted = counted.join(Allele, Allele.id == MouseLine.allele_id)
    return db.session.scalar(counted) or 0


def count_lines(on: date, known: datetime | None = None) -> dict[Stage, int]:
    """How many lines stand at each stage on a day."""
    seen = Seen(on, known)
    return dict(_by_stage()) if seen.is_now else _by_stage_on(seen)


@remembered
def _by_stage() -> tuple[tuple[Stage, int], ...]:
    asked = select(MouseLine.stage, func.count()).group_by(MouseLine.stage).order_by(MouseLine.stage)
    return tuple((row[0], row[1]) for row in db.session.execute(asked))


def _by_stage_on(seen: Seen) -> dict[Stage, int]:
    stage, _ = stage_on(seen)
    reached = select(stage.label("stage")).where(stage.is_not(None)).subquery()
    asked = select(reached.c.stage, func.count()).group_by(reached.c.stage).order_by(reached.c.stage)
    return {Stage(row[0]): row[1] for row in db.session.execute(asked)}


def stage_known(known: datetime | None) -> ColumnElement[bool]:
    """The condition that a stage was on record at an instant; it has a day and no period, and both instants."""
    return as_known(cast("Any", LineStage), known)


def stage_on(seen: Seen) -> tuple[SQLColumnExpression[Any], SQLColumnExpression[Any]]:
    """The stage of a line and its day, as of the day looked at; none where it had not begun."""
    if seen.is_now:
        return MouseLine.stage, MouseLine.stage_day
    order = case({stage.value: place for stage, place in ORDER.items()}, value=LineStage.stage, else_=0)
    there = (
        select(LineStage.stage)
        .where(LineStage.line_id == MouseLine.id, LineStage.day <= seen.on, stage_known(seen.known))
        .order_by(LineStage.day.desc(), order.desc(), LineStage.id.desc())
        .limit(1)
        .correlate(MouseLine)
    )
    return there.scalar_subquery(), there.with_only_columns(LineStage.day).scalar_subquery()


def _listed(seen: Seen, stage: SQLColumnExpression[Any], day: SQLColumnExpression[Any]) -> AnySelect:
    asked: AnySelect = (
        select(
            MouseLine.id,
            MouseLine.colony,
            MouseLine.centre_id,
            MouseLine.plan_id,
            MouseLine.attempt_id,
            MouseLine.gentar_id,
            stage.label("stage"),
            day.label("stage_day"),
            Allele.symbol,
            Allele.mgi_id,
            Allele.project_id,
            Allele.allele_class,
            Allele.pipeline,
            Marker.symbol.label("gene"),
            Strain.name.label("strain"),
            CENTRE.short_name.label("centre"),
            OWNER.short_name.label("owner"),
            FUNDER.short_name.label("funder"),
            ProductionConsortium.code.label("consortium"),
            _forms(seen).label("forms"),
            _repositories(seen).label("repositories"),
        )
        .select_from(MouseLine)
        .join(Allele, Allele.id == MouseLine.allele_id)
        .join(CENTRE, CENTRE.id == MouseLine.centre_id)
        .join(OWNER, OWNER.id == MouseLine.owner_id)
        .outerjoin(FUNDER, FUNDER.id == MouseLine.funder_id)
        .outerjoin(Marker, Marker.id == Allele.marker_id)
        .outerjoin(Strain, Strain.id == MouseLine.strain_id)
        .outerjoin(ProductionConsortium, ProductionConsortium.id == MouseLine.production_consortium_id)
    )
    return asked


def _forms(seen: Seen) -> SQLColumnExpression[str]:
    """The forms of a line that are there on the day, in one text."""
    each = type_coerce(LineForm.form, String)
    there = select(func.aggregate_strings(each, " ")).where(LineForm.line_id == MouseLine.id)
    return there.where(valid(LineForm, seen.on, seen.known)).correlate(MouseLine).scalar_subquery()


def _repositories(seen: Seen) -> SQLColumnExpression[str]:
    """The repositories that keep a line on the day, in one text."""
    there = (
        select(func.aggregate_strings(Repository.code, "\n"))
        .select_from(LineDeposit)
        .join(Repository, Repository.id == LineDeposit.repository_id)
        .where(LineDeposit.line_id == MouseLine.id, valid(LineDeposit, seen.on, seen.known))
    )
    return there.correlate(MouseLine).scalar_subquery()


def _conditions(filters: LineFilters, seen: Seen, stage: SQLColumnExpression[Any]) -> list[ColumnElement[bool]]:
    own: Mapping[Any, Any] = {
        MouseLine.centre_id: filters.centre_id,
        MouseLine.owner_id: filters.owner_id,
        MouseLine.production_consortium_id: filters.consortium_id,
        stage: filters.stage,
        Allele.pipeline: filters.pipeline,
        Allele.allele_class: filters.allele_class,
    }
    wanted: list[ColumnElement[bool]] = [column == value for column, value in own.items() if value is not None]
    if not seen.is_now:
        wanted.append(stage.is_not(None))
    if filters.form is not None:
        there = select(LineForm.id).where(LineForm.line_id == MouseLine.id, LineForm.form == filters.form)
        wanted.append(there.where(valid(LineForm, seen.on, seen.known)).exists())
    if filters.repository_id is not None:
        kept = select(LineDeposit.id).where(LineDeposit.line_id == MouseLine.id)
        kept = kept.where(LineDeposit.repository_id == filters.repository_id)
        wanted.append(kept.where(valid(LineDeposit, seen.on, seen.known)).exists())
    return wanted


def _sorts(stage: SQLColumnExpression[Any], day: SQLColumnExpression[Any]) -> dict[str, SQLColumnExpression[Any]]:
    reached = case({each.value: place for each, place in ORDER.items()}, value=stage, else_=0)
    return {
        "symbol": MouseLine.sort_key,
        "colony": MouseLine.colony_key,
        "centre": CENTRE.sort_name,
        "stage": reached,
        "day": day,
    }


def _row(row: Any) -> LineRow:
    forms = set((row.forms or "").split())
    return LineRow(
        id=row.id,
        symbol=row.symbol,
        colony=row.colony,
        gene=row.gene,
        allele_mgi_id=row.mgi_id,
        project_id=row.project_id,
        allele_class=row.allele_class,
        pipeline=row.pipeline,
        strain=row.strain,
        centre_id=row.centre_id,
        centre=row.centre,
        owner=row.owner,
        funder=row.funder,
        consortium=row.consortium,
        plan_id=row.plan_id,
        attempt_id=row.attempt_id,
        gentar_id=row.gentar_id,
        stage=Stage(row.stage) if row.stage else None,
        stage_day=row.stage_day,
        forms=tuple(each for each in MaterialForm if each.value in forms),
        repositories=tuple(sorted({*(row.repositories or "").splitlines()})),
    )
