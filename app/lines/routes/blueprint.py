"""The blueprint that all pages of lines hang on."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("lines", __name__)
