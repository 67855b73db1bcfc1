"""Pages of accounts."""

from __future__ import annotations

from flask import Blueprint

from app.core.actor import Actor

pages = Blueprint("accounts", __name__)


def load_actor() -> Actor | None:
    """Who is signed in."""
    return None
