"""What must stand as it stood between the question to a second person and their yes, where an act changes a setting."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date

from sqlalchemy import select

from app.accounts.models import ConsortiumProfile
from app.accounts.queries import find_profile
from app.audit.rules import Subject
from app.billing.models import BankAccount
from app.billing.queries.fee_years import newest_billing_policy
from app.billing.rules import Act, BillingTerms
from app.core.database import db
from app.core.money import Money
from app.core.site import this_site
from app.web.wording import money


def by_two_words(terms: BillingTerms, act: Act) -> str:
    """How many persons an act takes: by one person, always by two, or by two above an amount."""
    above = terms.second_above.get(act)
    if above is None:
        return "by one person"
    return f"by two, above {money(Money(above, this_site().home_currency))}" if above else "always by two"


def _policy(_number: int) -> str:
    """By the policy that was adopted last."""
    return str(newest_billing_policy())


def _account(account_id: int) -> str:
    """By the version of a bank account."""
    return str(db.session.scalar(select(BankAccount.version).where(BankAccount.id == account_id)))


def _account_of_ledger(code: int) -> str:
    """By the bank account that is booked to an account of the ledger, where there is one."""
    return str(db.session.scalar(select(BankAccount.id).where(BankAccount.account_code == str(code))))


def _profile(first_day: int) -> str:
    """By what the consortium says of itself on a day."""
    profile = find_profile(date.fromordinal(first_day))
    said = (each.key for each in ConsortiumProfile.__table__.columns if each.key not in BESIDE)
    return repr([str(getattr(profile, name) or "") for name in said]) if profile else ""


BESIDE = {"first_day", "logo_id", "adopted_at"}  # Of a profile, what a form of it does not say.
STANDS: dict[str, Callable[[int], str]] = {
    "billing_policy": _policy,
    "bank_account": _account,
    "ledger_account": _account_of_ledger,
    "consortium_profile": _profile,
}


def find_standing(subject: Subject) -> str | None:
    """How a setting stands, as a digest; None for what is bound to no more than what was typed."""
    stands = STANDS.get(subject.kind)
    if stands is None:
        return None
    return hashlib.sha256(f"{subject.kind} {subject.id} {stands(subject.id)}".encode()).hexdigest()
