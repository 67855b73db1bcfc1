"""Computed styles kept from one paper to the next: making the same ones again took a fifth of the time of a paper.

WeasyPrint shares the style of alike elements within a document. All papers have the same stylesheet, so what holds
within one holds between them: a style follows from that of the parent and from the declarations that match, and from
nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

MOST_KEPT = 4096


def sharing(css: Any) -> Callable[[], Any]:
    """A context in which WeasyPrint (its module `css`) keeps styles; outside of it, it works as always."""

    class SharedStyles(css.StyleFor):  # type: ignore[misc] # WeasyPrint is untyped.
        """Styles of a document, taken from those of earlier ones where they are the same."""

        kept: ClassVar[dict[Any, Any]] = {}

        def set_computed_styles(
            self, element: Any, parent: Any, root: Any = None, pseudo_type: Any = None, **rest: Any
        ) -> None:
            """The style of an element or of a box in a margin, kept or made."""
            styles = self.get_computed_styles()
            declared = self.get_cascaded_styles().get((element, pseudo_type), {})
            above = styles[parent, None] if parent is not None else self.font_config
            # What the ids are of is held by the style that is kept, so that they stay its own.
            key = (id(above), pseudo_type, *[_mark(name, value[0]) for name, value in declared.items()])
            known = self.kept.get(key)
            if known is None:
                super().set_computed_styles(element, parent, root, pseudo_type, **rest)
                if len(self.kept) >= MOST_KEPT:
                    self.kept.clear()
                self.kept[key] = styles[element, pseudo_type]
                return
            styles[element, pseudo_type] = known
            if known["anchor"] and rest.get("target_collector"):
                rest["target_collector"].collect_anchor(known["anchor"])

    @contextmanager
    def shared() -> Iterator[None]:
        before, css.StyleFor = css.StyleFor, SharedStyles
        try:
            yield
        finally:
            css.StyleFor = before

    return shared


def _mark(name: str, value: Any) -> tuple[str, Any]:
    """What tells a declaration from others: the language of an element is read anew from each document."""
    return name, value if name == "lang" else id(value)
