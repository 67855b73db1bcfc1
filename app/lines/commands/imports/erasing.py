"""The names of people that imports of lines keep: handed out with what else is held of them, and replaced."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from app.core.database import db
from app.core.personal_data import DataSubject, Fate, Held, erases, held_rows, holds
from app.core.tables import Cell
from app.lines.models.imports import LineImport, LineImportQuestion, LineSpelling

SIGNED: tuple[tuple[str, Any, Any, Any], ...] = (
    ("Import of lines brought", LineImport.created_by, LineImport.created_at, LineImport.id),
    ("Import of lines written", LineImport.applied_by, LineImport.applied_at, LineImport.id),
    ("Spelling answered", LineImportQuestion.answered_by, LineImportQuestion.answered_at, LineImportQuestion.spelling),
    ("Spelling said", LineSpelling.said_by, LineSpelling.said_at, LineSpelling.spelling),
)


@holds("lines.imports", place=84)
def imports_signed(subject: DataSubject) -> Held | None:
    """The imports of lines somebody brought or wrote, and the spellings of which they said what they mean."""
    rows: list[dict[str, Cell]] = [
        {"What": what, "Day": day, "Of": str(named)}
        for what, by, day_of, named in SIGNED
        for day, named in db.session.execute(
            select(day_of, named).where(by.in_(subject.signatures)).order_by(day_of, named)
        )
    ]
    return held_rows("Imports of lines", "So that it can be seen who brought what.", rows, Fate.REPLACED)


@erases("names on imports of lines")
def erase_signatures(subject: DataSubject) -> int:
    """Take the name of a person out of imports of lines, where nobody else bears it."""
    count = 0
    for _, by, _, _ in SIGNED:
        change = update(by.class_).where(by.in_(subject.signatures)).values({by: subject.alias}).returning(by)
        count += len(db.session.execute(change.execution_options(synchronize_session=False)).all())
    return count
