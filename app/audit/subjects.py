"""What the trail may speak of: each feature names its kinds of records, and the page that shows one."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from app.audit.rules import Subject
from app.web.access import may_open
from app.web.addresses import url


@dataclass(frozen=True)
class Kind:
    """A kind of record: its words, the endpoint of its page, and the name of the id in the address."""

    words: str
    endpoint: str
    argument: str


_kinds: dict[str, Kind] = {}


def register_subject(kind: str, words: str, endpoint: str = "", argument: str = "id") -> None:
    """Let the trail word a kind of record, and lead to its page where it has one."""
    _kinds[kind] = Kind(words, endpoint, argument)


def kind_choices() -> list[tuple[str, str]]:
    """The kinds of records with their words, in the order of the words."""
    return sorted(((name, kind.words) for name, kind in _kinds.items()), key=lambda pair: pair[1])


def words_of(subject: Subject) -> str:
    """A record in words: Institution 12."""
    kind = _kinds.get(subject.kind)
    words = kind.words if kind else subject.kind.replace("_", " ").capitalize()
    return f"{words} {subject.id}"


def address_of(subject: Subject) -> str | None:
    """Where the record can be seen by this reader, or None."""
    kind = _kinds.get(subject.kind)
    if kind is None or kind.endpoint not in current_app.view_functions or not may_open(kind.endpoint):
        return None
    return url(kind.endpoint, **{kind.argument: subject.id})
