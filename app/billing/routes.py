"""Pages of billing."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("billing", __name__)
