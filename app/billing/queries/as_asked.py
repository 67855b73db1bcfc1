"""What must stand as it stood between the question to a second person and their yes, where an act changes a setting."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from app.audit.rules import Subject
from app.billing.queries.fee_years import newest_billing_policy
from app.billing.rules import Act, BillingTerms
from app.core.money import Money
from app.core.site import this_site
from app.web.wording import money


def by_two_words(terms: BillingTerms, act: Act) -> str:
    """How many persons an act takes: by one person, always by two, or by two above an amount."""
    above = terms.second_above.get(act)
    if above is None:
        return "by one person"
    return f"by two, above {money(Money(above, this_site().home_currency))}" if above else "always by two"


STANDS: dict[str, Callable[[int], str]] = {"billing_policy": lambda _number: str(newest_billing_policy())}


def find_standing(subject: Subject) -> str | None:
    """How a setting stands, as a digest; None for what is bound to no more than what was typed."""
    stands = STANDS.get(subject.kind)
    if stands is None:
        return None
    return hashlib.sha256(f"{subject.kind} {subject.id} {stands(subject.id)}".encode()).hexdigest()
