"""What a cell of an imported table may say, and the value it stands for; each refusal says how to put it right."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from io import StringIO
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

from app.accounts.rules import check_email
from app.core.errors import DomainError
from app.core.folding import folded
from app.core.periods import EARLIEST, LATEST, Period
from app.core.texts import SEPARATORS, check_text, parse_day
from app.members.rules.contacts import (
    ROUTE_KIND_WORDS,
    ROUTE_PURPOSE_WORDS,
    RouteKind,
    RoutePurpose,
    language_names,
    read_languages,
)
from app.members.rules.institutions import (
    KIND_WORDS,
    InstitutionKind,
    check_website,
    read_orcid,
    read_ror,
)
from app.members.rules.memberships import MembershipState, day_words
from app.members.rules.representations import MOST_RANKS, PURPOSE_WORDS, Purpose

LINE_END = re.compile(rf"\s*[\r\n{SEPARATORS}]\s*")
ACCOUNT_NUMBER = re.compile(r"M-(\d{4,9})", re.ASCII)
NUMBER = re.compile(r"[1-9]\d{0,17}", re.ASCII)
YES, NO = {"yes", "y", "true", "1", "x"}, {"no", "n", "false", "0"}
PLAIN_LOCAL, LONGEST_LOCAL = re.compile(r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*", re.ASCII), 64
FORMER_PARTS, STEP_PARTS, UNIT_PARTS = 4, 4, 3
Read = Callable[[str], Any]
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True)
class FormerName:
    """What an institution was called before, from a first day (None: ever) to a last."""

    name: str
    short_name: str
    first_day: date | None
    last_day: date

    def __str__(self) -> str:
        """Name and last day, as a message tells them."""
        return f"{self.name} until {day_words(self.last_day)}"


@dataclass(frozen=True)
class StepCell:
    """One step of a membership as a cell tells it."""

    state: MembershipState
    first_day: date
    last_day: date | None
    reason: str | None

    def __str__(self) -> str:
        """State and first day, as a message tells them."""
        return f"{self.state.value} from {day_words(self.first_day)}"


class UnitCell(NamedTuple):
    """A unit of an institution from a first day to a last."""

    name: str
    first_day: date
    last_day: date | None

    def __str__(self) -> str:
        """Name and days, as a message tells them."""
        until = f" until {day_words(self.last_day)}" if self.last_day else ""
        return f"{self.name} from {day_words(self.first_day)}{until}"


def text_of(most: int) -> Read:
    """A reader of one line of at most so many characters."""

    def read(text: str) -> str:
        return _checked(LINE_END.sub(" ", unicodedata.normalize("NFC", text).strip()), most, lines=False)

    return read


def prose_of(most: int) -> Read:
    """A reader of several lines of at most so many characters."""

    def read(text: str) -> str:
        return _checked(unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip(), most, lines=True)

    return read


def _checked(text: str, most: int, *, lines: bool) -> str:
    if len(text) > most:
        raise DomainError(f"At most {most} characters; this has {len(text)}.")
    wrong = check_text(text, lines=lines)
    if wrong:
        raise DomainError(wrong)
    return text


def account_number_of(text: str) -> str:
    """An account number as it is written on papers, so that M-00004 is no other one than M-0004."""
    found = ACCOUNT_NUMBER.fullmatch(text.strip().upper())
    if found is None or not int(found[1]):
        raise DomainError("An account number looks like M-0004. Leave it empty for a new institution.")
    return f"M-{int(found[1]):04}"


def number_of(text: str) -> int:
    """The number of a person."""
    if NUMBER.fullmatch(text.strip()) is None:
        raise DomainError("The number of a person is in digits; it may be left empty.")
    return int(text)


@lru_cache(maxsize=4096)
def kind_of(text: str) -> InstitutionKind:
    """A kind by its word."""
    known = {folded(words): kind for kind, words in KIND_WORDS.items()}
    known |= {folded(kind.value.replace("_", " ")): kind for kind in InstitutionKind}
    found = known.get(folded(text.replace("_", " ")))
    if found is None:
        raise DomainError(f"Write one of these: {', '.join(KIND_WORDS.values())}.")
    return found


@lru_cache(maxsize=4096)
def yes_or_no(text: str) -> bool:
    """Yes or no."""
    said = folded(text)
    if said not in YES | NO:
        raise DomainError("Write yes or no.")
    return said in YES


@lru_cache(maxsize=4096)
def day_of(text: str) -> date:
    """A day as people or spreadsheets write it."""
    day = parse_day(text.strip().removesuffix(" 00:00:00").removesuffix("T00:00:00"))
    if day is None:
        raise DomainError("This is not a day: write it as 2016-05-24 or 24 May 2016, or as a date of the spreadsheet.")
    if not EARLIEST <= day <= LATEST:
        raise DomainError(f"Days from {EARLIEST.year} to {LATEST.year} are possible.")
    return day


def email_of(text: str) -> str:
    """An e-mail address in small letters; the domains of a table are few, and each is looked at once."""
    local, _, domain = text.strip().lower().rpartition("@")
    is_plain = PLAIN_LOCAL.fullmatch(local) is not None and len(local) <= LONGEST_LOCAL
    return f"{local}@{_domain_of(domain)}" if is_plain else _checked_email(text)


@lru_cache(maxsize=4096)
def _domain_of(domain: str) -> str:
    return _checked_email(f"a@{domain}").removeprefix("a@")


def _checked_email(text: str) -> str:
    return check_email(text) or ""


def ror_of(text: str) -> str:
    """A ROR, checked."""
    return read_ror(text)


def orcid_of(text: str) -> str:
    """An ORCID, checked."""
    return read_orcid(text)


def website_of(text: str) -> str:
    """An address on the web, in full."""
    return str(check_website(text_of(200)(text)))


@lru_cache(maxsize=4096)
def languages_of(text: str) -> str:
    """Codes of languages; the same cell stands in a table many times, and is looked at once."""
    codes = read_languages(text)
    if codes is None:
        raise DomainError("Write languages by name or code between commas, such as English, French.")
    return codes


@lru_cache(maxsize=4096)
def joined_languages(codes: str | None) -> str | None:
    """Languages by name, as the reader above takes them."""
    return ", ".join(language_names(codes)) or None


@lru_cache(maxsize=4096)
def state_of(text: str) -> MembershipState:
    """A state of a membership by its word."""
    try:
        return MembershipState(folded(text))
    except ValueError:
        raise DomainError(f"Write one of these: {', '.join(state.value for state in MembershipState)}.") from None


@lru_cache(maxsize=4096)
def purpose_of(text: str) -> Purpose:
    """What a person represents an institution for, by its word."""
    return _by_word(text, PURPOSE_WORDS, {"representative": Purpose.VOTING})


@lru_cache(maxsize=4096)
def route_kind_of(text: str) -> RouteKind:
    """What a contact route is, by its word."""
    also = {"email": RouteKind.EMAIL, "mail": RouteKind.EMAIL, "phone": RouteKind.TELEPHONE}
    return _by_word(text, ROUTE_KIND_WORDS, also)


@lru_cache(maxsize=4096)
def route_purpose_of(text: str) -> RoutePurpose:
    """What a contact route is for, by its word."""
    return _by_word(text, ROUTE_PURPOSE_WORDS, {})


def _by_word(text: str, words: Mapping[Word, str], also: Mapping[str, Word]) -> Word:
    """What one of the words means, the value it is kept as, or another word for it."""
    known = {folded(told): value for value, told in words.items()}
    known |= {value.value: value for value in words} | dict(also)
    found = known.get(folded(text))
    if found is None:
        raise DomainError(f"Write one of these: {', '.join(words.values())}.")
    return found


def rank_of(text: str) -> int:
    """The place of an alternate."""
    if NUMBER.fullmatch(text.strip()) is None or int(text) > MOST_RANKS:
        raise DomainError(f"Write a number from 1 to {MOST_RANKS}: 1 stands in first.")
    return int(text)


def names_of(text: str) -> tuple[str, ...]:
    """Names between semicolons or on lines of their own; one that holds a semicolon stands in quotation marks."""
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=";", skipinitialspace=True, strict=True))
    except csv.Error:
        message = "Write one after another between semicolons; close each quotation mark, and double one inside a name."
        raise DomainError(message) from None
    return tuple(text_of(200)(name) for row in rows for name in row if name.strip())


def joined_names(names: Iterable[str]) -> str:
    """Names between semicolons, as the reader above takes them."""
    kept: list[str] = []
    writer = csv.writer(_Kept(kept), delimiter=";", lineterminator="")
    for name in names:
        writer.writerow([name])
    return "; ".join(kept)


def former_names_of(text: str) -> tuple[FormerName, ...]:
    """Former names, one a line, oldest first: name, short name, first and last day between upright bars."""
    found = [_former_name(parts) for parts in _lines(text, FORMER_PARTS, "name | short name | first day | last day")]
    for one, other in pairwise(found):
        if other.first_day is None or (other.first_day - one.last_day).days != 1:
            raise DomainError("Each former name begins on the day after the one before it ended.")
    return tuple(found)


def _former_name(parts: Sequence[str]) -> FormerName:
    name, short_name, first, last = parts
    if not name or not last:
        raise DomainError("A former name has its name and its last day: name | short name | first day | last day.")
    former = FormerName(
        text_of(200)(name), text_of(40)(short_name or name), day_of(first) if first else None, day_of(last)
    )
    Period(former.first_day or EARLIEST, former.last_day)
    return former


def steps_of(text: str) -> tuple[StepCell, ...]:
    """The steps of a membership, one a line, oldest first: state, first and last day and why between upright bars."""
    found = [_step(parts) for parts in _lines(text, STEP_PARTS, "state | first day | last day | why")]
    for one, other in pairwise(found):
        if one.last_day is None or (other.first_day - one.last_day).days != 1:
            raise DomainError("Each step begins on the day after the one before it ended.")
    return tuple(found)


def _step(parts: Sequence[str]) -> StepCell:
    state, first, last, reason = parts
    if not first:
        raise DomainError("A step has its state and its first day: state | first day | last day | why.")
    step = StepCell(state_of(state), day_of(first), day_of(last) if last else None, text_of(500)(reason) or None)
    Period(step.first_day, step.last_day)
    return step


def units_of(text: str) -> tuple[UnitCell, ...]:
    """Units, one a line: name, first and last day between upright bars."""
    return tuple(_unit(parts) for parts in _lines(text, UNIT_PARTS, "name | first day | last day"))


def _unit(parts: Sequence[str]) -> UnitCell:
    name, first, last = parts
    if not name or not first:
        raise DomainError("A unit has its name and its first day: name | first day | last day.")
    unit = UnitCell(text_of(200)(name), day_of(first), day_of(last) if last else None)
    Period(unit.first_day, unit.last_day)
    return unit


def _lines(text: str, parts: int, shape: str) -> list[list[str]]:
    """The lines of a cell cut at upright bars; a value that holds one stands in quotation marks."""
    try:
        found = list(csv.reader(StringIO(text, newline=""), delimiter="|", skipinitialspace=True, strict=True))
    except csv.Error:
        found = [[""] * (parts + 1)]
    if max(map(len, found), default=0) > parts:
        raise DomainError(f"Write one a line: {shape}.")
    return [[part.strip() for part in row] + [""] * (parts - len(row)) for row in found if row]


def joined_lines(rows: Iterable[Sequence[object]]) -> str:
    """Lines of values between upright bars, as the readers above take them."""
    kept: list[str] = []
    writer = csv.writer(_Kept(kept), delimiter="|", lineterminator="")
    for row in rows:
        writer.writerow(["" if value is None else str(value) for value in row])
    return "\n".join(kept)


class _Kept:
    """A place for the CSV writer to write its lines to."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def write(self, text: str) -> None:
        self.lines.append(text)
