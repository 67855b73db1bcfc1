"""Whether the agreement something was sent under ended before it arrived."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select

from app.agreements.models import Agreement
from app.agreements.rules import AgreementState
from app.core.database import db

GOES_ON = (AgreementState.AMENDED, AgreementState.SUPERSEDED)


def outlived_on(agreement_ids: Collection[int], day: date) -> date | None:
    """The last day of the agreement that ended first before a day; None where all held on."""
    # In the place of one that was amended or renewed stands the other.
    asked = select(Agreement.last_day, Agreement.ended_on).where(
        Agreement.id.in_(agreement_ids), Agreement.state.not_in(GOES_ON)
    )
    ends = (
        end for row in db.session.execute(asked.order_by(Agreement.id)) for end in row if end is not None and end < day
    )
    return min(ends, default=None)
