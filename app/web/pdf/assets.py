"""What a paper may load: our own stylesheet and pictures (`asset:`), and small pictures written into it (`data:`)."""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).resolve().parents[2] / "static"
MEDIA_TYPES = {".css": "text/css", ".png": "image/png", ".svg": "image/svg+xml"}
LARGEST_DATA = 64 * 1024  # Characters of a data: address; a logo has a tenth of it.

_ASSET = re.compile(r"asset:([a-z0-9-]+(\.css|\.png|\.svg))", re.ASCII)
_DATA = re.compile(r"data:(image/png|image/jpeg);base64,([A-Za-z0-9+/]*={0,2})", re.ASCII)


class AssetRefusedError(Exception):
    """A paper asked for something that is not ours: a bug or an attack, never a slip of the user."""


@dataclass(frozen=True)
class Asset:
    """The bytes behind an address and their media type."""

    content: bytes
    media_type: str


def drawing_of(svg: str) -> Asset:
    """A picture given as the text of its SVG."""
    return Asset(svg.encode(), MEDIA_TYPES[".svg"])


def read_asset(url: str) -> Asset:
    """The asset at an address. Files, the network and anything else outside our own raise AssetRefusedError."""
    if match := _ASSET.fullmatch(url):
        return _read_static(match[1], MEDIA_TYPES[match[2]])
    if len(url) <= LARGEST_DATA and (match := _DATA.fullmatch(url)):
        return Asset(b64decode(match[2]), match[1])
    message = f"A paper may not load {url[:80]}"
    raise AssetRefusedError(message)


def _read_static(name: str, media_type: str) -> Asset:
    path = STATIC / name
    if not path.is_file():
        message = f"There is no asset {name}"
        raise AssetRefusedError(message)
    return Asset(path.read_bytes(), media_type)
