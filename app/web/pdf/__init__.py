"""The PDF door: one way from a template to an archival, accessible paper.

A paper is HTML made by `paper_html` (or `table_html` for any table), printed by `print_pdf`. Printing knows no
request, no session and no database: the same HTML gives the same bytes in every process, so the hash of an issued
document can be checked for ever. What comes out is PDF/A-3a and PDF/UA-1: tagged, with a language, a title, embedded
fonts and, where asked, embedded files. Nothing is fetched but our own stylesheet and pictures. WeasyPrint loads system
libraries, so it is imported at the first print; where they are missing, only printing fails, with PdfUnavailableError.
"""

from __future__ import annotations

from app.web.pdf.archive import EmbeddedFile, Mark, Property
from app.web.pdf.assets import Asset, AssetRefusedError
from app.web.pdf.libraries import missing_libraries
from app.web.pdf.press import (
    MissingGlyphWarning,
    PdfUnavailableError,
    PrintWarning,
    print_pdf,
    telling_pages,
    time_parts,
)
from app.web.pdf.tables import LARGEST_PAPER, TablePaper, TableSetting, printed, set_table, table_html
from app.web.pdf.templates import eights, moment, number, paper_html

__all__ = [
    "LARGEST_PAPER",
    "Asset",
    "AssetRefusedError",
    "EmbeddedFile",
    "Mark",
    "MissingGlyphWarning",
    "PdfUnavailableError",
    "PrintWarning",
    "Property",
    "TablePaper",
    "TableSetting",
    "eights",
    "missing_libraries",
    "moment",
    "number",
    "paper_html",
    "print_pdf",
    "printed",
    "set_table",
    "table_html",
    "telling_pages",
    "time_parts",
]
