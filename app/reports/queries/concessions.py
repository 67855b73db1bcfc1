"""What was not asked of fees: waivers, discounts and contributions in kind, and what they came to in a fee year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.billing.queries.charges import read_books
from app.billing.queries.concessions import ConcessionRow, list_concessions
from app.billing.queries.fee_year import EVERYBODY, list_members_of_year
from app.billing.queries.fee_years import days_numbered, fee_years_of
from app.billing.rules import CONCESSION_WORDS
from app.core.actor import Actor
from app.core.money import Money
from app.core.periods import Period
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.reports.queries.amounts import amount_columns, sums
from app.reports.queries.catalogue import report
from app.reports.rules import Asked, Parameter

AMOUNTS = (("taken", "Taken off", Narrow.AMOUNT),)


@dataclass(frozen=True)
class Conceded:
    """A concession, and what it takes off the fees of the year."""

    concession: ConcessionRow
    taken: Money | None


COLUMNS: tuple[Column[Conceded], ...] = (
    Column("member", "Member", lambda row: row.concession.name, Kind.NAME, narrow=Narrow.NAME),
    Column("kind", "Kind", lambda row: CONCESSION_WORDS[row.concession.kind], narrow=Narrow.META),
    Column("extent", "Extent", lambda row: row.concession.extent),
    Column("first", "From", lambda row: row.concession.period.first, Kind.DATE),
    Column("last", "To", lambda row: row.concession.period.last, Kind.DATE),
    Column("reason", "Reason", lambda row: row.concession.reason, narrow=Narrow.META),
    Column("approved", "Approved by", lambda row: row.concession.approved_by),
    Column("decision", "Decision", lambda row: row.concession.decision),
)


@report(
    "concessions",
    title="Waivers and discounts",
    question="What of the fees of a year was waived, discounted or given in kind, why, and who approved it?",
    audience=Permission.PAYMENT_READ,
    asks=(Parameter.YEAR,),
    looks_back=False,
)
def concessions(asked: Asked, actor: Actor) -> Table[Conceded]:
    """Every concession that touches the fee year, by name of the member, and what it takes off its fee.

    Where the beginning of fee years changes, two of them begin in one year, and it is of both.
    """
    taken = _taken(fee_years_of(asked.year))
    touching = list_concessions(year=days_numbered(asked.year), actor=actor)
    rows = [Conceded(each, taken.get(each.id)) for each in touching]
    columns: list[Column[Any]] = [*COLUMNS, *amount_columns(AMOUNTS, rows)]
    note = "What is taken off follows from the fees and the days of membership as known now; without tax."
    title = f"Waivers and discounts {asked.year}"
    return Table(title, columns, rows, sums(rows, AMOUNTS), [note] if rows else [])


def _taken(years: Sequence[Period]) -> Mapping[int, Money]:
    """What each concession takes off the fees of years."""
    books = [read_books(year, list_members_of_year(year, EVERYBODY), {}).owed.values() for year in years]
    found: dict[int, Money] = {}
    for relief in (each for members in books for owed in members for part in owed for each in part.reliefs):
        before = found.get(relief.concession.id, Money.zero(relief.amount.currency))
        found[relief.concession.id] = before + relief.amount
    return found
