"""Institutions as people name them: suggested while one types, and the one that is meant by what was typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, select

from app.core.actor import Actor
from app.core.database import db
from app.core.folding import folded
from app.core.history import valid
from app.core.naming import MOST_SUGGESTED, Meant, Named
from app.core.paging import AnySelect, matches, place_of
from app.core.permissions import Permission
from app.members.models import Institution, InstitutionAlias, InstitutionName
from app.members.queries.mergers import stands_alone
from app.members.rules import TwinKind

BRACKETS = str.maketrans("()", "  ")


@dataclass(frozen=True)
class InstitutionNames:
    """The institutions a reader may name on a day; `within` narrows them to some.

    The words that mean one are its name and its account number, such as "MRC Harwell (M-0017)". Its account number
    alone, its name or short name of the day and its aliases mean it too, where they mean no other one.
    """

    actor: Actor
    on: date
    known: datetime | None = None
    within: frozenset[int] | None = None

    def suggested(self, words: str) -> list[Named]:
        """Some institutions with all the words typed: called just so first, then beginning so, then by name."""
        plain = folded(words.translate(BRACKETS))
        if not plain:
            return []
        rank = case(
            (or_(func.lower(InstitutionName.short_name) == plain, func.lower(Institution.account_number) == plain), 0),
            (place_of(plain, InstitutionName.sort_name) == 1, 1),
            else_=2,
        )
        asked = self._asked().where(*matches(Institution.search_text, plain))
        rows = db.session.execute(asked.order_by(rank, InstitutionName.sort_name, Institution.id).limit(MOST_SUGGESTED))
        return [_named(row) for row in rows]

    def called(self, words: str) -> Meant:
        """The institutions that the words mean; where there is none, those like it."""
        plain = folded(words)
        if not plain:
            return Meant(())
        number = plain.rpartition("(")[2].rstrip(")") or plain
        spelt = Institution.id.in_(select(InstitutionAlias.institution_id).where(InstitutionAlias.folded == plain))
        likely = [and_(*matches(Institution.search_text, text)) for text in (plain, number)]
        asked = self._asked().add_columns(spelt.label("is_alias")).where(or_(spelt, *likely))
        rows = db.session.execute(asked.order_by(InstitutionName.sort_name, Institution.id)).all()
        found = [_named(row) for row in rows if row.is_alias or plain in _spellings(row)]
        return Meant(found) if found else Meant((), self.suggested(words))

    def named(self, record_id: int) -> Named | None:
        """One of them by its id."""
        row = db.session.execute(self._asked().where(Institution.id == record_id)).one_or_none()
        return _named(row) if row else None

    def _asked(self) -> AnySelect:
        self.actor.require(Permission.INSTITUTION_LIST)
        asked: AnySelect = (
            select(Institution.id, Institution.account_number, InstitutionName.name, InstitutionName.short_name)
            .join(InstitutionName, InstitutionName.institution_id == Institution.id)
            .where(valid(InstitutionName, self.on, self.known), stands_alone(TwinKind.INSTITUTION, self.known))
        )
        return asked if self.within is None else asked.where(Institution.id.in_(self.within))


def institution_names(
    permission: Permission, actor: Actor, *, on: date, known: datetime | None = None
) -> InstitutionNames:
    """The institutions that a permission of the reader reaches, as they are called on a day."""
    within = None if actor.has_all(permission) else actor.own_institutions(permission)
    return InstitutionNames(actor, on, known, within)


def _spellings(row: Any) -> set[str]:
    """All that means an institution but its aliases."""
    return {folded(text) for text in (row.account_number, row.name, row.short_name, _words(row))}


def _named(row: Any) -> Named:
    return Named(row.id, _words(row), row.short_name if row.short_name != row.name else "")


def _words(row: Any) -> str:
    return f"{row.name} ({row.account_number})"
