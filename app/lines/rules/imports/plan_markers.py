"""What a list of markers would change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.lines.rules.imports.catalogue import Genes
from app.lines.rules.imports.kinds import RowOutcome
from app.lines.rules.imports.markers import MarkerRow
from app.lines.rules.imports.plans import GeneWrites, Plan, RowPlan, differing, in_order, refused, told_changes
from app.lines.rules.imports.texts import BadRow


def plan_markers(rows: Iterable[MarkerRow | BadRow], genes: Genes) -> Plan:
    """Each marker added, renamed, or pointed to the one that took its place."""
    taken = list(rows)
    markers = [row for row in taken if isinstance(row, MarkerRow)]
    file = _File(markers, genes)
    plan = Plan([refused(row) for row in taken if isinstance(row, BadRow)])
    plan.rows = in_order([*plan.rows, *(_plan(row, file, plan.genes) for row in markers)])
    return plan


class _File:
    """The rows of a list by what they are found by."""

    def __init__(self, rows: Sequence[MarkerRow], genes: Genes) -> None:
        self.genes = genes
        self.first: dict[str, MarkerRow] = {}
        self.twice: dict[str, MarkerRow] = {}
        self.official: dict[str, str] = {}
        self.withdrawn: dict[str, str] = {}
        for row in rows:
            first = self.first.setdefault(row.mgi_id, row)
            if first is not row and (first.symbol, first.is_withdrawn) != (row.symbol, row.is_withdrawn):
                self.twice[row.mgi_id] = row
            (self.withdrawn if row.is_withdrawn else self.official)[row.symbol] = row.mgi_id
        self.known = {marker.symbol: marker.mgi_id for marker in genes.markers.values() if marker.current_id is None}

    def current_of(self, row: MarkerRow) -> str | None:
        """The MGI id of the marker that took the place of a withdrawn one, None where it cannot be told."""
        seen = {row.mgi_id}
        while (found := self._named(row)) is not None and found not in seen:
            seen.add(found)
            following = self.first.get(found)
            if following is None or not following.is_withdrawn:
                return found
            row = following
        return None

    def _named(self, row: MarkerRow) -> str | None:
        """The MGI id of the one that a withdrawn one names, in the file or on record."""
        if row.current_mgi_id is not None:
            is_there = row.current_mgi_id in self.first or row.current_mgi_id in self.genes.markers
            return row.current_mgi_id if is_there else None
        found = (ids.get(row.current or "") for ids in (self.official, self.known, self.withdrawn))
        return next(filter(None, found), None)


def _plan(row: MarkerRow, file: _File, writes: GeneWrites) -> RowPlan:
    other = file.twice.get(row.mgi_id)
    first = file.first[row.mgi_id]
    if other is not None:
        told = f"The file gives {row.mgi_id} twice: as {first.symbol} on line {first.line}, as {other.symbol} on line"
        return RowPlan(row.line, row.symbol, RowOutcome.REFUSED, f"{told} {other.line}. Neither is taken.")
    if first is not row:
        return RowPlan(row.line, row.symbol, RowOutcome.UNCHANGED, f"The same as line {first.line}.")
    return _withdrawn(row, file, writes) if row.is_withdrawn else _official(row, file.genes, writes)


def _official(row: MarkerRow, genes: Genes, writes: GeneWrites) -> RowPlan:
    known = genes.markers.get(row.mgi_id)
    wanted = {"symbol": row.symbol, "name": row.name, "chromosome": row.chromosome}
    if known is None:
        writes.markers[row.mgi_id] = wanted
        told = f"{row.mgi_id}, chromosome {row.chromosome}" if row.chromosome else row.mgi_id
        return RowPlan(row.line, row.symbol, RowOutcome.ADDED, told)
    values = differing(known.values(), wanted)
    if not values:
        return RowPlan(row.line, row.symbol, RowOutcome.UNCHANGED)
    writes.marker_changes[known.id] = values
    return RowPlan(row.line, row.symbol, RowOutcome.CHANGED, told_changes(known.values(), values))


def _withdrawn(row: MarkerRow, file: _File, writes: GeneWrites) -> RowPlan:
    named = row.current or row.current_mgi_id
    if named is None:
        told = "Withdrawn, and the list names none that took its place."
        return RowPlan(row.line, row.symbol, RowOutcome.UNCHANGED, told)
    current, known = file.current_of(row), file.genes.markers.get(row.mgi_id)
    if current is None:
        told = f"Withdrawn for {named}, which is neither in the file nor on record."
        return RowPlan(row.line, row.symbol, RowOutcome.REFUSED, told)
    told = f"Withdrawn: {named} ({current}) took its place."
    present = file.genes.markers.get(current)
    if known is not None and present is not None and known.current_id == present.id:
        return RowPlan(row.line, row.symbol, RowOutcome.UNCHANGED, told)
    writes.currents[row.mgi_id] = current
    if known is not None:
        return RowPlan(row.line, row.symbol, RowOutcome.CHANGED, told)
    writes.markers[row.mgi_id] = {"symbol": row.symbol, "name": row.name, "chromosome": row.chromosome}
    return RowPlan(row.line, row.symbol, RowOutcome.ADDED, told)
