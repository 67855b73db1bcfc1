"""Tables of jobs and mails."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Code, Id, Line, Name, Prose
from app.outbox.rules import JobState, MailState


class Job(Base):
    """Work to be done after commit. `unique_key` keeps two of the same from waiting at once."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_state_run_at", "state", "run_at"),)

    id: Mapped[Id]
    kind: Mapped[Code]
    payload: Mapped[dict[str, Any]]
    unique_key: Mapped[Name | None] = mapped_column(unique=True)
    state: Mapped[JobState]
    tries: Mapped[int] = mapped_column(default=0)
    run_at: Mapped[datetime]
    leased_by: Mapped[Name | None]
    leased_until: Mapped[datetime | None]
    last_error: Mapped[Prose | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class Mail(Base):
    """A message to one address, with the Message-ID it keeps for life."""

    __tablename__ = "mail"

    id: Mapped[Id]
    message_id: Mapped[Name] = mapped_column(unique=True)
    state: Mapped[MailState] = mapped_column(index=True)
    to_address: Mapped[Name]
    to_name: Mapped[Name]
    subject: Mapped[Line]
    body: Mapped[Prose]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class MailAttachment(Base):
    """A stored file that goes with a mail."""

    __tablename__ = "mail_attachment"

    mail_id: Mapped[int] = mapped_column(ForeignKey("mail.id"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), primary_key=True)
