"""What features above add to the record of an institution or a person: money, seats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.core.tables import AnyTable


@dataclass(frozen=True)
class Section:
    """A part of a record: a heading, a table, and a pair of label and address leading to more."""

    title: str
    table: AnyTable
    link: tuple[str, str] | None = None
    aside: str = ""


SectionOf = Callable[[int], Section | None]
_sections: list[SectionOf] = []
_person_sections: list[SectionOf] = []


def register_section(section_of: SectionOf) -> SectionOf:
    """Let a feature add a part: called with the institution's id in a request, None where the reader sees nothing."""
    if section_of not in _sections:
        _sections.append(section_of)
    return section_of


def list_sections(institution_id: int) -> list[Section]:
    """The parts this reader sees."""
    found = (section_of(institution_id) for section_of in _sections)
    return [section for section in found if section is not None]


def register_person_section(section_of: SectionOf) -> SectionOf:
    """Let a feature add a part to the record of a person: called with the person's id in a request."""
    if section_of not in _person_sections:
        _person_sections.append(section_of)
    return section_of


def list_person_sections(person_id: int) -> list[Section]:
    """The parts of a person's record that this reader sees."""
    found = (section_of(person_id) for section_of in _person_sections)
    return [section for section in found if section is not None]
