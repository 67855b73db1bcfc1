"""Sending a statement of account: ordered by somebody, printed outside of the transaction, mailed once, and kept.

Under the lock it is read again, and where it does not say the same any more, printed again. Where it cannot be sent
any more, the trail says so and why, and the page of the account shows it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.billing.commands.giving import PDF, keep_paper
from app.billing.commands.posted import print_and_send
from app.billing.documents import statement_mail
from app.billing.documents.accounts import AccountStatement, account_statement_html, statement_record
from app.billing.models import GivenPaper
from app.billing.queries.accounts import account_statement
from app.billing.queries.contents import Contact, contacts_on
from app.billing.queries.given import NOT_SENT, SENT
from app.billing.rules import check_since, content_hash
from app.core import clock
from app.core.actor import Actor, program
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import lock
from app.core.permissions import Permission
from app.files.commands import store_file
from app.members.commands import hold_institution
from app.members.models import Institution
from app.members.queries import find_merger
from app.members.rules import TwinKind
from app.outbox.commands import Address, Payload, enqueue, handles, send_mail
from app.web.pdf import print_pdf

SEND_STATEMENT = "billing.send_statement"
NOTHING_CHARGED = "Nothing was ever charged: there is nothing to state."
SENDING = program("Statements of account")


class Answer:
    """What is found of an order: a statement, or that there is none to send."""


@dataclass(frozen=True)
class Stated(Answer):
    """A statement of a payer's account as it is at a moment, with what it says, its hash, and who gets it.

    Two are equal that say the same to the same person.
    """

    statement: AccountStatement = field(compare=False)
    contact: Contact
    says: dict[str, Any] = field(compare=False)
    sha256: str


@dataclass(frozen=True)
class Unsent(Answer):
    """Why a statement that was ordered cannot be sent."""

    reason: str


def order_statement(payer_id: int, *, since: date | None = None, actor: Actor) -> None:
    """Have the statement of a payer's account, as it stands then, sent to its billing contact."""
    actor.require(Permission.INVOICE_EDIT)
    payer = hold_institution(payer_id)
    check_since(since, clock.today())
    contact = contacts_on([payer_id], clock.today()).get(payer_id)
    if contact is None or not contact.email:
        raise DomainError(f"{payer.name} has no billing contact with an e-mail address.")
    if not account_statement(payer_id, clock.today(), since, actor=actor).accounts:
        raise DomainError(NOTHING_CHARGED)
    from_day = since.isoformat() if since else None
    payload = {"payer_id": payer_id, "since": from_day, "key": secrets.token_hex(16)}
    enqueue(SEND_STATEMENT, payload, unique_key=f"{SEND_STATEMENT}:{payer_id}:{from_day}")
    record(
        "billing.order_statement",
        Subject("institution", payer_id),
        summary=f"Statement of account of {payer.name} ordered",
        after={"since": from_day},
        actor=actor,
    )


@handles(SEND_STATEMENT)
def send_statement(payload: Payload) -> None:
    """Send a statement that was ordered, or say why it is not sent; done twice, it is sent once."""
    print_and_send(lambda: _read(payload), _printed, lambda found, content: _settle(found, content, payload))


def _printed(found: Answer) -> bytes:
    """The statement as a paper; of what is not sent there is none."""
    if isinstance(found, Stated):
        return print_pdf(account_statement_html(replace(found.statement, content_hash=found.sha256)))
    return b""


def _read(payload: Payload) -> Answer | None:
    """The statement that was ordered as it is now, or why it cannot be sent; None where it was sent already."""
    if _is_sent(payload):
        return None
    payer_id, since = int(payload["payer_id"]), payload["since"]
    if find_merger(TwinKind.INSTITUTION, payer_id) is not None:
        return Unsent("The payer was merged into another institution: the account is now that of the survivor.")
    contact = contacts_on([payer_id], clock.today()).get(payer_id)
    if contact is None or not contact.email:
        return Unsent("There is no billing contact with an e-mail address any more.")
    from_day = date.fromisoformat(since) if since else None
    statement = account_statement(payer_id, clock.today(), from_day, actor=SENDING)
    if not statement.accounts:
        return Unsent(NOTHING_CHARGED)
    says = statement_record(statement)
    return Stated(statement, contact, says, content_hash(says))


def _is_sent(payload: Payload) -> bool:
    sent = select(GivenPaper.id).where(GivenPaper.order_key == str(payload["key"]))
    return db.session.scalar(sent) is not None


def _settle(found: Answer, content: bytes, payload: Payload) -> bool:
    """Send what was printed, or say why not, if all of it is still so under the lock."""
    payer = lock(Institution, int(payload["payer_id"]))
    present = _read(payload)
    if present is None:
        return True
    if present != found:
        return False
    if isinstance(found, Stated):
        _keep(found, content, payer, str(payload["key"]))
    if isinstance(found, Unsent):
        _give_up(found, payer)
    return True


def _give_up(unsent: Unsent, payer: Institution) -> None:
    record(
        NOT_SENT,
        Subject("institution", payer.id),
        summary=f"Statement of account of {payer.name} not sent",
        reason=unsent.reason,
        actor=SENDING,
    )


def _keep(stated: Stated, content: bytes, payer: Institution, key: str) -> None:
    """Keep the statement, and write its mail."""
    statement, contact = stated.statement, stated.contact
    name = f"Statement {statement.account_number} {statement.last.isoformat()}.pdf"
    file = store_file(content, PDF, name)
    subject, body = statement_mail(statement, contact.name)
    mail = send_mail(Address(contact.name, contact.email or ""), subject, body, [file.id])
    paper = GivenPaper(
        payer_id=payer.id,
        person_id=contact.person_id,
        mail_id=mail.id,
        order_key=key,
        day=statement.last,
        content=stated.says,
    )
    keep_paper(paper, file)
    record(
        SENT,
        Subject("institution", payer.id),
        summary=f"Statement of account of {payer.name} sent",
        after={"day": statement.last.isoformat(), "says_sha256": stated.sha256, "statement_sha256": file.sha256},
        actor=SENDING,
    )
