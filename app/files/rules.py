"""Where bytes lie in the store, and what kind of document they are by their own witness."""

from __future__ import annotations

import hashlib
import re
import zlib
from io import BytesIO
from lzma import LZMAError
from zipfile import BadZipFile, ZipFile

PDF, PNG, JPEG, TEXT = "application/pdf", "image/png", "image/jpeg", "text/plain; charset=utf-8"
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
SIGNATURES = {b"%PDF-": PDF, b"\x89PNG\r\n\x1a\n": PNG, b"\xff\xd8\xff": JPEG}
OFFICE_PARTS = {"xl/workbook.xml": XLSX, "word/document.xml": DOCX}
# All that a zip archive from outside can raise: spoiled bytes, an unknown packing, a password, an end too early.
UNREADABLE_ARCHIVE = (
    BadZipFile,
    LZMAError,
    zlib.error,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
PICTURES = frozenset({PNG, JPEG})
DOCUMENTS = frozenset({PDF, PNG, JPEG, TEXT, XLSX, DOCX, ODT})
SPREADSHEETS = frozenset({CSV, XLSX})
KIND_WORDS = {
    CSV: "CSV table",
    PDF: "PDF",
    PNG: "PNG picture",
    JPEG: "JPEG picture",
    TEXT: "text",
    XLSX: "Excel table",
    DOCX: "Word document",
    ODT: "OpenDocument text",
}


def hash_of(content: bytes) -> str:
    """The SHA-256 that names the content."""
    return hashlib.sha256(content).hexdigest()


def key_of(sha256: str) -> str:
    """The place of the bytes with this hash: ab/cd/abcd..."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def media_type_of(content: bytes) -> str | None:
    """What the bytes are, whatever the file is called: one of DOCUMENTS, or None for anything else."""
    found = next((kind for start, kind in SIGNATURES.items() if content.startswith(start)), None)
    if found is not None:
        return found
    if content.startswith(b"PK\x03\x04"):
        return _office_kind(content)
    return TEXT if content and _is_text(content) else None


def _office_kind(content: bytes) -> str | None:
    try:
        with ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
            is_odt = "mimetype" in names and _begins(archive, "mimetype") == ODT.encode()
    except UNREADABLE_ARCHIVE:
        return None
    return ODT if is_odt else next((kind for part, kind in OFFICE_PARTS.items() if part in names), None)


def _begins(archive: ZipFile, name: str) -> bytes:
    """The first bytes of a part, no more than it takes to tell: a few kilobytes can unpack to gigabytes."""
    with archive.open(name) as part:
        return part.read(len(ODT) + 1)


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return CONTROLS.search(text) is None
