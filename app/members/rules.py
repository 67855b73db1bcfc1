"""Kinds, states and purposes of members, and which step may follow which."""

from __future__ import annotations

from enum import StrEnum

from app.core.errors import DomainError


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
    MembershipState.ACTIVE: frozenset(
        {MembershipState.SUSPENDED, MembershipState.WITHDRAWN, MembershipState.LAPSED}
    ),
    MembershipState.SUSPENDED: frozenset(
        {MembershipState.ACTIVE, MembershipState.WITHDRAWN, MembershipState.LAPSED}
    ),
    MembershipState.WITHDRAWN: frozenset(),
    MembershipState.LAPSED: frozenset(),
}
MEMBER_STATES = frozenset({MembershipState.ACTIVE, MembershipState.SUSPENDED})


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
