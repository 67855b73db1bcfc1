"""Writing XML: elements in the order they are told, empty ones left out, the same bytes every time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True)
class Element:
    """An element with a text, or with others in it."""

    name: str
    content: str | tuple[Element, ...]
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether it would say nothing."""
        return not self.content

    def write(self) -> str:
        """The element as text."""
        marks = "".join(f" {name}={quoteattr(value)}" for name, value in self.attributes.items())
        inner = (
            escape(self.content) if isinstance(self.content, str) else "".join(each.write() for each in self.content)
        )
        return f"<{self.name}{marks}>{inner}</{self.name}>"


def leaf(name: str, text: object, **attributes: str) -> Element:
    """An element with a text; it is left out where the text is empty."""
    return Element(name, "" if text is None else str(text), attributes)


def node(name: str, *content: Element) -> Element:
    """An element with others in it, without those that say nothing."""
    return Element(name, tuple(each for each in content if not each.is_empty))


def document(name: str, namespaces: Mapping[str, str], *content: Element) -> bytes:
    """A whole document."""
    return (HEAD + Element(name, node(name, *content).content, namespaces).write() + "\n").encode()
