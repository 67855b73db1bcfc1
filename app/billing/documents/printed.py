"""The PDF of an invoice as it is kept: its paper, with its electronic twin inside (Factur-X, profile EN 16931)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.billing.documents.cii import cii_xml
from app.billing.documents.einvoices import read_einvoice, why_no_einvoice
from app.billing.documents.invoices import invoice_html
from app.billing.documents.payment_codes import transfer_picture
from app.billing.documents.thawing import thaw
from app.web.pdf import Asset, EmbeddedFile, Mark, Property, print_pdf

LOGO = "logo"
FACTUR_X = "factur-x.xml"
MARK = Mark(
    "Factur-X PDFA Extension Schema",
    "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#",
    "fx",
    (
        Property("DocumentFileName", FACTUR_X, "The name of the embedded XML document"),
        Property("DocumentType", "INVOICE", "The type of the hybrid document in capital letters"),
        Property("Version", "1.0", "The version of the standard that the embedded XML document follows"),
        Property("ConformanceLevel", "EN 16931", "The profile that the embedded XML document conforms to"),
    ),
)


def invoice_pdf(frozen: Mapping[str, Any], content_hash: str = "", logo: Asset | None = None) -> bytes:
    """The PDF of a frozen record, the same bytes whenever it is printed; of a draft's record, its preview.

    `logo` is the picture that the record names, if it names one.
    """
    paper = thaw(frozen, content_hash)
    drawings: dict[str, str | Asset] = {}
    if paper.transfer:
        drawings["transfer"] = Asset(transfer_picture(paper.transfer), "image/png")
    if logo is not None:
        drawings[LOGO] = logo
    return print_pdf(invoice_html(paper), electronic_twin(frozen), drawings)


def electronic_twin(frozen: Mapping[str, Any]) -> list[EmbeddedFile]:
    """The XML that says what the paper says; none of a draft, nor where the standard has no such invoice."""
    if "number" not in frozen or why_no_einvoice(frozen):
        return []
    issued_at = datetime.fromisoformat(frozen["issued_at"])
    return [EmbeddedFile(FACTUR_X, cii_xml(read_einvoice(frozen)), "text/xml", "Alternative", issued_at, MARK)]
