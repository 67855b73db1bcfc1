"""How what billing keeps of a payer follows when institutions are merged: the balance moves, the papers do not.

An issued invoice says for ever to whom it was addressed: that is in its frozen record. Who owes it now is its payer.
"""

from __future__ import annotations

from app.billing.models import (
    FeeConcession,
    FeePayer,
    Invoice,
    MemberTier,
    Payment,
    Posting,
    Refund,
    Reminder,
    ReminderBlock,
)
from app.members.queries import Alone, follows
from app.members.rules import TwinKind

follows(TwinKind.INSTITUTION, Invoice.payer_id, ("invoice to pay", "invoices to pay"))
follows(TwinKind.INSTITUTION, Payment.payer_id, ("payment", "payments"))
follows(TwinKind.INSTITUTION, Posting.payer_id, ("posting of its account", "postings of its account"))
follows(TwinKind.INSTITUTION, Refund.payer_id, ("refund", "refunds"))
follows(TwinKind.INSTITUTION, Reminder.payer_id, ("reminder sent", "reminders sent"))
follows(TwinKind.INSTITUTION, ReminderBlock.payer_id, ("block of reminders", "blocks of reminders"))
follows(TwinKind.PERSON, Reminder.person_id, ("reminder they were sent", "reminders they were sent"))
follows(TwinKind.INSTITUTION, FeeConcession.institution_id, ("concession on its fee", "concessions on its fee"))
follows(
    TwinKind.INSTITUTION,
    FeePayer.member_id,
    ("payer of its fee", "payers of its fee"),
    alone=(Alone((), "Both have payers of their fee on the same days"),),
)
follows(TwinKind.INSTITUTION, FeePayer.payer_id, ("fee it pays for another", "fees it pays for others"))
follows(
    TwinKind.INSTITUTION,
    MemberTier.institution_id,
    ("tier of its fee", "tiers of its fee"),
    alone=(Alone(("tier",), "Both are in one tier on the same days"),),
)
