"""The alleles, genes and clones that rows of a production export name: those on record, and those to be added."""

from __future__ import annotations

from app.lines.rules.imports.catalogue import Genes, KnownAllele
from app.lines.rules.imports.plans import GeneWrites
from app.lines.rules.imports.production import ProductionRow
from app.lines.rules.symbols import parts_of_symbol


class GenesOfRows:
    """What rows name, found on record or noted to be added; a new one is named by what the file calls it."""

    def __init__(self, genes: Genes) -> None:
        """Begin with nothing to be added."""
        self.genes, self.writes = genes, GeneWrites()
        self.by_symbol: dict[str, str] = {}
        self.markers_of: dict[str, list[str]] = {}
        for marker in genes.markers.values():
            if marker.current_id is None:
                self.markers_of.setdefault(marker.symbol, []).append(marker.mgi_id)

    def problem(self, row: ProductionRow) -> str:
        """Why the allele of a row cannot be told, or contradicts what is on record."""
        return self._wrong_symbol(row) or self._wrong_gene(row)

    def _wrong_symbol(self, row: ProductionRow) -> str:
        if row.allele_id is None:
            is_shared = len(self.genes.by_symbol.get(row.symbol, ())) > 1
            told = f"Several alleles on record have the symbol {row.symbol}: give the MGI id of the allele."
            return told if is_shared else ""
        known, new = self.genes.by_mgi_id.get(row.allele_id), self.writes.alleles.get(row.allele_id)
        if known is not None and known.symbol != row.symbol:
            return f"{row.allele_id} is {known.symbol} on record, not {row.symbol}."
        if new is not None and new["symbol"] != row.symbol:
            return f"{row.allele_id} is {new['symbol']} on an earlier line, not {row.symbol}."
        return ""

    def _wrong_gene(self, row: ProductionRow) -> str:
        known = self._known(row)
        held = self.genes.markers_by_id.get(known.marker_id or 0) if known else None
        if held is None or row.marker_id is None:
            return ""
        present, wanted = self.genes.current(held.mgi_id) or held, self.genes.current(row.marker_id)
        told = f"{row.symbol} is of {present.symbol} ({present.mgi_id}) on record, not of {row.marker_id}."
        return "" if wanted is present else told

    def allele(self, row: ProductionRow) -> int | str:
        """The id of the allele of a row on record, else what the one to be added is called."""
        known = self._known(row)
        if known is not None:
            self._fill(row, known)
            return known.id
        key = row.allele_id or self.by_symbol.get(row.symbol) or row.symbol
        if key not in self.writes.alleles:
            values = {"mgi_id": row.allele_id, "symbol": row.symbol, "marker": self._marker(row)}
            self.writes.alleles[key] = values
            self.by_symbol.setdefault(row.symbol, key)
        return key

    def clone(self, row: ProductionRow) -> str | None:
        """The name of the clone of a row; one that is not on record is added with its allele."""
        if row.clone is not None and row.clone not in self.genes.clones:
            self.writes.clones.setdefault(row.clone, self.allele(row))
        return row.clone

    def _known(self, row: ProductionRow) -> KnownAllele | None:
        if row.allele_id is not None and row.allele_id in self.genes.by_mgi_id:
            return self.genes.by_mgi_id[row.allele_id]
        named = self.genes.by_symbol.get(row.symbol, [])
        if row.allele_id is not None:
            named = [each for each in named if each.mgi_id is None]
        return named[0] if len(named) == 1 else None

    def _fill(self, row: ProductionRow, known: KnownAllele) -> None:
        """Give an allele on record the ids that it lacks."""
        values: dict[str, str | None] = {}
        if row.allele_id is not None and known.mgi_id is None:
            values["mgi_id"] = row.allele_id
        if row.marker_id is not None and known.marker_id is None:
            values["marker"] = self._marker(row)
        if values:
            self.writes.allele_changes[known.id] = values

    def _marker(self, row: ProductionRow) -> str | None:
        """The MGI id of the gene of a row, which is added where it is new; else the only one of the symbol's gene."""
        gene = parts_of_symbol(row.symbol)[0]
        if row.marker_id is None:
            named = self.markers_of.get(gene, ())
            return named[0] if len(named) == 1 else None
        known = self.genes.current(row.marker_id)
        if known is not None:
            return known.mgi_id
        values = {"symbol": row.gene or gene, "name": None, "chromosome": None}
        self.writes.markers.setdefault(row.marker_id, values)
        return row.marker_id
