"""Tasks about late payers: who is due for a reminder, and whose votes or seats are suspended, or soon will be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from sqlalchemy import select

from app.audit.remembering import remembered
from app.billing.queries.good_standing import standing_of, standing_words, standings_on, step_words
from app.billing.queries.reminders import due_on
from app.billing.rules import SOON, MemberStanding
from app.core import clock
from app.core.actor import Actor
from app.core.bulk import among
from app.core.database import db
from app.core.periods import how_soon
from app.core.permissions import Permission
from app.home.rules import Group, Task, Tone
from app.members.models import Institution
from app.web import wording

MOST = 8


def due_reminders(actor: Actor) -> Iterator[Task]:
    """How many payers are due for a reminder, for who sends them: one line for all."""
    number = _count_due(clock.today()) if actor.has_all(Permission.INVOICE_EDIT) else 0
    if number:
        yield Task(
            Group.SOON,
            f"{wording.plural(number, 'payer is', 'payers are')} due for a reminder",
            "Look who they are before anything is sent",
            "",
            "",
            Tone.WARN,
            "Look at them",
            "billing.new_reminders",
        )


def suspensions(actor: Actor) -> Iterator[Task]:
    """Members whose votes or seats are suspended, or will be within thirty days, the soonest first."""
    if not actor.has_all(Permission.INVOICE_EDIT):
        return
    today = clock.today()
    found = {payer: each for payer, each in standings_on(today).items() if each.is_suspended_by(today + SOON)}
    first = sorted(found, key=lambda payer: (found[payer].next_day or today, payer))[:MOST]
    for payer_id, name in _names(first).items():
        yield _task(found[payer_id], name, today)
    if len(found) > MOST:
        title = f"{wording.plural(len(found) - MOST, 'more member is', 'more members are')} late with a consequence"
        values = {"report_id": "good-standing"}
        yield Task(Group.LATE, title, "Votes or seats", "", "", Tone.BAD, "See all", "reports.report", values)


def own_standing(actor: Actor) -> Iterator[Task]:
    """What is suspended, or will be, of a representative's own institutions."""
    own = actor.own_institutions(Permission.INVOICE_READ)
    if actor.has_all(Permission.INVOICE_READ):
        return
    today = clock.today()
    for payer_id, name in _names(sorted(own)).items():
        standing = standing_of(payer_id, today)
        if standing.is_suspended_by(date.max):
            task = _task(standing, name, today)
            yield task if standing.is_own else _of_another(task, payer_id)


def _of_another(task: Task, institution_id: int) -> Task:
    """The invoice is another's: the line leads to the record of who is told."""
    return replace(task, verb="Look at it", endpoint="members.institution", values={"institution_id": institution_id})


@remembered
def _count_due(today: date) -> int:
    return len(due_on(today).payers)


def _names(payer_ids: list[int]) -> dict[int, str]:
    asked = select(Institution.id, Institution.name).where(among(Institution.id, payer_ids)).order_by(Institution.id)
    names = {row.id: row.name for row in db.session.execute(asked)}
    return {payer_id: names[payer_id] for payer_id in payer_ids if payer_id in names}


def _task(standing: MemberStanding, name: str, today: date) -> Task:
    """A line that leads to the invoice it hangs on."""
    suspended, follows = not standing.may_vote, step_words(standing, today)
    title = standing_words(standing).partition(":")[0] if suspended else follows[:1].upper() + follows[1:]
    text = standing_words(standing).rpartition(": ")[2].removeprefix("In good standing; ")
    return Task(
        Group.LATE if suspended else Group.SOON,
        title,
        f"{text}; {follows}" if suspended and follows else text,
        name,
        how_soon(standing.next_day, today) if standing.next_day else "",
        Tone.BAD if suspended else Tone.WARN,
        "Open the invoice",
        "billing.invoice",
        {"invoice_id": standing.invoice_id or 0},
    )
