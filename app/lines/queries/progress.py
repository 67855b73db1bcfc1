"""How many lines have come how far: as they stand on a day, and year by year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, cast, extract, func, or_, select

from app.core.database import db
from app.core.history import valid
from app.lines.models import LineStage, MouseLine, ProductionConsortium
from app.lines.queries.lines import FUNDER, Seen, stage_known, stage_on
from app.lines.rules import Stage
from app.members.models import InstitutionName

Own = frozenset[int] | None


@dataclass(frozen=True)
class Standing:
    """How many lines of a centre and a production consortium stand at a stage on a day."""

    centre_id: int
    centre: str
    consortium: str | None
    stage: Stage
    lines: int


@dataclass(frozen=True)
class Came:
    """How many lines came to a stage in a year."""

    year: int
    stage: Stage
    lines: int


@dataclass(frozen=True)
class Funded:
    """How many lines that a funder paid for stand at a stage on a day; None names no funder."""

    funder_id: int | None
    funder: str | None
    stage: Stage
    lines: int


def list_standing(on: date, known: datetime | None = None, own: Own = None) -> list[Standing]:
    """Lines by centre, production consortium and stage on a day; `own` narrows them to those of some institutions."""
    lines = _standing(Seen(on, known), own)
    alone = case((ProductionConsortium.code.is_(None), 1), else_=0)
    asked = (
        select(lines.c.centre_id, InstitutionName.short_name, ProductionConsortium.code, lines.c.stage, func.count())
        .join(InstitutionName, InstitutionName.institution_id == lines.c.centre_id)
        .outerjoin(ProductionConsortium, ProductionConsortium.id == lines.c.production_consortium_id)
        .where(valid(InstitutionName, on, known))
        .group_by(lines.c.centre_id, InstitutionName.sort_name, InstitutionName.short_name)
        .group_by(ProductionConsortium.code, lines.c.stage)
        .order_by(InstitutionName.sort_name, lines.c.centre_id, alone, ProductionConsortium.code, lines.c.stage)
    )
    return [Standing(row[0], row[1], row[2], Stage(row[3]), row[4]) for row in db.session.execute(asked)]


def list_came(on: date, known: datetime | None = None, own: Own = None) -> list[Came]:
    """Lines by the years in which they came to each stage, up to a day, the earliest year first."""
    year = cast(extract("year", LineStage.day), Integer)
    asked = (
        select(year, LineStage.stage, func.count())
        .join(MouseLine, MouseLine.id == LineStage.line_id)
        .where(stage_known(known), LineStage.day <= on, *_of(own))
        .group_by(year, LineStage.stage)
        .order_by(year, LineStage.stage)
    )
    return [Came(row[0], Stage(row[1]), row[2]) for row in db.session.execute(asked)]


def list_funded(on: date, known: datetime | None = None, own: Own = None) -> list[Funded]:
    """Lines by funder of production and stage on a day, those of no funder last."""
    lines = _standing(Seen(on, known), own)
    unnamed = case((lines.c.funder_id.is_(None), 1), else_=0)
    asked = (
        select(lines.c.funder_id, FUNDER.name, lines.c.stage, func.count())
        .outerjoin(FUNDER, FUNDER.id == lines.c.funder_id)
        .group_by(lines.c.funder_id, FUNDER.sort_name, FUNDER.name, lines.c.stage)
        .order_by(unnamed, FUNDER.sort_name, lines.c.funder_id, lines.c.stage)
    )
    return [Funded(row[0], row[1], Stage(row[2]), row[3]) for row in db.session.execute(asked)]


def _standing(seen: Seen, own: Own) -> Any:
    """The lines that had reached a stage by the day, with it."""
    stage, _ = stage_on(seen)
    places = (MouseLine.centre_id, MouseLine.production_consortium_id, MouseLine.funder_id)
    lines = select(*places, stage.label("stage")).where(*_of(own)).subquery()
    return select(lines).where(lines.c.stage.is_not(None)).subquery()


def _of(own: Own) -> list[ColumnElement[bool]]:
    """The condition that a line was made, is owned or was paid for by one of some institutions."""
    if own is None:
        return []
    return [or_(*(column.in_(own) for column in (MouseLine.centre_id, MouseLine.owner_id, MouseLine.funder_id)))]
