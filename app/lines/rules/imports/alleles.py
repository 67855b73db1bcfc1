"""Reading the allele reports of MGI: those of KOMP, EUCOMM and NorCOMM, and that of all phenotypic alleles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.lines.rules.imports.cells import is_mgi_id, parts_of, symbol_in, told, too_long
from app.lines.rules.imports.texts import BadRow, TextLine

PROJECT_WIDTH, PHENOTYPIC_WIDTH = 8, 13
NOT_AN_ID = "\u201c{}\u201d is no MGI id of an allele, such as MGI:4433388."
NOT_A_GENE = "\u201c{}\u201d is no MGI id of a gene, such as MGI:88388."


@dataclass(frozen=True, slots=True)
class AlleleRow:
    """An allele as a report has it; None is what the report does not say."""

    line: int
    mgi_id: str
    symbol: str
    name: str | None
    marker_id: str | None
    gene: str | None
    pipeline: str | None = None
    project_id: str | None = None
    clones: tuple[str, ...] = ()
    kind: str | None = None
    synonyms: str | None = None


def read_project_alleles(lines: Iterable[TextLine]) -> Iterator[AlleleRow | BadRow]:
    """The alleles of a report of KOMP, EUCOMM or NorCOMM."""
    for line, cells in _cells(lines, PROJECT_WIDTH):
        if isinstance(cells, BadRow):
            yield cells
            continue
        project_id, project, mgi_id, written, name, marker_id, gene, clones = cells
        symbol, problem = symbol_in(written)
        row = AlleleRow(
            line,
            mgi_id.strip(),
            symbol,
            told(name),
            told(marker_id),
            told(gene),
            pipeline=told(project),
            project_id=told(project_id),
            clones=parts_of(clones, ","),
        )
        yield _checked(row, problem)


def read_phenotypic_alleles(lines: Iterable[TextLine]) -> Iterator[AlleleRow | BadRow]:
    """The alleles of MGI_PhenotypicAllele.rpt: what kind each is, and its other names."""
    for line, cells in _cells(lines, PHENOTYPIC_WIDTH):
        if isinstance(cells, BadRow):
            yield cells
            continue
        mgi_id, written, name, kind, attributes, _pubmed, marker_id, gene, _refseq, _ensembl, _mp, others, _gene = cells
        symbol, problem = symbol_in(written)
        row = AlleleRow(
            line,
            mgi_id.strip(),
            symbol,
            told(name),
            told(marker_id),
            told(gene),
            kind=_kind(kind, attributes),
            synonyms="|".join(parts_of(others, "|")) or None,
        )
        yield _checked(row, problem)


def _kind(kind: str, attributes: str) -> str | None:
    """The type of an allele and behind it its attributes."""
    named = "; ".join(part for part in (told(kind), ", ".join(parts_of(attributes, "|"))) if part)
    return named[:200] or None


def _cells(lines: Iterable[TextLine], width: int) -> Iterator[tuple[int, Sequence[str] | BadRow]]:
    for line in lines:
        if line.text.startswith("#"):
            continue
        if line.problem:
            yield line.number, BadRow(line.number, line.text[:80], line.problem)
            continue
        cells = line.text.split("\t")
        if len(cells) != width:
            problem = f"The line has {len(cells)} columns instead of {width}."
            yield line.number, BadRow(line.number, line.text[:80], problem)
            continue
        yield line.number, cells


def _checked(row: AlleleRow, problem: str) -> AlleleRow | BadRow:
    problem = _problem(row) or problem
    return BadRow(row.line, row.symbol[:80] or row.mgi_id[:80], problem) if problem else row


def _problem(row: AlleleRow) -> str:
    if not is_mgi_id(row.mgi_id):
        return NOT_AN_ID.format(row.mgi_id[:40])
    if row.marker_id is not None and not is_mgi_id(row.marker_id):
        return NOT_A_GENE.format(row.marker_id[:40])
    if any(len(clone) > 200 for clone in row.clones):
        return "The name of a clone is longer than 200 letters."
    return too_long(symbol=row.symbol, gene=row.gene, name=row.name, project_id=row.project_id, project=row.pipeline)
