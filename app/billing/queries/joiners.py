"""What the first invoice of a new member would charge: the fee year it joins in, and nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.billing.queries.charges import Charge, preview_run
from app.billing.queries.fee_years import fee_year_on
from app.core.actor import Actor
from app.core.periods import Period


@dataclass(frozen=True)
class FirstBill:
    """The charges of one member for a fee year not billed yet; if none, why, and whether only a schedule is missing."""

    year: Period
    charges: Sequence[Charge]
    why_not: str
    lacks_schedule: bool


def first_bill(institution_id: int, joined: date, actor: Actor) -> FirstBill:
    """What a member that joined on a day is to be billed for the fee year of that day."""
    year = fee_year_on(joined)
    preview = preview_run(year, actor=actor)
    charges = [charge for charge in preview.charges if charge.member.institution_id == institution_id]
    found = next((row for row in preview.not_billed if row.institution_id == institution_id), None)
    if found is None:
        return FirstBill(year, charges, "it has no membership in the year", lacks_schedule=False)
    return FirstBill(year, charges, found.why, found.lacks_schedule)
