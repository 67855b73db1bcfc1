"""The first invoice of a new member, as a step of joining: a draft for it alone."""

from __future__ import annotations

from app.billing.commands.runs import bill_alone, lock_classes
from app.billing.queries.joiners import first_bill
from app.core.actor import Actor
from app.core.permissions import Permission
from app.members.commands import (
    CaseStep,
    Done,
    begin_joining_step,
    finish_joining_step,
    joiner_of,
    register_joining_step,
)
from app.members.models import CaseTask
from app.web.wording import day, join_words, money

INVOICE = "invoice"
BILLED_LATER = "Once a fee is adopted, a fee run of the year bills it."

register_joining_step(
    CaseStep(
        INVOICE,
        "First invoice",
        "Draft what it owes for the fee year it joins in, for it alone.",
        40,
        "Draft it",
        "billing.draft_first_invoice",
        needs=("term",),
    )
)


def draft_first_invoice(application_id: int, *, actor: Actor) -> CaseTask:
    """Draft the first invoice of who was admitted, in a fee run of its own; where nothing is owed, say why."""
    actor.require(Permission.FEE_EDIT)
    application, task = begin_joining_step(application_id, INVOICE, actor=actor)
    joiner = joiner_of(application)
    lock_classes()
    bill = first_bill(joiner.institution.id, joiner.membership.first_day, actor)
    outcome = f"Nothing to bill for {bill.year.first.year}: {bill.why_not}."
    if bill.lacks_schedule:
        outcome = f"{outcome} {BILLED_LATER}"
    if bill.charges:
        run = bill_alone(bill.year, bill.charges, actor=actor)
        amounts = join_words(money(charge.amount) for charge in bill.charges)
        since = day(bill.charges[0].part.days.first)
        outcome = f"Fee run {run.id} of {run.year} holds the draft: {amounts} without tax, from {since}."
    return finish_joining_step(application, task, Done(outcome), actor=actor)
