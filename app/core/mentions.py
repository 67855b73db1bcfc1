"""Where texts that people typed freely name a person: each feature says which texts it has, all are read at once.

Nothing rewrites such a text by itself. Whoever adds a column of free text registers it here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

from sqlalchemy import SQLColumnExpression, and_, cast, false, func, literal, or_, select, union_all
from sqlalchemy.types import BigInteger, Text

from app.core.database import db
from app.core.folding import folded
from app.core.paging import AnySelect, place_of
from app.core.personal_data import DataSubject

AROUND = 60
PLAIN = re.compile("[!-~]+")
BLOCK = 1000


@dataclass(frozen=True)
class Mention:
    """A text that names somebody: what it is, the record it belongs to, and the words around the name."""

    what: str
    kind: str
    record_id: int
    excerpt: str


TextsOf = Callable[[DataSubject], Sequence[AnySelect]]
_texts: dict[str, TextsOf] = {}


def free_texts(name: str) -> Callable[[TextsOf], TextsOf]:
    """Register which free texts of a feature outlast the erasure of somebody: one `free_text` for each column."""

    def register(texts_of: TextsOf) -> TextsOf:
        _texts[name] = texts_of
        return texts_of

    return register


def free_text(
    what: str, kind: str | SQLColumnExpression[str], record_id: SQLColumnExpression[Any], text: SQLColumnExpression[Any]
) -> AnySelect:
    """The texts of a column: what they are, the kind and the id of the record they belong to, and the text itself."""
    named = literal(kind) if isinstance(kind, str) else kind
    return select(
        cast(literal(what), Text).label("what"),
        cast(named, Text).label("kind"),
        cast(record_id, BigInteger).label("record_id"),
        text.label("text"),
    ).where(text.is_not(None))


def texts_of(subject: DataSubject) -> list[AnySelect]:
    """Every free text there is."""
    return [text for texts in _texts.values() for text in texts(subject)]


def list_mentions(subject: DataSubject) -> list[Mention]:
    """The places where the full name or an address of somebody stands in a free text: one statement."""
    texts = union_all(*texts_of(subject)).subquery()
    wanted = _patterns(subject)
    names = [*subject.full_names, *(each.text for each in subject.addresses)]
    asked = select(texts.c.what, texts.c.kind, texts.c.record_id, texts.c.text).where(may_hold(texts.c.text, names))
    ordered = asked.order_by(texts.c.what, texts.c.kind, texts.c.record_id).execution_options(yield_per=BLOCK)
    found = (
        Mention(row.what, row.kind, row.record_id, excerpt)
        for row in db.session.execute(ordered)
        if (excerpt := _excerpt(row.text, wanted)) is not None
    )
    return list(dict.fromkeys(found))


def may_hold(text: Any, names: Iterable[str]) -> Any:
    """What the database can tell: that a text holds a trace of every word of a name, not that it names them."""
    once = sorted({normalize("NFC", name) for name in names})
    return or_(false(), *(and_(*_traces(name, text)) for name in once))


def _traces(name: str, text: Any) -> Iterator[Any]:
    """Of each word the letters that every spelling has, whatever its accents, case and spaces, alike on all databases.

    A word without any plain letter is looked for in the ways it is commonly written.
    """
    for word in name.split():
        plain = max(PLAIN.findall(word.lower()), key=len, default="")
        if plain:
            yield place_of(plain, func.lower(text)) > 0
        else:
            ways = {word, word.lower(), word.upper(), word.capitalize(), folded(word)}
            yield or_(*(place_of(way, text) > 0 for way in sorted(ways)))


def _patterns(subject: DataSubject) -> list[re.Pattern[str]]:
    """Names and addresses as whole words, in a text without accents and case."""
    names = {folded(name) for name in subject.full_names}
    addresses = {folded(each.text) for each in subject.addresses}
    return [
        *(re.compile(rf"(?<!\w){re.escape(name)}(?!\w)") for name in sorted(names)),
        *(re.compile(rf"(?<![\w.+-]){re.escape(address)}(?![\w-])") for address in sorted(addresses)),
    ]


def _excerpt(text: str, patterns: Sequence[re.Pattern[str]]) -> str | None:
    """The words around the first of the names; None where it is only a part of another word."""
    words = text.split()
    line = folded(text)
    found = next((match for pattern in patterns if (match := pattern.search(line)) is not None), None)
    if found is None:
        return None
    # Folding leaves the spaces where they were, so the same words are counted before the name in both.
    first = min(line.count(" ", 0, found.start()), len(words))
    return " ".join(_near(words, first, first + line.count(" ", found.start(), found.end())))


def _near(words: Sequence[str], first: int, last: int) -> Iterator[str]:
    """Some words before and after those from the first to the last."""
    length, start, end = 0, first, last + 1
    while start > 0 and length < AROUND:
        start -= 1
        length += len(words[start]) + 1
    length = 0
    while end < len(words) and length < AROUND:
        length += len(words[end]) + 1
        end += 1
    yield from (["\u2026"] if start else [])
    yield from words[start:end]
    yield from (["\u2026"] if end < len(words) else [])
