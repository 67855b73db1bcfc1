"""Mails by SMTP, against a real server that remembers what it was told."""

import email
import socket
from dataclasses import replace
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from sqlalchemy import select

from app.core import clock, site
from app.core.database import db
from app.core.errors import UnavailableError
from app.core.site import this_site
from app.core.transaction import transaction
from app.files.commands import store_file
from app.outbox.commands import Address, send_mail, try_again
from app.outbox.models import Job, Mail
from app.outbox.post import Letter, send
from app.outbox.rules import JobState, MailState
from app.outbox.work import Tally, run_due_jobs

ODILE = Address("Odile Fennimoré", "odile@muster.example")


class Postbox(Message):
    """A server that keeps mails, or refuses with a given answer."""

    def __init__(self, port):
        super().__init__()
        self.port = port
        self.mails = []
        self.answer = None

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 - aiosmtpd's name
        if self.answer:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def handle_message(self, message):
        self.mails.append(email.message_from_bytes(message.as_bytes(), policy=default))


@pytest.fixture
def postbox():
    with socket.create_server(("127.0.0.1", 0)) as free:
        keeper = Postbox(free.getsockname()[1])
    controller = Controller(keeper, hostname="127.0.0.1", port=keeper.port)
    controller.start()
    yield keeper
    controller.stop()


@pytest.fixture
def posting(context, postbox):
    """The site with that server."""
    before = this_site()
    site.use_site(replace(before, smtp_url=f"smtp://127.0.0.1:{postbox.port}?from=office@muster.example"))
    yield postbox
    site.use_site(before)


def write(subject="Invoice 2016-0001", attachments=()):
    with transaction():
        mail = send_mail(ODILE, subject, "Dear Odile,\n\u017b\u00f3\u0142\u0107 \u00a350,000.00", attachments)
    return mail.id


def state_of(mail_id):
    return db.session.execute(select(Mail.state, Mail.sent_at).where(Mail.id == mail_id)).one()


def test_a_mail_is_sent_once_with_its_attachment(posting):
    with transaction():
        file = store_file(b"%PDF-1.7", "application/pdf", "\u017b\u00f3\u0142\u0107.pdf")
    mail_id = write(attachments=[file.id])
    assert run_due_jobs() == Tally(done=1)
    assert run_due_jobs() == Tally()
    (sent,) = posting.mails
    assert sent["To"] == "Odile Fennimor\u00e9 <odile@muster.example>"
    assert sent["From"] == "office@muster.example"
    assert sent["Subject"] == "Invoice 2016-0001"
    assert "\u017b\u00f3\u0142\u0107 \u00a350,000.00" in sent.get_body().get_content()
    (attached,) = sent.iter_attachments()
    assert (attached.get_content(), attached.get_filename()) == (b"%PDF-1.7", "\u017b\u00f3\u0142\u0107.pdf")
    assert state_of(mail_id).state is MailState.SENT
    assert state_of(mail_id).sent_at is not None


def test_a_domain_of_other_letters_is_written_as_every_mail_server_takes_it(posting):
    with transaction():
        mail_id = send_mail(Address("Odile Fennimoré", "odile@b\u00fccher.example"), "Invoice", "Dear Odile").id
    run_due_jobs()
    (sent,) = posting.mails
    assert sent["To"].addresses[0].addr_spec == "odile@xn--bcher-kva.example"
    assert state_of(mail_id).state is MailState.SENT


def test_a_mail_sent_again_after_a_crash_keeps_its_message_id(posting):
    mail_id = write()
    run_due_jobs()
    with transaction():
        db.session.get_one(Mail, mail_id).state = MailState.WAITING
        job = db.session.scalars(select(Job)).one()
        job.state, job.tries = JobState.WAITING, 0
    run_due_jobs()
    assert posting.mails[0]["Message-ID"] == posting.mails[1]["Message-ID"]


def test_a_mail_that_was_sent_is_not_sent_again(posting):
    mail_id = write()
    with transaction():
        db.session.get_one(Mail, mail_id).state = MailState.SENT
    run_due_jobs()
    assert posting.mails == []


def test_a_refused_mail_fails_at_once_and_can_be_tried_again(posting, office):
    mail_id = write()
    posting.answer = "550 No such person"
    assert run_due_jobs() == Tally(dead=1)
    assert state_of(mail_id).state is MailState.FAILED
    job = db.session.scalars(select(Job)).one()
    assert "No such person" in str(job.last_error)
    posting.answer = None
    db.session.rollback()
    with transaction():
        try_again(job.id, actor=office)
    assert run_due_jobs() == Tally(done=1)
    assert state_of(mail_id).state is MailState.SENT


def test_a_mail_deferred_by_the_server_is_tried_later(posting):
    mail_id = write()
    posting.answer = "451 Come back later"
    assert run_due_jobs() == Tally(postponed=1)
    assert state_of(mail_id).state is MailState.WAITING


def test_a_server_that_is_away_lets_mails_wait(context):
    before = this_site()
    site.use_site(replace(before, smtp_url="smtp://127.0.0.1:1"))
    mail_id = write()
    assert run_due_jobs() == Tally(postponed=1)
    assert state_of(mail_id).state is MailState.WAITING
    db.session.rollback()
    site.use_site(before)


def test_a_server_without_encryption_is_not_used_where_it_is_wanted(context, postbox):
    letter = Letter("<a@b>", ODILE, "Hello", "Text", clock.now())
    with pytest.raises(UnavailableError):
        send(f"smtp://127.0.0.1:{postbox.port}?starttls", letter)
    assert postbox.mails == []
