"""Mails to many: what a template may name, and how its places are filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from app.core.errors import DomainError
from app.members.rules.letters import filled_in

PLACEHOLDERS = {
    "person": "given and family name of the recipient",
    "institution": "the institutions the recipient is written to for",
    "class": "the classes these are members in",
    "consortium": "the name of the consortium",
}
LONGEST_SUBJECT = 500
MOST_RECIPIENTS = 1_000
SPACING = timedelta(seconds=2)  # Thirty a minute: mail servers take that for a person's own post.


def filled_subject(text: str, values: Mapping[str, str]) -> str:
    """The subject with its places filled, as one line that is not too long to be kept."""
    line = " ".join(filled_in(text, values).split())
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1]}\u2026"


def check_number(recipients: Sequence[object]) -> None:
    """Refuse a mailing to more people than go in one evening."""
    if len(recipients) > MOST_RECIPIENTS:
        message = f"At most {MOST_RECIPIENTS:,} people at once; these are {len(recipients):,}. Narrow the list down."
        raise DomainError(message)
