"""Crosses: a line that comes from others, and putting right from which."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import advance, check_version
from app.lines.commands.reaching import locked_line
from app.lines.commands.registering import LineValues, register_line
from app.lines.models import LineParent, MouseLine
from app.lines.queries.descent import descendants_of
from app.lines.rules import Reached


def cross_lines(values: LineValues, reached: Reached, parent_ids: Collection[int], *, actor: Actor) -> MouseLine:
    """Enter a line that comes from a cross of two lines; what may be done with those holds for it, too."""
    if len(set(parent_ids)) != 2:
        raise DomainError("A cross has two parents: choose two lines that are not the same.", "parent_2")
    line = register_line(values, reached, actor=actor)
    set_parents(line.id, parent_ids, version=line.version, actor=actor)
    return line


def set_parents(line_id: int, parent_ids: Collection[int], *, version: int, actor: Actor) -> MouseLine:
    """Say from which lines a line comes; none of them may come from it."""
    _hold_descent()
    line = locked_line(line_id, actor)
    check_version(line, version)
    wanted = set(parent_ids)
    _check(line, wanted)
    asked = select(LineParent).where(LineParent.line_id == line.id)
    standing = {each.parent_id: each for each in db.session.scalars(asked.order_by(LineParent.parent_id))}
    if wanted == standing.keys():
        return line
    for parent_id in sorted(standing.keys() - wanted):
        db.session.delete(standing[parent_id])
    db.session.add_all(LineParent(line_id=line.id, parent_id=each) for each in sorted(wanted - standing.keys()))
    advance(line)
    db.session.flush()
    colonies = select(MouseLine.colony).where(MouseLine.id.in_(wanted)).order_by(MouseLine.sort_key, MouseLine.id)
    told = " and ".join(db.session.scalars(colonies)) or "no line on record"
    record(
        "lines.set_parents",
        Subject("line", line.id),
        summary=f"{line.colony}: comes from {told}.",
        actor=actor,
        before={"parents": sorted(standing)},
        after={"parents": sorted(wanted)},
    )
    return line


def _check(line: MouseLine, wanted: set[int]) -> None:
    there = set(db.session.scalars(select(MouseLine.id).where(MouseLine.id.in_(wanted)).order_by(MouseLine.id)))
    if there != wanted:
        raise DomainError("There is no such line.", "parent_1")
    if line.id in wanted or wanted & descendants_of(line.id):
        raise DomainError("This line comes from it: no line is its own ancestor.", "parent_1")


def _hold_descent() -> None:
    """Hold all crosses, in one order: no two changes at once close a circle that neither closes alone."""
    asked = select(LineParent).order_by(LineParent.line_id, LineParent.parent_id).with_for_update()
    db.session.execute(asked).all()
