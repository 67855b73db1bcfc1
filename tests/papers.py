"""Reading printed papers back, as a reader's program would."""

from __future__ import annotations

import pypdfium2
import pytest

from app.web.pdf import missing_libraries

LACKING = ", ".join(missing_libraries())
needs_pango = pytest.mark.skipif(bool(LACKING), reason=f"papers need {LACKING}")


def page_texts(paper: bytes) -> list[str]:
    """The text of each page, with plain spaces."""
    with pypdfium2.PdfDocument(paper) as document:
        return [page.get_textpage().get_text_bounded().replace("\u00a0", " ") for page in document]


def page_sizes(paper: bytes) -> list[tuple[int, int]]:
    """Width and height of each page in whole points."""
    with pypdfium2.PdfDocument(paper) as document:
        return [(round(page.get_width()), round(page.get_height())) for page in document]
