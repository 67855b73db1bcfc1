"""Reminders: queued for all who are due, each sent once, with what is open at the moment of sending and nothing else.

The paper is printed outside of the transaction, from what was read; under the lock it is read again, and where it is
not the same any more, printed again. So nothing is sent that was paid, credited, disputed or blocked meanwhile.
What it costs the payer is invoiced in the same transaction: a reminder is sent and charged, or neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.audit.commands import Subject, record
from app.billing.commands.posted import print_and_send
from app.billing.commands.reminder_charges import charge_reminder
from app.billing.documents import ReminderPaper, reminder_html, reminder_mail
from app.billing.models import Reminder, ReminderItem
from app.billing.queries.policies import reminders_on
from app.billing.queries.reminder_papers import reminder_paper
from app.billing.queries.reminders import Due, PayerDue, due_on, sum_words
from app.core import clock
from app.core.actor import Actor, program
from app.core.bulk import insert_rows
from app.core.database import db
from app.core.errors import DomainError
from app.core.permissions import Permission
from app.core.transaction import reading, transaction
from app.files.commands import store_file
from app.members.commands import lock_institution
from app.outbox.commands import Address, Order, Payload, enqueue_many, handles, send_mail
from app.outbox.duties import daily
from app.web.pdf import print_pdf
from app.web.wording import plural

REMIND_PAYER = "billing.remind_payer"
PDF = "application/pdf"
REMINDING = program("Reminders")


@dataclass(frozen=True)
class DuePaper:
    """What is due of a payer on a day, with its paper."""

    day: date
    due: Due
    policy_number: int
    paper: ReminderPaper

    @property
    def payer(self) -> PayerDue:
        """The one payer it is for."""
        return self.due.payers[0]


def queue_reminders(*, actor: Actor) -> int:
    """Have a reminder sent to every payer that is due for one today; how many they are."""
    actor.require(Permission.INVOICE_EDIT)
    due = due_on(clock.today())
    if due.reminding is None:
        raise DomainError("Adopt levels of reminders under Settings first.")
    if not due.payers:
        raise DomainError("Nobody is due for a reminder today.")
    orders = [Order({"payer_id": each.payer_id}, unique_key=f"{REMIND_PAYER}:{each.payer_id}") for each in due.payers]
    enqueue_many(REMIND_PAYER, orders)
    record(
        "billing.queue_reminders",
        Subject("reminder_policy", due.reminding.number),
        summary=f"{plural(len(orders), 'reminder', 'reminders')} queued",
        after={"payers": [each.payer_id for each in due.payers]},
        actor=actor,
    )
    return len(orders)


@daily("billing.send_reminders")
def send_reminders() -> None:
    """Queue what is due today, where reminders are sent by themselves."""
    with reading():
        reminding = reminders_on(clock.today())
        waits = reminding is not None and reminding.terms.sends_daily and bool(due_on(clock.today()).payers)
    if waits:
        with transaction():
            queue_reminders(actor=program("Daily reminders"))


@handles(REMIND_PAYER)
def remind_payer(payload: Payload) -> None:
    """Send a payer the reminder it is due for; done twice, or with nothing left to remind of, nothing is sent."""
    payer_id = int(payload["payer_id"])
    print_and_send(lambda: _find(payer_id), _printed, _send)


def _find(payer_id: int) -> DuePaper | None:
    """The reminder as of this moment; None where there is nothing to remind of."""
    day, made_at = clock.today(), clock.now()
    due = due_on(day, payer_id)
    if due.reminding is None or not due.payers:
        return None
    return DuePaper(day, due, due.reminding.number, reminder_paper(due.payers[0], due.reminding, made_at))


def _printed(found: DuePaper) -> bytes:
    return print_pdf(reminder_html(found.paper))


def _send(found: DuePaper, content: bytes) -> bool:
    """Keep the reminder and write its mail, if all of it still holds under the lock."""
    payer = lock_institution(found.payer.payer_id)
    if clock.today() != found.day or due_on(found.day, payer.id, locking=True) != found.due:
        return False
    reminder = _keep(found, content, f"Reminder {found.day.isoformat()} {payer.short_name}.pdf")
    charged = charge_reminder(reminder, found.payer.costs, actor=REMINDING)
    record(
        "billing.send_reminder",
        Subject("reminder", reminder.id),
        summary=f"Reminder of level {reminder.level} sent to {payer.name}: {sum_words(found.payer.owed)} is open",
        after={
            "payer": payer.id,
            "level": reminder.level,
            "invoices": {each.number: f"{each.open} {each.open.currency}" for each in found.payer.items},
            "charged": {each.number or "draft": f"{each.gross} {each.currency}" for each in charged},
            "content_sha256": reminder.content_sha256,
            "pdf_sha256": reminder.pdf_sha256,
        },
        actor=REMINDING,
    )
    return True


def _keep(found: DuePaper, content: bytes, name: str) -> Reminder:
    due, paper = found.payer, found.paper
    file = store_file(content, PDF, name)
    contact = Address(due.contact.name, due.contact.email or "")
    mail = send_mail(contact, paper.subject, reminder_mail(paper), [file.id])
    reminder = Reminder(
        payer_id=due.payer_id,
        day=found.day,
        level=due.level,
        policy_number=found.policy_number,
        subject=paper.subject,
        fee_minor=due.fee.minor,
        fee_currency=due.fee.currency,
        person_id=due.contact.person_id,
        content_sha256=paper.content_hash,
        pdf_id=file.id,
        pdf_sha256=file.sha256,
        mail_id=mail.id,
        sent_at=clock.now(),
    )
    db.session.add(reminder)
    db.session.flush()
    rows = [
        {
            "reminder_id": reminder.id,
            "invoice_id": each.invoice_id,
            "level": each.level,
            "days_late": each.days_late,
            "open_minor": each.open.minor,
            "interest_minor": each.interest.minor,
            "interest_days": each.interest_days,
        }
        for each in due.items
    ]
    insert_rows(ReminderItem, rows)
    return reminder
