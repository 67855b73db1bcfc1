"""Writing to records that stand by themselves only: what was merged into another is changed there."""

from __future__ import annotations

from sqlalchemy import select

from app.core.database import db
from app.core.errors import DomainError
from app.core.history import lock
from app.members.models import Institution
from app.members.queries.mergers import find_merger
from app.members.rules import TwinKind


def lock_institution(institution_id: int) -> Institution:
    """The institution, locked until the transaction ends; refused where it was merged: nothing is added to that."""
    institution = lock(Institution, institution_id)
    refuse_merged(TwinKind.INSTITUTION, institution_id)
    return institution


def hold_institution(institution_id: int) -> Institution:
    """The institution something is to lean on, kept from being merged until the transaction ends; others may lean too.

    It is held before anything that hangs on it is locked.
    """
    wanted = select(Institution).where(Institution.id == institution_id).with_for_update(read=True)
    institution = db.session.scalar(wanted.execution_options(populate_existing=True))
    if institution is None:
        raise DomainError("There is no such institution.", "institution_id")
    refuse_merged(TwinKind.INSTITUTION, institution_id)
    return institution


def refuse_merged(kind: TwinKind, record_id: int) -> None:
    """Refuse to write to a record that was merged into another one."""
    if find_merger(kind, record_id) is not None:
        raise DomainError(f"This {kind} was merged into another one: do it there.")
