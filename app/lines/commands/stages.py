"""How far lines have come: recording a stage on its day, correcting one, and taking one back."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.history import advance, check_version, supersede
from app.lines.commands.reaching import locked_line
from app.lines.commands.registering import check_day, put_stage
from app.lines.models import LineStage, MouseLine
from app.lines.rules import STAGE_WORDS, Reached, check_history, newest_stage
from app.members.rules import day_words


def record_stage(line_id: int, reached: Reached, *, version: int, actor: Actor) -> LineStage:
    """Put on record that a line has come to a stage on a day; each stage is reached once, in their order."""
    line = locked_line(line_id, actor)
    check_version(line, version)
    check_day(reached)
    check_history([*(_reached(each) for each in standing_stages(line.id)), reached])
    added = put_stage(line.id, reached, actor)
    settle_stage(line)
    _note("lines.record_stage", line, _told(reached), actor, after=_said(reached))
    return added


def correct_stage(stage_id: int, reached: Reached, *, reason: str, version: int, actor: Actor) -> MouseLine:
    """Put a stage or its day right; what was known until now stays on record."""
    found, line = _found(stage_id, version, actor)
    check_day(reached)
    others = [_reached(each) for each in standing_stages(line.id) if each.id != found.id]
    check_history([*others, reached])
    before = _reached(found)
    if before == reached:
        raise DomainError("This is on record already: nothing would change.", "day")
    # A stage has a day and no period; what is superseded of it is kept the same way.
    supersede(cast("Any", found), stage=reached.stage, day=reached.day, noted_by=actor.name)
    settle_stage(line)
    said = {"before": _said(before), "after": _said(reached), "reason": reason}
    _note("lines.correct_stage", line, f"corrected: {_told(reached)}", actor, **said)
    return line


def take_stage_back(stage_id: int, *, reason: str, version: int, actor: Actor) -> MouseLine:
    """Take a stage back that the line has not reached; it keeps at least one."""
    found, line = _found(stage_id, version, actor)
    if len(standing_stages(line.id)) == 1:
        raise DomainError("A line has reached at least one stage: correct this one instead.", "reason")
    found.superseded_at = clock.now()
    settle_stage(line)
    told = f"not reached: {_told(_reached(found))}"
    _note("lines.take_stage_back", line, told, actor, before=_said(_reached(found)), reason=reason)
    return line


def standing_stages(line_id: int) -> list[LineStage]:
    """The stages of a line on record, by their days."""
    asked = select(LineStage).where(LineStage.line_id == line_id, LineStage.superseded_at.is_(None))
    return list(db.session.scalars(asked.order_by(LineStage.day, LineStage.id)))


def settle_stage(line: MouseLine) -> None:
    """Let the stage on the line be the newest on record; it is a change of the line."""
    db.session.flush()
    newest = newest_stage(map(_reached, standing_stages(line.id)))
    if newest is not None:
        line.stage, line.stage_day = newest.stage, newest.day
    advance(line)
    db.session.flush()


def _found(stage_id: int, version: int, actor: Actor) -> tuple[LineStage, MouseLine]:
    found = db.session.get(LineStage, stage_id)
    if found is None or found.superseded_at is not None:
        raise NotFoundError("There is no such stage.")
    line = locked_line(found.line_id, actor)
    check_version(line, version)
    db.session.refresh(found)
    if found.superseded_at is not None:
        raise NotFoundError("There is no such stage.")
    return found, line


def _reached(stage: LineStage) -> Reached:
    return Reached(stage.stage, stage.day)


def _told(reached: Reached) -> str:
    return f"{STAGE_WORDS[reached.stage].lower()} on {day_words(reached.day)}"


def _said(reached: Reached) -> dict[str, str]:
    return {"stage": reached.stage.value, "day": reached.day.isoformat()}


def _note(action: str, line: MouseLine, what: str, actor: Actor, **change: Any) -> None:
    record(action, Subject("line", line.id), summary=f"{line.colony}: {what}.", actor=actor, **change)
