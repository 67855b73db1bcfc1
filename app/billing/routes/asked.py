"""What a second person is asked about a setting: what holds now beside what is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple

from app.billing.queries.approvals import ApprovalView
from app.billing.queries.as_asked import by_two_words
from app.billing.queries.fee_years import billing_terms_on
from app.billing.rules import SETTABLE, SETTING_WORDS, BillingTerms
from app.core.tables import Column, Kind, Narrow, Table
from app.web.wording import long_day


class Change(NamedTuple):
    """One thing as it is now, and as it is asked for."""

    what: str
    now: str
    asked: str


COLUMNS: tuple[Column[Change], ...] = (
    Column("what", "What", lambda row: row.what, Kind.NAME, narrow=Narrow.NAME),
    Column("now", "Now", lambda row: row.now or None, narrow=Narrow.META),
    Column("asked", "Asked for", lambda row: row.asked or None, narrow=Narrow.SAID),
)


def asked_table(found: ApprovalView) -> Table[Change] | None:
    """What is asked for of a setting, where it differs from what holds; None once it is decided, and for amounts."""
    read = SETTINGS.get(found.subject.kind)
    if read is None or found.values is None:
        return None
    changes = [each for each in read(found) if each.now != each.asked]
    return Table("Asked for", COLUMNS, changes)


def begins_words(month: int, first: int) -> str:
    """On which day fee years begin: 1 July."""
    return f"{first} {date(2001, month, 1):%B}"


def _policy(found: ApprovalView) -> Iterator[Change]:
    typed: dict[str, Any] = dict(found.values or {})
    first_day = date.fromisoformat(typed.pop("first_day"))
    now, then = billing_terms_on(first_day), BillingTerms(**typed)
    yield Change("In force from", "", long_day(first_day))
    years = [begins_words(each.year_month, each.year_day) for each in (now, then)]
    yield Change("Fee years begin", *years)
    for act in SETTABLE:
        yield Change(SETTING_WORDS[act], by_two_words(now, act), by_two_words(then, act))


SETTINGS: dict[str, Callable[[ApprovalView], Iterator[Change]]] = {"billing_policy": _policy}
