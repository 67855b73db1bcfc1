"""The places lines name, by whose names of today they are found: centres, strains and production consortia."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from app.core.database import db
from app.core.folding import folded
from app.core.paging import AnySelect, place_of
from app.lines.models import MouseLine, ProductionConsortium, Strain, StrainAlias
from app.lines.rules import place_word, strain_key
from app.members.models import Institution

CENTRE, STRAIN, CONSORTIUM = "centre", "strain", "consortium"
PLACES: dict[str, InstrumentedAttribute[int] | InstrumentedAttribute[int | None]] = {
    CENTRE: MouseLine.centre_id,
    STRAIN: MouseLine.strain_id,
    CONSORTIUM: MouseLine.production_consortium_id,
}


def words_of_places(typed: Sequence[str]) -> dict[str, list[str]]:
    """By each word typed, the words of the places a name of which has a word that begins so."""
    found: dict[str, set[str]] = defaultdict(set)
    for kind, place_id, names in _named(typed):
        plain = folded(names)
        words = {*plain.split(), *(_words_of_strain(plain) if kind == STRAIN else ())}
        for word in typed:
            if any(each.startswith(word) for each in words):
                found[word].add(place_word(kind, place_id))
    return {word: sorted(found[word]) for word in typed}


def word_of_place(text: str) -> str | None:
    """The word of the strain that a text means as a whole, by its name or an alias; None where it means none."""
    key = strain_key(text)
    named = select(Strain.id).where(Strain.folded == key)
    spelt = select(StrainAlias.strain_id).where(StrainAlias.folded == key)
    found = db.session.scalar(union_all(named, spelt).limit(1))
    return place_word(STRAIN, found) if found is not None else None


def _words_of_strain(name: str) -> set[str]:
    """A strain is typed with a space or without, and its substrain alone: C57BL/6 NTac, NTac."""
    key = strain_key(name)
    return {key, key.rpartition("/")[2].lstrip("0123456789")} - {""}


def _named(typed: Iterable[str]) -> Iterable[tuple[str, int, str]]:
    """Places with their names: all strains and consortia, which are few, and the institutions that may be meant."""
    meant = or_(*(place_of(word, Institution.search_text) > 0 for word in typed))
    asked: list[AnySelect] = [
        select(literal(CENTRE), Institution.id, Institution.search_text).where(meant),
        select(literal(STRAIN), Strain.id, Strain.name),
        select(literal(STRAIN), StrainAlias.strain_id, StrainAlias.alias),
        select(
            literal(CONSORTIUM), ProductionConsortium.id, ProductionConsortium.code + " " + ProductionConsortium.name
        ),
    ]
    rows = db.session.execute(union_all(*asked))
    return [(str(row[0]), int(row[1]), str(row[2])) for row in rows]
