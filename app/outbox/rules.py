"""States of jobs and mails, and the growing pauses between tries."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

LEASE = timedelta(minutes=2)
MOST_TRIES = 8
LONGEST_PAUSE = timedelta(hours=6)


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


class MailState(StrEnum):
    """Where a mail stands; kept ones are on a machine without SMTP."""

    WAITING = "waiting"
    SENT = "sent"
    KEPT = "kept"
    FAILED = "failed"


def pause_after(tries: int) -> timedelta:
    """How long to wait after a try that failed: 15 s, doubling, at most six hours."""
    return min(timedelta(seconds=15) * 2 ** (tries - 1), LONGEST_PAUSE)
