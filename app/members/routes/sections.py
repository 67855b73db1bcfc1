"""What features above add to the record of an institution or a person: money, seats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.core.tables import AnyTable


@dataclass(frozen=True)
class Section:
    """A part of a record: a heading, a table, and a pair of label and address leading to more.

    `empty` is said where there are no rows; `verb` is a button on each row: label, endpoint, parameter.
    """

    title: str
    table: AnyTable
    link: tuple[str, str] | None = None
    aside: str | int = ""
    empty: str = "None recorded."
    verb: tuple[str, str, str] | None = None


SectionOf = Callable[[int], Section | None]


@dataclass(frozen=True)
class Verb:
    """A form of the record: its words and its address."""

    label: str
    href: str


def _no_verbs(_institution_id: int) -> Sequence[Verb]:
    return ()


@dataclass(frozen=True)
class Part:
    """A tab of an institution's record: the word in its address, its label, who sees it, its sections and buttons."""

    path: str
    label: str
    may_see: Callable[[int], bool]
    sections_of: Callable[[int], Sequence[Section]]
    buttons_of: Callable[[int], Sequence[Verb]] = _no_verbs


# The order of the tabs that features add, whichever of them is loaded first.
ORDER = ("seats", "money", "agreements", "lines")

_sections: list[SectionOf] = []
_person_sections: list[SectionOf] = []
_parts: dict[str, Part] = {}


def register_section(section_of: SectionOf) -> SectionOf:
    """Let a feature add to the first page of an institution: called with its id, None where the reader sees nothing."""
    if section_of not in _sections:
        _sections.append(section_of)
    return section_of


def list_sections(institution_id: int) -> list[Section]:
    """The sections of the first page that this reader sees."""
    found = (section_of(institution_id) for section_of in _sections)
    return [section for section in found if section is not None]


def register_part(part: Part) -> None:
    """Let a feature add a tab to the record of an institution."""
    _parts[part.path] = part


def list_parts(institution_id: int) -> list[Part]:
    """The tabs that features add and this reader sees."""
    ordered = sorted(_parts.values(), key=lambda part: ORDER.index(part.path))
    return [part for part in ordered if part.may_see(institution_id)]


def register_person_section(section_of: SectionOf) -> SectionOf:
    """Let a feature add a part to the record of a person: called with the person's id in a request."""
    if section_of not in _person_sections:
        _person_sections.append(section_of)
    return section_of


def list_person_sections(person_id: int) -> list[Section]:
    """The parts of a person's record that this reader sees."""
    found = (section_of(person_id) for section_of in _person_sections)
    return [section for section in found if section is not None]
