"""What is done once a day: each day's job writes the next one's before it begins, and what is missing is written anew.

So a duty that fails, is late, or is killed in the middle is never the last: the next day's job is there already, and
the sweep writes one where a restored or an old database has none.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from app.core import clock
from app.core.database import db, look_over_tables
from app.core.periods import ONE_DAY
from app.core.transaction import reading, transaction
from app.outbox.commands import Payload, enqueue, handles
from app.outbox.models import Job
from app.outbox.rules import JobState

LOOK_OVER_TABLES = "outbox.look_over_tables"
Duty = Callable[[], None]

_kinds: list[str] = []


def daily(kind: str) -> Callable[[Duty], Duty]:
    """Name a function that is run once a day, soon after midnight; run late or twice, it must do nothing twice."""

    def register(duty: Duty) -> Duty:
        def run(_payload: Payload) -> None:
            with transaction():
                enqueue(kind, {}, unique_key=kind, run_at=clock.start_of(clock.today() + ONE_DAY))
            duty()

        handles(kind)(run)
        _kinds.append(kind)
        return duty

    return register


def resume_duties() -> None:
    """Write a job for each duty that none waits or runs for."""
    under_way = Job.state.in_((JobState.WAITING, JobState.RUNNING))
    with reading():
        present = set(db.session.scalars(select(Job.kind).where(Job.kind.in_(_kinds), under_way)))
    missing = [kind for kind in _kinds if kind not in present]
    if missing:
        with transaction():
            for kind in missing:
                enqueue(kind, {}, unique_key=kind)


@daily(LOOK_OVER_TABLES)
def look_over() -> None:
    """Let the database know how its tables have grown."""
    with transaction():
        look_over_tables()
