"""What WeasyPrint leaves out of an archival, accessible PDF, put in just before it is written.

WeasyPrint marks a file as PDF/A or as PDF/UA, not as both: the second mark goes into the one XMP packet here, with the
extension schema that PDF/A asks for. It also tags the heads and feet of pages, and lists each embedded file twice.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

EFFORT = 4  # Of 9; WeasyPrint asks for 9, which takes four times as long for a twentieth less.
END_OF_XMP = b"</rdf:RDF>"
EXTENSIONS = """<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag>
{}
</rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""
SCHEMA = """<rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>{name}</pdfaSchema:schema>
<pdfaSchema:namespaceURI>{address}</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>{prefix}</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property>
</rdf:li>"""
PROPERTY = """<rdf:li rdf:parseType="Resource">
<pdfaProperty:name>{name}</pdfaProperty:name>
<pdfaProperty:valueType>{kind}</pdfaProperty:valueType>
<pdfaProperty:category>{category}</pdfaProperty:category>
<pdfaProperty:description>{meaning}</pdfaProperty:description>
</rdf:li>"""


@dataclass(frozen=True)
class Property:
    """A value in the metadata of a file, and what it means."""

    name: str
    value: str
    meaning: str
    kind: str = "Text"
    category: str = "external"


@dataclass(frozen=True)
class Mark:
    """Metadata by a schema that PDF/A does not know of itself, and therefore wants explained in the file."""

    name: str
    address: str
    prefix: str
    properties: tuple[Property, ...]

    def described(self) -> str:
        """The values, as they stand in the packet."""
        values = "".join(
            f"<{self.prefix}:{each.name}>{each.value}</{self.prefix}:{each.name}>" for each in self.properties
        )
        return f'<rdf:Description rdf:about="" xmlns:{self.prefix}="{self.address}">{values}</rdf:Description>\n'

    def explained(self) -> str:
        """The schema, as PDF/A wants it."""
        told = "".join(
            PROPERTY.format(name=each.name, kind=each.kind, category=each.category, meaning=each.meaning)
            for each in self.properties
        )
        return SCHEMA.format(name=self.name, address=self.address, prefix=self.prefix, properties=told)


PDF_UA_1 = Mark(
    "PDF/UA Universal Accessibility Schema",
    "http://www.aiim.org/pdfua/ns/id/",
    "pdfuaid",
    (Property("part", "1", "The part of ISO 14289 to which the file conforms", "Integer", "internal"),),
)


@dataclass(frozen=True)
class EmbeddedFile:
    """A file carried inside a paper. `relationship` is one of ISO 32000-2, 7.11.3, such as Data or Alternative.

    `mark` is what the metadata of the paper says of it, where a reader looks for it there.
    """

    name: str
    content: bytes
    media_type: str
    relationship: str
    made_at: datetime
    mark: Mark | None = None


@cache
def packet_of(marks: tuple[Mark, ...]) -> bytes:
    """What stands in the one XMP packet beside WeasyPrint's own: values, and the schemas they are by."""
    values, schemas = ("".join(each.described() for each in marks), "\n".join(each.explained() for each in marks))
    return (values + EXTENSIONS.format(schemas)).encode()


def finish(_document: object, pdf: Any, marks: tuple[Mark, ...] = ()) -> None:
    """Mark the unwritten PDF as PDF/UA-1 too, its page heads and feet as artifacts, and list embedded files once."""
    metadata = next(each for each in pdf.objects if getattr(each, "extra", {}).get("Type") == "/Metadata")
    metadata.stream = [
        part.replace(END_OF_XMP, packet_of((PDF_UA_1, *marks)) + END_OF_XMP, 1) for part in metadata.stream
    ]
    metadata.compress = False  # Archives and search engines read the packet without unpacking the file.
    _set_margins_apart(pdf)
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])
    _pack(pdf)


def _pack(pdf: Any) -> None:
    """Compress what WeasyPrint would compress with the highest effort: a little larger, in a quarter of the time."""
    for stream in pdf.objects:
        if getattr(stream, "compress", False):
            plain = b"\n".join(_as_bytes(part) for part in stream.stream)
            stream.stream, stream.compress = [zlib.compress(plain, EFFORT)], False
            stream.extra["Filter"] = "/FlateDecode"


def _as_bytes(part: Any) -> bytes:
    if isinstance(part, bytes):
        return part
    return bytes(part.data) if hasattr(part, "data") else str(part).encode("ascii")


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
