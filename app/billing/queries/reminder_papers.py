"""What a reminder says: the letter to one payer, from what is due of it on a day."""

from __future__ import annotations

from datetime import date, datetime

from app.billing.documents import ReminderLine, ReminderPaper
from app.billing.documents.phrases import Speech, speech
from app.billing.queries.contents import party_to_bill
from app.billing.queries.parties import addressed_in, places_to_pay, writer_in
from app.billing.queries.policies import Reminding
from app.billing.queries.reminders import PayerDue
from app.billing.rules import LONGEST_SUBJECT, fill_reminder, reminder_hash
from app.core import clock
from app.core.database import db
from app.members.models import Institution
from app.members.queries import writing_profile
from app.members.rules import sheet_for
from app.web import wording

MOST_NAMED = 3


def reminder_paper(due: PayerDue, reminding: Reminding, made_at: datetime) -> ReminderPaper:
    """The letter to a payer at the level it comes to."""
    payer, profile = db.session.get_one(Institution, due.payer_id), writing_profile()
    language = payer.document_language or profile.language
    say, written = speech(language), reminding.terms.levels[due.level - 1]
    level = written.spoken(language) or written
    values = _values(due, profile.short_name, made_at, say if level is not written else speech(profile.language))
    return ReminderPaper(
        seller=writer_in(profile, language),
        buyer=addressed_in(language, party_to_bill(payer, due.contact, profile.country), payer.vat_number),
        places=places_to_pay(profile, [(each.open, each.reference) for each in due.items], clock.local(made_at).date()),
        account_number=payer.account_number,
        subject=fill_reminder(level.subject, values)[:LONGEST_SUBJECT],
        text=fill_reminder(level.text, values),
        day=clock.local(made_at).date(),
        lines=[
            ReminderLine(each.number, each.issue_day, each.due_day, each.days_late, each.open, each.reference)
            for each in due.items
        ],
        owed=say.in_all(due.owed),
        costs=due.costs,
        content_hash=hash_of(due, clock.local(made_at).date()),
        made_at=made_at,
        sheet=sheet_for(payer.country),
        language=language,
    )


def hash_of(due: PayerDue, day: date) -> str:
    """The hash of what the reminder says of its invoices, as `flask verify` computes it from the rows kept."""
    items = [
        (each.invoice_id, each.level, each.days_late, each.open.minor, each.interest.minor, each.interest_days)
        for each in due.items
    ]
    return reminder_hash(day, due.level, due.fee, items)


def _values(due: PayerDue, consortium: str, made_at: datetime, say: Speech) -> dict[str, str]:
    """What stands in the places of a text, in its language."""
    values = {
        "person": due.contact.name,
        "institution": due.payer,
        "invoices": _named([each.number for each in due.items], say),
        "total": say.in_all(due.owed),
        "days": say.number(due.days_late),
        "today": say.day(clock.local(made_at).date()),
        "consortium": consortium,
    }
    return {place: value.replace(wording.NO_BREAK, " ") for place, value in values.items()}


def _named(numbers: list[str], say: Speech) -> str:
    if len(numbers) > MOST_NAMED:
        return say.say("many_invoices", count=len(numbers))
    return f"{say['invoice'] if len(numbers) == 1 else say['invoices']} {say.join(numbers)}"
