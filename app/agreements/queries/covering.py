"""What agreements allow on a day: covering a shipment, consents to onward transfer, terms under which one holds.

These are asked for each shipment: plain values, one statement each, over indexes by party and by line.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from app.agreements.models import Agreement, AgreementItem
from app.agreements.rules.kinds import TemplateKind
from app.agreements.rules.lives import holds_on
from app.agreements.rules.states import AgreementState
from app.agreements.rules.terms import AtEnd, Freedom, is_under_embargo
from app.core.bulk import among
from app.core.database import db
from app.core.paging import AnySelect

# A master covers nothing by itself: each transfer has its letter. A consent lets pass on, and covers no shipment.
COVERS_NOTHING = (TemplateKind.MASTER, TemplateKind.CONSENT)
REPLACED = (AgreementState.AMENDED, AgreementState.SUPERSEDED)


@dataclass(frozen=True)
class LineTerms:
    """One line under one agreement: which, whose, on which days, and what its recipient may do with it.

    `last_day` is the last day it holds: that of its term, or an earlier end; None while it goes on. `item` is the
    place of the line in the agreement.
    """

    agreement_id: int
    number: str
    kind: TemplateKind
    state: AgreementState
    item: int
    line_id: int
    provider_id: int
    recipient_id: int
    third_id: int | None
    executed_on: date
    first_day: date
    last_day: date | None
    onward: Freedom
    commercial: Freedom
    embargo_until: date | None
    embargo_to_publication: bool
    published_on: date | None
    citation: str | None
    at_end: AtEnd

    def is_live(self, day: date) -> bool:
        """Whether the agreement holds on a day."""
        return holds_on(self.executed_on, self.first_day, self.last_day, None, day)

    def is_under_embargo(self, day: date) -> bool:
        """Whether an embargo keeps the line from being passed on on a day."""
        return is_under_embargo(self.embargo_until, self.published_on, day, to_publication=self.embargo_to_publication)


def agreements_covering(line_ids: Collection[int], giver_id: int, taker_id: int, day: date) -> Sequence[LineTerms]:
    """The agreements under which lines may go from giver to taker on a day, the longest first: one statement."""
    found = _found(
        among(AgreementItem.line_id, sorted(line_ids)),
        Agreement.provider_id == giver_id,
        Agreement.recipient_id == taker_id,
        Agreement.kind.not_in(COVERS_NOTHING),
        is_live(day),
    )
    return sorted(found, key=lambda each: each.last_day or date.max, reverse=True)


def consents_for(
    line_ids: Collection[int], provider_id: int, holder_id: int, taker_id: int, day: date
) -> Sequence[LineTerms]:
    """The consents of an original provider by which a holder may pass lines on to a taker on a day: one statement."""
    return _found(
        among(AgreementItem.line_id, sorted(line_ids)),
        Agreement.kind == TemplateKind.CONSENT,
        Agreement.provider_id == provider_id,
        Agreement.recipient_id == holder_id,
        Agreement.third_id == taker_id,
        is_live(day),
    )


def terms_held(line_ids: Collection[int], holder_id: int, day: date) -> Sequence[LineTerms]:
    """Under which terms a holder has lines on a day, by every agreement in force by then that brought them.

    What has expired or was terminated still binds what is held, and is told (`is_live` says so); what an amendment or
    a renewal took the place of by then is not.
    """
    replaced = Agreement.state.in_(REPLACED) & (Agreement.ended_on < day)
    return _found(
        among(AgreementItem.line_id, sorted(line_ids)),
        Agreement.recipient_id == holder_id,
        Agreement.kind.not_in(COVERS_NOTHING),
        Agreement.executed_on <= day,
        Agreement.first_day <= day,
        ~replaced | Agreement.ended_on.is_(None),
    )


def is_live(day: date) -> ColumnElement[bool]:
    """The condition that an agreement holds on a day: executed, within its term, not ended before."""
    return (
        (Agreement.executed_on <= day)
        & (Agreement.first_day <= day)
        & or_(Agreement.last_day.is_(None), Agreement.last_day >= day)
        & or_(Agreement.ended_on.is_(None), Agreement.ended_on >= day)
    )


_COLUMNS = (
    Agreement.id,
    Agreement.number,
    Agreement.kind,
    Agreement.state,
    AgreementItem.position,
    AgreementItem.line_id,
    Agreement.provider_id,
    Agreement.recipient_id,
    Agreement.third_id,
    Agreement.executed_on,
    Agreement.first_day,
    Agreement.last_day,
    Agreement.onward,
    Agreement.commercial,
    Agreement.embargo_until,
    Agreement.embargo_to_publication,
    Agreement.published_on,
    Agreement.citation,
    Agreement.at_end,
    Agreement.ended_on,
)


def _found(*conditions: ColumnElement[bool]) -> list[LineTerms]:
    asked: AnySelect = (
        select(*_COLUMNS)
        .join(AgreementItem, AgreementItem.agreement_id == Agreement.id)
        .where(*conditions)
        .order_by(Agreement.executed_on.desc(), Agreement.id.desc(), AgreementItem.position)
    )
    return [_terms(*row) for row in db.session.execute(asked)]


def _terms(*row: Any) -> LineTerms:
    """A row as its values, with the earlier of the end of the term and the day it ended."""
    *values, ended_on = row
    found = LineTerms(*values)
    ends = [each for each in (found.last_day, ended_on) if each is not None]
    return found if ended_on is None else LineTerms(**{**vars(found), "last_day": min(ends)})
