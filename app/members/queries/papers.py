"""What hangs on an institution on a day: its units, aliases, documents and notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, bindparam, or_, select
from sqlalchemy.orm import contains_eager

from app.core import clock
from app.core.actor import Actor
from app.core.database import db, prepared
from app.core.errors import NotFoundError
from app.core.history import as_known
from app.core.periods import Period
from app.core.permissions import Permission
from app.files.models import StoredFile
from app.files.queries import OpenedFile, open_file
from app.members.models import (
    InstitutionAlias,
    InstitutionDocument,
    InstitutionNote,
    InstitutionParticulars,
    InstitutionUnit,
)
from app.members.rules import DocumentKind

Moment = SQLColumnExpression[datetime] | SQLColumnExpression[datetime | None]


@dataclass(frozen=True)
class UnitRow:
    """A unit of an institution and its days."""

    id: int
    institution_id: int
    institution: str
    name: str
    period: Period
    version: int

    @property
    def last_day(self) -> date | None:
        """Its last day, None while it is open."""
        return self.period.last


@dataclass(frozen=True)
class DocumentRow:
    """A document of an institution as it stood on a day."""

    id: int
    institution_id: int
    title: str
    kind: DocumentKind
    dated: date
    file_name: str
    size: int
    added_by: str
    added_at: datetime


def list_units(institution_id: int, *, known: datetime | None = None, actor: Actor) -> list[UnitRow]:
    """Every unit an institution has, had or will have, by name."""
    actor.require(Permission.INSTITUTION_LIST)
    found = db.session.scalars(_units_of(known), {"institution_id": institution_id})
    return [_unit_row(unit) for unit in found]


@prepared
def _units_of(known: datetime | None) -> Select[InstitutionUnit]:
    theirs = InstitutionUnit.institution_id == bindparam("institution_id"), as_known(InstitutionUnit, known)
    return _units().where(*theirs).order_by(InstitutionUnit.name, InstitutionUnit.first_day, InstitutionUnit.id)


def get_unit(unit_id: int, actor: Actor) -> UnitRow:
    """One unit, for those who may end it."""
    actor.require(Permission.INSTITUTION_EDIT)
    found = db.session.scalar(_units().where(InstitutionUnit.id == unit_id, as_known(InstitutionUnit)))
    if found is None:
        raise NotFoundError("There is no such unit.")
    return _unit_row(found)


_ALIASES = (
    select(InstitutionAlias)
    .where(InstitutionAlias.institution_id == bindparam("institution_id"))
    .order_by(InstitutionAlias.folded, InstitutionAlias.id)
)


def list_aliases(institution_id: int, actor: Actor) -> list[InstitutionAlias]:
    """The other spellings that mean an institution, by alphabet."""
    actor.require(Permission.INSTITUTION_LIST)
    return list(db.session.scalars(_ALIASES, {"institution_id": institution_id}))


def list_documents(institution_id: int, *, on: date, known: datetime | None = None, actor: Actor) -> list[DocumentRow]:
    """The documents on the record of an institution at the end of a day, the newest first; for its full readers.

    Of what was put on record or taken off after the day it is known on nothing is told.
    """
    if not actor.may(Permission.INSTITUTION_READ, institution_id=institution_id):
        return []
    asked = (
        select(InstitutionDocument, StoredFile.name, StoredFile.size)
        .join(StoredFile, StoredFile.id == InstitutionDocument.file_id)
        .where(
            InstitutionDocument.institution_id == institution_id,
            _there_on(InstitutionDocument.added_at, InstitutionDocument.withdrawn_at, on, known),
        )
        .order_by(InstitutionDocument.dated.desc(), InstitutionDocument.id.desc())
    )
    return [_document_row(*row) for row in db.session.execute(asked)]


def get_document(document_id: int, actor: Actor) -> DocumentRow:
    """One document, withdrawn or not, for those who may read its institution fully."""
    asked = (
        select(InstitutionDocument, StoredFile.name, StoredFile.size)
        .join(StoredFile, StoredFile.id == InstitutionDocument.file_id)
        .where(InstitutionDocument.id == document_id)
    )
    found = db.session.execute(asked).one_or_none()
    if found is None or not actor.may(Permission.INSTITUTION_READ, institution_id=found[0].institution_id):
        raise NotFoundError("There is no such document.")
    return _document_row(*found)


def open_document(document_id: int, actor: Actor) -> OpenedFile:
    """The bytes of a document, for those who may read its institution fully."""
    get_document(document_id, actor)
    return open_file(db.session.get_one(InstitutionDocument, document_id).file_id)


def open_logo(institution_id: int, file_id: int, actor: Actor) -> OpenedFile:
    """A logo an institution has or had, for whoever sees the institution."""
    had = select(InstitutionParticulars.id).where(
        InstitutionParticulars.institution_id == institution_id, InstitutionParticulars.logo_id == file_id
    )
    if not actor.has_any(Permission.INSTITUTION_LIST) or db.session.scalar(had.limit(1)) is None:
        raise NotFoundError("There is no such logo.")
    return open_file(file_id)


def list_notes(institution_id: int, *, on: date, known: datetime | None = None, actor: Actor) -> list[InstitutionNote]:
    """What was noted of an institution by the end of a day, as known then, the newest first; for its full readers."""
    if not actor.may(Permission.INSTITUTION_READ, institution_id=institution_id):
        return []
    there = _there_on(InstitutionNote.noted_at, InstitutionNote.struck_at, on, known)
    asked = select(InstitutionNote).where(InstitutionNote.institution_id == institution_id, there)
    return list(db.session.scalars(asked.order_by(InstitutionNote.id.desc())))


def _there_on(added: Moment, taken: Moment, on: date, known: datetime | None) -> ColumnElement[bool]:
    """On the record at the end of a day, as far as it was known: added by then, and not taken off by then."""
    end = min(clock.end_of(on), known or clock.end_of(on))
    return and_(added <= end, or_(taken.is_(None), taken > end))


def _units() -> Select[InstitutionUnit]:
    return (
        select(InstitutionUnit).join(InstitutionUnit.institution).options(contains_eager(InstitutionUnit.institution))
    )


def _unit_row(unit: InstitutionUnit) -> UnitRow:
    return UnitRow(unit.id, unit.institution_id, unit.institution.name, unit.name, unit.period, unit.version)


def _document_row(document: InstitutionDocument, file_name: str, size: int) -> DocumentRow:
    return DocumentRow(
        id=document.id,
        institution_id=document.institution_id,
        title=document.title,
        kind=document.kind,
        dated=document.dated,
        file_name=file_name,
        size=size,
        added_by=document.added_by,
        added_at=document.added_at,
    )
