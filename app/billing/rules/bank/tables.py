"""Statements as tables (CSV): which column is what is said once by a person, and remembered for the account."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from app.billing.rules.bank.mt940 import decoded
from app.billing.rules.bank.statements import (
    MOST_ENTRIES,
    Entry,
    Statement,
    check_day,
    check_statements,
    plain,
    read_amount,
    refusal,
)

DELIMITERS = {";": "Semicolon", ",": "Comma", "\t": "Tab", "|": "Bar"}
DAY_FORMATS = {
    "dmy": ("24.05.2016", ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%y", "%d/%m/%y", "%d %b %Y", "%d %B %Y")),
    "ymd": ("2016-05-24", ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y.%m.%d")),
    "mdy": ("05/24/2016", ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y")),
}
DECIMALS = {",": "1.234,56", ".": "1,234.56"}
ROLES = {
    "day": "Booked on",
    "value_day": "Value day",
    "amount": "Amount, below zero for money out",
    "credit": "Money in",
    "debit": "Money out",
    "text": "Text",
    "reference": "Reference of the bank",
    "counterparty": "Other party",
    "counterparty_number": "Its account",
    "balance": "Balance after it",
}
ROLE = "role_"
MOST_COLUMNS, MOST_CELL = 100, 20_000
AMOUNTS = {
    decimal: re.compile(rf"[+-]?(?:\d{{1,3}}(?:[{other}]\d{{3}})+|\d+)(?:[{decimal}]\d+)?", re.ASCII)
    for decimal, other in ((",", "."), (".", ","))
}
GROUPING = re.compile(r"[\s'\u00a0\u202f\u2019]")


@dataclass(frozen=True)
class TableMapping:
    """How a table is read: its signs, how many rows stand above the first entry, and the column of each role."""

    delimiter: str
    decimal: str
    day_format: str
    head_rows: int
    columns: Mapping[str, int]

    def as_kept(self) -> dict[str, object]:
        """As it is remembered."""
        return {
            "delimiter": self.delimiter,
            "decimal": self.decimal,
            "day_format": self.day_format,
            "head_rows": self.head_rows,
            "columns": dict(self.columns),
        }


def kept_mapping(kept: Mapping[str, object]) -> TableMapping:
    """A mapping as it was remembered."""
    columns = kept["columns"]
    assert isinstance(columns, dict)  # noqa: S101 - as_kept wrote it
    return TableMapping(
        str(kept["delimiter"]),
        str(kept["decimal"]),
        str(kept["day_format"]),
        int(str(kept["head_rows"])),
        {str(role): int(place) for role, place in columns.items()},
    )


def decoded_table(content: bytes) -> str:
    """The text of a table, in UTF-8, UTF-16 or the encoding of Western Europe."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError:
            raise refusal("This text is damaged or cut off.") from None
    return decoded(content)


def read_table(content: bytes, mapping: TableMapping, account: str, currency: str) -> Statement:
    """The statement that a table is: its entries in the order of time, its balances where it has a column of them."""
    check_mapping(mapping)
    rows = list(_rows(decoded_table(content), mapping))
    if not rows:
        raise refusal("This table has no row with an entry.")
    read = [(_entry(row, mapping, currency, line), _balance(row, mapping, currency)) for line, row in rows]
    ordered = _in_order(read)
    entries = tuple(entry for entry, _ in ordered)
    opening, closing = _ends(ordered)
    days = [entry.booking_day for entry in entries]
    statement = Statement(account, currency, "", opening, closing, min(days), max(days), entries)
    check_statements([statement])
    return statement


def check_mapping(mapping: TableMapping) -> None:
    """Refuse a mapping by which no amount or no day can be read."""
    roles = set(mapping.columns)
    if "day" not in roles:
        raise refusal("Say which column holds the day.", f"{ROLE}day")
    if not roles & {"amount", "credit", "debit"}:
        message = "Say which column holds the amount, or which two hold money in and money out."
        raise refusal(message, f"{ROLE}amount")
    if "amount" in roles and roles & {"credit", "debit"}:
        message = "Choose either one column with the amount, or those of money in and money out."
        raise refusal(message, f"{ROLE}amount")


def read_rows(text: str, delimiter: str) -> Iterator[list[str]]:
    """The rows of a table as they stand; one that never ends or is wider than a statement is refused."""
    try:
        for row in csv.reader(io.StringIO(text), delimiter=delimiter):
            if len(row) > MOST_COLUMNS or max(map(len, row), default=0) > MOST_CELL:
                raise refusal("This table has a row that is wider than any statement.")
            yield row
    except csv.Error:
        raise refusal("This table is damaged: a cell of it never ends.") from None


def _rows(text: str, mapping: TableMapping) -> Iterator[tuple[int, list[str]]]:
    """The rows with entries and their lines; empty ones are none."""
    for line, row in enumerate(read_rows(text, mapping.delimiter), start=1):
        if line <= mapping.head_rows or not any(cell.strip() for cell in row):
            continue
        if line > MOST_ENTRIES:
            raise refusal(f"This file holds more than {MOST_ENTRIES:,} entries.")
        yield line, row


def _cell(row: Sequence[str], mapping: TableMapping, role: str) -> str:
    place = mapping.columns.get(role)
    return row[place].strip() if place is not None and place < len(row) else ""


def _entry(row: Sequence[str], mapping: TableMapping, currency: str, line: int) -> Entry:
    day = parsed_day(_cell(row, mapping, "day"), mapping.day_format)
    if day is None:
        example = DAY_FORMATS[mapping.day_format][0]
        raise refusal(f"Line {line}: {_cell(row, mapping, 'day')[:40]!r} is no day written as {example}.")
    return Entry(
        booking_day=check_day(day),
        value_day=check_day(parsed_day(_cell(row, mapping, "value_day"), mapping.day_format) or day),
        amount=_amount(row, mapping, currency, line),
        bank_reference=plain(_cell(row, mapping, "reference"), 100),
        text=plain(_cell(row, mapping, "text")),
        counterparty=plain(_cell(row, mapping, "counterparty"), 200),
        counterparty_number=re.sub(r"\s", "", plain(_cell(row, mapping, "counterparty_number"), 40)).upper(),
    )


def parsed_day(cell: str, day_format: str) -> date | None:
    """The day of a cell in one of the ways its format is written; None where it is none."""
    for form in DAY_FORMATS[day_format][1]:
        try:
            return datetime.strptime(cell.strip(), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def _amount(row: Sequence[str], mapping: TableMapping, currency: str, line: int) -> int:
    if "amount" in mapping.columns:
        return _money(_cell(row, mapping, "amount"), mapping, currency, line)
    cells = [_cell(row, mapping, role) for role in ("credit", "debit")]
    came, went = (_money(cell or "0", mapping, currency, line) for cell in cells)
    if (came and went) or not any(cells):
        raise refusal(f"Line {line}: an entry is either money in or money out.")
    return came - abs(went)


def _money(cell: str, mapping: TableMapping, currency: str, line: int) -> int:
    text = GROUPING.sub("", cell).replace("\u2212", "-")
    text = text.removeprefix(currency).removesuffix(currency)
    if text.endswith("-"):
        text = f"-{text[:-1]}"
    other = "." if mapping.decimal == "," else ","
    if not AMOUNTS[mapping.decimal].fullmatch(text):
        raise refusal(f"Line {line}: {cell[:40]!r} is no amount written as {DECIMALS[mapping.decimal]}.")
    return read_amount(text.replace(other, "").replace(mapping.decimal, "."), currency)


def _balance(row: Sequence[str], mapping: TableMapping, currency: str) -> int | None:
    cell = _cell(row, mapping, "balance")
    return _money(cell, mapping, currency, 0) if cell else None


def _in_order(read: Sequence[tuple[Entry, int | None]]) -> list[tuple[Entry, int | None]]:
    """The entries from the oldest on: the balances tell the order where there are some, else the days."""
    ways = list(read), list(reversed(read))
    if None not in {balance for _, balance in read}:
        return _running(ways)
    falling = read[0][0].booking_day > read[-1][0].booking_day
    return [(entry, None) for entry, _ in ways[falling]]


def _running(ways: Sequence[list[tuple[Entry, int | None]]]) -> list[tuple[Entry, int | None]]:
    for ordered in ways:
        if _runs(ordered):
            return ordered
    raise refusal("The balances of this table do not follow from its amounts: a row is missing or was changed.")


def _runs(ordered: Sequence[tuple[Entry, int | None]]) -> bool:
    return all((before or 0) + entry.amount == after for (_, before), (entry, after) in pairwise(ordered))


def _ends(ordered: Sequence[tuple[Entry, int | None]]) -> tuple[int | None, int | None]:
    first, balance = ordered[0]
    if balance is None:
        return None, None
    return balance - first.amount, ordered[-1][1]
