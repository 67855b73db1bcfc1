"""Sending mails by SMTP; a mail keeps its Message-ID, so that a second copy after a crash is known as the same."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select, update

from app.core import clock
from app.core.database import db
from app.core.errors import UnavailableError
from app.core.site import this_site
from app.core.transaction import reading, transaction
from app.files.models import StoredFile
from app.files.queries import OpenedFile, read_file
from app.outbox.commands import Payload
from app.outbox.models import Mail, MailAttachment
from app.outbox.rules import Address, HopelessError, MailState

SECONDS = 30
PERMANENT = 500
WRONG_PASSWORD = 535


@dataclass(frozen=True)
class Letter:
    """A mail ready to be sent."""

    message_id: str
    to: Address
    subject: str
    body: str
    written_at: datetime
    attachments: Sequence[OpenedFile] = ()


def deliver(payload: Payload) -> None:
    """Send a mail that waits; one that was sent already is left alone."""
    mail_id = payload["mail_id"]
    letter = _find_letter(mail_id)
    url = this_site().smtp_url
    if letter is None:
        return
    if url is None:
        message = "There is no mail server: SMTP_URL is not set."
        raise UnavailableError(message)
    send(url, letter)
    with transaction():
        sent = update(Mail).where(Mail.id == mail_id).values(state=MailState.SENT, sent_at=clock.now())
        db.session.execute(sent)


def send(url: str, letter: Letter) -> None:
    """Hand a letter to the mail server at smtp://user:password@host:port, smtps:// or smtp://...?starttls."""
    parts = urlsplit(url)
    try:
        with _connect(parts) as server:
            if "starttls" in parse_qs(parts.query, keep_blank_values=True):
                server.starttls(context=ssl.create_default_context())
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(compose(letter, sender_of(parts)))
    except smtplib.SMTPRecipientsRefused as error:
        _refuse(error, [code for code, _ in error.recipients.values()])
    except smtplib.SMTPResponseException as error:
        _refuse(error, [error.smtp_code])
    except OSError as error:
        message = f"The mail server cannot be reached: {error}"
        raise UnavailableError(message) from error


def sender_of(parts: SplitResult) -> str:
    """The address mails come from: `from` of SMTP_URL, else no-reply at the host of the site."""
    return parse_qs(parts.query).get("from", [f"no-reply@{this_site().host}"])[0]


def compose(letter: Letter, sender: str) -> EmailMessage:
    """The message as it is sent: plain text, its attachments, and the head that says who it is from."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = HeaderAddress(display_name=letter.to.name, addr_spec=_in_ascii(letter.to.email))
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.written_at)
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    for file in letter.attachments:
        main, _, sub = file.media_type.partition(";")[0].partition("/")
        message.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    return message


def _in_ascii(address: str) -> str:
    """The address with its domain as every mail server takes it, such as xn--bcher-kva.example."""
    try:
        return validate_email(address, check_deliverability=False).ascii_email or address
    except EmailNotValidError:
        return address


def _connect(parts: SplitResult) -> smtplib.SMTP:
    host = parts.hostname or "localhost"
    if parts.scheme == "smtps":
        return smtplib.SMTP_SSL(host, parts.port or 465, timeout=SECONDS, context=ssl.create_default_context())
    return smtplib.SMTP(host, parts.port or 25, timeout=SECONDS)


def _refuse(error: OSError, codes: Sequence[int]) -> None:
    """A refusal for good makes the mail a dead letter; a wrong password or a busy server lets it wait."""
    if WRONG_PASSWORD in codes:
        message = f"The mail server does not accept the user of SMTP_URL: {error}"
        raise UnavailableError(message) from error
    if codes and min(codes) >= PERMANENT:
        message = f"The mail server refused the mail: {error}"
        raise HopelessError(message) from error
    raise error


def _find_letter(mail_id: int) -> Letter | None:
    with reading():
        mail = db.session.get(Mail, mail_id, populate_existing=True)
        if mail is None or mail.state is not MailState.WAITING:
            return None
        return Letter(
            message_id=mail.message_id,
            to=Address(mail.to_name, mail.to_address),
            subject=mail.subject,
            body=mail.body,
            written_at=mail.created_at,
            attachments=[OpenedFile(read_file(file), file.media_type, file.name) for file in _attached(mail_id)],
        )


def _attached(mail_id: int) -> list[StoredFile]:
    joined = select(StoredFile).join(MailAttachment, MailAttachment.file_id == StoredFile.id)
    return list(db.session.scalars(joined.where(MailAttachment.mail_id == mail_id).order_by(StoredFile.id)))
