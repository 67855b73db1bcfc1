"""Tasks about the program's own work: jobs that failed for good."""

from __future__ import annotations

from collections.abc import Iterator

from app.core.actor import Actor
from app.core.permissions import Permission
from app.home.rules import Group, Task, Tone
from app.outbox.queries import count_dead
from app.web import wording


def failed_work(actor: Actor) -> Iterator[Task]:
    """Jobs that were tried in vain and wait for somebody: one line for all."""
    if not actor.has_any(Permission.WORK_EDIT):
        return
    number = count_dead()
    if number:
        yield Task(
            Group.LATE,
            f"{wording.plural(number, 'job has', 'jobs have')} failed for good",
            "Mails or papers were not made; each says why",
            "",
            "",
            Tone.BAD,
            "Look at them",
            "outbox.jobs",
            {"state": "dead"},
        )
