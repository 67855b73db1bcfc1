"""One document added to many institutions at once."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.audit.commands import record_many
from app.core.actor import Actor
from app.core.bulk import in_chunks, insert_rows
from app.core.database import db
from app.core.errors import DomainError
from app.core.permissions import Permission
from app.files.commands import store_file
from app.members.commands.papers import Paper, addition_of, kept_values
from app.members.models import Institution, InstitutionDocument
from app.members.queries.common_papers import MOST_ASKED, plan_common_paper


def add_common_document(institution_ids: Sequence[int], paper: Paper, *, seen: str, actor: Actor) -> int:
    """Keep a document with each of these that can take it, as it was seen, or with none; with how many.

    The bytes and their record are kept once. Each institution has a row of its own, which is withdrawn by itself.
    """
    actor.require(Permission.INSTITUTION_EDIT)
    _lock_institutions(institution_ids)
    plan = plan_common_paper(institution_ids, actor)
    if not plan.lines:
        raise DomainError("No institution is chosen: tick rows of their list first.")
    if plan.digest != seen:
        raise DomainError("What is chosen has changed meanwhile: look at it again, then send the form once more.")
    if not plan.taking:
        raise DomainError("None of the chosen institutions can take a document.")
    file = store_file(paper.content, paper.media_type, paper.file_name)
    values, names = kept_values(paper, file, actor), {line.institution_id: line.name for line in plan.taking}
    insert_rows(InstitutionDocument, [{"institution_id": each, **values} for each in names])
    asked = select(InstitutionDocument.id, InstitutionDocument.institution_id)
    added = db.session.execute(asked.where(InstitutionDocument.file_id == file.id).order_by(InstitutionDocument.id))
    record_many([addition_of(paper, file, row.id, (row[1], names[row[1]])) for row in added], actor)
    return len(names)


def _lock_institutions(institution_ids: Sequence[int]) -> None:
    """Lock them in the order of their ids, in which every command does."""
    for chunk in in_chunks(sorted(institution_ids), MOST_ASKED):
        held = select(Institution.id).where(Institution.id.in_(chunk)).order_by(Institution.id)
        db.session.execute(held.with_for_update()).all()
