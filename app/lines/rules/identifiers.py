"""Shapes of identifiers: MGI ids, colonies however they are spelt, and names of strains as they are looked up."""

from __future__ import annotations

import re

from app.core.errors import DomainError
from app.core.folding import folded

MGI_ID = re.compile(r"(?:MGI\s*:?\s*)?([1-9][0-9]{0,8})", re.IGNORECASE | re.ASCII)
BETWEEN = re.compile(r"[\s_\-./\\,;:]+")


def mgi_id(text: str, field: str = "allele_mgi_id") -> str:
    """An MGI id as it is kept, MGI:4363171; DomainError for what is none."""
    found = MGI_ID.fullmatch(text.strip())
    if not found:
        raise DomainError("This is not an MGI id. Write it as MGI:4363171.", field)
    return f"MGI:{found[1]}"


def colony_key(colony: str) -> str:
    """What a colony name is compared by: without case and accents, any sign between its parts being alike.

    The parts stay apart: EPD1-11 is not EPD11-1. A name of nothing but such signs is its own key.
    """
    plain = folded(colony)
    return (BETWEEN.sub("-", plain).strip("-") or plain)[:200]


def strain_key(name: str) -> str:
    """What a strain's name is looked up by: without case, accents and spaces; C57BL/6 N is C57BL/6N."""
    return folded(name).replace(" ", "")[:200]
