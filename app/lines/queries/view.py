"""One line on a day: what is on record of it, its stages, forms, deposits, and the lines around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.history import as_known
from app.core.permissions import Permission
from app.lines.models import Allele, LineDeposit, LineForm, LineParent, LineStage, MouseLine
from app.lines.queries.lines import LineRow, Seen, list_lines, stage_known
from app.lines.rules import ORDER, Reached, newest_stage


@dataclass(frozen=True)
class LineView:
    """A line on a day; `reached` is its stage on the day, None where it had not begun."""

    line: MouseLine
    reached: Reached | None
    stages: list[LineStage]
    forms: list[LineForm]
    deposits: list[LineDeposit]
    parents: list[LineRow]
    progeny: list[LineRow]
    others: list[LineRow]
    may_edit: bool


def get_line_view(line_id: int, actor: Actor, *, on: date, known: datetime | None = None) -> LineView:
    """A line on a day; forms and deposits are all that are on record, so that one sees those of other days too."""
    line = _find(line_id, actor, known)
    seen = Seen(on, known)
    stages = _stages(line.id, seen)
    return LineView(
        line=line,
        reached=newest_stage(Reached(each.stage, each.day) for each in stages),
        stages=stages,
        forms=_forms(line.id, known),
        deposits=_deposits(line.id, known),
        parents=_around(line.id, LineParent.line_id, LineParent.parent_id, seen),
        progeny=_around(line.id, LineParent.parent_id, LineParent.line_id, seen),
        others=_of_the_allele(line, seen),
        may_edit=is_editable(line, actor),
    )


def get_editable_line(line_id: int, actor: Actor) -> MouseLine:
    """A line with all it names, for the form of someone who may change it."""
    line = _find(line_id, actor)
    if not is_editable(line, actor):
        raise NotFoundError("There is no such line.")
    return line


def get_editable_stage(stage_id: int, actor: Actor) -> tuple[LineStage, MouseLine]:
    """A stage on record and its line, for someone who may put it right."""
    found = db.session.get(LineStage, stage_id)
    if found is None or found.superseded_at is not None:
        raise NotFoundError("There is no such stage.")
    return found, get_editable_line(found.line_id, actor)


def get_editable_form(form_id: int, actor: Actor) -> tuple[LineForm, MouseLine]:
    """A form on record and its line, for someone who may put it right."""
    found = db.session.get(LineForm, form_id)
    if found is None or found.superseded_at is not None:
        raise NotFoundError("There is no such form.")
    return found, get_editable_line(found.line_id, actor)


def get_editable_deposit(deposit_id: int, actor: Actor) -> tuple[LineDeposit, MouseLine]:
    """A deposit on record and its line, for someone who may put it right."""
    found = db.session.scalar(
        select(LineDeposit)
        .where(LineDeposit.id == deposit_id, as_known(LineDeposit))
        .options(joinedload(LineDeposit.repository))
    )
    if found is None:
        raise NotFoundError("There is no such deposit.")
    return found, get_editable_line(found.line_id, actor)


def parents_of(line_id: int) -> list[int]:
    """The lines a line comes from, the earliest entered first."""
    asked = select(LineParent.parent_id).where(LineParent.line_id == line_id).order_by(LineParent.parent_id)
    return list(db.session.scalars(asked))


def is_editable(line: MouseLine, actor: Actor) -> bool:
    """Whether somebody may change a line: all of them, or those their own institution made or owns."""
    return any(actor.may(Permission.LINE_EDIT, institution_id=each) for each in (line.centre_id, line.owner_id))


def _find(line_id: int, actor: Actor, known: datetime | None = None) -> MouseLine:
    """A line that was on record at an instant; without one, that is."""
    actor.require(Permission.LINE_READ)
    line = db.session.scalar(
        select(MouseLine)
        .where(MouseLine.id == line_id)
        .options(
            joinedload(MouseLine.allele).joinedload(Allele.marker),
            joinedload(MouseLine.strain),
            joinedload(MouseLine.clone),
            joinedload(MouseLine.centre),
            joinedload(MouseLine.owner),
            joinedload(MouseLine.funder),
            joinedload(MouseLine.production_consortium),
        )
        .execution_options(populate_existing=True)
    )
    if line is None or (known is not None and line.created_at > known):
        raise NotFoundError("There is no such line.")
    return line


def _stages(line_id: int, seen: Seen) -> list[LineStage]:
    """The stages reached by the day, the newest first."""
    asked = select(LineStage).where(LineStage.line_id == line_id, stage_known(seen.known), LineStage.day <= seen.on)
    found = db.session.scalars(asked.order_by(LineStage.id))
    return sorted(found, key=lambda each: (each.day, ORDER[each.stage]), reverse=True)


def _forms(line_id: int, known: datetime | None) -> list[LineForm]:
    asked = select(LineForm).where(LineForm.line_id == line_id, as_known(LineForm, known))
    return list(db.session.scalars(asked.order_by(LineForm.first_day.desc(), LineForm.id)))


def _deposits(line_id: int, known: datetime | None) -> list[LineDeposit]:
    asked = select(LineDeposit).where(LineDeposit.line_id == line_id, as_known(LineDeposit, known))
    asked = asked.options(joinedload(LineDeposit.repository))
    return list(db.session.scalars(asked.order_by(LineDeposit.first_day.desc(), LineDeposit.id)))


def _around(
    line_id: int, here: InstrumentedAttribute[int], there: InstrumentedAttribute[int], seen: Seen
) -> list[LineRow]:
    """The lines on the other end of a cross, as they stand on the day."""
    asked = select(there).join(MouseLine, MouseLine.id == there).where(here == line_id)
    return list_lines(list(db.session.scalars(asked.order_by(MouseLine.sort_key, MouseLine.id))), seen)


def _of_the_allele(line: MouseLine, seen: Seen) -> list[LineRow]:
    """Some other lines of the same allele."""
    asked = select(MouseLine.id).where(MouseLine.allele_id == line.allele_id, MouseLine.id != line.id)
    return list_lines(list(db.session.scalars(asked.order_by(MouseLine.sort_key, MouseLine.id).limit(20))), seen)
