"""The blueprint that all pages of committees hang on."""

from __future__ import annotations

from flask import Blueprint

from app.audit.subjects import register_subject

pages = Blueprint("committees", __name__)

register_subject("committee", "Committee", "committees.committee", "committee_id")
