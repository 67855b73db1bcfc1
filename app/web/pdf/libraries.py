"""Which system packages printing lacks on this machine, told without loading WeasyPrint."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

# Debian's package, and the names its library goes by on Linux and macOS (as WeasyPrint looks for them).
LIBRARIES: Mapping[str, Sequence[str]] = {
    "libpango-1.0-0": ("libpango-1.0.so.0", "libpango-1.0.dylib"),
    "libpangoft2-1.0-0": ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"),
    "libharfbuzz-subset0": ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
}
# Debian's package, and a font file of it. Without the first, papers look different; without the second, names lack
# glyphs.
FONTS: Mapping[str, str] = {"fonts-noto-core": "NotoSans-Regular.*", "fonts-noto-cjk": "NotoSansCJK-Regular.*"}
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts", "/Library/Fonts")


def missing_libraries() -> list[str]:
    """Names of the Debian packages that papers need and this machine lacks, fonts too; empty where all is there."""
    return unloadable_libraries() + [package for package, pattern in FONTS.items() if not _has_font(pattern)]


def unloadable_libraries() -> list[str]:
    """Those of them without which nothing can be printed at all."""
    return [package for package, names in LIBRARIES.items() if not any(_loads(name) for name in names)]


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _has_font(pattern: str) -> bool:
    folders = (Path(folder).expanduser() for folder in FONT_FOLDERS)
    return any(chain.from_iterable(folder.rglob(pattern) for folder in folders))
