"""What WeasyPrint leaves out of an archival, accessible PDF, put in just before it is written.

WeasyPrint marks a file as PDF/A or as PDF/UA, not as both: the second mark goes into the one XMP packet here, with the
extension schema that PDF/A asks for. It also tags the heads and feet of pages, and lists each embedded file twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

END_OF_XMP = b"</rdf:RDF>"
PDF_UA_1 = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>The part of ISO 14289 to which the file conforms</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""


@dataclass(frozen=True)
class EmbeddedFile:
    """A file carried inside a paper. `relationship` is one of ISO 32000-2, 7.11.3, such as Data or Alternative."""

    name: str
    content: bytes
    media_type: str
    relationship: str
    made_at: datetime


def finish(_document: object, pdf: Any) -> None:
    """Mark the unwritten PDF as PDF/UA-1 too, its page heads and feet as artifacts, and list embedded files once."""
    metadata = next(each for each in pdf.objects if getattr(each, "extra", {}).get("Type") == "/Metadata")
    metadata.stream = [part.replace(END_OF_XMP, PDF_UA_1 + END_OF_XMP, 1) for part in metadata.stream]
    metadata.compress = False  # Archives and search engines read the packet without unpacking the file.
    _set_margins_apart(pdf)
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])


def _set_margins_apart(pdf: Any) -> None:
    """What stands in the margins of a page is no content and must not be read out on each page.

    WeasyPrint tags it and hangs the tags nowhere: those are the elements that no way from the root reaches.
    """
    root = _object(pdf, pdf.catalog["StructTreeRoot"])
    reached = set(_references_below(pdf, root))
    owners_by_page = _object(pdf, root["ParentTree"])["Nums"][1::2]
    for page, owners in zip(pdf.page_references, owners_by_page, strict=False):  # Links follow the pages.
        stray = {mark for mark, owner in enumerate(owners) if owner not in reached}
        for mark in stray:
            _object(pdf, owners[mark]).clear()
            owners[mark] = b"null"
        _turn_into_artifacts(_object(pdf, _object(pdf, page)["Contents"]).stream, stray)


def _turn_into_artifacts(operations: list[Any], marks: set[int]) -> None:
    for place, operand in enumerate(operations):
        if isinstance(operand, dict) and operand.get("MCID") in marks:
            operations[place - 1] = "/Artifact"
            operations[place] = b"<</Type/Pagination>>"


def _references_below(pdf: Any, element: Any) -> Iterator[bytes]:
    for child in element.get("K", ()):
        if isinstance(child, bytes):
            yield child
            yield from _references_below(pdf, _object(pdf, child))


def _object(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]
