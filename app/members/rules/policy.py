"""How the register is open to the public, and how long it keeps people who have left."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import DomainError

LONGEST_KEEPING = 1200
LONGEST_BOOKS = 100


@dataclass(frozen=True)
class Policy:
    """Whether anyone may apply, whether anyone may see the directory, and how many months people are kept.

    Without an adopted policy both doors are shut; people who left are kept for ten years, as business letters are
    (for example § 257 HGB keeps vouchers for eight and books for ten), applications that led nowhere for one.
    Issued invoices are kept for ten years after their own, the longest of the usual laws.
    """

    accepts_applications: bool = False
    has_public_directory: bool = False
    keeps_people_months: int = 120
    keeps_applications_months: int = 12
    keeps_books_years: int = 10


def check_policy(policy: Policy) -> None:
    """Refuse what keeps for no time or for more than a hundred years."""
    for name in ("keeps_people_months", "keeps_applications_months"):
        if not 1 <= getattr(policy, name) <= LONGEST_KEEPING:
            raise DomainError(f"Between 1 and {LONGEST_KEEPING} months.", name)
    if not 1 <= policy.keeps_books_years <= LONGEST_BOOKS:
        raise DomainError(f"Between 1 and {LONGEST_BOOKS} years.", "keeps_books_years")
