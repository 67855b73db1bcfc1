"""Lines and strains as people name them: suggested while one types, and the one that is meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from app.core.actor import Actor
from app.core.database import db
from app.core.folding import folded
from app.core.naming import MOST_SUGGESTED, Meant, Named
from app.core.paging import AnySelect, matches
from app.core.permissions import Permission
from app.lines.models import Allele, MouseLine, Strain, StrainAlias
from app.lines.queries.searching import seek_words
from app.lines.rules import colony_key, strain_key
from app.members.models import Institution

NUMBER = re.compile(r"\(?L([1-9][0-9]{0,17})\)?", re.ASCII)


@dataclass(frozen=True)
class LineNames:
    """The lines a reader may name: by the words given here, by their colony or by the symbol of their allele.

    The words that mean one are its allele, its colony and its number, such as "Akt2<tm1a(KOMP)Wtsi> MDBZ (L12)".
    """

    actor: Actor

    def suggested(self, words: str) -> list[Named]:
        """Some lines with all the words typed, in the order of the list."""
        if not folded(words):
            return []
        return self._read(self._asked().where(*seek_words(words).conditions()).limit(MOST_SUGGESTED))

    def called(self, words: str) -> Meant:
        """The lines that the words mean; where there is none, those like it."""
        numbered = NUMBER.fullmatch(words.strip().rpartition(" ")[2])
        if numbered:
            found = self.named(int(numbered[1]))
            return Meant([found] if found else [])
        exact = or_(MouseLine.colony_key == colony_key(words), Allele.symbol == words.strip())
        rows = self._read(self._asked().where(exact).limit(MOST_SUGGESTED))
        return Meant(rows) if rows else Meant((), self.suggested(words))

    def named(self, record_id: int) -> Named | None:
        """One of them by its id."""
        return next(iter(self._read(self._asked().where(MouseLine.id == record_id))), None)

    def _asked(self) -> AnySelect:
        self.actor.require(Permission.LINE_READ)
        asked: AnySelect = (
            select(MouseLine.id, MouseLine.colony, Allele.symbol, Institution.short_name)
            .join(Allele, Allele.id == MouseLine.allele_id)
            .join(Institution, Institution.id == MouseLine.centre_id)
        )
        return asked.order_by(MouseLine.sort_key, MouseLine.id)

    def _read(self, asked: AnySelect) -> list[Named]:
        return [Named(row.id, line_words(row), row.short_name) for row in db.session.execute(asked)]


@dataclass(frozen=True)
class StrainNames:
    """The strains there are, meant by their names and aliases."""

    actor: Actor

    def suggested(self, words: str) -> list[Named]:
        """Some strains with all the words typed in their name or an alias, by name."""
        key = strain_key(words)
        if not key:
            return []
        spelt = select(StrainAlias.strain_id).where(*matches(StrainAlias.folded, key))
        asked = self._asked().where(or_(*matches(Strain.folded, key), Strain.id.in_(spelt)))
        return self._read(asked.limit(MOST_SUGGESTED))

    def called(self, words: str) -> Meant:
        """The strain that the words mean; where there is none, those like it."""
        key = strain_key(words)
        spelt = select(StrainAlias.strain_id).where(StrainAlias.folded == key)
        found = self._read(self._asked().where(or_(Strain.folded == key, Strain.id.in_(spelt))))
        return Meant(found) if found else Meant((), self.suggested(words))

    def named(self, record_id: int) -> Named | None:
        """One of them by its id."""
        return next(iter(self._read(self._asked().where(Strain.id == record_id))), None)

    def _asked(self) -> AnySelect:
        self.actor.require(Permission.LINE_READ)
        asked: AnySelect = select(Strain.id, Strain.name).order_by(Strain.folded, Strain.id)
        return asked

    def _read(self, asked: AnySelect) -> list[Named]:
        return [Named(row.id, row.name) for row in db.session.execute(asked)]


def line_words(row: Any) -> str:
    """The words that mean a line and no other: its allele, its colony and its number."""
    return f"{row.symbol} {row.colony} (L{row.id})"
