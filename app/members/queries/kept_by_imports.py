"""What imports keep about a person: the lines that were about them, and tables that still wait to be written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import and_, or_, select

from app.core.database import db
from app.core.mentions import may_hold
from app.core.paging import AnySelect
from app.core.personal_data import DataSubject, Fate, Held, Obstacle, forbids_erasure, held_rows, holds
from app.core.tables import Cell
from app.files.models import StoredFile
from app.files.queries import open_file
from app.files.spreadsheets import read_spreadsheet
from app.members.models import Affiliation, ImportEffect, ImportRow, Person, RegisterImport, Representation
from app.members.queries.mergers import merged_into
from app.members.rules import TwinKind
from app.members.rules.imports import OPEN_IMPORTS, ImportKind, column_of, names_somebody, words_of_table

ABOUT_A_PERSON = (ImportKind.PEOPLE, ImportKind.CONTACT_ROUTES)
WHY = "So that it can be seen what a table brought or changed, and taken back as a whole."


@holds("members.imports", place=17)
def held_of_imports(subject: DataSubject) -> Held | None:
    """Each line of an import that was about the person, with what was told of it and what it changed."""
    if subject.person_id is None:
        return None
    lines = lines_about(subject.person_id).subquery()
    here = and_(ImportRow.import_id == lines.c.import_id, ImportRow.line == lines.c.line)
    effect = and_(
        ImportEffect.import_id == lines.c.import_id, ImportEffect.line == lines.c.line, ImportEffect.subject == "person"
    )
    asked = (
        select(lines.c.line, RegisterImport, StoredFile.name, ImportRow.label, ImportRow.told, ImportEffect.before)
        .join(RegisterImport, RegisterImport.id == lines.c.import_id)
        .join(StoredFile, StoredFile.id == RegisterImport.file_id)
        .outerjoin(ImportRow, here)
        .outerjoin(ImportEffect, effect)
        .order_by(RegisterImport.id, lines.c.line)
    )
    rows: list[dict[str, Cell]] = [
        {
            "Import": row.RegisterImport.id,
            "Table": row.name,
            "Line": row.line,
            "Brought": row.RegisterImport.created_at,
            "Called": row.label,
            "Told": row.told,
            "Before": _in_words(row.before),
        }
        for row in db.session.execute(asked)
    ]
    return held_rows("Lines and tables of imports", WHY, rows, Fate.REMOVED)


def lines_about(person_id: int) -> AnySelect:
    """The lines of imports that were about a person, or a place, an office or a contact route of theirs.

    A line of contact routes has the person themselves: with an erasure their routes go, and lines must still be found.
    """
    places = select(Affiliation.id).where(Affiliation.person_id == person_id)
    offices = select(Representation.id).where(Representation.person_id == person_id)
    effects = select(ImportEffect.import_id, ImportEffect.line).where(
        or_(
            and_(ImportEffect.subject == "person", ImportEffect.record_id == person_id),
            and_(ImportEffect.subject == "affiliation", ImportEffect.record_id.in_(places)),
            and_(ImportEffect.subject == "representation", ImportEffect.record_id.in_(offices)),
        )
    )
    rows = (
        select(ImportRow.import_id, ImportRow.line)
        .join(RegisterImport, RegisterImport.id == ImportRow.import_id)
        .where(
            or_(
                and_(RegisterImport.kind.in_(ABOUT_A_PERSON), ImportRow.record_id == person_id),
                and_(RegisterImport.kind == ImportKind.REPRESENTATIVES, ImportRow.record_id.in_(offices)),
            )
        )
    )
    both = effects.union(rows).subquery()
    return select(both.c.import_id, both.c.line)


@forbids_erasure("members.imports")
def wait_in_tables(subject: DataSubject, _on: date) -> Iterator[Obstacle]:
    """A table that waits to be written would bring the person back, and what its dry run told names them already."""
    names = subject.full_names | {subject.name}
    people = [subject.person_id or 0, *merged_into(TwinKind.PERSON, subject.person_id or 0)]
    orcids = select(Person.orcid).where(Person.id.in_(people), Person.orcid.is_not(None)).order_by(Person.id)
    signs = [*subject.present_addresses, *db.session.scalars(orcids)]
    asked = (
        select(RegisterImport.id, RegisterImport.file_id, RegisterImport.words_id, StoredFile.name)
        .join(StoredFile, StoredFile.id == RegisterImport.file_id)
        .where(RegisterImport.state.in_(OPEN_IMPORTS))
    )
    for row in db.session.execute(asked.order_by(RegisterImport.id)).all():
        told = _told(row.id, names)
        if names_somebody(told, names, signs) or names_somebody(_brought(row), names, signs):
            told = f"Import {row.id} ({row.name}) is not written yet and names them: write or discard it first."
            yield Obstacle(told, "import", row.id)


def _brought(row: Any) -> str:
    """The words of the table of an import; of one brought before these were kept, as they are read from it now."""
    if row.words_id is not None:
        return open_file(row.words_id).content.decode()
    return words_of_table(cells for _, cells in read_spreadsheet(open_file(row.file_id).content).rows)


def _told(import_id: int, names: Iterable[str]) -> str:
    """The words of what a dry run told, of the lines in which one of the names may stand."""
    words = ImportRow.label + " " + ImportRow.told
    asked = select(ImportRow.label, ImportRow.told).where(ImportRow.import_id == import_id, may_hold(words, names))
    return words_of_table([label, told] for label, told in db.session.execute(asked.order_by(ImportRow.line)))


def _in_words(before: dict[str, Any] | None) -> str | None:
    told = (
        f"{key.replace('_', ' ')} {column_of(ImportKind.PEOPLE, key).said(value)}"
        for key, value in (before or {}).items()
        if value is not None
    )
    return "; ".join(told) or None
