"""Charging what a reminder costs: an invoice of its own in each currency, made with the reminder or not at all.

Where the policy of billing wants a second person, it stays a draft and somebody is asked; to discard it is to waive it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from app.audit.commands import Subject
from app.billing.commands.approvals import ask_approval
from app.billing.commands.charging import ChargeLine, draft_charge
from app.billing.commands.issuing import issue_invoice
from app.billing.commands.runs import IssueValues
from app.billing.documents.phrases import speech
from app.billing.models import Invoice, Reminder, ReminderCharge
from app.billing.queries.approvals import find_need
from app.billing.queries.runs import propose_issue_on
from app.billing.rules import REMINDER_INCOME, Act, Cost, TaxCategory
from app.core.actor import Actor
from app.core.database import db
from app.members.models import Institution
from app.members.queries import writing_profile


def charge_reminder(reminder: Reminder, costs: Sequence[Cost], *, actor: Actor) -> list[Invoice]:
    """Invoice what a reminder costs its payer, sent by a mail of its own; no costs are no invoice."""
    by_currency: dict[str, list[Cost]] = defaultdict(list)
    for cost in costs:
        by_currency[cost.amount.currency].append(cost)
    return [_charge(reminder, by_currency[currency], actor) for currency in sorted(by_currency)]


def _charge(reminder: Reminder, costs: Sequence[Cost], actor: Actor) -> Invoice:
    issue_day, due_day = propose_issue_on()
    language = db.session.get_one(Institution, reminder.payer_id).document_language or writing_profile().language
    lines = [_line(cost, issue_day, speech(language)["no_supply"]) for cost in costs]
    draft = draft_charge(reminder.payer_id, lines, reason=f"Reminder of level {reminder.level}", actor=actor)
    db.session.add(ReminderCharge(invoice_id=draft.id, reminder_id=reminder.id))
    db.session.flush()
    if find_need(Act.ISSUE, "invoice", draft.id) is not None:
        ask_approval(Act.ISSUE, Subject("invoice", draft.id), actor=actor)
        return draft
    return issue_invoice(draft.id, IssueValues(issue_day, due_day, sends_mails=True), actor=actor)


def _line(cost: Cost, day: date, no_supply: str) -> ChargeLine:
    return ChargeLine(
        description=cost.words,
        amount=cost.amount,
        first_day=day - timedelta(days=cost.days - 1),
        last_day=day,
        tax_category=TaxCategory.OUTSIDE_SCOPE,
        tax_reason=no_supply,
        income_account=REMINDER_INCOME,
    )
