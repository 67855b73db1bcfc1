"""Second persons: which acts need one, above which amount, and who cannot be it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.billing.rules.years import check_year_start
from app.core.errors import DomainError


class Act(StrEnum):
    """What can be set to need a second person."""

    ISSUE = "issue"
    CREDIT = "credit"
    VOID = "void"
    WRITE_OFF = "write_off"
    REFUND = "refund"
    BANK_DETAILS = "bank_details"
    POLICY = "policy"


ACT_WORDS = {
    Act.ISSUE: "Issue of invoices",
    Act.CREDIT: "Credit of an invoice",
    Act.VOID: "Voiding an invoice",
    Act.WRITE_OFF: "Writing off",
    Act.REFUND: "Refund",
    Act.BANK_DETAILS: "Change of bank details",
    Act.POLICY: "A weaker policy of billing",
}

LIKE = {Act.VOID: Act.CREDIT}
"""Voiding takes all of a claim back, so what is set for credit holds for it, too."""
SETTABLE = tuple(act for act in Act if act not in LIKE and act is not Act.POLICY)
WITHOUT_AMOUNT = (Act.BANK_DETAILS,)
"""What moves no money: it needs a second person always, or never."""
SETTING_WORDS = ACT_WORDS | {Act.CREDIT: "Credit or voiding of an invoice"}


class ApprovalState(StrEnum):
    """What became of a question to a second person."""

    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"
    REPLACED = "replaced"
    DONE = "done"


SALT = "salt"
"""What stands beside what was typed, so that the seal of a question confirms no guess."""


@dataclass(frozen=True)
class Done:
    """What was done before to a record by an act of its kind: an amount, and whether a second person said yes to it."""

    minor: int
    by_two: bool


@dataclass(frozen=True)
class BillingTerms:
    """On which day fee years begin, and above which worth in the books (in minor units) an act needs a second person.

    An act that is not named needs none; above nothing means always.
    """

    year_month: int = 1
    year_day: int = 1
    second_above: Mapping[str, int] = field(default_factory=dict)


def check_billing_terms(terms: BillingTerms) -> None:
    """Refuse a day not every year has, an act that knows no second person, and an amount below zero."""
    check_year_start(terms.year_month, terms.year_day)
    for act, above in terms.second_above.items():
        if act not in set(SETTABLE):
            raise DomainError(f"{act} knows no second person.")
        if above < 0:
            raise DomainError("An amount is not below zero.", f"{act}_above")
        if above and act in WITHOUT_AMOUNT:
            raise DomainError(f"{ACT_WORDS[Act(act)]} has no amount.")


def needs_second(act: Act, worth: int | None, terms: BillingTerms) -> bool:
    """Whether an act of a worth needs a second person; one whose worth is not known does where any does."""
    above = terms.second_above.get(LIKE.get(act, act))
    return above is not None and (worth is None or worth > above)


def weakens(before: BillingTerms, after: BillingTerms) -> bool:
    """Whether fewer acts, or only larger amounts, would need a second person: nobody alone may decide that."""
    return any(
        act not in after.second_above or after.second_above[act] > above for act, above in before.second_above.items()
    )


def counted(minor: int, before: Iterable[Done]) -> int:
    """What of an act counts against its limit: its amount, with all that one person alone did before to the record.

    So an amount that is split into parts below the limit reaches it as the whole does.
    """
    return minor + sum(each.minor for each in before if not each.by_two)


def check_second(user_id: int | None, others: Collection[int | None]) -> None:
    """Refuse whoever prepared it or asked for it, and the program: nobody approves their own (RULES, Invoices)."""
    if user_id is None or user_id in others:
        raise DomainError("Nobody approves what they have prepared or asked for themselves: another person decides.")
