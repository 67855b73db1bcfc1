"""Good standing: by whose debts, from how many days on, and what follows without it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby

from app.core.errors import DomainError, Refusals
from app.core.money import Money


class Consequence(StrEnum):
    """What follows where a member is not in good standing, the mildest first."""

    WARN = "warned"
    VOTES = "votes suspended"
    SEATS = "seats suspended"


CONSEQUENCE_WORDS = {
    Consequence.WARN: "the member is warned",
    Consequence.VOTES: "its votes are suspended",
    Consequence.SEATS: "its seats are suspended",
}


SUSPENSIONS = (Consequence.VOTES, Consequence.SEATS)
SOON = timedelta(days=30)  # So long before it happens it is shown that votes or seats are suspended.


@dataclass(frozen=True)
class StandingTerms:
    """More than how many days overdue a member is warned, loses its votes, its seats; no number of days is never.

    What is overdue of a member in all is not counted up to `forgiven` minor units of `currency`, nor are disputed
    invoices unless they are said to be. Before anything is adopted whoever owes anything overdue is not in good
    standing, and nothing follows.
    """

    warns_after: int = 0
    votes_after: int | None = None
    seats_after: int | None = None
    forgiven_minor: int = 0
    currency: str = ""
    counts_disputed: bool = False

    @property
    def steps(self) -> list[tuple[int, Consequence]]:
        """Each consequence with the days overdue it comes after, in their order."""
        days = [
            (self.warns_after, Consequence.WARN),
            (self.votes_after, Consequence.VOTES),
            (self.seats_after, Consequence.SEATS),
        ]
        return [(after, consequence) for after, consequence in days if after is not None]


@dataclass(frozen=True)
class Overdue:
    """An overdue invoice on a day, with what is open on it, and a member whose standing it concerns.

    It is its own where the member pays it itself.
    """

    member_id: int
    invoice_id: int
    number: str
    due_day: date
    open: Money
    is_own: bool = True


@dataclass(frozen=True)
class MemberStanding:
    """How a member stands on a day, by the invoice with which what it owes overdue came to count.

    `consequence` is what holds, since a day; `next_step` what follows if it does not pay, and on which day.
    """

    invoice_id: int | None = None
    number: str = ""
    days_late: int = 0
    overdue: tuple[Money, ...] = ()
    consequence: Consequence | None = None
    since: date | None = None
    next_step: Consequence | None = None
    next_day: date | None = None
    is_own: bool = True

    @property
    def is_good(self) -> bool:
        """Whether it is in good standing."""
        return self.consequence is None

    @property
    def may_vote(self) -> bool:
        """Whether its votes count."""
        return self.consequence in (None, Consequence.WARN)

    @property
    def keeps_seats(self) -> bool:
        """Whether its seats count."""
        return self.consequence is not Consequence.SEATS

    def is_suspended_by(self, until: date) -> bool:
        """Whether its votes or seats are suspended, or will be by a day if it does not pay."""
        is_ahead = self.next_step in SUSPENSIONS and (self.next_day or until) <= until
        return is_ahead or not self.may_vote


GOOD = MemberStanding()


def check_standing_terms(terms: StandingTerms) -> None:
    """Refuse consequences that come before the warning."""
    refusals = Refusals()
    for name, days in (("votes_after", terms.votes_after), ("seats_after", terms.seats_after)):
        with refusals:
            if days is not None and days < terms.warns_after:
                raise DomainError("Nothing is suspended before the member is warned.", name)
    refusals.say()


def standing_by(terms: StandingTerms, overdue: Iterable[Overdue], on: date) -> MemberStanding:
    """How a member with these overdue invoices stands on a day: by the oldest debt that counts, in any currency."""
    by_currency = groupby(sorted(overdue, key=_by_currency), key=lambda each: each.open.currency)
    found = [(currency, list(rows)) for currency, rows in by_currency]
    counted = [row for currency, rows in found for row in _counted(terms, currency, rows)]
    if not counted:
        return GOOD
    first = min(counted, key=lambda each: (each.due_day, each.invoice_id))
    sums = tuple(Money(sum(row.open.minor for row in rows), currency) for currency, rows in found)
    return _stands(terms, first, sums, on)


def _by_currency(each: Overdue) -> tuple[str, date, int]:
    return (each.open.currency, each.due_day, each.invoice_id)


def _counted(terms: StandingTerms, currency: str, rows: Sequence[Overdue]) -> Iterator[Overdue]:
    """The invoice with which what is owed in a currency, the oldest first, comes to more than is forgiven."""
    limit, owed = (terms.forgiven_minor if currency == terms.currency else 0), 0
    for row in rows:
        owed += row.open.minor
        if owed > limit:
            yield row
            return


def _stands(terms: StandingTerms, first: Overdue, sums: tuple[Money, ...], on: date) -> MemberStanding:
    late = (on - first.due_day).days
    reached = [step for step in terms.steps if late > step[0]]
    ahead = [step for step in terms.steps if late <= step[0]]
    after, consequence = reached[-1] if reached else (0, None)
    return MemberStanding(
        invoice_id=first.invoice_id,
        number=first.number,
        days_late=late,
        overdue=sums,
        consequence=consequence,
        since=_day_after(first.due_day, after) if reached else None,
        next_step=ahead[0][1] if ahead else None,
        next_day=_day_after(first.due_day, ahead[0][0]) if ahead else None,
        is_own=first.is_own,
    )


def _day_after(due_day: date, days: int) -> date:
    """The first day on which something is more than so many days overdue."""
    return due_day + timedelta(days=days + 1)
