"""Pages of members."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("members", __name__)
