"""Reading a production export of iMits or GenTaR, as CSV or JSON (docs/line-imports.md)."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
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
STATUS_LISTS = ("statuses", "status dates", "status stamps")
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
    source = iter(records)
    for first in islice(source, 1):
        heads = heads_of_production(first.cells)
        yield from (_of_record(record, heads) for record in source if record.problem or any(record.cells))


def _of_record(record: Record, heads: Heads) -> ProductionRow | BadRow:
    problem = record.problem
    if not problem and len(record.cells) != heads.width:
        problem = f"The row has {len(record.cells)} columns instead of {heads.width}."
    if problem:
        return BadRow(record.line, " ".join(record.cells)[:80], problem)
    values = {key: record.cells[place] for key, place in heads.values.items()}
    return _read(record.line, values, [(stated, record.cells[place]) for place, (stated, _) in heads.days.items()])


def read_production_json(text: str) -> Iterator[ProductionRow | BadRow]:
    """The rows of an export as JSON: a list of objects, or an object with one such list; a row is numbered from 1."""
    for number, each in enumerate(_listed(text), 1):
        if not isinstance(each, dict):
            yield BadRow(number, _text(str(each))[:80], "This is no object with a colony, a centre and an allele.")
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
    named = {status_words(name): value for name, value in each.items()}
    values = {BY_WORDS[words]: _text(value) for words, value in named.items() if words in BY_WORDS}
    days = [(words, _text(value)) for words, value in named.items() if words not in BY_WORDS and _is_of_days(words)]
    listed = _statuses(next((named[words] for words in STATUS_LISTS if words in named), []))
    if listed is None:
        return "The statuses are no list of objects with a status and a date.", values, days
    if CONTROLS.search("".join(values.values())):
        return "The row holds characters that are no text, such as NUL.", {}, days
    return "", values, [*days, *listed]


def _is_of_days(words: str) -> bool:
    return words.endswith((" date", " day")) and stage_of(words) is not None


def _statuses(listed: Any) -> list[tuple[str, str]] | None:
    """The statuses of a list with their days; None for what is no such list."""
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        return None
    return [(_text(one.get("status")), _text(one.get("date", one.get("day")))) for one in listed]


def _text(value: Any) -> str:
    """A value of JSON as a cell; what is neither a text nor a number says nothing."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()  # JSON can say halves of letters that are none.
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _read(line: int, values: Values, days: Days) -> ProductionRow | BadRow:
    said = {key: told(text) for key, text in values.items()}
    reached, problem = _reached(said, days)
    symbol, wrong = symbol_in(values.get("allele_symbol", ""))
    row = _row(line, said, symbol, reached)
    problems = filter(None, (_missing(said), problem, wrong, _problem(row)))
    for problem in problems:
        return BadRow(line, (row.colony or symbol)[:80], problem)
    return row


def _row(line: int, said: Said, symbol: str, reached: tuple[tuple[Stage, date], ...]) -> ProductionRow:
    return ProductionRow(
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
    ids = {"plan_id": row.plan_id, "attempt_id": row.attempt_id, "gentar_id": row.gentar_id}
    return too_long(colony=row.colony, clone=row.clone, symbol=row.gene, **ids)


def _reached(said: Said, days: Days) -> tuple[tuple[tuple[Stage, date], ...], str]:
    """The stages with their days, or the first thing that is wrong with them."""
    read = [_stage_and_day(status, text) for status, text in days]
    found = [each for each in read if isinstance(each, tuple)]
    problem = next((each for each in read if isinstance(each, str)), "") or _add_present(said, found)
    if not problem and not found:
        problem = "The row says no status with a day."
    return ((), problem) if problem else (earliest_of_each(found), "")


def _add_present(said: Said, found: list[tuple[Stage, date]]) -> str:
    """Add the present status of a row with its day, which may stand among the others; what is wrong with it."""
    status = said.get("status")
    if status is None:
        return ""
    read = _stage_and_day(status, said.get("status_date") or "")
    if isinstance(read, str):
        return read
    if read is not None:
        found.append(read)
        return ""
    is_dated = any(stage is stage_of(status) for stage, _ in found)
    return "" if is_dated else f"The status \u201c{status[:60]}\u201d has no day."


def _stage_and_day(status: str, text: str) -> tuple[Stage, date] | str | None:
    """A stage with its day, None for an empty one, or what is wrong with it."""
    stage = stage_of(status)
    if stage is None:
        return f"The status \u201c{status[:60]}\u201d is known neither to iMits nor to GenTaR."
    if not text or told(text) is None:
        return None
    day = day_of(text)
    return f"\u201c{text[:40]}\u201d is no day: write it as 2016-05-24." if day is None else (stage, day)
