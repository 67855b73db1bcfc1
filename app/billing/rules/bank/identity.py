"""By what statements and entries are known again: the same, an overlapping or a re-issued file adds nothing."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable

from app.billing.rules.bank.statements import Entry, Statement

SEPARATOR = "\x1f"
MOST_EQUAL = 10_000


def key_of(entry: Entry) -> str:
    """What equal entries of an account share: the bank's own reference where it gives one, else all they say.

    Day and amount stand beside the reference, for some banks give one reference to all of a batch.
    """
    day, amount = entry.booking_day.isoformat(), str(entry.amount)
    if entry.bank_reference:
        return SEPARATOR.join(("reference", entry.bank_reference, day, amount))
    told = (entry.text, entry.creditor_reference, entry.end_to_end, entry.counterparty, entry.counterparty_number)
    return SEPARATOR.join(("content", day, amount, *told))


def has_reference(key: str) -> bool:
    """Whether equal entries share a reference of the bank, and not only what they say."""
    return key.startswith("reference")


def new_identities(entries: Iterable[Entry], there: Collection[str]) -> list[str]:
    """An identity for each new entry, besides those that are on record: its key and its position among equals."""
    found, position = [], Counter[str]()
    for entry in entries:
        key = key_of(entry)
        while True:
            position[key] += 1
            identity = _digest(key, str(position[key]))
            if identity not in there:
                break
        found.append(identity)
    return found


def is_identity(identity: str, entry: Entry) -> bool:
    """Whether an identity is that of an entry, at whatever position among equals."""
    key = key_of(entry)
    return any(_digest(key, str(position)) == identity for position in range(1, MOST_EQUAL))


def digest_of(statement: Statement) -> str:
    """By what a statement is known again, whatever number a bank gives it the second time."""
    days = (statement.first_day.isoformat(), statement.last_day.isoformat())
    balances = (str(statement.opening), str(statement.closing))
    return _digest(*days, *balances, *(key_of(entry) for entry in statement.entries))


def is_number_of(said: str, number: str, currency: str) -> bool:
    """Whether a file means an account: by its number, with the currency behind it, or by bank and number."""
    plain = re.sub(r"[^0-9A-Z]", "", said.upper())
    if number in (plain, plain.removesuffix(currency)):
        return True
    bank, _, own = said.replace(" ", "").partition("/")
    if not (bank.isalnum() and own.isalnum() and len(number) > len(bank) + len(own)):
        return False
    rest = number[4:]
    between = rest.removeprefix(bank).removesuffix(own)
    return rest.startswith(bank) and rest.endswith(own) and not between.strip("0")


def _digest(*parts: str) -> str:
    return hashlib.sha256(SEPARATOR.join(parts).encode()).hexdigest()
