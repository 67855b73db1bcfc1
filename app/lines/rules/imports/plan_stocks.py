"""What a catalogue of stocks would change: deposits and forms of the lines whose alleles it names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.lines.rules.identifiers import colony_key
from app.lines.rules.imports.catalogue import Genes, Holdings, KnownAllele, KnownLine
from app.lines.rules.imports.kinds import RowOutcome
from app.lines.rules.imports.plans import Plan, RowPlan, in_order, refused
from app.lines.rules.imports.stocks import Stock
from app.lines.rules.imports.texts import BadRow
from app.lines.rules.kinds import FORM_WORDS, MaterialForm

MOST_NAMED = 4


@dataclass(slots=True)
class DepositWrite:
    """What is added to a line: the deposit under a stock number, and forms."""

    line_id: int
    stock_number: str | None
    first_day: date
    forms: tuple[MaterialForm, ...]


def plan_stocks(rows: Iterable[Stock | BadRow], genes: Genes, holdings: Holdings, day: date) -> Plan:
    """Each stock put with the line it is of; what is said without a day holds from `day` on."""
    plan = Plan([])
    for row in rows:
        plan.rows.append(refused(row) if isinstance(row, BadRow) else _plan(row, genes, holdings, day, plan.deposits))
    plan.rows = in_order(plan.rows)
    return plan


def _plan(stock: Stock, genes: Genes, holdings: Holdings, day: date, writes: list[DepositWrite]) -> RowPlan:
    if stock.problems:
        return _row(stock, RowOutcome.REFUSED, "\n".join(stock.problems))
    lines = _lines_of(stock, genes, holdings)
    if not lines:
        rows = f" ({stock.rows} rows)" if stock.rows > 1 else ""
        return _row(stock, RowOutcome.UNCHANGED, f"No line of the catalogue has one of its alleles{rows}.")
    meant = lines if len(lines) == 1 else _named_in(stock, lines)
    return _deposit(stock, meant[0], holdings, day, writes) if len(meant) == 1 else _ambiguous(stock, lines)


def _ambiguous(stock: Stock, lines: Sequence[KnownLine]) -> RowPlan:
    """A stock that may be of several lines is put with none."""
    named = ", ".join(line.colony for line in lines[:MOST_NAMED])
    more = f" and {len(lines) - MOST_NAMED} more" if len(lines) > MOST_NAMED else ""
    told = f"{len(lines)} lines have its alleles, and it names none of them: {named}{more}."
    return _row(stock, RowOutcome.REFUSED, told)


def _deposit(stock: Stock, line: KnownLine, holdings: Holdings, day: date, writes: list[DepositWrite]) -> RowPlan:
    stocks, held = holdings.stocks.setdefault(line.id, set()), holdings.forms.setdefault(line.id, set())
    if "" in stocks:
        why = f"The MMRRC keeps {line.colony} on record without a stock number: enter {stock.number} there."
        return _row(stock, RowOutcome.REFUSED, why, line)
    is_kept = stock.number in stocks
    forms = tuple(form for form in MaterialForm if form in stock.forms - held)
    if is_kept and not forms:
        return _row(stock, RowOutcome.UNCHANGED, line.colony, line)
    writes.append(DepositWrite(line.id, None if is_kept else stock.number, min(stock.accepted or day, day), forms))
    stocks.add(stock.number)
    held.update(forms)
    told = [line.colony, *[f"Kept under {stock.number}"][is_kept:], *map(_available, forms)]
    return _row(stock, RowOutcome.CHANGED if is_kept else RowOutcome.ADDED, "\n".join(told), line)


def _available(form: MaterialForm) -> str:
    return f"{FORM_WORDS[form]} available"


def _row(stock: Stock, outcome: RowOutcome, told: str, line: KnownLine | None = None) -> RowPlan:
    label = f"{stock.number} {stock.designation}"[:200]
    return RowPlan(stock.line, label, outcome, told, line.id if line else None)


def _lines_of(stock: Stock, genes: Genes, holdings: Holdings) -> list[KnownLine]:
    """The lines that have one of the alleles of a stock."""
    found: dict[int, KnownLine] = {}
    for mgi_id, symbol in stock.alleles.items():
        for allele in _alleles(mgi_id, symbol, genes):
            found.update({line.id: line for line in holdings.lines_of.get(allele.id, ())})
    return list(found.values())


def _alleles(mgi_id: str, symbol: str, genes: Genes) -> Sequence[KnownAllele]:
    by_id = genes.by_mgi_id.get(mgi_id)
    if by_id is not None:
        return (by_id,)
    return [each for each in genes.by_symbol.get(symbol, ()) if each.mgi_id is None]


def _named_in(stock: Stock, lines: Sequence[KnownLine]) -> list[KnownLine]:
    """The lines whose colony is one of the other names of a stock."""
    names = {colony_key(name) for name in stock.others}
    return [line for line in lines if line.colony_key in names]
