"""The PDF of an approved version, from nothing but what was frozen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.agreements.documents.agreement_paper import agreement_html, agreement_paper
from app.web.pdf import print_pdf


def version_pdf(content: Mapping[str, Any], sha256: str) -> bytes:
    """The bytes that both sides sign: the same content gives the same bytes."""
    made_at = datetime.fromisoformat(content["approved_at"])
    paper = agreement_paper(content, consortium=content["consortium"], made_at=made_at, content_hash=sha256)
    return print_pdf(agreement_html(paper))
