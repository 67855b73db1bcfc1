"""All that needs an actor today: each feature's tasks in their order, shown only to those who may do them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from app.core.actor import Actor
from app.home.queries.agreements import agreements_ending, agreements_waiting
from app.home.queries.bank import waiting_lines
from app.home.queries.cases import departures_to_carry_on, waiting_applications
from app.home.queries.committees import (
    committees_without_chair,
    ending_terms,
    seats_to_be_freed,
    terms_held_over,
    vacant_seats,
)
from app.home.queries.members import (
    first_steps,
    members_without_billing_contact,
    members_without_voice,
    people_never_invited,
)
from app.home.queries.money import approvals, fee_runs, overdue_invoices, own_open_invoices
from app.home.queries.standing import due_reminders, own_standing, suspensions
from app.home.queries.succession import elections_to_decide, open_calls, own_questions, plans_waiting, waivers_waiting
from app.home.queries.work import failed_work
from app.home.rules import Task

SOURCES: tuple[Callable[[Actor], Iterable[Task]], ...] = (
    overdue_invoices,
    own_open_invoices,
    suspensions,
    own_standing,
    due_reminders,
    failed_work,
    approvals,
    fee_runs,
    waiting_lines,
    agreements_waiting,
    agreements_ending,
    waiting_applications,
    departures_to_carry_on,
    own_questions,
    open_calls,
    plans_waiting,
    waivers_waiting,
    elections_to_decide,
    ending_terms,
    terms_held_over,
    seats_to_be_freed,
    vacant_seats,
    committees_without_chair,
    first_steps,
    members_without_voice,
    members_without_billing_contact,
    people_never_invited,
)


def list_tasks(actor: Actor) -> list[Task]:
    """What the actor can do today; a constant number of statements, each for a few lines."""
    return [task for source in SOURCES for task in source(actor)]
