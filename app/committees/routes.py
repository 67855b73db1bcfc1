"""Pages of committees."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("committees", __name__)
