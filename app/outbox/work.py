"""Carrying out jobs: one worker at a time holds the lease of a job, renews it while it works, and settles it after."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import ColumnElement, Engine, and_, or_, select, update
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from app.core import clock
from app.core.database import db
from app.core.errors import DomainError, UnavailableError
from app.core.site import this_site
from app.core.transaction import is_outage, reading, transaction
from app.outbox.commands import SEND_MAIL, handler_of, handles
from app.outbox.models import Job, Mail
from app.outbox.post import deliver
from app.outbox.queue import ROOM, ring
from app.outbox.rules import HEARTBEAT, LEASE, MOST_TRIES, HopelessError, JobState, MailState, pause_after

log = logging.getLogger(__name__)

LONGEST_ERROR = 4000
SETTLE_SECONDS = 1

handles(SEND_MAIL)(deliver)


@dataclass(frozen=True)
class Claim:
    """A job this process holds."""

    job_id: int
    kind: str
    payload: dict[str, Any]
    tries: int
    lease: str


@dataclass(frozen=True)
class Tally:
    """How a round of work went."""

    done: int = 0
    postponed: int = 0
    dead: int = 0

    def with_state(self, state: JobState | None) -> Tally:
        """The tally with one more job that came to this state."""
        return Tally(
            self.done + (state is JobState.DONE),
            self.postponed + (state is JobState.WAITING),
            self.dead + (state is JobState.DEAD),
        )


def run_due_jobs() -> Tally:
    """Run in this process whatever is due, and what becomes due by it, until nothing is."""
    tally = Tally(dead=_bury_lost())
    while ids := due_ids(ROOM):
        for job_id in ids:
            tally = tally.with_state(run_job(job_id))
    return tally


def run_job(job_id: int) -> JobState | None:
    """Run one job if it is due and nobody else holds it; the state it came to, None where it was not ours to run."""
    claim = _claim(job_id)
    if claim is None:
        return None
    with _heartbeat(db.engine, claim):
        return _settle_patiently(claim, _attempt(claim))


def sweep() -> None:
    """Hand what is due to the workers: what the queue lost, what waited for its time, what a crash left."""
    _bury_lost()
    ring(this_site().queue_url, due_ids(ROOM))


def ring_next() -> None:
    """Hand the next job that is due to the workers, so that many jobs follow each other without a pause."""
    ring(this_site().queue_url, due_ids(1))


def due_ids(most: int) -> list[int]:
    """Ids of jobs that may run now, the longest due first."""
    present = clock.now()
    waiting = select(Job.id).where(Job.state == JobState.WAITING, Job.run_at <= present).order_by(Job.run_at, Job.id)
    left = select(Job.id).where(_is_left(present), Job.tries < MOST_TRIES).order_by(Job.leased_until, Job.id)
    with reading():
        return [*db.session.scalars(left.limit(most)), *db.session.scalars(waiting.limit(most))][:most]


def _is_left(present: datetime) -> ColumnElement[bool]:
    """The condition that whoever ran a job has not been heard of for the length of a lease."""
    return and_(Job.state == JobState.RUNNING, Job.leased_until < present)


def _claim(job_id: int) -> Claim | None:
    present, lease = clock.now(), f"{socket.gethostname()}:{os.getpid()}:{token_hex(8)}"
    is_due = or_(and_(Job.state == JobState.WAITING, Job.run_at <= present), _is_left(present))
    # The key is given up here: what changes from now on deserves a job of its own.
    taken = (
        update(Job)
        .where(Job.id == job_id, Job.tries < MOST_TRIES, is_due)
        .values(
            state=JobState.RUNNING,
            tries=Job.tries + 1,
            leased_by=lease,
            leased_until=present + LEASE,
            unique_key=None,
        )
        .returning(Job.kind, Job.payload, Job.tries)
        .execution_options(synchronize_session=False)
    )
    with transaction():
        found = db.session.execute(taken).one_or_none()
    return Claim(job_id, found.kind, found.payload, found.tries, lease) if found else None


def _attempt(claim: Claim) -> Exception | None:
    try:
        handler_of(claim.kind)(claim.payload)
    except Exception as error:  # noqa: BLE001 - whatever a handler raises is kept with its job and logged
        return error
    except BaseException:
        _give_back(claim)
        raise
    finally:
        db.session.rollback()
    return None


def _settle_patiently(claim: Claim, error: Exception | None) -> JobState:
    """Settle a job; where the database has gone away, ask again until it is back, or somebody else may have the job."""
    until = time.monotonic() + LEASE.total_seconds()
    while True:
        try:
            return _settle(claim, error)
        except (OperationalError, InterfaceError, UnavailableError) as away:
            if time.monotonic() >= until:
                raise
            log.warning("Job %d (%s) cannot be settled yet: %s", claim.job_id, claim.kind, away)
            time.sleep(SETTLE_SECONDS)


def _settle(claim: Claim, error: Exception | None) -> JobState:
    """Write down how a try went, unless somebody else holds the job by now."""
    present = clock.now()
    state = _state_after(claim, error)
    values: dict[str, Any] = {"state": state, "leased_by": None, "leased_until": None, "last_error": _told(error)}
    if state is JobState.WAITING:
        values["run_at"] = present + pause_after(claim.tries)
        values["tries"] = min(claim.tries, MOST_TRIES - 1)
    else:
        values["finished_at"] = present
    with transaction():
        if _write(claim, values) and state is JobState.DEAD:
            _give_up(claim.kind, claim.payload)
    if error is not None:
        log.error("Job %d (%s), try %d: now %s.", claim.job_id, claim.kind, claim.tries, state.value, exc_info=error)
    return state


def _state_after(claim: Claim, error: Exception | None) -> JobState:
    if error is None:
        return JobState.DONE
    if isinstance(error, UnavailableError) or is_outage(error):
        return JobState.WAITING
    is_last = isinstance(error, HopelessError) or claim.tries >= MOST_TRIES
    return JobState.DEAD if is_last else JobState.WAITING


def _told(error: Exception | None) -> str | None:
    """What is said of an error: our own are sentences already, the name of any other helps whoever looks into it."""
    if error is None:
        return None
    is_sentence = isinstance(error, DomainError | HopelessError | UnavailableError)
    text = str(error) if is_sentence else f"{type(error).__name__}: {error}"
    return text.replace("\0", "")[:LONGEST_ERROR]


def _give_back(claim: Claim) -> None:
    """Let another worker run the job at once: this one was told to stop in the middle."""
    db.session.rollback()
    values = {"state": JobState.WAITING, "leased_by": None, "leased_until": None, "tries": claim.tries - 1}
    with transaction():
        _write(claim, values)


def _write(claim: Claim, values: dict[str, Any]) -> bool:
    held = and_(Job.id == claim.job_id, Job.leased_by == claim.lease, Job.state == JobState.RUNNING)
    written = update(Job).where(held).values(values).returning(Job.id).execution_options(synchronize_session=False)
    is_ours = db.session.execute(written).one_or_none() is not None
    if not is_ours:
        log.warning("Job %d (%s) took longer than its lease; another worker has it.", claim.job_id, claim.kind)
    return is_ours


def _bury_lost() -> int:
    """Put aside jobs whose every try ended with the worker itself; how many there were."""
    lost = and_(_is_left(clock.now()), Job.tries >= MOST_TRIES)
    with reading():
        ids = list(db.session.scalars(select(Job.id).where(lost).order_by(Job.id)))
    if not ids:
        return 0
    reason = "The worker ended in the middle of every try."
    values = {"state": JobState.DEAD, "leased_by": None, "finished_at": clock.now(), "last_error": reason}
    buried = update(Job).where(Job.id.in_(ids), lost).values(values).returning(Job.kind, Job.payload)
    with transaction():
        found = db.session.execute(buried.execution_options(synchronize_session=False)).all()
        for kind, payload in found:
            _give_up(kind, payload)
    return len(found)


def _give_up(kind: str, payload: dict[str, Any]) -> None:
    if kind == SEND_MAIL:
        failed = update(Mail).where(Mail.id == payload["mail_id"], Mail.state == MailState.WAITING)
        db.session.execute(failed.values(state=MailState.FAILED))


@contextmanager
def _heartbeat(engine: Engine, claim: Claim) -> Iterator[None]:
    """Renew the lease now and then while the job runs."""
    finished = threading.Event()
    beat = threading.Thread(target=_renew, args=(engine, claim, finished), name=f"lease-{claim.job_id}", daemon=True)
    beat.start()
    try:
        yield
    finally:
        finished.set()
        beat.join()


def _renew(engine: Engine, claim: Claim, finished: threading.Event) -> None:
    held = and_(Job.id == claim.job_id, Job.leased_by == claim.lease)
    while not finished.wait(HEARTBEAT.total_seconds()):
        try:
            with engine.begin() as connection:
                connection.execute(update(Job).where(held).values(leased_until=clock.now() + LEASE))
        except DBAPIError as error:
            log.warning("The lease of job %d could not be renewed: %s", claim.job_id, error)
