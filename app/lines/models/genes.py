"""Tables of genes, of their alleles, and of the clones that carry these."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Code, Id, Line, Name, Prose, linked
from app.core.transaction import on_violation
from app.lines.rules import AlleleClass


class Marker(Base):
    """A gene by its MGI id; where MGI withdrew it, `current_id` is the one that took its place."""

    __tablename__ = "marker"

    id: Mapped[Id]
    mgi_id: Mapped[Code] = mapped_column(unique=True)
    symbol: Mapped[Name] = mapped_column(index=True)
    name: Mapped[Line | None]
    chromosome: Mapped[Code | None]
    current_id: Mapped[int | None] = mapped_column(ForeignKey("marker.id"), index=True)

    current: Mapped[Marker | None] = linked(remote_side="Marker.id")

    __table_args__ = (CheckConstraint("current_id IS NULL OR current_id <> id", name="current"),)


class Allele(Base):
    """A change of a gene; its symbol is kept in the canonical form `Gene<tm1a(KOMP)Wtsi>`."""

    __tablename__ = "allele"

    id: Mapped[Id]
    mgi_id: Mapped[Code | None] = mapped_column(unique=True)
    symbol: Mapped[Name] = mapped_column(index=True)
    name: Mapped[Line | None]
    marker_id: Mapped[int | None] = mapped_column(ForeignKey("marker.id"), index=True)
    allele_class: Mapped[AlleleClass]
    pipeline: Mapped[Code | None]
    project_id: Mapped[Code | None] = mapped_column(index=True)
    kind: Mapped[Name | None]
    synonyms: Mapped[Prose | None]

    marker: Mapped[Marker | None] = linked()


class Clone(Base):
    """A clone of embryonic stem cells that carries an allele."""

    __tablename__ = "clone"

    id: Mapped[Id]
    name: Mapped[Name] = mapped_column(unique=True)
    allele_id: Mapped[int] = mapped_column(ForeignKey("allele.id"), index=True)

    allele: Mapped[Allele] = linked()


on_violation("uq_marker_mgi_id", "There is already a gene of this MGI id.", "marker_mgi_id")
on_violation("uq_allele_mgi_id", "There is already an allele of this MGI id.", "allele_mgi_id")
on_violation("uq_clone_name", "There is already a clone of this name.", "clone")
