"""The logo, the documents and the notes of an institution."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.audit.commands import Entry, Subject, record, record_many
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.history import lock
from app.core.permissions import Permission
from app.files.commands import store_file
from app.files.models import StoredFile
from app.files.pictures import drawn_anew
from app.members.commands.particulars import change_particulars
from app.members.commands.survivors import lock_institution
from app.members.models import Institution, InstitutionDocument, InstitutionNote
from app.members.rules import DocumentKind

WIDEST_LOGO = 600
ENDINGS = {"image/png": "png", "image/jpeg": "jpg"}


@dataclass(frozen=True)
class Paper:
    """A document as it was sent, with what it is, what it is about, and the day it carries."""

    content: bytes
    media_type: str
    file_name: str
    kind: DocumentKind
    title: str
    dated: date


def set_logo(institution_id: int, picture: bytes, *, actor: Actor) -> Institution:
    """Show an institution by a picture from today on; the one before keeps its days."""
    actor.require(Permission.INSTITUTION_EDIT)
    institution = lock_institution(institution_id)
    content, media_type = drawn_anew(picture, side=WIDEST_LOGO, field="logo")
    file = store_file(content, media_type, f"logo-{institution.account_number}.{ENDINGS[media_type]}")
    change_particulars(institution, {"logo_id": file.id}, clock.today())
    _noted("members.set_logo", institution, "logo set", actor)
    db.session.flush()
    return institution


def remove_logo(institution_id: int, *, actor: Actor) -> Institution:
    """Show an institution without a picture from today on."""
    actor.require(Permission.INSTITUTION_EDIT)
    institution = lock_institution(institution_id)
    if institution.logo_id is None:
        raise DomainError("It has no logo.")
    change_particulars(institution, {"logo_id": None}, clock.today())
    _noted("members.remove_logo", institution, "logo removed", actor)
    db.session.flush()
    return institution


def add_document(institution_id: int, paper: Paper, *, actor: Actor) -> InstitutionDocument:
    """Keep a document with an institution; its bytes are never changed."""
    actor.require(Permission.INSTITUTION_EDIT)
    institution = lock_institution(institution_id)
    file = store_file(paper.content, paper.media_type, paper.file_name)
    added = InstitutionDocument(institution_id=institution_id, **kept_values(paper, file, actor))
    db.session.add(added)
    db.session.flush()
    record_many([addition_of(paper, file, added.id, (institution_id, institution.name))], actor)
    return added


def kept_values(paper: Paper, file: StoredFile, actor: Actor) -> dict[str, Any]:
    """What is on record of a document, the same for every institution that it is added to."""
    return {
        "file_id": file.id,
        "kind": paper.kind,
        "title": paper.title,
        "dated": paper.dated,
        "added_by": actor.name,
        "added_at": clock.now(),
    }


def addition_of(paper: Paper, file: StoredFile, document_id: int, institution: tuple[int, str]) -> Entry:
    """The entry that a document was added to an institution, given by id and name."""
    institution_id, name = institution
    return Entry(
        "members.add_document",
        Subject("institution", institution_id),
        summary=f"{name}: document {paper.title} added",
        after={"document": document_id, "kind": paper.kind, "dated": paper.dated, "sha256": file.sha256},
    )


def withdraw_document(document_id: int, *, reason: str, actor: Actor) -> InstitutionDocument:
    """Take a document off the record from now on; who looks at a day before still finds it."""
    actor.require(Permission.INSTITUTION_EDIT)
    document = lock(InstitutionDocument, document_id)
    if document.withdrawn_at is not None:
        raise DomainError("This document is withdrawn already.")
    institution = lock_institution(document.institution_id)
    document.withdrawn_at, document.withdrawn_by, document.withdrawn_because = clock.now(), actor.name, reason
    record(
        "members.withdraw_document",
        Subject("institution", institution.id),
        summary=f"{institution.name}: document {document.title} withdrawn",
        before={"document": document.id},
        reason=reason,
        actor=actor,
    )
    db.session.flush()
    return document


def note(institution_id: int, text: str, *, actor: Actor) -> InstitutionNote:
    """Note something about an institution, with today's date and one's name."""
    actor.require(Permission.INSTITUTION_EDIT)
    institution = lock_institution(institution_id)
    added = InstitutionNote(institution_id=institution_id, text=text, noted_by=actor.name, noted_at=clock.now())
    db.session.add(added)
    _noted("members.note", institution, "note added", actor)
    db.session.flush()
    return added


def strike_note(note_id: int, *, actor: Actor) -> InstitutionNote:
    """Strike a note: it is no longer shown, but to who looks at a day before."""
    actor.require(Permission.INSTITUTION_EDIT)
    found = db.session.get(InstitutionNote, note_id)
    if found is None:
        raise NotFoundError("There is no such note.")
    institution = lock_institution(found.institution_id)
    struck = lock(InstitutionNote, note_id)
    if struck.struck_at is not None:
        raise DomainError("This note is struck already.")
    struck.struck_at, struck.struck_by = clock.now(), actor.name
    _noted("members.strike_note", institution, "note struck", actor)
    db.session.flush()
    return struck


def _noted(action: str, institution: Institution, what: str, actor: Actor) -> None:
    record(action, Subject("institution", institution.id), summary=f"{institution.name}: {what}", actor=actor)
