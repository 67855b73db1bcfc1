"""Whose lines somebody may change, and holding one while it is changed."""

from __future__ import annotations

from app.core.actor import Actor
from app.core.errors import AccessDeniedError, DomainError
from app.core.history import lock
from app.core.permissions import Permission
from app.lines.models import MouseLine
from app.lines.queries.view import is_editable

NOT_OWN = "You may enter lines that your own institution made or owns."


def locked_line(line_id: int, actor: Actor) -> MouseLine:
    """The line, locked until the transaction ends, where the actor may change it."""
    line = lock(MouseLine, line_id)
    if not is_editable(line, actor):
        raise AccessDeniedError("You may not do this.")
    return line


def check_own(centre_id: int, owner_id: int, actor: Actor) -> None:
    """Refuse a line that would be none of the actor's to change."""
    if not any(actor.may(Permission.LINE_EDIT, institution_id=each) for each in (centre_id, owner_id)):
        raise DomainError(NOT_OWN, "owner")
