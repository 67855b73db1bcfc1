"""Reading a production export of iMits or GenTaR, as CSV or JSON (docs/line-imports.md)."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core.errors import DomainError
from app.files.rules import CONTROLS
from app.lines.rules.imports.cells import is_mgi_id, symbol_in, told, too_long
from app.lines.rules.imports.production_columns import BY_WORDS, NEEDED, Heads, heads_of_production
from app.lines.rules.imports.stages import day_of, earliest_of_each, stage_of, status_words
from app.lines.rules.imports.texts import BadRow, Record
from app.lines.rules.kinds import Stage

MOST_DEEP = 64
Values = Mapping[str, str]
Said = Mapping[str, str | None]
Days = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ProductionRow:
    """What an export says of one colony; None is what it does not say."""

    line: int
    colony: str
    centre: str
    symbol: str
    allele_id: str | None
    marker_id: str | None
    gene: str | None
    clone: str | None
    strain: str | None
    consortium: str | None
    funder: str | None
    plan_id: str | None
    attempt_id: str | None
    gentar_id: str | None
    reached: tuple[tuple[Stage, date], ...]


def read_production(records: Iterable[Record]) -> Iterator[ProductionRow | BadRow]:
    """The rows of an export as CSV, below its line of heads."""
    heads: Heads | None = None
    for record in records:
        if heads is None:
            heads = heads_of_production(record.cells)
            continue
        if record.problem:
            yield BadRow(record.line, _label(record), record.problem)
        elif len(record.cells) != heads.width:
            problem = f"The row has {len(record.cells)} columns instead of {heads.width}."
            yield BadRow(record.line, _label(record), problem)
        elif any(record.cells):
            values = {key: record.cells[place] for key, place in heads.values.items()}
            days = [(stated, record.cells[place]) for place, (stated, _) in heads.days.items()]
            yield _read(record.line, values, days)


def read_production_json(text: str) -> Iterator[ProductionRow | BadRow]:
    """The rows of an export as JSON: a list of objects, or an object with one such list; a row is numbered from 1."""
    for number, each in enumerate(_listed(text), 1):
        if not isinstance(each, dict):
            yield BadRow(number, str(each)[:80], "This is no object with a colony, a centre and an allele.")
            continue
        problem, values, days = _from_json(each)
        if problem:
            yield BadRow(number, str(values.get("colony", ""))[:80], problem)
            continue
        yield _read(number, values, days)


def count_listed(text: str) -> int:
    """How many rows an export as JSON lists; DomainError for what is no such list, or has no row of a colony."""
    listed = _listed(text)
    known = ({BY_WORDS.get(status_words(name)) for name in each} for each in listed if isinstance(each, dict))
    if listed and not any({"colony", "allele_symbol"} <= keys for keys in known):
        raise DomainError("No row of the JSON has a colony and an allele symbol.", "table")
    return len(listed)


def _listed(text: str) -> list[Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" at line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise DomainError(f"This is no valid JSON{where}.", "table") from None
    if isinstance(found, dict):
        lists = [value for value in found.values() if isinstance(value, list)]
        found = lists[0] if len(lists) == 1 else None
    if not isinstance(found, list):
        raise DomainError("The JSON is neither a list of rows nor an object with one list of them.", "table")
    return found


def _from_json(each: Mapping[str, Any]) -> tuple[str, dict[str, str], list[tuple[str, str]]]:
    """What is wrong with an object, its values by our names, and its days."""
    values: dict[str, str] = {}
    days: list[tuple[str, str]] = []
    for name, value in each.items():
        words = status_words(name)
        key = BY_WORDS.get(words)
        if words in {"statuses", "status dates", "status stamps"}:
            if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
                return "The statuses are no list of objects with a status and a date.", values, days
            days += [(_text(one.get("status")), _text(one.get("date", one.get("day")))) for one in value]
        elif key is not None:
            values[key] = _text(value)
        elif words.endswith(" date") and stage_of(words.removesuffix(" date")):
            days.append((name, _text(value)))
    if any(CONTROLS.search(text) for text in values.values()):
        return "The row holds characters that are no text, such as NUL.", {}, days
    return "", values, days


def _text(value: Any) -> str:
    """A value of JSON as a cell; what is neither a text nor a number says nothing."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _read(line: int, values: Values, days: Days) -> ProductionRow | BadRow:
    said = {key: told(text) for key, text in values.items()}
    reached, problem = _reached(said, days)
    symbol, wrong = symbol_in(values.get("allele_symbol", ""))
    row = ProductionRow(
        line,
        said.get("colony") or "",
        _shared(said.get("centre")) or "",
        symbol,
        said.get("allele_mgi_id"),
        said.get("gene_mgi_id"),
        said.get("gene_symbol"),
        said.get("clone"),
        _shared(said.get("background_strain")),
        _shared(said.get("consortium")),
        _shared(said.get("funder")),
        said.get("plan_id"),
        said.get("attempt_id"),
        said.get("gentar_id"),
        reached,
    )
    problem = _missing(said) or problem or wrong or _problem(row)
    return BadRow(line, (row.colony or symbol)[:80], problem) if problem else row


def _shared(text: str | None) -> str | None:
    """A text that many rows have, kept once."""
    return None if text is None else sys.intern(text)


def _missing(said: Said) -> str:
    empty = [key.replace("_", " ") for key in NEEDED if said.get(key) is None]
    return f"The row says no {' and no '.join(empty)}." if empty else ""


def _problem(row: ProductionRow) -> str:
    for title, text in (("a gene", row.marker_id), ("an allele", row.allele_id)):
        if text is not None and not is_mgi_id(text):
            return f"\u201c{text[:40]}\u201d is no MGI id of {title}, such as MGI:88388."
    for title, text in (("colony", row.colony), ("clone", row.clone)):
        if text is not None and len(text) > 200:
            return f"The {title} is longer than 200 letters."
    return too_long(plan_id=row.plan_id, attempt_id=row.attempt_id, gentar_id=row.gentar_id, symbol=row.gene)


def _reached(said: Said, days: Days) -> tuple[tuple[tuple[Stage, date], ...], str]:
    """The stages with their days, or the first thing that is wrong with them."""
    found: list[tuple[Stage, date]] = []
    stated = [*((status, text, False) for status, text in days)]
    if present := said.get("status"):
        stated.append((present, said.get("status_date") or "", True))
    for status, text, is_present in stated:
        stage = stage_of(status)
        if stage is None:
            return (), f"The status \u201c{status[:60]}\u201d is known neither to iMits nor to GenTaR."
        if not text or told(text) is None:
            if is_present and not any(each[0] is stage for each in found):
                return (), f"The status \u201c{status[:60]}\u201d has no day."
            continue
        day = day_of(text)
        if day is None:
            return (), f"\u201c{text[:40]}\u201d is no day: write it as 2016-05-24."
        found.append((stage, day))
    if not found:
        return (), "The row says no status with a day."
    return earliest_of_each(found), ""


def _label(record: Record) -> str:
    return " ".join(record.cells)[:80]
