"""Computed styles kept from one paper to the next: making the same ones again took a fifth of the time of a paper.

WeasyPrint shares the style of alike elements within a document. All papers have the same stylesheet, so what holds
within one holds between them: a style follows from that of the parent and from the declarations that match, and from
nothing else. Which declarations match follows from the place of an element: from what it is in, from what stands before
it and how many elements follow. A paper all of whose places were met before needs no selector matched again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar
from xml.etree import ElementTree as ET

MOST_KEPT = 4096
MOST_PLACES = 65536
SAYS_NOTHING = ("alt", "content", "src")  # Attributes, beside those of data, whose values no selector asks for.
PROGRESS = logging.getLogger("weasyprint.progress")
Place = tuple[Any, ...]


class SharedStyles:
    """Styles of a document, taken from those of earlier ones where they are the same: before WeasyPrint's StyleFor."""

    kept: ClassVar[dict[Any, Any]] = {}
    at_places: ClassVar[dict[int, dict[str | None, Any]]] = {}
    places: ClassVar[dict[Place, int]] = {}

    _cascaded_styles: dict[Any, Any]
    _computed_styles: dict[Any, Any]

    def __init__(self, html: Any, sheets: Any, hints: Any, font_config: Any, target_collector: Any) -> None:
        """The styles of all elements: as they were at the same places before, or made and kept."""
        if len(self.places) >= MOST_PLACES:
            self.places.clear()
            self.at_places.clear()
        start = self.places.setdefault((font_config, *(sheet for sheet, *_ in sheets)), len(self.places))
        found = dict(_places(html.etree_element, start, self.places))
        if self.at_places.keys() >= set(found.values()):
            self._sheets, self.font_config = sheets, font_config
            self._take_over(found, target_collector)
            return
        super().__init__(html, sheets, hints, font_config, target_collector)  # type: ignore[call-arg]
        for (element, pseudo_type), style in self._computed_styles.items():
            self.at_places.setdefault(found[element], {})[pseudo_type] = style

    def _take_over(self, found: dict[ET.Element, int], target_collector: Any) -> None:
        PROGRESS.info("Step 3 - Applying CSS")
        self._cascaded_styles, self.initial_page_sizes = {}, {"box": None, "area": None}
        self._computed_styles = {
            (element, pseudo_type): style
            for element, place in found.items()
            for pseudo_type, style in self.at_places[place].items()
        }
        for style in self._computed_styles.values():
            if style["anchor"]:
                target_collector.collect_anchor(style["anchor"])

    def set_computed_styles(
        self, element: Any, parent: Any, root: Any = None, pseudo_type: Any = None, **rest: Any
    ) -> None:
        """The style of an element or of a box in a margin, kept or made."""
        styles = self._computed_styles
        declared = self._cascaded_styles.get((element, pseudo_type), {})
        above = styles[parent, None] if parent is not None else self.font_config
        # What the ids are of is held by the style that is kept, so that they stay its own.
        key = (id(above), pseudo_type, *[_mark(name, value[0]) for name, value in declared.items()])
        known = self.kept.get(key)
        if known is None:
            super().set_computed_styles(element, parent, root, pseudo_type, **rest)  # type: ignore[misc]
            if len(self.kept) >= MOST_KEPT:
                self.kept.clear()
            self.kept[key] = styles[element, pseudo_type]
            return
        styles[element, pseudo_type] = known
        if known["anchor"] and rest.get("target_collector"):
            rest["target_collector"].collect_anchor(known["anchor"])


def sharing(css: Any) -> Callable[[], Any]:
    """A context in which WeasyPrint (its module `css`) keeps styles; outside of it, it works as always."""
    kept = type("KeptStyles", (SharedStyles, css.StyleFor), {"kept": {}, "at_places": {}, "places": {}})

    @contextmanager
    def shared() -> Iterator[None]:
        before, css.StyleFor = css.StyleFor, kept
        try:
            yield
        finally:
            css.StyleFor = before

    return shared


def _places(root: ET.Element, start: int, known: dict[Place, int]) -> Iterator[tuple[ET.Element, int]]:
    """Each element with the number of its place, the same for the same place in every paper.

    A place is what the element is and says, what it is in, all that stands before it there, and how many follow.
    """
    waiting = [(root, start, 0)]
    while waiting:
        element, before, following = waiting.pop()
        place = known.setdefault((before, following, element.tag, *_said(element)), len(known))
        yield element, place
        before, count = place, len(element)
        for number, child in enumerate(element, 1):
            waiting.append((child, before, count - number))
            before = known.setdefault((before, child.tag, *_said(child)), len(known))


def _said(element: ET.Element) -> Iterator[tuple[str, str | None]]:
    """The attributes of an element, those without their value that no selector asks for by its value."""
    return ((name, None if _says_nothing(name) else value) for name, value in element.items())


def _says_nothing(name: str) -> bool:
    return name in SAYS_NOTHING or name.startswith("data-")


def _mark(name: str, value: Any) -> tuple[str, Any]:
    """What tells a declaration from others: the language of an element is read anew from each document."""
    return name, value if name == "lang" else id(value)
