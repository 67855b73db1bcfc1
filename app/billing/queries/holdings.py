"""What the books hold about a person: issued invoices that name them, and records they made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from app.billing.models import (
    Approval,
    BillingPolicy,
    ClosedYear,
    CountryGroup,
    ExchangeRate,
    FeeConcession,
    FeePayer,
    FeeRun,
    FeeSchedule,
    GivenPaper,
    Invoice,
    InvoiceDispute,
    InvoiceLine,
    InvoiceRecord,
    MemberTier,
    Payment,
    Refund,
    Reminder,
    ReminderBlock,
    ReminderPolicy,
    StandingPolicy,
    WriteOff,
)
from app.billing.rules import InvoiceState
from app.core import clock
from app.core.database import db
from app.core.mentions import free_text, free_texts
from app.core.paging import AnySelect
from app.core.personal_data import DataSubject, Fate, Held, HeldDocument, held_rows, holds
from app.core.tables import Cell
from app.files.models import StoredFile
from app.members.models import Representation
from app.members.queries import policy_on
from app.members.rules import Purpose
from app.web.wording import long_day

GROUND = "The books must be kept whole, by tax and commercial law (GDPR Art. 17(3)(b))"


@holds("billing.invoices", place=30)
def invoices_naming(subject: DataSubject) -> Held | None:
    """Issued invoices with the person as the contact they are for the attention of."""
    found = list(_naming(subject))
    years = policy_on(clock.today()).keeps_books_years
    rows = [
        {
            "Number": invoice.number,
            "Issued": invoice.issue_day,
            "For the attention of": attention,
            "Kept until": _kept_until(invoice.issue_day, years),
        }
        for invoice, attention, _ in found
    ]
    last = max((_kept_until(invoice.issue_day, years) for invoice, _, _ in found), default=None)
    documents = [HeldDocument(file.sha256, file.name) for _, _, file in found if file is not None]
    why = "An invoice says for whose attention it is."
    until = _until_words(last) if last else ""
    return held_rows("Invoices", why, rows, Fate.KEPT, ground=GROUND, until=until, documents=documents)


SIGNED: tuple[tuple[str, Any, Any, Any], ...] = (
    ("Payment recorded", Payment.recorded_by, Payment.received_on, Payment.reference),
    ("Fee run prepared", FeeRun.prepared_by, FeeRun.first_day, FeeRun.id),
    ("Refund recorded", Refund.recorded_by, Refund.day, Refund.reference),
    ("Written off", WriteOff.recorded_by, WriteOff.day, WriteOff.invoice_id),
    ("Rate entered", ExchangeRate.recorded_by, ExchangeRate.day, ExchangeRate.currency),
    ("Policy of billing adopted", BillingPolicy.adopted_by, BillingPolicy.first_day, BillingPolicy.number),
    ("Second person asked", Approval.asked_by, Approval.asked_at, Approval.words),
    ("Decided as a second person", Approval.decided_by, Approval.decided_at, Approval.words),
    ("Year closed", ClosedYear.closed_by, ClosedYear.last_day, ClosedYear.id),
    ("Dispute noted", InvoiceDispute.noted_by, InvoiceDispute.first_day, InvoiceDispute.invoice_id),
    ("Dispute settled", InvoiceDispute.settled_by, InvoiceDispute.settled_on, InvoiceDispute.invoice_id),
    ("Reminders blocked", ReminderBlock.noted_by, ReminderBlock.first_day, ReminderBlock.payer_id),
    ("Levels of reminders adopted", ReminderPolicy.adopted_by, ReminderPolicy.first_day, ReminderPolicy.number),
    ("Policy of standing adopted", StandingPolicy.adopted_by, StandingPolicy.first_day, StandingPolicy.number),
)


@holds("billing.recorded", place=82)
def records_made(subject: DataSubject) -> Held | None:
    """What in the books says who recorded it."""
    rows = [
        {"What": what, "Day": day, "Reference": str(reference or "")}
        for what, by, day_of, named in SIGNED
        for day, reference in db.session.execute(select(day_of, named).where(by.in_(subject.signatures)))
    ]
    return held_rows("Records made in the books", "The books say who recorded what.", rows, Fate.REPLACED)


@holds("billing.reminders", place=31)
def reminders_to(subject: DataSubject) -> Held | None:
    """Reminders that were addressed to the person."""
    asked = (
        select(Reminder, StoredFile)
        .join(StoredFile, StoredFile.id == Reminder.pdf_id)
        .where(Reminder.person_id == subject.person_id)
        .order_by(Reminder.id)
    )
    found = db.session.execute(asked).all()
    rows: list[dict[str, Cell]] = [
        {"Day": reminder.day, "Level": str(reminder.level), "Subject": reminder.subject} for reminder, _ in found
    ]
    documents = [HeldDocument(file.sha256, file.name) for _, file in found]
    why = "A reminder says to whom it was written; its paper belongs to the books."
    return held_rows("Reminders", why, rows, Fate.KEPT, ground=GROUND, documents=documents)


@holds("billing.given", place=32)
def papers_given_to(subject: DataSubject) -> Held | None:
    """Statements that were sent to the person, and receipts that name them as the contact they are for."""
    asked = (
        select(GivenPaper, StoredFile)
        .join(StoredFile, StoredFile.id == GivenPaper.pdf_id)
        .where(or_(GivenPaper.person_id == subject.person_id, GivenPaper.payer_id.in_(_billed_through(subject))))
        .order_by(GivenPaper.id)
    )
    found = [
        (paper, file)
        for paper, file in db.session.execute(asked)
        if paper.person_id == subject.person_id or _is_named(subject, _attention(paper.content))
    ]
    rows: list[dict[str, Cell]] = [{"Day": paper.day, "Paper": file.name} for paper, file in found]
    documents = [HeldDocument(file.sha256, file.name) for _, file in found]
    why = "A receipt says for whose attention it is, a statement of account to whom it was sent."
    return held_rows("Receipts and statements", why, rows, Fate.KEPT, ground=GROUND, documents=documents)


def _billed_through(subject: DataSubject) -> Any:
    """The payers whose billing contact the person ever was."""
    return select(Representation.institution_id).where(
        Representation.person_id == subject.person_id, Representation.purpose == Purpose.BILLING
    )


def _is_named(subject: DataSubject, attention: str) -> bool:
    return any(name and name in attention for name in subject.names)


def _naming(subject: DataSubject) -> Iterator[tuple[Invoice, str, StoredFile | None]]:
    """Issued invoices that carry a name of the person, of payers whose billing contact they ever were."""
    asked = (
        select(Invoice, InvoiceRecord.content, StoredFile)
        .join(InvoiceRecord, InvoiceRecord.invoice_id == Invoice.id)
        .outerjoin(StoredFile, StoredFile.id == Invoice.pdf_id)
        .where(Invoice.payer_id.in_(_billed_through(subject)), Invoice.state != InvoiceState.DRAFT)
        .order_by(Invoice.id)
    )
    for invoice, content, file in db.session.execute(asked):
        attention = _attention(content)
        if _is_named(subject, attention):
            yield invoice, attention, file


def _attention(content: dict[str, Any]) -> str:
    return str(content.get("buyer", {}).get("attention", ""))


def _until_words(last: date) -> str:
    if last < clock.today():
        return f"which asked for it until {long_day(last)}; the consortium decides whether to destroy them"
    return f"until {long_day(last)}"


def _kept_until(issued: date | None, years: int) -> date:
    return date((issued or clock.today()).year + years, 12, 31)


@free_texts("billing.books")
def texts_of_books(_subject: DataSubject) -> Sequence[AnySelect]:
    """What lines of invoices, fees and payments say."""
    line, fee, dispute = InvoiceLine, FeeSchedule, InvoiceDispute
    return [
        free_text("Line of an invoice", "invoice", line.invoice_id, line.description),
        free_text("Why a line is charged", "invoice", line.invoice_id, line.why),
        free_text("Ground of a tax", "invoice", line.invoice_id, line.tax_reason),
        free_text("Decision on a fee", "fee_schedule", fee.id, fee.decision),
        free_text("Ground of a tax", "fee_schedule", fee.id, fee.tax_reason),
        free_text("Reason of a concession", "institution", FeeConcession.institution_id, FeeConcession.reason),
        free_text("Who approved a concession", "institution", FeeConcession.institution_id, FeeConcession.approved_by),
        free_text("Decision on a concession", "institution", FeeConcession.institution_id, FeeConcession.decision),
        free_text("Ground of a tier", "institution", MemberTier.institution_id, MemberTier.reason),
        free_text("Ground of an income group", "country_group", CountryGroup.id, CountryGroup.reason),
        free_text("Why another pays", "institution", FeePayer.member_id, FeePayer.reason),
        free_text("Reason told to or by a second person", Approval.subject_kind, Approval.subject_id, Approval.reason),
        free_text("Reason", "invoice", Invoice.id, Invoice.reason),
        free_text("Reason of a write-off", "invoice", WriteOff.invoice_id, WriteOff.reason),
        free_text("Reason of a refund", "institution", Refund.payer_id, Refund.reason),
        free_text("Reference of a refund", "institution", Refund.payer_id, Refund.reference),
        free_text("Note", "payment", Payment.id, Payment.note),
        free_text("Reference", "payment", Payment.id, Payment.reference),
        free_text("Why an invoice is disputed", "invoice", dispute.invoice_id, dispute.reason),
        free_text("How a dispute was settled", "invoice", dispute.invoice_id, dispute.outcome),
        free_text("Why a payer is not reminded", "institution", ReminderBlock.payer_id, ReminderBlock.reason),
    ]
