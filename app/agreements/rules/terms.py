"""The terms of an agreement as data: what may be done with the material, on which days, and what its words are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Freedom(StrEnum):
    """Whether something may be done: not at all, with the provider's consent, or freely."""

    FORBIDDEN = "forbidden"
    WITH_CONSENT = "with_consent"
    FREE = "free"


class AtEnd(StrEnum):
    """What the recipient does with the material when the agreement ends."""

    KEEP = "keep"
    RETURN = "return"
    DESTROY = "destroy"


FREEDOM_WORDS = {
    Freedom.FORBIDDEN: "Forbidden",
    Freedom.WITH_CONSENT: "With the provider's consent",
    Freedom.FREE: "Free",
}
AT_END_WORDS = {AtEnd.KEEP: "Keep it", AtEnd.RETURN: "Return it", AtEnd.DESTROY: "Destroy it"}


class SignedHow(StrEnum):
    """How a signature was given."""

    PROGRAM = "program"
    SCAN = "scan"


@dataclass(frozen=True)
class Restrictions:
    """What the recipient may not do, or not yet."""

    onward: Freedom = Freedom.FORBIDDEN
    commercial: Freedom = Freedom.FORBIDDEN
    embargo_until: date | None = None
    embargo_to_publication: bool = False
    citation: str | None = None
    at_end: AtEnd = AtEnd.KEEP


def is_under_embargo(until: date | None, published_on: date | None, day: date, *, to_publication: bool) -> bool:
    """Whether an embargo holds on a day: it ends on its date or at publication, whichever is first (RULES)."""
    if published_on is not None and published_on <= day:
        return False
    if until is not None:
        return day < until
    return to_publication
