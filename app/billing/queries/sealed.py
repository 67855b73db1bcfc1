"""Which rows of billing the trail seals with each change: the settings that have dates, and what is booked by hand.

Left out are the names of who did it, which an erased person's number may replace, what other checks prove, and what
follows to the survivor of a merger where the books prove whose it is.
"""

from __future__ import annotations

from app.audit.seals import seals, seals_for_ever
from app.billing.models import (
    Allocation,
    Approval,
    BankAccount,
    BankFile,
    BankMapping,
    BankMatch,
    BillingPolicy,
    ClosedYear,
    CountryGroup,
    ExchangeRate,
    FeeConcession,
    FeePayer,
    FeeRun,
    FeeSchedule,
    GivenPaper,
    InvoiceDispute,
    MemberTier,
    Payment,
    Refund,
    Reminder,
    ReminderBlock,
    ReminderLevel,
    ReminderPolicy,
    StandingPolicy,
    WriteOff,
)

seals(FeeSchedule)
seals(FeeConcession)
seals(FeePayer)
seals(MemberTier)
seals(CountryGroup)
seals(FeeRun, FeeRun.prepared_by)
seals(BillingPolicy, BillingPolicy.adopted_by)
seals(StandingPolicy, StandingPolicy.adopted_by)
seals(ReminderPolicy, ReminderPolicy.adopted_by)
seals(ReminderLevel)
seals(ReminderBlock, ReminderBlock.noted_by)
seals(Reminder)
seals(GivenPaper)
seals(InvoiceDispute, InvoiceDispute.noted_by, InvoiceDispute.settled_by)
seals(ExchangeRate, ExchangeRate.recorded_by)
seals(ClosedYear, ClosedYear.closed_by)
seals(BankAccount)
seals(BankFile, BankFile.brought_by)
seals(BankMapping)
seals(Approval, Approval.asked_by, Approval.decided_by)
seals_for_ever(Payment, Payment.payer_id, Payment.unallocated_minor, Payment.recorded_by)
seals_for_ever(Refund, Refund.payer_id, Refund.recorded_by)
seals_for_ever(WriteOff, WriteOff.recorded_by)
seals_for_ever(Allocation)
seals_for_ever(BankMatch, BankMatch.undone_at, BankMatch.matched_by)
