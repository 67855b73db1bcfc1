"""Tasks about agreements: what waits for one's own side or signature, and what ends soon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from app.agreements.queries.agreements import AgreementRow, count_ending, list_waiting
from app.agreements.rules.states import SIGNABLE, STATE_WORDS, AgreementState
from app.core import clock
from app.core.actor import Actor
from app.core.periods import how_long
from app.core.permissions import Permission
from app.home.rules import Group, Task, Tone, capped
from app.web import wording

MOST = 5
AHEAD = timedelta(days=90)
VERBS = {
    AgreementState.DRAFT: "Go on",
    AgreementState.IN_REVIEW: "Review",
    AgreementState.CHANGES_REQUESTED: "Change it",
}


def agreements_waiting(actor: Actor) -> Iterator[Task]:
    """Agreements whose next step is the actor's: to review, to change, to sign."""
    rows, number = list_waiting(actor, most=MOST)
    tasks = [_task(row) for row in rows]
    yield from capped(
        tasks, number - len(rows), "more agreement waits", "more agreements wait", "agreements.agreements"
    )


def agreements_ending(actor: Actor) -> Iterator[Task]:
    """That agreements end soon or have expired, and nothing renews them: one line for all."""
    if not actor.has_any(Permission.AGREEMENT_EDIT):
        return
    number = count_ending(actor, until=clock.today() + AHEAD)
    if number:
        yield Task(
            Group.SOON,
            f"{wording.plural(number, 'agreement is', 'agreements are')} about to end",
            "Within 90 days, or expired already and not renewed",
            "",
            "",
            Tone.WARN,
            "Renew",
            "agreements.ending",
        )


def _task(row: AgreementRow) -> Task:
    signs = row.state in SIGNABLE
    return Task(
        Group.SOON,
        f"{'To sign' if signs else STATE_WORDS[row.state]}: {row.title}",
        f"{row.provider} to {row.recipient}",
        row.called,
        how_long(clock.local(row.changed_at).date(), clock.today()),
        Tone.WARN,
        "Sign" if signs else VERBS[row.state],
        "agreements.agreement",
        {"agreement_id": row.id},
    )
