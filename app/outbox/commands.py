"""Writing work and mail with the change that causes them, and carrying the work out afterwards."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, select, update

from app.core import clock
from app.core.actor import Actor
from app.core.bulk import insert_with_ids
from app.core.database import db, upsert
from app.core.errors import DomainError
from app.core.history import lock
from app.core.permissions import Permission
from app.core.site import this_site
from app.core.transaction import after_commit
from app.outbox.models import Job, Mail, MailAttachment
from app.outbox.queue import ring
from app.outbox.rules import Address, HopelessError, JobState, MailState, breaks_header

__all__ = [
    "Address",
    "HopelessError",
    "Order",
    "Payload",
    "discard_mails",
    "enqueue",
    "enqueue_many",
    "handles",
    "send_mail",
    "try_again",
    "try_many_again",
]

log = logging.getLogger(__name__)

Payload = Mapping[str, Any]
Handler = Callable[[Payload], None]
SEND_MAIL = "outbox.send_mail"

_handlers: dict[str, Handler] = {}


@dataclass(frozen=True)
class Order:
    """A job to be written: what it is about, the key that keeps two of the same from waiting, and when it is due."""

    payload: Payload
    unique_key: str | None = None
    run_at: datetime | None = None


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Name the function that does jobs of a kind. It may run twice and must then change nothing the second time."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def handler_of(kind: str) -> Handler:
    """The function that does jobs of a kind."""
    if kind not in _handlers:
        message = f"Nothing here does jobs of the kind {kind}."
        raise HopelessError(message)
    return _handlers[kind]


def enqueue(kind: str, payload: Payload, unique_key: str | None = None, run_at: datetime | None = None) -> int:
    """Write one job with the present change; it is run after the change is committed. Its id."""
    return enqueue_many(kind, [Order(payload, unique_key, run_at)])[0]


def enqueue_many(kind: str, orders: Iterable[Order]) -> list[int]:
    """Write many jobs of one kind in two statements; their ids."""
    rows = [_row(kind, order) for order in orders]
    keyed = [row for row in rows if row["unique_key"] is not None]
    free = [row for row in rows if row["unique_key"] is None]
    ids: list[int] = []
    if free:
        ids += insert_with_ids(Job, free)
    if keyed:
        # A job of this key that waits is locked until our commit, so that no worker runs it on what was before us.
        written = upsert(Job)
        kept = written.on_conflict_do_update(
            index_elements=[Job.unique_key], set_={"unique_key": written.excluded.unique_key}
        )
        ids += db.session.scalars(kept.returning(Job.id), list({row["unique_key"]: row for row in keyed}.values()))
    url = this_site().queue_url
    after_commit(lambda: ring(url, ids))
    return ids


def _row(kind: str, order: Order) -> dict[str, Any]:
    present = clock.now()
    return {
        "kind": kind,
        "payload": dict(order.payload),
        "unique_key": order.unique_key,
        "state": JobState.WAITING,
        "tries": 0,
        "run_at": order.run_at or present,
        "created_at": present,
    }


def send_mail(
    to: Address, subject: str, body: str, attachments: Iterable[int] = (), not_before: datetime | None = None
) -> Mail:
    """Write a mail with the present change: sent after it is committed, or kept where there is no mail server.

    One of many waits for its turn: it is not sent before its instant.
    """
    if breaks_header(to.name, to.email, subject):
        message = "A name, an address or a subject of a mail is one line."
        raise DomainError(message)
    is_kept = this_site().smtp_url is None
    mail = Mail(
        message_id=f"<{uuid4().hex}@{this_site().host}>",
        state=MailState.KEPT if is_kept else MailState.WAITING,
        to_address=to.email,
        to_name=to.name,
        subject=subject,
        body=body,
        created_at=clock.now(),
        sent_at=None,
    )
    db.session.add(mail)
    db.session.flush()
    db.session.add_all(MailAttachment(mail_id=mail.id, file_id=file_id) for file_id in dict.fromkeys(attachments))
    db.session.flush()
    if not is_kept:
        enqueue(SEND_MAIL, {"mail_id": mail.id}, run_at=not_before)
    return mail


def discard_mails(mail_ids: Sequence[int]) -> None:
    """Take mails away with the record they belonged to; one that still waits to be sent is not sent any more."""
    db.session.execute(delete(MailAttachment).where(MailAttachment.mail_id.in_(mail_ids)))
    db.session.execute(delete(Mail).where(Mail.id.in_(mail_ids)))


def try_again(job_id: int, *, actor: Actor) -> Job:
    """Let a dead letter be tried anew from the first try."""
    actor.require(Permission.WORK_EDIT)
    job = lock(Job, job_id)
    if job.state is not JobState.DEAD:
        message = "Only a job that failed for good can be tried again."
        raise DomainError(message)
    _revive([job])
    return job


def try_many_again(job_ids: Sequence[int], *, actor: Actor) -> int:
    """Let those of the jobs that are dead letters be tried anew; how many they are."""
    actor.require(Permission.WORK_EDIT)
    asked = select(Job).where(Job.id.in_(job_ids), Job.state == JobState.DEAD).order_by(Job.id).with_for_update()
    found = list(db.session.scalars(asked))
    _revive(found)
    return len(found)


def _revive(jobs: Sequence[Job]) -> None:
    for job in jobs:
        job.state, job.tries, job.run_at, job.finished_at = JobState.WAITING, 0, clock.now(), None
    mail_ids = [job.payload["mail_id"] for job in jobs if job.kind == SEND_MAIL]
    revived = update(Mail).where(Mail.id.in_(mail_ids), Mail.state == MailState.FAILED)
    db.session.execute(revived.values(state=MailState.WAITING))
    db.session.flush()
    url, ids = this_site().queue_url, [job.id for job in jobs]
    after_commit(lambda: ring(url, ids))
