"""How what billing keeps of a payer follows when institutions are merged: the balance moves, the papers do not.

An issued invoice says for ever to whom it was addressed: that is in its frozen record. Who owes it now is its payer.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.billing.models import (
    FeeConcession,
    FeePayer,
    GivenPaper,
    Invoice,
    MemberTier,
    Payment,
    Posting,
    Refund,
    Reminder,
    ReminderBlock,
)
from app.billing.rules import Scale, scale_of
from app.core.database import db
from app.core.history import as_known
from app.members.queries import Alone, Clash, follows, forbids
from app.members.rules import TwinKind

follows(TwinKind.INSTITUTION, Invoice.payer_id, ("invoice to pay", "invoices to pay"))
follows(TwinKind.INSTITUTION, Payment.payer_id, ("payment", "payments"))
follows(TwinKind.INSTITUTION, Posting.payer_id, ("posting of its account", "postings of its account"))
follows(TwinKind.INSTITUTION, Refund.payer_id, ("refund", "refunds"))
follows(TwinKind.INSTITUTION, Reminder.payer_id, ("reminder sent", "reminders sent"))
follows(TwinKind.INSTITUTION, ReminderBlock.payer_id, ("block of reminders", "blocks of reminders"))
follows(TwinKind.INSTITUTION, GivenPaper.payer_id, ("receipt or statement it got", "receipts and statements it got"))
follows(TwinKind.PERSON, GivenPaper.person_id, ("statement they were sent", "statements they were sent"))
follows(TwinKind.PERSON, Reminder.person_id, ("reminder they were sent", "reminders they were sent"))
follows(TwinKind.INSTITUTION, FeeConcession.institution_id, ("concession on its fee", "concessions on its fee"))
follows(
    TwinKind.INSTITUTION,
    FeePayer.member_id,
    ("payer of its fee", "payers of its fee"),
    alone=(Alone((), "Both have payers of their fee on the same days"),),
)
follows(TwinKind.INSTITUTION, FeePayer.payer_id, ("fee it pays for another", "fees it pays for others"))
follows(TwinKind.INSTITUTION, MemberTier.institution_id, ("tier of its fee", "tiers of its fee"))


@forbids(TwinKind.INSTITUTION)
def _both_in_a_tier(survivor_id: int, merged_id: int) -> list[Clash]:
    """Nobody is in two tiers of a scale on one day, and so would be charged by both."""
    one, two = _tiers_of(survivor_id), _tiers_of(merged_id)
    if any(mine.period.overlaps(other.period) and _scale(mine) is _scale(other) for mine in one for other in two):
        return [Clash("Both are in a tier of one scale on the same days.", "Let one tier end before the other begins.")]
    return []


def _tiers_of(institution_id: int) -> Sequence[MemberTier]:
    asked = select(MemberTier).where(MemberTier.institution_id == institution_id, as_known(MemberTier))
    return db.session.scalars(asked.order_by(MemberTier.id)).all()


def _scale(placed: MemberTier) -> Scale:
    return scale_of(placed.tier)
