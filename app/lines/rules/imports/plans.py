"""What an import of lines would do with each row of its file, and the digest by which two plans are the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.files.rules import CONTROLS
from app.lines.rules.imports.kinds import RowOutcome, Topic
from app.lines.rules.imports.texts import BadRow

LONGEST_LABEL = 200
WRITTEN = frozenset({RowOutcome.ADDED, RowOutcome.CHANGED})


@dataclass(slots=True)
class RowPlan:
    """A row: what it is called, what becomes of it and why, and the line or allele on record that it is about."""

    line: int
    label: str
    outcome: RowOutcome
    told: str = ""
    record_id: int | None = None


@dataclass
class GeneWrites:
    """What is written of genes, alleles and clones.

    New ones are named by what the file calls them: markers by their MGI ids, alleles by that or by their symbol,
    clones by their names. What is on record is named by its id.
    """

    markers: dict[str, dict[str, Any]] = field(default_factory=dict)
    marker_changes: dict[int, dict[str, Any]] = field(default_factory=dict)
    currents: dict[str, str] = field(default_factory=dict)
    alleles: dict[str, dict[str, Any]] = field(default_factory=dict)
    allele_changes: dict[int, dict[str, Any]] = field(default_factory=dict)
    clones: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """A spelling nobody knows: as it is written first, in how many rows, and what it may mean."""

    topic: Topic
    key: str
    spelling: str
    rows: int
    found: tuple[int, ...] = ()


@dataclass
class Plan:
    """A whole file: what becomes of its rows, and what is written."""

    rows: list[RowPlan]
    genes: GeneWrites = field(default_factory=GeneWrites)
    deposits: list[Any] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)


def refused(row: BadRow) -> RowPlan:
    """A row that cannot be read; of it are told no signs that a database does not keep, such as NUL."""
    label, problem = (CONTROLS.sub("\ufffd", text) for text in (row.label, row.problem))
    return RowPlan(row.line, label[:LONGEST_LABEL], RowOutcome.REFUSED, problem)


def differing(known: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Of the values wanted those that are said and differ from what is on record."""
    return {key: value for key, value in wanted.items() if value is not None and known.get(key) != value}


def told_changes(known: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """Changes in words, each with what it was."""
    named = ((key.replace("_", " ").capitalize(), known.get(key), value) for key, value in values.items())
    return "\n".join(
        f"{title}: {was} \u2192 {value}" if was is not None else f"{title}: {value}" for title, was, value in named
    )


def digest_of(rows: Iterable[RowPlan]) -> str:
    """The SHA-256 of a plan: of what becomes of each row, and of all that is told of it."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(f"{row.line}\0{row.outcome}\0{row.label}\0{row.told}\0{row.record_id or 0}\n".encode())
    return digest.hexdigest()


def in_order(rows: Iterable[RowPlan]) -> list[RowPlan]:
    """The rows by their lines; two of one line (as of one stock and a spoiled row) cannot be."""
    return sorted(rows, key=lambda row: row.line)
