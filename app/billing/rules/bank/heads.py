"""Tables looked at before they are read: what their heads say, and how their amounts and days are written."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.billing.rules.bank.statements import plain, refusal
from app.billing.rules.bank.tables import (
    DAY_FORMATS,
    DELIMITERS,
    TableMapping,
    decoded_table,
    parsed_day,
    read_rows,
)

KNOWN_HEADS = {
    "day": ("date", "booking date", "booked", "buchungstag", "buchungsdatum", "datum", "transaction date", "boekdatum"),
    "value_day": ("value date", "valuta", "valutadatum", "wertstellung", "value day"),
    "amount": ("amount", "betrag", "umsatz", "bedrag", "montant", "value"),
    "credit": ("credit", "credit amount", "paid in", "haben", "money in", "in"),
    "debit": ("debit", "debit amount", "paid out", "soll", "money out", "out"),
    "text": (
        "description",
        "text",
        "verwendungszweck",
        "details",
        "narrative",
        "remittance",
        "memo",
        "omschrijving",
        "libellé",
    ),
    "reference": ("reference", "transaction id", "id", "referenz", "bank reference", "transaction reference"),
    "counterparty": (
        "name",
        "counterparty",
        "payer",
        "other party",
        "payee",
        "beguenstigter/zahlungspflichtiger",
        "begünstigter/zahlungspflichtiger",
        "auftraggeber/empfänger",
        "empfänger/auftraggeber",
        "auftraggeber",
        "empfänger",
        "name zahlungsbeteiligter",
        "debtor",
        "contrepartie",
        "tegenpartij",
    ),
    "counterparty_number": ("iban", "account", "counterparty iban", "kontonummer/iban", "counterparty account"),
    "balance": ("balance", "saldo", "running balance", "kontostand"),
}
LOOKED_AT, FEWEST_COLUMNS = 40, 2


@dataclass(frozen=True)
class TableHead:
    """What is seen of a table before it is read: heads, rows, a guess how to read it, what it is known by."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    guess: TableMapping
    digest: str


def look_at(content: bytes) -> TableHead:
    """The head of a table and a guess of how it is read; refused where there is no table."""
    text = decoded_table(content)
    lines = text.splitlines()[:LOOKED_AT]
    delimiter = max(DELIMITERS, key=lambda sign: _widest(lines, sign))
    rows = _first_rows(text, delimiter)
    wide = max((len(row) for row in rows), default=0)
    if wide < FEWEST_COLUMNS:
        raise refusal("This is no statement in CAMT.053 or MT940, and no table with columns either.")
    place = next(index for index, row in enumerate(rows) if len(row) == wide)
    heads, body = rows[place], rows[place + 1 : place + 6]
    columns = _guessed(heads)
    guess = TableMapping(
        delimiter, _decimal_of(body, columns), _format_of(body, columns.get("day", 0)), place + 1, columns
    )
    digest = hashlib.sha256("\x1f".join([delimiter, *(head.strip().lower() for head in heads)]).encode()).hexdigest()
    return TableHead(tuple(heads), tuple(tuple(row) for row in body), guess, digest)


def _widest(lines: Sequence[str], sign: str) -> int:
    return sum(line.count(sign) for line in lines)


def _first_rows(text: str, delimiter: str) -> list[list[str]]:
    found = []
    for row in read_rows(text, delimiter):
        found.append([plain(cell, 200) for cell in row])
        if len(found) == LOOKED_AT:
            break
    return found


def _guessed(heads: Sequence[str]) -> dict[str, int]:
    """The columns whose heads are known words; one column of amounts makes two of them needless."""
    lower = [head.strip().lower() for head in heads]
    found: dict[str, int] = {}
    for role, words in KNOWN_HEADS.items():
        place = next((lower.index(word) for word in words if word in lower), -1)
        if place >= 0 and place not in found.values():
            found[role] = place
    needless = {"credit", "debit"} if "amount" in found else set()
    return {role: found[role] for role in found.keys() - needless}


def _decimal_of(rows: Sequence[Sequence[str]], columns: Mapping[str, int]) -> str:
    places = [columns[role] for role in ("amount", "credit", "debit", "balance") if role in columns]
    cells = [row[place] for row in rows for place in places if place < len(row)]
    return "," if any(re.search(r",\d{2}$", cell.strip(" +-")) for cell in cells) else "."


def _format_of(rows: Sequence[Sequence[str]], place: int) -> str:
    cells = [row[place] for row in rows if place < len(row) and row[place]]
    return next((name for name in DAY_FORMATS if cells and all(parsed_day(cell, name) for cell in cells)), "dmy")
