"""Reading the catalogue of the MMRRC: its stocks, each spread over many rows of alleles and genes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.lines.rules.imports.cells import is_mgi_id, parts_of, symbol_in, told
from app.lines.rules.imports.stages import american_day_of
from app.lines.rules.imports.texts import BadRow, Record
from app.lines.rules.kinds import MaterialForm

STOCK_HEAD, NAME_HEAD, OTHERS_HEAD = "STRAIN/STOCK_ID", "STRAIN/STOCK_DESIGNATION", "OTHER_NAMES"
STATE_HEAD, DAY_HEAD = "STATE", "ACCEPTED_DATE"
ALLELE_HEAD, SYMBOL_HEAD = "MGI_ALLELE_ACCESSION_ID", "ALLELE_SYMBOL"
NEEDED = (STOCK_HEAD, NAME_HEAD, STATE_HEAD, ALLELE_HEAD, SYMBOL_HEAD)
STOCK = re.compile(r"MMRRC:\d{1,9}-[A-Z]{1,8}")
STATES: dict[str, MaterialForm | None] = {
    "LM": MaterialForm.LIVE,
    "EM": MaterialForm.EMBRYOS,
    "SP": MaterialForm.SPERM,
    "CA": None,
    "ES": None,
    "CU": None,
}
TAGS = re.compile(r"</?(?:i|b|em|span)\b[^>]*>", re.IGNORECASE)


@dataclass(slots=True)
class Stock:
    """A stock of a repository: all that its rows say of it."""

    line: int
    number: str
    designation: str
    others: tuple[str, ...]
    forms: frozenset[MaterialForm]
    accepted: date | None
    rows: int = 1
    alleles: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read_stocks(records: Iterable[Record]) -> Iterator[Stock | BadRow]:
    """The stocks of a catalogue in the order of their first rows; rows that belong to none, as they are met."""
    stocks: dict[str, Stock] = {}
    heads: dict[str, int] = {}
    width = 0
    for record in records:
        if not heads:
            heads = heads_of(record.cells)
            width = len(record.cells)
            continue
        problem = _problem(record, heads, width)
        if problem:
            yield BadRow(record.line, " ".join(record.cells)[:80], problem)
            continue
        _note(stocks, record, heads)
    yield from stocks.values()


def heads_of(cells: Sequence[str]) -> dict[str, int]:
    """Where each column stands; empty for a row that is not the line of heads."""
    heads = {cell.strip().upper(): place for place, cell in enumerate(cells)}
    return heads if all(head in heads for head in NEEDED) else {}


def _problem(record: Record, heads: dict[str, int], width: int) -> str:
    if record.problem:
        return record.problem
    if len(record.cells) != width:
        return f"The row has {len(record.cells)} columns instead of {width}."
    number = record.cells[heads[STOCK_HEAD]]
    if STOCK.fullmatch(number) is None:
        return f"\u201c{number[:40]}\u201d is no stock of the MMRRC, such as MMRRC:000002-UNC."
    allele = record.cells[heads[ALLELE_HEAD]]
    if told(allele) is not None and not is_mgi_id(allele):
        return f"\u201c{allele[:40]}\u201d is no MGI id of an allele, such as MGI:4433388."
    return ""


def _note(stocks: dict[str, Stock], record: Record, heads: dict[str, int]) -> None:
    cells = record.cells
    number = cells[heads[STOCK_HEAD]]
    stock = stocks.get(number)
    if stock is None:
        stock = stocks[number] = _begun(record, heads, number)
    else:
        stock.rows += 1
    if allele := told(cells[heads[ALLELE_HEAD]]):
        symbol, _ = symbol_in(cells[heads[SYMBOL_HEAD]])
        known = stock.alleles.setdefault(allele, symbol)
        if known != symbol:
            stock.problems.append(f"Line {record.line} calls {allele} {symbol} and an earlier one {known}.")


def _begun(record: Record, heads: dict[str, int], number: str) -> Stock:
    cells = record.cells
    states = parts_of(cells[heads[STATE_HEAD]].upper(), ",")
    forms = frozenset(form for state in states if (form := STATES.get(state)) is not None)
    others = parts_of(cells[heads[OTHERS_HEAD]], "|") if OTHERS_HEAD in heads else ()
    accepted = american_day_of(cells[heads[DAY_HEAD]]) if DAY_HEAD in heads else None
    designation = " ".join(TAGS.sub("", cells[heads[NAME_HEAD]]).split())
    stock = Stock(record.line, number, designation, others, forms, accepted)
    unknown = [state for state in states if state not in STATES]
    if unknown:
        stock.problems.append(f"The state \u201c{unknown[0][:20]}\u201d is none of {', '.join(STATES)}.")
    return stock
