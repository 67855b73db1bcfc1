"""Limits of sign-in, the rules of passwords (NIST SP 800-63B revision 4) and of grants."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import partial
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from stdnum import bic, get_cc_module, iban
from stdnum.exceptions import ValidationError

from app.core.actor import Granted
from app.core.errors import DomainError, Refusals
from app.core.folding import folded
from app.core.numbering import check_pattern
from app.core.periods import ONE_DAY, Period
from app.core.permissions import Role
from app.core.texts import NO_EMAIL, email_address

ABSOLUTE_LIMIT = timedelta(hours=12)
SESSIONS_KEPT_FOR = timedelta(days=90)
INVITATION_LIFE = timedelta(days=14)
RESET_LIFE = timedelta(hours=1)

ROLE_HELD = "held"
"""The choice of those who hold any role, beside each role by itself."""

FAILURES_COUNT_FOR = timedelta(days=1)
MACHINE_KNOWN_FOR = timedelta(days=30)
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=30)
FREE_TRIES, FREE_TRIES_OF_MACHINE, FREE_RESETS = 5, 20, 3
FREE_APPLICATIONS, FREE_APPLICATIONS_OF_MACHINE, FREE_APPLICATIONS_OF_ALL = 3, 10, 200

SHORTEST_PASSWORD, LONGEST_PASSWORD = 15, 256
LEAST_UNEXPECTED = 8
LONGEST_RUN = 3
COMMON_WORDS = (
    "password", "passphrase", "passwort", "motdepasse", "contrasena", "letmein", "welcome", "iloveyou", "admin",
    "administrator", "secret", "changeme", "default", "dragon", "monkey", "football", "sunshine", "princess", "master",
    "login", "qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm", "qwerty", "qwertz", "azerty",
    "asdf", "zxcv", "1q2w3e4r", "1qaz2wsx", "january", "february", "march", "april", "june", "july", "august",
    "september", "october", "november", "december", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
    "sunday", "spring", "summer", "autumn", "winter", "muster", "consortium",
)  # fmt: skip

LONGEST_NAME = 200
WEBSITE = re.compile(r"https?://[^\s/.]+(\.[^\s/.]+)+(/\S*)?")

BY_HAND = (Role.SECRETARIAT, Role.FINANCE, Role.AGREEMENTS, Role.AUDITOR)
FOR_INSTITUTION = frozenset({Role.REPRESENTATIVE})
FOR_COMMITTEE = frozenset({Role.CHAIR, Role.COMMITTEE_MEMBER})


class LinkPurpose(StrEnum):
    """What a single-use link is for."""

    INVITATION = "invitation"
    RESET = "reset"


class GrantSource(StrEnum):
    """What a grant follows from, and ends with."""

    HAND = "hand"
    APPOINTMENT = "appointment"
    REPRESENTATION = "representation"
    DEPUTYSHIP = "deputyship"


class UserState(StrEnum):
    """How a user stands: not invited (or too long ago), invited, able to sign in, or shut out."""

    NOT_INVITED = "not invited"
    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"


def check_name(typed: str) -> str:
    """A name on one line, without spaces around it."""
    name = unicodedata.normalize("NFC", typed).strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise DomainError(f"A name has 1 to {LONGEST_NAME} characters on one line.", "name")
    return name


def words_of_user(name: str | None, email: str | None) -> str:
    """The words by which a user is found and listed; who writes users row by row writes them too."""
    return folded(name, email)


def check_email(typed: str | None) -> str | None:
    """An e-mail address in small letters, None where there is none."""
    if typed is None or not typed.strip():
        return None
    try:
        return email_address(typed)[:LONGEST_NAME]
    except ValueError:
        raise DomainError(NO_EMAIL, "email") from None


def check_website(typed: str) -> str:
    """An address on the web; empty stays empty."""
    if typed and not WEBSITE.fullmatch(typed):
        raise DomainError("Write the address in full, such as https://www.consortium.example.", "website")
    return typed


def normal_password(typed: str) -> str:
    """The password in one form of Unicode, so that it is the same from every keyboard."""
    return unicodedata.normalize("NFC", typed)


def check_password(typed: str, expected: Iterable[str], *, field: str = "password") -> str:
    """The password in normal form; refused where it is short, too long, or mostly made of what one would try first."""
    password = normal_password(typed)
    if len(password) < SHORTEST_PASSWORD:
        raise DomainError(f"At least {SHORTEST_PASSWORD} characters; this has {len(password)}.", field)
    if len(password) > LONGEST_PASSWORD:
        raise DomainError(f"At most {LONGEST_PASSWORD} characters.", field)
    if len(unexpected_part(password, expected)) < LEAST_UNEXPECTED:
        raise DomainError(
            "This is too easily guessed: it is mostly common words, names from your account, or repeated or "
            "consecutive characters. A few unrelated words make a good one.",
            field,
        )
    return password


def unexpected_part(password: str, expected: Iterable[str]) -> str:
    """What is left of a password without common words, the words expected of this person, repetitions and runs."""
    rest = password.casefold()
    known = {part for word in expected for part in re.split(r"[\W_]+", word.casefold()) if len(part) > 2}
    for word in sorted({*COMMON_WORDS, *known}, key=len, reverse=True):
        rest = rest.replace(word, "")
    rest = re.sub(r"(.+?)\1+", r"\1", rest, flags=re.DOTALL)
    return _without_runs(rest)


def _without_runs(text: str) -> str:
    """The text with every run of consecutive characters (abcdef, 987654) shortened to its first."""
    kept, step, length = "", 0, 1
    for index, letter in enumerate(text):
        distance = ord(letter) - ord(text[index - 1]) if index else 0
        length = length + 1 if distance in {1, -1} and distance == step else 2 if distance in {1, -1} else 1
        step = distance
        if length == LONGEST_RUN:
            kept = kept[:-1]
        if length < LONGEST_RUN:
            kept += letter
    return kept


def wait_after(failures: int, free: int) -> timedelta:
    """How long to wait after this many failures: nothing for the free ones, then twice as long each time."""
    if failures < free:
        return timedelta()
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << min(failures - free, 20)))


def wait_in_words(wait: timedelta) -> str:
    """How long a wait is, rounded up."""
    seconds = max(-(-wait // timedelta(seconds=1)), 1)
    if seconds < 60:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    minutes = -(-seconds // 60)
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def address_of(peer: str, forwarded: str) -> str:
    """Where a request comes from: the peer, or, of a proxy on this very machine, the last it says to speak for."""
    try:
        return str(ip_address(forwarded.rpartition(",")[2].strip())) if ip_address(peer).is_loopback else peer
    except ValueError:
        return peer


def machine_of(address: str) -> str:
    """What counts as one machine: an address of version 4, or the network a version 6 address lies in."""
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else str(found)


def browser_in_words(agent: str) -> str:
    """A browser and its system as its user would name them."""
    browsers = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
    systems = (
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
        ("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
    )  # fmt: skip
    browser = next((words for sign, words in browsers if sign in agent), "Other browser")
    system = next((words for sign, words in systems if sign in agent), "")
    return f"{browser} on {system}" if system else browser


def hash_token(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def fits_scope(role_for: Granted) -> bool:
    """Whether a role is for the institution or committee it needs, and for nothing else."""
    institution, committee = role_for.institution_id is not None, role_for.committee_id is not None
    return institution == (role_for.role in FOR_INSTITUTION) and committee == (role_for.role in FOR_COMMITTEE)


def check_scope(role_for: Granted) -> None:
    """Refuse a role without the institution or committee it needs, or with one it has no use for."""
    if not fits_scope(role_for):
        raise DomainError("This role needs another institution or committee, or none.", "role")


def first_gap(before: Sequence[Period], after: Sequence[Period], start: date) -> date | None:
    """The first day from `start` on that a period covered before and none covers after."""
    begins = [period.first for period in before]
    follows = [period.last + ONE_DAY for period in after if period.last is not None]
    for day in sorted(day for day in {start, *begins, *follows} if day >= start):
        if _covered(before, day) and not _covered(after, day):
            return day
    return None


def _covered(periods: Iterable[Period], day: date) -> bool:
    return any(period.contains(day) for period in periods)


def check_iban(typed: str) -> str:
    """An account number without spaces; empty stays empty."""
    return _checked(iban, typed, "This is not an IBAN: its length or its check digits are wrong.", "iban")


def check_bic(typed: str) -> str:
    """A bank's code of 8 or 11 characters; empty stays empty."""
    return _checked(bic, typed, "This is not a BIC: it has 8 or 11 characters, such as BARCGB22.", "bic")


def check_vat_number(country: str, typed: str) -> str:
    """A VAT number by the rules of its country where they are known, with its prefix if typed; empty stays empty."""
    numbers = get_cc_module("gr" if country == "EL" else country.lower(), "vat")
    if numbers is None:
        return typed.strip()
    number = _checked(
        numbers, typed, "This is no VAT number of the country chosen: is there a typing mistake?", "vat_number"
    )
    prefix = "EL" if country == "GR" else country
    has_prefix = typed.strip().upper().startswith(prefix) and not number.startswith(prefix)
    return f"{prefix}{number}" if has_prefix else number


def read_profile(country: str, typed: Mapping[str, str | None]) -> dict[str, str]:
    """What of a profile can be checked, as it is kept; everything that is wrong among it is refused at once."""
    checks: dict[str, Callable[[str], str]] = {
        "website": check_website,
        "iban": check_iban,
        "bic": check_bic,
        "vat_number": partial(check_vat_number, country),
        "invoice_numbers": partial(check_pattern, field="invoice_numbers"),
        "credit_note_numbers": partial(check_pattern, field="credit_note_numbers"),
    }
    refusals, read = Refusals(), {}
    for name, check in checks.items():
        with refusals:
            read[name] = check(typed[name] or "")
    refusals.say()
    return read


def _checked(numbers: Any, typed: str, refusal: str, field: str) -> str:
    if not typed.strip():
        return ""
    try:
        return str(numbers.validate(typed))
    except ValidationError:
        raise DomainError(refusal, field) from None
