"""States of jobs and mails, the growing pauses between tries, and what may stand in a mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

LEASE = timedelta(seconds=60)
HEARTBEAT = timedelta(seconds=15)
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


class HopelessError(Exception):
    """A job can never succeed as it is: it is put aside at once for somebody to look at."""


@dataclass(frozen=True)
class Address:
    """Who a mail goes to."""

    name: str
    email: str


def pause_after(tries: int) -> timedelta:
    """How long to wait after a try that failed: 15 s, doubling, at most six hours."""
    return min(timedelta(seconds=15 << (max(tries, 1) - 1)), LONGEST_PAUSE)


def breaks_header(*texts: str) -> bool:
    """Whether one of the texts would begin a new header line in a mail."""
    return any(letter < " " or letter in "\x7f\x85\u2028\u2029" for text in texts for letter in text)


def job_word(state: JobState, tries: int) -> str:
    """A job's state as people say it."""
    if state is JobState.DEAD:
        return "Failed"
    if state is JobState.WAITING and tries:
        return "Retrying"
    return state.value.capitalize()


def mail_word(state: MailState) -> str:
    """A mail's state as people say it."""
    return "Not sent: kept here" if state is MailState.KEPT else state.value.capitalize()


def told_kind(kind: str) -> str:
    """A job's kind in words: "billing.render_invoice" is "Render invoice"."""
    return kind.rpartition(".")[2].replace("_", " ").capitalize()


def told_value(value: object) -> str:
    """What a job was given, as one reads it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def is_number(text: str) -> bool:
    """Whether a text is the id of a record."""
    return text.isascii() and text.isdecimal() and len(text) < 19
