"""Mails to many: what a template may name, and how its places are filled."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta

from app.core.errors import DomainError

PLACEHOLDERS = {
    "person": "given and family name of the recipient",
    "institution": "the institutions the recipient is written to for",
    "class": "the classes these are members in",
    "consortium": "the name of the consortium",
}
PLACE = re.compile(r"\{([^{}\n]*)\}")
LONGEST_SUBJECT = 500
MOST_RECIPIENTS = 1_000
SPACING = timedelta(seconds=2)  # Thirty a minute: mail servers take that for a person's own post.


def check_places(text: str, field: str) -> str:
    """Refuse a text that names what nobody fills in."""
    unknown = [name for name in PLACE.findall(text) if name not in PLACEHOLDERS]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        message = f"Nobody fills in {{{unknown[0]}}}. These are filled in: {known}."
        raise DomainError(message, field)
    return text


def filled_in(text: str, values: Mapping[str, str]) -> str:
    """The text with its places filled; what is put in is never read for places again."""
    return PLACE.sub(lambda found: values.get(found[1], found[0]), text)


def filled_subject(text: str, values: Mapping[str, str]) -> str:
    """The subject with its places filled, as one line that is not too long to be kept."""
    line = " ".join(filled_in(text, values).split())
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1]}\u2026"


def check_number(recipients: Sequence[object]) -> None:
    """Refuse a mailing to nobody, and one to more people than go in one evening."""
    if not recipients:
        message = "There is nobody to write to."
        raise DomainError(message)
    if len(recipients) > MOST_RECIPIENTS:
        message = f"At most {MOST_RECIPIENTS:,} people at once; these are {len(recipients):,}. Narrow the list down."
        raise DomainError(message)
