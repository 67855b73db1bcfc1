"""Pages of accounts."""

from __future__ import annotations

from flask import Blueprint, session

from app.accounts import queries
from app.core.actor import Actor

TOKEN_KEY = "token"  # noqa: S105 - the name of the place, not what is in it

pages = Blueprint("accounts", __name__)


def load_actor() -> Actor | None:
    """Who is signed in, with the roles of today."""
    token = session.get(TOKEN_KEY)
    return queries.find_actor(token) if isinstance(token, str) else None
