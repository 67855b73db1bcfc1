"""Printing: HTML in, PDF bytes out, with one set of fonts, one stylesheet and one locked fetcher a process."""

from __future__ import annotations

import gc
import logging
import os
import re
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from functools import lru_cache, partial
from importlib.resources import files
from threading import Lock
from typing import Any, ClassVar
from xml.etree import ElementTree as ET

from app.core.errors import UnavailableError
from app.web.pdf.archive import EmbeddedFile, finish
from app.web.pdf.assets import Asset, AssetRefusedError, drawing_of, read_asset
from app.web.pdf.libraries import unloadable_libraries
from app.web.pdf.styles import sharing

VARIANT = "pdf/a-3a"
STYLESHEET = "asset:papers.css"
COLOURS = "sRGB"  # Not "srgb": under that name WeasyPrint opens its own profile for each paper, and leaves it open.

Drawings = Mapping[str, str | Asset]

_STEP = re.compile(r"Step (\d)")
_PAGE = re.compile(r"Page (\d+)")
_PARTS = {"1": "parse", "2": "stylesheet", "3": "styles", "4": "boxes", "5": "layout", "6": "draw", "7": "fonts, tags"}


class PdfUnavailableError(UnavailableError):
    """This machine lacks the system libraries that papers need."""


class PrintWarning(UserWarning):
    """WeasyPrint left something out of a paper. Tests turn warnings into errors; elsewhere its logger has told it."""


class MissingGlyphWarning(PrintWarning):
    """No font of this machine has a character of the paper: it is printed as an empty box."""


@dataclass
class Colours:
    """The colour profile that a PDF/A embeds, as WeasyPrint asks for it: byte for byte, where its own class has the
    colour library write it anew, with differences from process to process.
    """

    content: bytes
    name: str = "sRGB IEC61966-2.1"
    components: tuple[str, ...] = ("r", "g", "b")
    pdf_reference: bytes = b""


@dataclass
class Press:
    """WeasyPrint's parts as one process shares them. Fonts are not safe between threads, hence the lock."""

    new_html: Callable[..., Any]
    new_attachment: Callable[..., Any]
    fetcher: Any
    fonts: Any
    stylesheet: Any
    colours: Colours
    fatal: type[BaseException]
    sharing_styles: Callable[[], Any]
    lock: Lock = field(default_factory=Lock)

    def print(self, html: str, embedded: Sequence[EmbeddedFile] = (), drawings: Drawings | None = None) -> bytes:
        """The PDF of a paper's HTML."""
        with self.lock, _told_as_warnings(), self._only_our_assets(), self.sharing_styles(), _without_collecting():
            for name, drawn in (drawings or {}).items():
                self.fetcher.embedded[f"drawing:{name}"] = drawn if isinstance(drawn, Asset) else drawing_of(drawn)
            paper: bytes = self.new_html(html, self.fetcher).write_pdf(
                font_config=self.fonts,
                stylesheets=[self.stylesheet],
                attachments=[self._attach(each) for each in sorted(embedded, key=lambda each: each.name)],
                pdf_variant=VARIANT,
                color_profiles={COLOURS: self.colours},
                output_intent=COLOURS,
                finisher=partial(finish, marks=tuple(each.mark for each in embedded if each.mark)),
            )
        return paper

    def _attach(self, file: EmbeddedFile) -> Any:
        url = f"embedded:{file.name}"
        self.fetcher.embedded[url] = Asset(file.content, file.media_type)
        return self.new_attachment(
            url=url,
            url_fetcher=self.fetcher,
            name=file.name,
            created=file.made_at.astimezone(UTC),
            modified=file.made_at.astimezone(UTC),
            relationship=file.relationship,
        )

    @contextmanager
    def _only_our_assets(self) -> Iterator[None]:
        try:
            yield
        except self.fatal as error:  # A BaseException: let through, it would end the worker's thread.
            raise AssetRefusedError(str(error.__cause__)) from None
        finally:
            self.fetcher.embedded.clear()


def print_pdf(html: str, embedded: Sequence[EmbeddedFile] = (), drawings: Drawings | None = None) -> bytes:
    """The PDF/A-3a of a paper's HTML: the same HTML and files give the same bytes in every process.

    `drawings` are pictures by name, those of SVG as their text; the HTML shows one by its address, `drawing:map`.
    Raises PdfUnavailableError where system libraries are missing, and AssetRefusedError where the HTML asks for a file
    or an address that is not ours. Warns with MissingGlyphWarning of a character that no font here has.
    """
    return _press(os.getpid()).print(html, embedded, drawings)


def time_parts(html: str) -> dict[str, float]:
    """Milliseconds that each part of printing takes, warm: where the time of one PDF goes."""
    press = _press(os.getpid())
    press.print(html)
    watch = _StepWatch()
    with _listening(watch):
        watch.start("parse")
        press.print(html)
        return watch.stop()


@contextmanager
def telling_pages(tell: Callable[[int], None]) -> Iterator[None]:
    """Say of what is printed within it how many pages are laid out so far, each time another one is."""
    with _listening(_PageCounter(tell)):
        yield


@contextmanager
def _listening(handler: logging.Handler) -> Iterator[None]:
    """Let a handler hear how printing comes along, and nobody else."""
    progress = logging.getLogger("weasyprint.progress")
    level, propagate = progress.level, progress.propagate
    progress.setLevel(logging.INFO)
    progress.propagate = False
    progress.addHandler(handler)
    try:
        yield
    finally:
        progress.removeHandler(handler)
        progress.setLevel(level)
        progress.propagate = propagate


@lru_cache(maxsize=1)
def _press(_process: int) -> Press:
    """The press of this process; after a fork the child makes its own."""
    if lacking := unloadable_libraries():
        raise PdfUnavailableError(f"PDFs cannot be made on this machine: install {', '.join(lacking)}.")
    import weasyprint  # noqa: PLC0415 - it loads Pango; everything but papers must work without
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse  # noqa: PLC0415

    class OurAssetsOnly(URLFetcher):  # type: ignore[misc] # WeasyPrint is untyped.
        """WeasyPrint's default fetcher reads files and calls the network; this one knows only our own."""

        embedded: ClassVar[dict[str, Asset]] = {}

        def fetch(self, url: str, headers: object = None) -> Any:  # noqa: ARG002 - WeasyPrint's signature
            asset = self.embedded.get(url) or read_asset(url)
            return URLFetcherResponse(url, asset.content, {"Content-Type": asset.media_type})

    class Tree(weasyprint.HTML):  # type: ignore[misc]
        """A document that is read already, as WeasyPrint keeps one."""

        def __init__(self, root: ET.Element, url_fetcher: Any) -> None:
            self.base_url, self.url_fetcher, self.media_type = None, url_fetcher, "print"
            self.wrapper_element = weasyprint.cssselect2.ElementWrapper.from_html_root(root, content_language=None)
            self.etree_element = root

    def new_html(html: str, url_fetcher: Any) -> Any:
        try:
            # Our papers are well-formed: read as XML they need a tenth of the time.
            return Tree(ET.fromstring(html), url_fetcher)  # noqa: S314 - written by us, values escaped
        except ET.ParseError:
            return weasyprint.HTML(string=html, url_fetcher=url_fetcher)

    fetcher, fonts = OurAssetsOnly(fail_on_errors=True, allow_redirects=False), FontConfiguration()
    stylesheet = weasyprint.CSS(url=STYLESHEET, url_fetcher=fetcher, font_config=fonts)
    colours = Colours((files("weasyprint.pdf") / "sRGB2014.icc").read_bytes())
    return Press(
        new_html, weasyprint.Attachment, fetcher, fonts, stylesheet, colours, FatalURLFetchingError,
        sharing(weasyprint.css),
    )  # fmt: skip


class _Listener(logging.Handler):
    """Keeps what WeasyPrint logs while one paper is printed."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


class _PageCounter(logging.Handler):
    """Tells the number of the furthest page of which WeasyPrint says that it lays it out."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        super().__init__(logging.INFO)
        self.tell, self.furthest = tell, 0

    def emit(self, record: logging.LogRecord) -> None:
        found = _PAGE.search(record.getMessage())
        if found and int(found[1]) > self.furthest:
            self.furthest = int(found[1])
            self.tell(self.furthest)


class _StepWatch(logging.Handler):
    """Adds up the time between WeasyPrint's progress lines."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.spent: dict[str, float] = {}

    def start(self, part: str) -> None:
        self.part, self.since = part, time.perf_counter()

    def stop(self) -> dict[str, float]:
        self._close()
        return self.spent

    def emit(self, record: logging.LogRecord) -> None:
        if match := _STEP.match(record.getMessage()):
            self._close()
            self.start(_PARTS[match[1]])

    def _close(self) -> None:
        self.spent[self.part] = self.spent.get(self.part, 0.0) + (time.perf_counter() - self.since) * 1000


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Look for no garbage while a paper is made: its boxes are many, and none can go before it is done."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def _told_as_warnings() -> Iterator[None]:
    """Pass on as Python warnings what WeasyPrint logs, so that no test passes over an empty box on paper."""
    logger, listener = logging.getLogger("weasyprint"), _Listener()
    logger.addHandler(listener)
    try:
        yield
    finally:
        logger.removeHandler(listener)
    for line in dict.fromkeys(listener.lines):
        category = MissingGlyphWarning if line.startswith(".notdef") else PrintWarning
        warnings.warn(line, category, stacklevel=2)
