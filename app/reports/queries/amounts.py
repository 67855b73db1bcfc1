"""Amounts in reports: their columns and their sums, each currency apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from app.core.money import Money
from app.core.tables import Cell, Column, Kind, Narrow
from app.web import wording

Titles = Sequence[tuple[str, str, Narrow]]


def amount_columns(titles: Titles, rows: Iterable[Any]) -> list[Column[Any]]:
    """Columns of amounts by the names of their fields; they name their currency in the head where there is one."""
    found = currencies(rows, titles)
    currency = found[0] if len(found) == 1 else None
    return [_column(*each, currency) for each in titles]


def sums(rows: Iterable[Any], titles: Titles) -> dict[str, Cell]:
    """The totals of amounts by name; amounts of different currencies are never added."""
    rows = list(rows)
    found = currencies(rows, titles)
    return {name: _sum([getattr(row, name) for row in rows], found) for name, _, _ in titles} if found else {}


def currencies(rows: Iterable[Any], titles: Titles) -> list[str]:
    """The currencies of the amounts of some rows."""
    amounts = (getattr(row, name) for row in rows for name, _, _ in titles)
    return sorted({amount.currency for amount in amounts if amount is not None})


def _column(name: str, title: str, narrow: Narrow, currency: str | None) -> Column[Any]:
    return Column(name, title, lambda row: getattr(row, name), Kind.MONEY, currency=currency, narrow=narrow)


def _sum(amounts: Iterable[Money | None], found: Sequence[str]) -> Cell:
    added = dict.fromkeys(found, 0)
    for amount in amounts:
        if amount is not None:
            added[amount.currency] += amount.minor
    return wording.sum_of(Money(minor, currency) for currency, minor in added.items())
