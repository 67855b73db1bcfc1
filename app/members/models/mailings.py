"""Tables of mails to many: their templates, each sending, and to whom it went or not."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, Line, Name, Prose
from app.core.history import Versioned
from app.core.transaction import on_violation


class MailTemplate(Versioned, Base):
    """A text to be sent to many, with places that are filled in for each."""

    __tablename__ = "mail_template"

    id: Mapped[Id]
    name: Mapped[Name] = mapped_column(unique=True)
    subject: Mapped[Name]
    text: Mapped[Prose]


class Mailing(Base):
    """One sending: the text as its template was then, who sent it and when."""

    __tablename__ = "mailing"

    id: Mapped[Id]
    name: Mapped[Name]
    subject: Mapped[Name]
    text: Mapped[Prose]
    sent_by: Mapped[Name]
    sent_at: Mapped[datetime] = mapped_column(index=True)


class MailingRecipient(Base):
    """A person of a sending with their mail, or a person or an institution that was left out and why."""

    __tablename__ = "mailing_recipient"

    id: Mapped[Id]
    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mail.id"), index=True)
    left_out: Mapped[Line | None]

    __table_args__ = (
        UniqueConstraint("mailing_id", "person_id"),
        CheckConstraint("person_id IS NOT NULL OR institution_id IS NOT NULL", name="somebody"),
        CheckConstraint("(mail_id IS NULL) <> (left_out IS NULL)", name="sent_or_left_out"),
    )


on_violation("uq_mail_template_name", "Another template has this name.", "name")
