"""What the outbox holds about a person: the mails to their addresses, with what went along."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, case, false, not_, or_, select, update

from app.core.database import db
from app.core.mentions import free_text, free_texts
from app.core.paging import AnySelect
from app.core.personal_data import DataSubject, Fate, Held, HeldDocument, erases, held_rows, holds
from app.files.models import StoredFile
from app.outbox.models import Job, Mail, MailAttachment
from app.outbox.rules import MailState

NOBODY = "erased@erased.invalid"
ERASED_TEXT = "This text was erased with the person it was about."


@holds("outbox.mails", place=50)
def mails_to(subject: DataSubject) -> Held | None:
    """Every mail to an address while it was the person's."""
    asked = select(Mail).where(subject.reached_at(Mail.to_address, Mail.created_at)).order_by(Mail.id)
    mails = db.session.scalars(asked).all() if subject.addresses else []
    rows = [
        {
            "Written": mail.created_at,
            "Sent": mail.sent_at,
            "To": mail.to_address,
            "Name": mail.to_name,
            "Subject": mail.subject,
            "Text": mail.body,
        }
        for mail in mails
    ]
    documents = _attachments([mail.id for mail in mails])
    why = "What was written to a person is kept, so that it can be seen what they were told."
    return held_rows("Mails", why, rows, Fate.REPLACED, documents=documents)


@erases("mails")
def erase_mails(subject: DataSubject) -> int:
    """Take address, name, subject and text out of the mails; one that waits is not sent any more."""
    if not subject.addresses:
        return 0
    waits = case((Mail.state == MailState.WAITING, MailState.KEPT.value), else_=Mail.state)
    erased = (
        update(Mail)
        .where(subject.reached_at(Mail.to_address, Mail.created_at))
        .values(to_address=NOBODY, to_name=subject.alias, subject="Erased", body=ERASED_TEXT, state=waits)
        .returning(Mail.id)
        .execution_options(synchronize_session=False)
    )
    return len(db.session.execute(erased).all())


@erases("errors of jobs")
def erase_errors(subject: DataSubject) -> int:
    """What a mail server said of an address names it: those errors go."""
    named = [
        and_(Job.last_error.contains(each.text, autoescape=True), each.was_theirs(Job.created_at))
        for each in subject.addresses
    ]
    erased = update(Job).where(or_(false(), *named)).values(last_error=ERASED_TEXT).returning(Job.id)
    return len(db.session.execute(erased.execution_options(synchronize_session=False)).all())


@free_texts("outbox.mails")
def texts_of_mails(subject: DataSubject) -> Sequence[AnySelect]:
    """What was written to others."""
    others = not_(subject.reached_at(Mail.to_address, Mail.created_at))
    return [
        free_text("Subject of a mail", "mail", Mail.id, Mail.subject).where(others),
        free_text("Text of a mail", "mail", Mail.id, Mail.body).where(others),
    ]


def _attachments(mail_ids: list[int]) -> list[HeldDocument]:
    asked = (
        select(StoredFile.sha256, StoredFile.name)
        .join(MailAttachment, MailAttachment.file_id == StoredFile.id)
        .where(MailAttachment.mail_id.in_(mail_ids))
        .order_by(StoredFile.id)
    )
    found = db.session.execute(asked).all() if mail_ids else []
    return list(dict.fromkeys(HeldDocument(sha256, name) for sha256, name in found))
