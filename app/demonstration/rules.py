"""What the facts of the demonstration are read into: pure functions over values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from app.core.folding import folded

BUSINESS_HOUR = 10
Facts = dict[str, Any]


@dataclass(frozen=True)
class SignIn:
    """One way to sign in to the demonstration."""

    role: str
    email: str
    password: str


def address_of(name: str, institution: str | None) -> str:
    """An invented address that can never be anyone's: .example is reserved for that (RFC 2606)."""
    local = ".".join(folded(name).replace("'", "").split())
    return f"{local}@{folded(institution or 'impc').replace(' ', '-')}.example"


def as_paper(title: str, of: str, text: str) -> bytes:
    """A paper of a committee as plain text, its title above it."""
    return f"{title} of the {of}\n\n{text}\n".encode()


def day_or_none(value: object) -> date | None:
    """A last day of the facts, where "" is none."""
    return value if isinstance(value, date) else None


def open_on(today: date, facts: Facts, record_date: date) -> Facts:
    """An election called so many days later as the demonstration starts after its day, so that it stands as it did."""
    later = max(today - record_date, timedelta())
    return facts | {name: facts[name] + later for name in ("called", "deadline", "first_day")}


@dataclass(frozen=True)
class BankLine:
    """A line of a statement: what came, or went below zero, from whom, with which text."""

    day: date
    amount: str
    party: str
    iban: str
    text: str


def as_statement(head: tuple[str, str, str], opening: str, lines: Sequence[BankLine]) -> str:
    """A statement in MT940; `head` is the number of the account, that of the statement, and the currency."""
    account, number, currency = head
    closing = sum((Decimal(line.amount) for line in lines), Decimal(opening))
    first, last = lines[0].day, lines[-1].day
    told = "".join(_as_line(place, line) for place, line in enumerate(lines, start=1))
    return (
        f":20:STATEMENT\n:25:{account}\n:28C:{number}\n:60F:{_swift(Decimal(opening), first, currency)}\n"
        f"{told}:62F:{_swift(closing, last, currency)}\n-\n"
    )


def _as_line(place: int, line: BankLine) -> str:
    amount = Decimal(line.amount)
    reference = f"NTRFNONREF//{line.day:%y%m%d}{place:03d}"
    who = f"/NAME/{line.party}" if line.party else ""
    where = f"/IBAN/{line.iban}" if line.iban else ""
    side = "C" if amount >= 0 else "D"
    return f":61:{line.day:%y%m%d}{line.day:%m%d}{side}{_comma(amount)}{reference}\n:86:/REMI/{line.text}{who}{where}\n"


def _swift(amount: Decimal, day: date, currency: str) -> str:
    return f"{'C' if amount >= 0 else 'D'}{day:%y%m%d}{currency}{_comma(amount)}"


def _comma(amount: Decimal) -> str:
    return f"{abs(amount):.2f}".replace(".", ",")
