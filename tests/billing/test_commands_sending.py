"""A statement of account that is sent: ordered, mailed once to the billing contact, and kept as it went."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest
from sqlalchemy import select

from app.billing.commands import order_statement, send_statement
from app.billing.commands import sending as statements
from app.billing.documents.accounts import statement_record
from app.billing.models import GivenPaper
from app.billing.queries.accounts import account_statement
from app.billing.queries.given import get_sent_statement, list_sent_statements
from app.billing.rules import content_hash
from app.core.actor import Actor, Granted
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError, NotFoundError
from app.core.periods import ONE_DAY
from app.core.permissions import Role
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.files.queries import open_file
from app.members.commands import InstitutionFacts, add_institution, edit_institution
from app.members.rules import InstitutionKind, Sheet
from app.outbox.models import Job, Mail, MailAttachment
from app.outbox.rules import JobState
from app.outbox.work import run_job
from app.web.requests import House
from tests.billing.world import MAY, World, inside, institution
from tests.client import Browser
from tests.papers import needs_pango
from tests.signin import sign_in


@pytest.fixture
def issued(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Invoices of the year; statements are printed as their bare HTML."""
    monkeypatch.setattr(statements, "print_pdf", lambda html: html.encode())
    world.issue()
    return world


def order(world: World, short: str = "MRC", actor: Actor | None = None) -> list[dict[str, Any]]:
    """Order a statement; all orders on record."""
    with transaction():
        order_statement(world.members[short], actor=actor or world.office)
    return list(db.session.scalars(select(Job.payload).where(Job.kind == statements.SEND_STATEMENT).order_by(Job.id)))


def carry_out() -> int:
    """Carry out the orders that wait, as a worker does; how many there were."""
    waiting = select(Job.id).where(Job.kind == statements.SEND_STATEMENT, Job.state == JobState.WAITING)
    return [run_job(job_id) for job_id in db.session.scalars(waiting.order_by(Job.id)).all()].count(JobState.DONE)


def given() -> list[GivenPaper]:
    return list(db.session.scalars(select(GivenPaper).order_by(GivenPaper.id)))


def problems() -> list[str]:
    return [line for each in run_checks() for line in each.problems]


def test_a_statement_is_mailed_to_the_billing_contact_and_kept_as_it_went(issued: World):
    (payload,) = order(issued)
    send_statement(payload)
    (paper,) = given()
    (mail,) = db.session.scalars(select(Mail))
    assert mail.to_address == "mrc@payer.example"
    assert mail.subject.startswith("Statement of account ")
    assert "Medical Research Council, as it stands on 24 May 2016." in mail.body
    assert db.session.scalars(select(MailAttachment.file_id)).all() == [paper.pdf_id]
    content = open_file(paper.pdf_id).content
    assert paper.pdf_sha256 == hashlib.sha256(content).hexdigest()
    assert paper.content_sha256[:8].encode() in content
    assert paper.content["accounts"][0]["balance"] == 5_000_000
    assert problems() == []


def test_an_order_that_is_carried_out_twice_is_sent_once(issued: World):
    (payload,) = order(issued)
    send_statement(payload)
    send_statement(payload)
    assert len(given()) == len(db.session.scalars(select(Mail.id)).all()) == 1


def test_a_statement_is_ordered_again_once_the_first_is_done_and_not_before(issued: World):
    waiting = order(issued)
    assert order(issued) == waiting
    assert carry_out() == 1
    first, second = order(issued)
    assert [first] == waiting
    assert second["key"] != first["key"]
    assert carry_out() == 1
    assert [each.order_key for each in given()] == [first["key"], second["key"]]
    assert len(db.session.scalars(select(Mail.id)).all()) == 2


def test_what_was_sent_stays_while_the_account_goes_on(issued: World):
    order(issued)
    carry_out()
    (first,) = list_sent_statements(issued.members["MRC"], MAY, actor=issued.office)
    issued.pay("MRC", "20000.00")
    order(issued)
    carry_out()
    second, again = list_sent_statements(issued.members["MRC"], MAY, actor=issued.office)
    assert again == first
    assert second.content_sha256 != first.content_sha256
    assert problems() == []


def test_what_changes_while_it_is_printed_is_printed_again(issued: World, monkeypatch: pytest.MonkeyPatch):
    printed: list[str] = []

    def paid_meanwhile(html: str) -> bytes:
        if not printed:
            issued.pay("MRC", "20000.00")
        printed.append(html)
        return html.encode()

    monkeypatch.setattr(statements, "print_pdf", paid_meanwhile)
    (payload,) = order(issued)
    send_statement(payload)
    (paper,) = given()
    assert (len(printed), paper.content["accounts"][0]["balance"]) == (2, 3_000_000)


def move(world: World, short: str, address: str) -> None:
    """Let an institution have another address."""
    found = institution(world.members[short])
    facts = InstitutionFacts(**{each.name: getattr(found, each.name) for each in fields(InstitutionFacts)})
    with transaction():
        edit_institution(found.id, replace(facts, postal_address=address), version=found.version, actor=world.office)


def test_a_payer_that_moves_while_its_statement_is_printed_gets_it_at_the_new_address(
    issued: World, monkeypatch: pytest.MonkeyPatch
):
    printed: list[str] = []

    def moved_meanwhile(html: str) -> bytes:
        if not printed:
            move(issued, "MRC", "7 Sample Street\nSAMPLEFORD ZZ2 2ZZ")
        printed.append(html)
        return html.encode()

    monkeypatch.setattr(statements, "print_pdf", moved_meanwhile)
    send_statement(order(issued)[0])
    (paper,) = given()
    assert b"7 Sample Street" in open_file(paper.pdf_id).content
    assert "7 Sample Street" in paper.content["buyer"]["address"]
    assert problems() == []


def test_two_statements_that_differ_on_paper_have_different_proofs(issued: World):
    stated = account_statement(issued.members["MRC"], MAY, actor=issued.office)
    seller, buyer = stated.seller, stated.buyer
    others = [
        replace(stated, seller=replace(seller, email="other@impc.example")),
        replace(stated, seller=replace(seller, logo="data:image/png;base64,iVBORw0KGgo=")),
        replace(stated, buyer=replace(buyer, address=("7 Sample Street",))),
        replace(stated, buyer=replace(buyer, attention="Somebody Else")),
        replace(stated, buyer=replace(buyer, vat_line="VAT GB 123")),
        replace(stated, sheet=Sheet.LETTER),
    ]
    assert len({content_hash(statement_record(each)) for each in (stated, *others)}) == len(others) + 1


def test_a_payer_without_a_contact_or_without_an_account_gets_none(issued: World):
    facts = InstitutionFacts("New Fund", "New", InstitutionKind.FUNDER, "GB")
    with transaction():
        issued.members["New"] = add_institution(facts, actor=issued.office).id
    with pytest.raises(DomainError, match="New Fund has no billing contact"):
        order(issued, "New")
    db.session.rollback()
    with pytest.raises(DomainError, match="Nothing was ever charged"):
        order(issued, "ICS")


def test_a_statement_does_not_begin_after_the_day_it_is_sent(issued: World):
    with pytest.raises(DomainError, match="or earlier") as refused, transaction():
        order_statement(issued.members["MRC"], since=MAY + ONE_DAY, actor=issued.office)
    assert refused.value.field == "since"
    with transaction():
        order_statement(issued.members["MRC"], since=MAY, actor=issued.office)


def test_who_may_not_write_invoices_sends_no_statement(issued: World):
    with pytest.raises(AccessDeniedError):
        order(issued, actor=Actor("Nobody", 7, (Granted(Role.AUDITOR),)))


def test_a_payer_sees_its_own_statements_only(issued: World, representative_of: Callable[[int], Actor]):
    send_statement(order(issued)[0])
    own, other = (representative_of(issued.members[short]) for short in ("MRC", "NIH"))
    (sent,) = list_sent_statements(issued.members["MRC"], MAY, actor=own)
    assert get_sent_statement(sent.id, own) == sent
    with pytest.raises(NotFoundError):
        get_sent_statement(sent.id, other)
    with pytest.raises(NotFoundError):
        list_sent_statements(issued.members["MRC"], MAY, actor=other)


@needs_pango
def test_on_the_page_of_the_account_the_statement_is_sent_and_stands_with_its_hash(app: House, browser: Browser):
    with inside(app):
        world = World.found(Actor("test"), MAY.replace(year=2011))
        world.issue()
        payer_id = world.members["MRC"]
    sign_in(browser, Role.FINANCE)
    account = f"/members/{payer_id}/account"
    told = browser.follow(browser.press(account, f"{account}/send"))
    assert "The statement is being sent, and kept as it goes." in told.words
    with inside(app):
        send_statement(db.session.scalars(select(Job.payload).where(Job.kind == statements.SEND_STATEMENT)).one())
    page = browser.get(account)
    (way,) = page.tree.xpath("//a[starts-with(@href, '/members/statements/')]/@href")
    shown = browser.client.get(str(way))
    assert (shown.status_code, shown.mimetype) == (200, "application/pdf")
    assert hashlib.sha256(shown.data).hexdigest() in page.words
    assert "Ms Nadia Okonjo-MRC" in page.words
