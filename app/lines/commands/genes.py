"""The allele, the gene and the clone of a line as it is entered: found where they are on record, else put there."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.core.database import db
from app.core.errors import DomainError
from app.lines.commands.indexing import index_allele
from app.lines.models import Allele, Clone, Marker
from app.lines.rules import canonical_symbol, class_of_symbol, mgi_id, parts_of_symbol


@dataclass(frozen=True)
class AlleleValues:
    """An allele as somebody knows it: its symbol in any form, and what else was given."""

    symbol: str
    mgi_id: str | None = None
    marker_mgi_id: str | None = None
    project_id: str | None = None
    pipeline: str | None = None


def allele_of(values: AlleleValues) -> Allele:
    """The allele on record that the values mean, with what it lacked filled in; a new one where there is none.

    Refused where they contradict what is on record: an allele is corrected for all its lines, not in passing.
    """
    symbol = canonical_symbol(values.symbol)
    known_as = mgi_id(values.mgi_id) if values.mgi_id else None
    marker = _marker_of(symbol, values.marker_mgi_id)
    allele = _find_allele(symbol, known_as)
    if allele is None:
        allele = Allele(
            mgi_id=known_as,
            symbol=symbol,
            marker_id=marker.id if marker else None,
            allele_class=class_of_symbol(symbol),
            project_id=values.project_id,
            pipeline=values.pipeline,
        )
        db.session.add(allele)
        db.session.flush()
        return allele
    given = {"allele_mgi_id": known_as, "project_id": values.project_id, "pipeline": values.pipeline}
    lacked = [_fill(allele, field.removeprefix("allele_"), value, field) for field, value in given.items()]
    if marker is not None and values.marker_mgi_id:
        lacked.append(_fill(allele, "marker_id", marker.id, "marker_mgi_id"))
    db.session.flush()
    if any(lacked):
        index_allele(allele)
    return allele


def clone_of(name: str | None, allele: Allele) -> Clone | None:
    """The clone of a name, put on record where it is new; a line may carry what was made of its clone's allele."""
    if name is None:
        return None
    clone = db.session.scalar(select(Clone).where(Clone.name == name))
    if clone is None:
        clone = Clone(name=name, allele_id=allele.id)
        db.session.add(clone)
        db.session.flush()
    return clone


def _find_allele(symbol: str, known_as: str | None) -> Allele | None:
    if known_as is not None:
        allele = db.session.scalar(select(Allele).where(Allele.mgi_id == known_as))
        if allele is not None and allele.symbol != symbol:
            raise DomainError(f"{known_as} is {allele.symbol}.", "allele_mgi_id")
        if allele is not None:
            return allele
    asked = select(Allele).where(Allele.symbol == symbol)
    return db.session.scalars(asked.order_by(Allele.id).limit(1)).one_or_none()


def _fill(allele: Allele, name: str, value: str | int | None, field: str) -> bool:
    """Fill in what the allele lacks, and whether it did; refuse what contradicts it."""
    held = getattr(allele, name)
    if value is None or value == held:
        return False
    if held is not None:
        told = f"is {held} on record" if isinstance(held, str) else "is another one on record"
        raise DomainError(f"For {allele.symbol} this {told}. Leave it empty, or have the allele corrected.", field)
    setattr(allele, name, value)
    return True


def _marker_of(symbol: str, typed_id: str | None) -> Marker | None:
    """The gene of an id, put on record where it is new; without an id the one of the symbol, where that is just one."""
    gene = parts_of_symbol(symbol)[0]
    if typed_id:
        known_as = mgi_id(typed_id, "marker_mgi_id")
        marker = db.session.scalar(select(Marker).where(Marker.mgi_id == known_as))
        if marker is None:
            marker = Marker(mgi_id=known_as, symbol=gene)
            db.session.add(marker)
            db.session.flush()
        return _current(marker)
    asked = select(Marker).where(Marker.symbol == gene, Marker.current_id.is_(None))
    found = db.session.scalars(asked.order_by(Marker.id).limit(2)).all()
    return found[0] if len(found) == 1 else None


def _current(marker: Marker) -> Marker:
    """The gene that took the place of a withdrawn one."""
    seen: set[int] = set()
    while marker.current_id is not None and marker.id not in seen:
        seen.add(marker.id)
        marker = db.session.get_one(Marker, marker.current_id)
    return marker
