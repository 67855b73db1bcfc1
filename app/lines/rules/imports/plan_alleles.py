"""What a report of alleles would change: alleles, the genes they are of, and the clones that carry them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from app.lines.rules.imports.alleles import AlleleRow
from app.lines.rules.imports.catalogue import Genes, KnownAllele
from app.lines.rules.imports.kinds import RowOutcome
from app.lines.rules.imports.plans import GeneWrites, Plan, RowPlan, differing, in_order, refused, told_changes
from app.lines.rules.imports.texts import BadRow
from app.lines.rules.symbols import parts_of_symbol

MOST_NAMED = 4


def plan_alleles(rows: Iterable[AlleleRow | BadRow], genes: Genes) -> Plan:
    """Each allele added or changed, its gene where it is missing, and its clones."""
    taken = list(rows)
    alleles = [row for row in taken if isinstance(row, AlleleRow)]
    planning = Planning(alleles, genes)
    bad = (refused(row) for row in taken if isinstance(row, BadRow))
    return Plan(in_order([*bad, *(planning.plan(row) for row in alleles)]), planning.writes)


class Planning:
    """A report being planned: its rows by their ids, and what is written so far."""

    def __init__(self, rows: Sequence[AlleleRow], genes: Genes) -> None:
        """Find out which ids stand in it more than once."""
        self.genes, self.writes = genes, GeneWrites()
        self.first: dict[str, AlleleRow] = {}
        self.twice: dict[str, AlleleRow] = {}
        for row in rows:
            first = self.first.setdefault(row.mgi_id, row)
            if first.symbol != row.symbol or first.marker_id != row.marker_id:
                self.twice[row.mgi_id] = row

    def plan(self, row: AlleleRow) -> RowPlan:
        """What becomes of a row."""
        first, known = self.first[row.mgi_id], self._known(row)
        wrong = self._wrong_twin(first) or self._wrong_clone(row, known)
        if wrong:
            return RowPlan(row.line, row.symbol, RowOutcome.REFUSED, wrong, known.id if known else None)
        if first is not row:
            return self._again(row, first, known)
        return self._change(row, known) if known is not None else self._add(row)

    def _wrong_twin(self, first: AlleleRow) -> str:
        """Why neither of two rows is taken that say different things of one id."""
        other = self.twice.get(first.mgi_id)
        if other is None:
            return ""
        said = f"{first.symbol} on line {first.line}, {other.symbol} on line {other.line}"
        if first.symbol == other.symbol:
            said = f"of {first.marker_id} on line {first.line}, of {other.marker_id} on line {other.line}"
        return f"The file gives {first.mgi_id} as two: {said}. Neither is taken."

    def _known(self, row: AlleleRow) -> KnownAllele | None:
        """The allele on record: by its id, else the only one of its symbol that has none yet."""
        known = self.genes.by_mgi_id.get(row.mgi_id)
        if known is not None:
            return known
        named = [each for each in self.genes.by_symbol.get(row.symbol, ()) if each.mgi_id is None]
        return named[0] if len(named) == 1 else None

    def _wrong_clone(self, row: AlleleRow, known: KnownAllele | None) -> str:
        """Why a clone of a row cannot be of its allele."""
        own = {row.mgi_id, known.id if known else None}
        return next(filter(None, (self._carried(clone, own) for clone in row.clones)), "")

    def _carried(self, clone: str, own: Collection[str | int | None]) -> str:
        """Why a clone cannot be of an allele that is called so or so; empty where it can."""
        carried = self.genes.clones.get(clone)
        if carried is not None and carried not in own:
            return f"The clone {clone} carries {self.genes.by_id[carried].symbol} on record."
        is_free = self.writes.clones.get(clone) in {None, *own}
        return "" if is_free else f"The clone {clone} stands with another allele on an earlier line."

    def _again(self, row: AlleleRow, first: AlleleRow, known: KnownAllele | None) -> RowPlan:
        """A further row of an allele brings its clones along."""
        added = self._add_clones(row, known)
        record_id = known.id if known else None
        if added:
            told = f"With line {first.line}.\n{added}"
            return RowPlan(row.line, row.symbol, RowOutcome.CHANGED, told, record_id)
        return RowPlan(row.line, row.symbol, RowOutcome.UNCHANGED, f"The same as line {first.line}.", record_id)

    def _add(self, row: AlleleRow) -> RowPlan:
        values = _values(row)
        values["marker"] = self._marker(row)
        self.writes.alleles[row.mgi_id] = values
        told = ", ".join(part for part in (row.mgi_id, row.pipeline, self._add_clones(row, None)) if part)
        return RowPlan(row.line, row.symbol, RowOutcome.ADDED, told)

    def _change(self, row: AlleleRow, known: KnownAllele) -> RowPlan:
        values = differing(known.values(), _values(row))
        told = told_changes(known.values(), values)
        marker = self._marker(row)
        if marker is not None and marker != self._marker_on_record(known):
            values["marker"] = marker
            told = f"{told}\nGene: {marker}".strip()
        clones = self._add_clones(row, known)
        if values:
            self.writes.allele_changes[known.id] = values
        outcome = RowOutcome.CHANGED if values or clones else RowOutcome.UNCHANGED
        return RowPlan(row.line, row.symbol, outcome, "\n".join(part for part in (told, clones) if part), known.id)

    def _marker_on_record(self, known: KnownAllele) -> str | None:
        """The MGI id of the present marker of an allele on record."""
        marker = self.genes.markers_by_id.get(known.marker_id or 0)
        current = self.genes.current(marker.mgi_id) if marker else None
        return current.mgi_id if current else None

    def _marker(self, row: AlleleRow) -> str | None:
        """The MGI id of the gene of a row, or of what took its place; one that is not on record is added."""
        if row.marker_id is None:
            return None
        known = self.genes.current(row.marker_id)
        if known is not None:
            return known.mgi_id
        symbol = row.gene or parts_of_symbol(row.symbol)[0]
        self.writes.markers.setdefault(row.marker_id, {"symbol": symbol, "name": None, "chromosome": None})
        return row.marker_id

    def _add_clones(self, row: AlleleRow, known: KnownAllele | None) -> str:
        """Have the clones added that are new; they in words."""
        fresh = [each for each in row.clones if each not in self.genes.clones and each not in self.writes.clones]
        self.writes.clones.update(dict.fromkeys(fresh, known.id if known else row.mgi_id))
        if len(fresh) < MOST_NAMED:
            return f"Clone {', '.join(fresh)}" if fresh else ""
        return f"{len(fresh)} clones: {', '.join(fresh[:MOST_NAMED])} \u2026"


def _values(row: AlleleRow) -> dict[str, Any]:
    return {
        "mgi_id": row.mgi_id,
        "symbol": row.symbol,
        "name": row.name,
        "pipeline": row.pipeline,
        "project_id": row.project_id,
        "kind": row.kind,
        "synonyms": row.synonyms,
    }
