"""What is on record that files of lines are held against, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.lines.rules.kinds import MaterialForm, Stage


@dataclass(slots=True)
class KnownMarker:
    """A marker on record."""

    id: int
    mgi_id: str
    symbol: str
    name: str | None
    chromosome: str | None
    current_id: int | None

    def values(self) -> dict[str, Any]:
        """What a list of markers may change."""
        return {"symbol": self.symbol, "name": self.name, "chromosome": self.chromosome}


@dataclass(slots=True)
class KnownAllele:
    """An allele on record."""

    id: int
    mgi_id: str | None
    symbol: str
    name: str | None
    marker_id: int | None
    pipeline: str | None
    project_id: str | None
    kind: str | None
    synonyms: str | None

    def values(self) -> dict[str, Any]:
        """What a report of alleles may change."""
        return {
            "mgi_id": self.mgi_id,
            "symbol": self.symbol,
            "name": self.name,
            "pipeline": self.pipeline,
            "project_id": self.project_id,
            "kind": self.kind,
            "synonyms": self.synonyms,
        }


@dataclass
class Genes:
    """The markers, alleles and clones on record, by what files call them."""

    markers: dict[str, KnownMarker]
    alleles: list[KnownAllele]
    clones: dict[str, int]
    markers_by_id: dict[int, KnownMarker] = field(init=False)
    by_mgi_id: dict[str, KnownAllele] = field(init=False)
    by_symbol: dict[str, list[KnownAllele]] = field(init=False)
    by_id: dict[int, KnownAllele] = field(init=False)

    def __post_init__(self) -> None:
        """Put them in order."""
        self.markers_by_id = {marker.id: marker for marker in self.markers.values()}
        self.by_id = {allele.id: allele for allele in self.alleles}
        self.by_mgi_id = {allele.mgi_id: allele for allele in self.alleles if allele.mgi_id}
        self.by_symbol = {}
        for allele in self.alleles:
            self.by_symbol.setdefault(allele.symbol, []).append(allele)

    def current(self, mgi_id: str) -> KnownMarker | None:
        """The marker of an MGI id, or of a withdrawn one that which took its place; None for none on record."""
        marker = self.markers.get(mgi_id)
        steps = 0
        while marker is not None and marker.current_id is not None and steps < len(self.markers):
            marker, steps = self.markers_by_id.get(marker.current_id), steps + 1
        return marker


@dataclass(slots=True)
class KnownStage:
    """A stage of a line on record."""

    id: int
    day: date


@dataclass(slots=True)
class KnownLine:
    """A line on record."""

    id: int
    colony: str
    centre_id: int
    colony_key: str
    allele_id: int
    strain_id: int | None
    clone: str | None
    consortium_id: int | None
    funder_id: int | None
    plan_id: str | None
    attempt_id: str | None
    gentar_id: str | None
    stages: dict[Stage, KnownStage] = field(default_factory=dict)

    def days(self) -> dict[Stage, date]:
        """The days of its stages."""
        return {stage: each.day for stage, each in self.stages.items()}


@dataclass
class Holdings:
    """What a repository is held against: the lines of each allele, their deposits and forms on record."""

    lines_of: dict[int, list[KnownLine]]
    stocks: dict[int, set[str]]
    forms: dict[int, set[MaterialForm]]
    has_repository: bool
