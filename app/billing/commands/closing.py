"""Closing a fiscal year: its income and expense go to the surplus, and it takes no more entries."""

from __future__ import annotations

from sqlalchemy import func, select

from app.audit.commands import Subject, record
from app.billing.commands.bookings import Booking, Leg, book, close_books
from app.billing.models import AccountDay, ClosedYear, FeeRun
from app.billing.queries.closed_years import find_closed_until
from app.billing.queries.closing import result_up_to
from app.billing.rules import SURPLUS, EntryKind, RunState
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.money import Money
from app.core.periods import ONE_DAY, Period
from app.core.permissions import Permission
from app.core.site import this_site


def close_year(year: Period, *, actor: Actor) -> ClosedYear:
    """Close a fiscal year that is over: years are closed in their order, without a gap, and never opened again."""
    actor.require(Permission.BOOKS_CLOSE)
    close_books()
    _check(year)
    last = year.last or year.first
    legs = _result_of(year)
    text = f"Result of the year that ended on {last.day} {last:%B %Y}"
    (entry_id,) = book([Booking(EntryKind.CLOSING, last, text, this_site().home_currency, legs)]) if legs else (None,)
    closed = ClosedYear(
        first_day=year.first, last_day=last, entry_id=entry_id, closed_by=actor.name, closed_at=clock.now()
    )
    db.session.add(closed)
    db.session.flush()
    surplus = -sum(leg.home or 0 for leg in legs if leg.account == SURPLUS)
    record(
        "billing.close_year",
        Subject("closed_year", closed.id),
        summary=f"Books closed up to {last.day} {last:%B %Y}",
        after={
            "first_day": year.first.isoformat(),
            "last_day": last.isoformat(),
            "surplus": str(Money(surplus, this_site().home_currency)),
        },
        actor=actor,
    )
    return closed


def _check(year: Period) -> None:
    if year.last is None or year.last >= clock.today():
        raise DomainError("A year is closed when it is over.", "last_day")
    before = find_closed_until()
    if before is not None and before + ONE_DAY != year.first:
        following = before + ONE_DAY
        raise DomainError(f"The next year to close begins on {following.day} {following:%B %Y}.", "first_day")
    earlier = db.session.scalar(select(func.min(AccountDay.day)))
    if before is None and earlier is not None and earlier < year.first:
        raise DomainError(f"There are entries since {earlier.day} {earlier:%B %Y}: begin with their year.", "first_day")
    issuing = select(FeeRun.id).where(FeeRun.state == RunState.ISSUING, FeeRun.issue_day <= year.last)
    if db.session.scalar(select(issuing.exists())):
        raise DomainError("A fee run is being issued with a date in this year: wait until it is done.")


def _result_of(year: Period) -> tuple[Leg, ...]:
    """What takes every account of income and expense back to nothing, and the surplus to what they came to."""
    home = this_site().home_currency
    rows = result_up_to(year.last or year.first)
    legs = [Leg(row.code, -row.amount.minor, None, -row.worth.minor, row.amount.currency) for row in rows]
    surplus = sum(row.worth.minor for row in rows)
    return (*legs, Leg(SURPLUS, surplus, None, surplus, home)) if legs else ()
