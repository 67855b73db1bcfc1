"""The blueprint that all pages of agreements hang on."""

from __future__ import annotations

from flask import Blueprint

from app.audit.commands import Subject
from app.audit.queries import HistoryRow, list_history, may_read_history
from app.audit.subjects import register_subject
from app.core.tables import PageRequest
from app.web.access import the_actor

pages = Blueprint("agreements", __name__)
HISTORY_LINES = 10

register_subject("agreement", "Agreement", "agreements.agreement", "agreement_id")
register_subject("consortium_seal", "Seal of the consortium")


def history_of(subject: Subject) -> list[HistoryRow] | None:
    """The newest of what happened to a record; None for who may not read it."""
    if not may_read_history(the_actor()):
        return None
    return list(list_history(subject, PageRequest(size=HISTORY_LINES)).rows)
