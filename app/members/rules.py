"""Kinds, states and purposes of members, which step may follow which, and the shape of their identifiers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

import pycountry
from stdnum import get_cc_module, isni
from stdnum.exceptions import ValidationError

from app.core.errors import DomainError
from app.core.periods import Period


class InstitutionKind(StrEnum):
    """What an institution is."""

    RESEARCH_CENTRE = "research_centre"
    FUNDER = "funder"
    CORPORATION = "corporation"
    OBSERVER = "observer"


KIND_WORDS = {
    InstitutionKind.RESEARCH_CENTRE: "Research centre",
    InstitutionKind.FUNDER: "Funder",
    InstitutionKind.CORPORATION: "Corporation",
    InstitutionKind.OBSERVER: "Observer",
}


class MembershipState(StrEnum):
    """Where a membership stands on a day."""

    APPLIED = "applied"
    ADMITTED = "admitted"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


STEPS: dict[MembershipState, frozenset[MembershipState]] = {
    MembershipState.APPLIED: frozenset({MembershipState.ADMITTED, MembershipState.WITHDRAWN}),
    MembershipState.ADMITTED: frozenset({MembershipState.ACTIVE, MembershipState.WITHDRAWN}),
    MembershipState.ACTIVE: frozenset({MembershipState.SUSPENDED, MembershipState.WITHDRAWN, MembershipState.LAPSED}),
    MembershipState.SUSPENDED: frozenset({MembershipState.ACTIVE, MembershipState.WITHDRAWN, MembershipState.LAPSED}),
    MembershipState.WITHDRAWN: frozenset(),
    MembershipState.LAPSED: frozenset(),
}
MEMBER_STATES = frozenset({MembershipState.ACTIVE, MembershipState.SUSPENDED})
ENDED_STATES = frozenset({MembershipState.WITHDRAWN, MembershipState.LAPSED})
# Of several memberships the one that comes first here says how the institution stands.
STATE_ORDER = (
    MembershipState.ACTIVE,
    MembershipState.SUSPENDED,
    MembershipState.ADMITTED,
    MembershipState.APPLIED,
    MembershipState.WITHDRAWN,
    MembershipState.LAPSED,
)


LEAVING = "leaving"


@dataclass(frozen=True)
class StepFact:
    """A step of one of an institution's memberships: the class, the state, its days and when it was put on record."""

    membership_id: int
    class_name: str
    class_position: int
    state: MembershipState
    period: Period
    recorded_on: date


@dataclass(frozen=True)
class Standing:
    """How an institution stands on a day: the word for it, its classes, and the day it first became a member."""

    state: str | None = None
    classes: tuple[str, ...] = ()
    since: date | None = None


def standing_on(steps: Sequence[StepFact], day: date) -> Standing:
    """What the steps of all memberships of an institution say of a day; leaving is who has said so by that day."""
    telling = _telling(steps, day)
    if not telling:
        return Standing()
    since = min((step.period.first for step in steps if step.state is MembershipState.ACTIVE), default=None)
    state = min((step.state for step in telling), key=STATE_ORDER.index)
    classes = dict.fromkeys(step.class_name for step in sorted(telling, key=lambda step: step.class_position))
    leaves = state is MembershipState.ACTIVE and _leaving(steps, day).issuperset(step.membership_id for step in telling)
    return Standing(LEAVING if leaves else state.value, tuple(classes), since)


def _telling(steps: Sequence[StepFact], day: date) -> list[StepFact]:
    """The steps of a day that say how the institution stands: ended ones only where it holds nothing else."""
    present = [step for step in steps if step.period.contains(day)]
    held = [step for step in present if step.state not in ENDED_STATES]
    best = min((step.state for step in present), key=STATE_ORDER.index, default=None)
    return held or [step for step in present if step.state is best]


def _leaving(steps: Sequence[StepFact], day: date) -> set[int]:
    """Memberships whose withdrawal, still to come, was on record by the day."""
    return {
        step.membership_id
        for step in steps
        if step.state is MembershipState.WITHDRAWN and step.recorded_on <= day < step.period.first
    }


def check_step(now: MembershipState, following: MembershipState) -> None:
    """Refuse a step the state machine of memberships does not have (DESIGN, section 4)."""
    if following not in STEPS[now]:
        message = f"A membership that is {now.value} cannot become {following.value}."
        raise DomainError(message)


class Purpose(StrEnum):
    """What a person represents an institution for."""

    VOTING = "voting"
    ALTERNATE = "alternate"
    BILLING = "billing"
    SIGNATORY = "signatory"
    TECHNICAL = "technical"


PURPOSE_WORDS = {
    Purpose.VOTING: "Voting representative",
    Purpose.ALTERNATE: "Alternate",
    Purpose.BILLING: "Billing contact",
    Purpose.SIGNATORY: "Signatory",
    Purpose.TECHNICAL: "Technical contact",
}
# These act for the institution in the program; technical contacts and signatories do not, by themselves.
PURPOSES_WITH_ACCESS = frozenset({Purpose.VOTING, Purpose.ALTERNATE, Purpose.BILLING})

ROR_SHAPE = re.compile(r"(?:https?://)?(?:ror\.org/)?(0[0-9a-hjkmnp-tv-z]{6}\d{2})", re.ASCII)
CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
VAT_SHAPE = re.compile(r"[A-Z0-9][A-Z0-9 ./-]{2,22}", re.ASCII)
GREECE = "EL"
ARTICLE = "The "


def read_ror(text: str) -> str:
    """The nine characters of a ROR id, checked.

    A zero and six characters of Crockford's base 32, then two check digits by ISO 7064 mod 97-10; so it is made by
    github.com/ror-community/ror-api and said in ror.readme.io, "ROR ID pattern".
    """
    found = ROR_SHAPE.fullmatch(text.strip().lower())
    if found is None:
        raise DomainError("A ROR is nine characters such as 01cwqze88, or its address at ror.org.", "ror")
    ror = found[1]
    number = 0
    for letter in ror[:7]:
        number = number * 32 + CROCKFORD.index(letter)
    if (number * 100 + int(ror[7:])) % 97 != 1:
        raise DomainError("The check digits of this ROR are wrong: is there a typing mistake?", "ror")
    return ror


def read_orcid(text: str) -> str:
    """An ORCID as 0000-0002-1825-0097, its check digit proved (it is an ISNI of a reserved block)."""
    bare = re.sub(r"^(https?://)?orcid\.org/", "", text.strip(), flags=re.IGNORECASE)
    try:
        digits = str(isni.validate(bare))
    except ValidationError:
        raise DomainError("This is no ORCID: it has sixteen digits, such as 0000-0002-1825-0097.", "orcid") from None
    return "-".join(digits[place : place + 4] for place in range(0, 16, 4))


def read_vat_number(text: str, country: str) -> str:
    """A VAT number without spaces; its check digits are proved where the country's rule is known."""
    number = text.strip().upper()
    if VAT_SHAPE.fullmatch(number) is None:
        raise DomainError("A VAT number has letters and digits only.", "vat_number")
    prefix = "GR" if number.startswith(GREECE) else number[:2]
    checker = get_cc_module(prefix if prefix.isalpha() else country, "vat") or get_cc_module(country, "vat")
    if checker is not None and not checker.is_valid(number):
        raise DomainError(f"This is no VAT number of {country_name(country)}: is there a typing mistake?", "vat_number")
    return re.sub(r"[ ./-]", "", number)


@cache
def country_name(code: str) -> str:
    """A country as it is commonly called; its code where the standard has no such country."""
    found = pycountry.countries.get(alpha_2=code)
    return code if found is None else str(getattr(found, "common_name", found.name))


@cache
def country_choices() -> tuple[tuple[str, str], ...]:
    """Every country of ISO 3166-1: code and name, by name."""
    pairs = [(str(country.alpha_2), country_name(str(country.alpha_2))) for country in pycountry.countries]
    return tuple(sorted(pairs, key=lambda pair: pair[1]))


def check_country(code: str) -> str:
    """Refuse what is no code of a country."""
    if pycountry.countries.get(alpha_2=code) is None:
        raise DomainError("There is no such country.", "country")
    return code


def filed_name(name: str) -> str:
    """A name as it is filed: Jackson Laboratory, The."""
    return f"{name.removeprefix(ARTICLE)}, The" if name.startswith(ARTICLE) else name


def day_words(day: date) -> str:
    """A day in a sentence: 1 July 2016."""
    return f"{day.day} {day:%B %Y}"
