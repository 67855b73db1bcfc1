"""Finding lines by the beginnings of their words among 100,000 of them.

Each word of a line is a row of `line_word`, so the lines of a word are one stretch of an index. How many are found is
counted there, from the rarest word on. Few are then read by their ids; many by walking along the list in its order
until a page is full, which is soon. A word that nothing begins with is looked for inside colonies and clones, and
inside symbols where it holds <.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select, union
from sqlalchemy.orm import aliased

from app.core.database import db
from app.core.paging import AnySelect, place_of
from app.lines.models import Allele, Clone, LineWord, MouseLine
from app.lines.queries.places import word_of_place, words_of_places
from app.lines.rules import MARK, colony_key, typed_words

LAST = "\U0010ffff"
MOST_WORDS, MOST_LOOKED_FOR = 8, 3
FEW = 3_000
MANY = 20_000


@dataclass(frozen=True)
class Stretch:
    """Where the lines of a typed word stand: under some whole words, and under those that begin with it."""

    typed: str
    whole: tuple[str, ...]
    is_open: bool

    @property
    def kind(self) -> str:
        """The kind of the places it stands for, where it stands for nothing else: a line names one place of a kind."""
        kinds = {each.partition(":")[0] for each in self.whole}
        return kinds.pop() if len(kinds) == 1 and not self.is_open and self.whole[0].startswith(MARK) else ""

    def holds(self, word: Any) -> ColumnElement[bool]:
        """The condition that a word of a line is one of them."""
        begins = and_(word >= self.typed, word < self.typed + LAST)
        if not self.is_open:
            return word.in_(self.whole)  # type: ignore[no-any-return]
        return or_(word.in_(self.whole), begins) if self.whole else begins


@dataclass(frozen=True)
class Found:
    """What typed words find: the stretches from the rarest on, the words sought inside texts, and how many lines."""

    stretches: tuple[Stretch, ...] = ()
    inside: tuple[str, ...] = ()
    total: int | None = None
    ids: tuple[int, ...] | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What holds of the lines that are found."""
        if self.ids is not None:
            return [MouseLine.id.in_(self.ids)]
        sought = [_inside(word) for word in self.inside]
        if not self.stretches:
            return sought
        if self.total is not None and self.total > FEW:
            return [*sought, *(_has(each, MouseLine.id) for each in self.stretches)]
        return [MouseLine.id.in_(_ids(self.stretches)), *sought]


def seek_words(text: str) -> Found:
    """What the words typed find, each as the beginning of a word of the line or of a name of its places."""
    typed = typed_words(text)[:MOST_WORDS]
    if not typed:
        return Found()
    place = word_of_place(text)
    if place:
        return _counted((Stretch(typed[0], (place,), is_open=False),))
    places = words_of_places(typed)
    stretches = _joined([_stretch(word, places[word]) for word in typed])
    sized = [(_size(each), each) for each in stretches]
    ordered = tuple(each for size, each in sorted(sized, key=lambda pair: pair[0]) if size)
    inside = tuple(each.typed for size, each in sized if not size)
    if inside:
        return _within(Found(ordered, inside))
    return _counted(ordered)


def _counted(ordered: tuple[Stretch, ...]) -> Found:
    counted = _ids(ordered).with_only_columns(func.count(LineWord.line_id.distinct()))
    return Found(ordered, total=db.session.scalar(counted) or 0)


def _joined(stretches: Sequence[Stretch]) -> list[Stretch]:
    """The stretches, those that stand for places of one kind made one: the places that have all the words."""
    others = [each for each in stretches if not each.kind]
    by_kind: dict[str, Stretch] = {}
    for each in (each for each in stretches if each.kind):
        same = by_kind.get(each.kind)
        shared = each.whole if same is None else tuple(word for word in same.whole if word in each.whole)
        by_kind[each.kind] = replace(each, whole=shared)
    return [*others, *by_kind.values()]


def _inside(word: str) -> ColumnElement[bool]:
    """The condition that a line has a word somewhere inside its colony or its clone, or inside its symbol, as with <.

    What holds a colon is an id, and nobody looks for the middle of one.
    """
    if ":" in word:
        return false()
    if "<" in word:
        return MouseLine.allele_id.in_(select(Allele.id).where(place_of(word, func.lower(Allele.symbol)) > 0))
    clones = select(Clone.id).where(place_of(word, func.lower(Clone.name)) > 0)
    ways = (MouseLine.clone_id.in_(clones), _in_colony(word))
    return MouseLine.id.in_(union(*(select(MouseLine.id).where(way) for way in ways)))


def _in_colony(word: str) -> ColumnElement[bool]:
    return place_of(colony_key(word), MouseLine.colony_key) > 0


def _within(found: Found) -> Found:
    """The lines with some words inside their texts, read once where they are few."""
    some = select(MouseLine.id).where(*found.conditions()).order_by(MouseLine.id).limit(FEW + 1)
    ids = tuple(db.session.scalars(some))
    return found if len(ids) > FEW else replace(found, ids=ids, total=len(ids))


def _ids(stretches: Sequence[Stretch]) -> AnySelect:
    """The lines of all stretches, from the first one on."""
    rarest, *others = stretches
    return select(LineWord.line_id).where(
        rarest.holds(LineWord.word), *(_has(each, LineWord.line_id) for each in others)
    )


def _has(stretch: Stretch, line_id: Any) -> ColumnElement[bool]:
    other = aliased(LineWord)
    # Of many words the few of the line are looked through; else each of the many would be looked for.
    word = other.word if len(stretch.whole) <= MOST_LOOKED_FOR else other.word.concat("")
    return select(other.line_id).where(other.line_id == line_id, stretch.holds(word)).exists()


def _stretch(typed: str, places: Sequence[str]) -> Stretch:
    """A stretch of one whole word, where no other begins as it was typed, is quicker to look into."""
    begins = LineWord.word >= typed, LineWord.word < typed + LAST
    first = select(func.min(LineWord.word)).where(*begins).scalar_subquery()
    last = select(func.max(LineWord.word)).where(*begins).scalar_subquery()
    row = db.session.execute(select(first, last)).one()
    only = row[0] == row[1]
    own = () if row[0] is None or not only else (row[0],)
    return Stretch(typed, (*own, *places), is_open=not only)


def _size(stretch: Stretch) -> int:
    """How many rows a stretch has, counted no further than needed."""
    some = select(LineWord.line_id).where(stretch.holds(LineWord.word)).limit(MANY).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0
