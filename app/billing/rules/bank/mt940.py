"""Statements in MT940, as SWIFT and the banks write it: several in a file, in several pages, in several encodings."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import mt940

from app.billing.rules.bank.statements import (
    Entry,
    Statement,
    check_currency,
    check_day,
    plain,
    put_together,
    read_amount,
    refusal,
)

ENCODINGS = ("utf-8-sig", "cp1252")
OPENINGS, CLOSINGS = (
    ("final_opening_balance", "intermediate_opening_balance"),
    (
        "final_closing_balance",
        "intermediate_closing_balance",
    ),
)
NOTHING = frozenset({"NONREF", "NOTPROVIDED", ""})
NAME, REFERENCE = 200, 100
END = re.compile(r":62[FM]:")
BEGIN = re.compile(r":60[FM]:")
PREFIXES = {"EREF": "end_to_end", "CREF": "creditor", "SVWZ": "text", "NAME": "name", "IBAN": "iban"}


def read_mt940(content: bytes) -> list[Statement]:
    """The statements of a file; pages of one statement are put together."""
    text = decoded(content)
    if len(BEGIN.findall(text)) != len(END.findall(text)):
        raise refusal("This file is cut off: a statement of it has no closing balance.")
    try:
        # Handed over as something to read: a text that happened to name a file would be opened as that file.
        blocks = mt940.parse_statements(io.StringIO(text), options=mt940.Options.all())
    except (ValueError, KeyError, TypeError, ArithmeticError, RuntimeError) as error:
        raise refusal("A line of this file is no MT940.") from error
    return put_together([_statement(block) for block in blocks if block.data])


def decoded(content: bytes) -> str:
    """The text of a file in the encoding it is in: UTF-8, else that of Western Europe, which takes every byte."""
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")


def _statement(block: Any) -> Statement:
    said: Mapping[str, Any] = block.data
    opening, closing = _balance(said, OPENINGS), _balance(said, CLOSINGS)
    currency = check_currency(str(opening.amount.currency))
    if closing.amount.currency != currency:
        raise refusal("A statement of this file is not of one currency.")
    entries = tuple(_entry(each.data, currency) for each in block if "amount" in each.data)
    closed = _as_day(closing.date)
    days = [entry.booking_day for entry in entries]
    return Statement(
        account=_account(said),
        currency=currency,
        number=plain(said.get("statement_number"), REFERENCE),
        opening=_minor(opening.amount.amount, currency),
        closing=_minor(closing.amount.amount, currency),
        first_day=min(days, default=closed),
        last_day=max([closed, *days]),
        entries=entries,
    )


def _account(said: Mapping[str, Any]) -> str:
    account = plain(said.get("account_identification"), REFERENCE)
    if not account:
        raise refusal("A statement of this file does not say of which account it is.")
    return account


def _balance(said: Mapping[str, Any], names: Sequence[str]) -> Any:
    found = next((said[name] for name in names if name in said), None)
    if found is None:
        raise refusal("A statement of this file has no opening or no closing balance.")
    return found


def _entry(said: Mapping[str, Any], currency: str) -> Entry:
    value_day = _as_day(said["date"])
    told = {**_structured(said), **_by_prefix(str(said.get("transaction_details") or ""))}
    customer = _reference(said.get("customer_reference"))
    return Entry(
        booking_day=_as_day(said.get("entry_date") or said["date"]),
        value_day=value_day,
        amount=_minor(said["amount"].amount, currency),
        bank_reference=_reference(said.get("bank_reference")),
        end_to_end=plain(told.get("end_to_end") or customer, REFERENCE),
        creditor_reference=plain(told.get("creditor"), REFERENCE),
        text=plain(f"{told.get('text', '')} {said.get('extra_details') or ''}"),
        counterparty=plain(told.get("name"), NAME),
        counterparty_number=re.sub(r"\s", "", plain(told.get("iban"), 40)).upper(),
        is_reversal=str(said.get("status", "")).upper().startswith("R"),
    )


def _structured(said: Mapping[str, Any]) -> dict[str, str]:
    """What German banks tell in numbered fields, which the library has taken apart."""
    names = {
        "end_to_end": "end_to_end_reference",
        "text": "purpose",
        "name": "applicant_name",
        "iban": "applicant_iban",
    }
    return {name: str(said[field]) for name, field in names.items() if said.get(field)}


def _by_prefix(details: str) -> dict[str, str]:
    """What other banks tell after words between slashes, such as /EREF/12/NAME/Ada; without them it is all text."""
    joined = details.replace("\n", "")
    parts = re.split(r"/(EREF|CREF|REMI|NAME|IBAN|BENM|ORDP|TRCD|CNTP|MARF|CSID|BIC|ADDR|ISDT|SVCL|PURP)/", joined)
    if len(parts) < 3:
        return {"text": details.replace("\n", " ")} if details.strip() else {}
    words = dict(zip(parts[1::2], parts[2::2], strict=True))
    if "CNTP" in words:
        number, _, rest = words["CNTP"].partition("/")
        _, _, rest = rest.partition("/")
        words |= {"IBAN": number, "NAME": rest.split("/")[0]}
    found = {PREFIXES.get(word, ""): text.strip("/ ") for word, text in words.items()}
    found["text"] = words.get("REMI", "").removeprefix("USTD//").removeprefix("STRD/CUR/").strip("/ ") or joined
    found.pop("", None)
    return found


def _reference(text: Any) -> str:
    found = plain(str(text or ""), REFERENCE)
    return "" if found.upper() in NOTHING else found


def _minor(amount: Decimal, currency: str) -> int:
    return read_amount(str(amount), currency)


def _as_day(day: Any) -> date:
    return check_day(date(day.year, day.month, day.day))
