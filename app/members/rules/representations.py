"""What a person may represent an institution for."""

from __future__ import annotations

from enum import StrEnum


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
