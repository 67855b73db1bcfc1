"""The columns of a production export, under the names that iMits, GenTaR and spreadsheets give them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.lines.rules.imports.stages import stage_of, status_words
from app.lines.rules.kinds import Stage

NAMES: dict[str, tuple[str, ...]] = {
    "plan_id": ("mi plan id", "plan", "pin"),
    "attempt_id": ("mi attempt id", "attempt", "external ref"),
    "gentar_id": ("gentar", "gentar plan", "tpo"),
    "colony": ("colony name", "production colony name", "mi attempt colony name"),
    "centre": ("center", "production centre", "production center", "work unit", "mi attempt production centre"),
    "consortium": ("production consortium", "mi attempt consortium", "work group"),
    "gene_mgi_id": ("mgi accession id", "marker mgi id", "mgi gene id", "gene id"),
    "gene_symbol": ("gene", "marker symbol"),
    "allele_mgi_id": ("mgi allele id", "allele id", "mgi allele accession id"),
    "allele_symbol": ("allele", "mutation symbol", "mgi allele symbol"),
    "clone": ("es cell", "es cell clone", "clone name"),
    "background_strain": ("strain", "genetic background", "background", "background strain name"),
    "funder": ("funded by", "funders"),
    "status": ("current status", "plan status", "mi attempt status", "overall status"),
    "status_date": ("current status date", "status day"),
}
NEEDED = ("colony", "centre", "allele_symbol")
BY_WORDS = {words: key for key, others in NAMES.items() for words in (status_words(key), *others)}


@dataclass(frozen=True)
class Heads:
    """Which place of a row holds what: values by their names, and the day of each status."""

    width: int
    values: dict[str, int]
    days: dict[int, tuple[str, Stage]]
    missing: tuple[str, ...]


def heads_of_production(cells: Sequence[str]) -> Heads:
    """The columns of a production export by its line of heads; a head that says nothing to us is passed over."""
    values: dict[str, int] = {}
    days: dict[int, tuple[str, Stage]] = {}
    for place, cell in enumerate(cells):
        words = status_words(cell)
        key = BY_WORDS.get(words)
        if key is not None:
            values.setdefault(key, place)
            continue
        status = words.removesuffix(" date").removesuffix(" day")
        stage = stage_of(status)
        if stage is not None and status != words:
            days[place] = (cell.strip(), stage)
    missing = tuple(key for key in NEEDED if key not in values)
    return Heads(len(cells), values, days, missing)


def is_production(heads: Heads) -> bool:
    """Whether a line of heads is that of a production export."""
    return "colony" in heads.values and bool(heads.days or "status" in heads.values or not heads.missing)
