"""Reading background work and mails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.paging import fetch_page
from app.core.permissions import Permission
from app.core.tables import Page, PageRequest
from app.files.models import StoredFile
from app.outbox.models import Job, Mail, MailAttachment
from app.outbox.rules import JobState, MailState, job_word, mail_word, told_kind, told_value


@dataclass(frozen=True)
class JobRow:
    """A job as a line of the list."""

    id: int
    kind: str
    state: JobState
    tries: int
    run_at: datetime
    created_at: datetime
    finished_at: datetime | None
    last_error: str | None

    @property
    def title(self) -> str:
        """Its kind in words."""
        return told_kind(self.kind)

    @property
    def word(self) -> str:
        """Its state as the page says it."""
        return job_word(self.state, self.tries)


@dataclass(frozen=True)
class JobPage:
    """All there is about one job."""

    row: JobRow
    given: tuple[tuple[str, str], ...]
    leased_until: datetime | None


@dataclass(frozen=True)
class MailRow:
    """A mail as a line of the list."""

    id: int
    to_name: str
    to_address: str
    subject: str
    state: MailState
    created_at: datetime
    sent_at: datetime | None

    @property
    def word(self) -> str:
        """Where it stands, as people say it."""
        return mail_word(self.state)


@dataclass(frozen=True)
class MailPage:
    """All there is about one mail."""

    row: MailRow
    message_id: str
    body: str
    attachments: tuple[tuple[int, str], ...]


def search_jobs(state: JobState | None, request: PageRequest, actor: Actor) -> Page[JobRow]:
    """Background work: what failed first, then what runs and waits, then what is done; the newest first in each."""
    actor.require(Permission.WORK_READ)
    job = Job.__table__.c
    order = case((job.state == JobState.DEAD, 0), (job.state == JobState.RUNNING, 1), else_=2)
    rank = case((job.state == JobState.WAITING, 2), (job.state == JobState.DONE, 3), else_=order)
    asked = select(*(job[name] for name in _JOB)).where(*([job.state == state] if state else []))
    sorts: Mapping[str, ColumnElement[Any]] = {"state": rank, "run_at": job.run_at, "created_at": job.created_at}
    return fetch_page(asked, request, sorts=sorts, key=job.id.desc(), build=lambda found: JobRow(*found))


def get_job(job_id: int, actor: Actor) -> JobPage:
    """One job with what it was given."""
    actor.require(Permission.WORK_READ)
    job = db.session.get(Job, job_id)
    if job is None:
        message = "There is no such job."
        raise NotFoundError(message)
    row = JobRow(*(getattr(job, name) for name in _JOB))
    given = tuple((name.replace("_", " ").capitalize(), told_value(value)) for name, value in job.payload.items())
    return JobPage(row, given, job.leased_until)


_DEAD = select(func.count()).select_from(Job).where(Job.state == JobState.DEAD)


def count_dead() -> int:
    """How many jobs failed for good and wait for somebody."""
    return db.session.scalar(_DEAD) or 0


def search_mails(words: str | None, state: MailState | None, request: PageRequest, actor: Actor) -> Page[MailRow]:
    """Mails, the newest first unless asked otherwise."""
    actor.require(Permission.WORK_READ)
    mail = Mail.__table__.c
    asked = select(*(mail[name] for name in _MAIL)).where(*_mail_conditions(words, state))
    sorts: Mapping[str, ColumnElement[Any]] = {"created_at": mail.created_at, "to_name": mail.to_name}
    return fetch_page(asked, request, sorts=sorts, key=mail.id.desc(), build=lambda found: MailRow(*found))


def get_mail(mail_id: int, actor: Actor) -> MailPage:
    """One mail as it was written."""
    actor.require(Permission.WORK_READ)
    mail = db.session.get(Mail, mail_id)
    if mail is None:
        message = "There is no such mail."
        raise NotFoundError(message)
    attached = (
        select(StoredFile.id, StoredFile.name)
        .join(MailAttachment, MailAttachment.file_id == StoredFile.id)
        .where(MailAttachment.mail_id == mail_id)
        .order_by(StoredFile.id)
    )
    return MailPage(
        row=MailRow(*(getattr(mail, name) for name in _MAIL)),
        message_id=mail.message_id,
        body=mail.body,
        attachments=tuple((file_id, name) for file_id, name in db.session.execute(attached)),
    )


def get_attachment(mail_id: int, file_id: int, actor: Actor) -> int:
    """The stored file that goes with a mail, by its id."""
    actor.require(Permission.WORK_READ)
    if db.session.get(MailAttachment, (mail_id, file_id)) is None:
        message = "There is no such attachment."
        raise NotFoundError(message)
    return file_id


def _mail_conditions(words: str | None, state: MailState | None) -> Iterator[ColumnElement[bool]]:
    if state:
        yield Mail.state == state
    for word in (words or "").lower().split():
        text = Mail.to_name + " " + Mail.to_address + " " + Mail.subject
        yield func.lower(text).contains(word, autoescape=True)


_JOB = ("id", "kind", "state", "tries", "run_at", "created_at", "finished_at", "last_error")
_MAIL = ("id", "to_name", "to_address", "subject", "state", "created_at", "sent_at")
