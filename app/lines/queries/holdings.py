"""What lines hold about a person: the stages they noted, and conditions that may name somebody."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.core.database import db
from app.core.mentions import free_text, free_texts
from app.core.paging import AnySelect
from app.core.personal_data import DataSubject, Fate, Held, held_rows, holds
from app.core.tables import Cell
from app.lines.models import LineStage, MouseLine
from app.lines.rules import STAGE_WORDS


@holds("lines.noted", place=85)
def stages_noted(subject: DataSubject) -> Held | None:
    """Stages of lines that say who noted them."""
    asked = (
        select(LineStage.day, LineStage.stage, MouseLine.colony)
        .join(MouseLine, MouseLine.id == LineStage.line_id)
        .where(LineStage.noted_by.in_(subject.signatures))
        .order_by(LineStage.day, LineStage.id)
    )
    rows: list[dict[str, Cell]] = [
        {"Line": colony, "Stage": STAGE_WORDS[stage], "Reached on": day}
        for day, stage, colony in db.session.execute(asked)
    ]
    return held_rows("Stages of lines", "The catalogue says who noted what.", rows, Fate.REPLACED)


@free_texts("lines")
def texts_of_lines(_subject: DataSubject) -> Sequence[AnySelect]:
    """What whoever receives a line has to know or to keep to."""
    return [free_text("Conditions of a line", "line", MouseLine.id, MouseLine.conditions)]
