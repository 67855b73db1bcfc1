"""Sending a statement of account: ordered by somebody, printed outside of the transaction, mailed once, and kept.

Under the lock it is read again, and where it does not say the same any more, printed again.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.billing.commands.giving import PDF, keep_paper
from app.billing.documents import statement_mail
from app.billing.documents.accounts import AccountStatement, account_statement_html, statement_record
from app.billing.models import GivenPaper
from app.billing.queries.accounts import account_statement
from app.billing.queries.contents import Contact, contacts_on
from app.billing.rules import check_since, content_hash
from app.core import clock
from app.core.actor import Actor, program
from app.core.database import db
from app.core.errors import DomainError
from app.core.permissions import Permission
from app.core.transaction import reading, transaction
from app.files.commands import store_file
from app.members.commands import hold_institution, lock_institution
from app.outbox.commands import Address, Payload, enqueue, handles, send_mail
from app.web.pdf import print_pdf

SEND_STATEMENT = "billing.send_statement"
SENDING = program("Statements of account")


@dataclass(frozen=True)
class PrintedStatement:
    """A statement of a payer's account with what it says, its hash, who gets it, and its bytes."""

    statement: AccountStatement
    contact: Contact
    says: dict[str, Any]
    sha256: str
    content: bytes = b""

    def is_as(self, other: PrintedStatement | None) -> bool:
        """Whether the other says the same to the same person."""
        return other is not None and (self.sha256, self.contact) == (other.sha256, other.contact)


def order_statement(payer_id: int, *, since: date | None = None, actor: Actor) -> None:
    """Have the statement of a payer's account, as it stands then, sent to its billing contact."""
    actor.require(Permission.INVOICE_EDIT)
    payer = hold_institution(payer_id)
    check_since(since, clock.today())
    contact = contacts_on([payer_id], clock.today()).get(payer_id)
    if contact is None or not contact.email:
        raise DomainError(f"{payer.name} has no billing contact with an e-mail address.")
    if not account_statement(payer_id, clock.today(), since, actor=actor).accounts:
        raise DomainError("Nothing was ever charged: there is nothing to state.")
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
    """Send a statement that was ordered; done twice, it is sent once, and to nobody where no contact is left."""
    while (printed := _print(payload)) is not None:
        with transaction():
            if _send(printed, payload):
                return


def _print(payload: Payload) -> PrintedStatement | None:
    """The statement as of this moment, printed; None where it was sent, or nobody gets it."""
    with reading():
        found = None if _is_sent(payload) else _read(payload)
    if found is None:
        return None
    paper = replace(found.statement, content_hash=found.sha256)
    return replace(found, content=print_pdf(account_statement_html(paper)))


def _read(payload: Payload) -> PrintedStatement | None:
    payer_id, since = int(payload["payer_id"]), payload["since"]
    contact = contacts_on([payer_id], clock.today()).get(payer_id)
    if contact is None or not contact.email:
        return None
    from_day = date.fromisoformat(since) if since else None
    statement = account_statement(payer_id, clock.today(), from_day, actor=SENDING)
    says = statement_record(statement)
    return PrintedStatement(statement, contact, says, content_hash(says))


def _is_sent(payload: Payload) -> bool:
    sent = select(GivenPaper.id).where(GivenPaper.order_key == str(payload["key"]))
    return db.session.scalar(sent) is not None


def _send(printed: PrintedStatement, payload: Payload) -> bool:
    """Keep the statement and write its mail, if it says the same still under the lock."""
    payer = lock_institution(int(payload["payer_id"]))
    if _is_sent(payload):
        return True
    if not printed.is_as(_read(payload)):
        return False
    statement, contact = printed.statement, printed.contact
    name = f"Statement {statement.account_number} {statement.last.isoformat()}.pdf"
    file = store_file(printed.content, PDF, name)
    subject, body = statement_mail(statement, contact.name)
    mail = send_mail(Address(contact.name, contact.email or ""), subject, body, [file.id])
    paper = GivenPaper(
        payer_id=payer.id,
        person_id=contact.person_id,
        mail_id=mail.id,
        order_key=str(payload["key"]),
        day=statement.last,
        content=printed.says,
    )
    keep_paper(paper, file)
    record(
        "billing.send_statement",
        Subject("institution", payer.id),
        summary=f"Statement of account of {payer.name} sent",
        after={"day": statement.last.isoformat(), "says_sha256": printed.sha256, "statement_sha256": file.sha256},
        actor=SENDING,
    )
    return True
