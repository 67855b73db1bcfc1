"""Giving a person all that is held about them: what is on record of it."""

from __future__ import annotations

from app.audit.commands import Subject, record
from app.core.actor import Actor
from app.core.errors import AccessDeniedError
from app.core.permissions import Permission
from app.core.personal_data import DataSubject


def record_export(subject: DataSubject, *, actor: Actor) -> None:
    """Put on record that all that is held about someone was handed out, to whom the actor is."""
    if not (actor.may(Permission.PERSON_EXPORT) or actor.user_id == subject.user_id):
        raise AccessDeniedError("You may not do this.")
    about = Subject("person", subject.person_id) if subject.person_id else Subject("user", subject.user_id)
    by = "by themselves" if actor.user_id == subject.user_id else "by the secretariat"
    record("members.export_person", about, summary=f"All personal data exported {by}", actor=actor)
