"""Files sent to a browser: of a fixed type, never guessed at, never shown as a page, under a safe name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import quote

from flask import Response

ALLOWED = {
    "application/pdf",
    "application/json",
    "application/xml",
    "application/zip",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "image/jpeg",
    "image/png",
    "text/calendar; charset=utf-8",
    "text/csv; charset=utf-8",
    "text/plain; charset=utf-8",
    "text/vcard; charset=utf-8",
}
PICTURES = {"image/jpeg", "image/png"}
ANYTHING = "application/octet-stream"
LONGEST_NAME = 150


def send_bytes(content: bytes, media_type: str, name: str) -> Response:
    """The bytes as a download; a type a browser might run is sent as plain bytes."""
    response = Response(content, content_type=media_type if media_type in ALLOWED else ANYTHING)
    response.headers["Content-Disposition"] = disposition(name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def send_picture(content: bytes, media_type: str) -> Response:
    """A picture we drew ourselves, shown in a page; its address names its bytes, so a browser may keep it."""
    response = Response(content, content_type=media_type if media_type in PICTURES else ANYTHING)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response


def send_chunks(chunks: Iterable[bytes], media_type: str, name: str) -> Response:
    """The same for what is too large to hold at once."""
    response = send_bytes(b"", media_type, name)
    response.response = chunks
    del response.headers["Content-Length"]
    return response


def disposition(name: str) -> str:
    """The header that names a download (RFC 6266): in ASCII for all, and exactly where there is more than ASCII."""
    exact = safe_name(name)
    stem, dot, ending = unicodedata.normalize("NFKD", exact).encode("ascii", "ignore").decode().rpartition(".")
    plain = f"{stem.strip(' .') or 'document'}{dot}{ending}" if dot else ending.strip() or "document"
    header = f'attachment; filename="{plain}"'
    return header if plain == exact else f"{header}; filename*=UTF-8''{quote(exact, safe='')}"


def safe_name(name: str) -> str:
    """A file name without folders, quotes and controls."""
    printable = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C")
    return re.sub(r'[\\/:*?"<>|;%]+', "_", printable).strip(" .")[:LONGEST_NAME] or "document"
