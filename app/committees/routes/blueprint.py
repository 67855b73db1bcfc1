"""The blueprint that all pages of committees hang on."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("committees", __name__)
