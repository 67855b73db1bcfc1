"""A statement of account that was ordered and can no longer be sent: that is said, with the reason."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.billing.commands import order_statement, send_statement
from app.billing.commands import sending as statements
from app.billing.models import GivenPaper
from app.billing.queries.given import NOT_SENT, find_unsent_statement
from app.core.actor import Actor, program
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.periods import ONE_DAY
from app.core.permissions import Role
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.members.commands import (
    Merging,
    RepresentationFacts,
    end_representation,
    merge_records,
    name_representative,
    undo_merger,
)
from app.members.models import Representation
from app.members.rules import Purpose, TwinKind
from app.outbox.models import Job, Mail
from app.web.requests import House
from tests.billing.world import MAY, World, inside
from tests.client import Browser
from tests.signin import sign_in

NOBODY = "There is no billing contact with an e-mail address any more."
MERGED = "The payer was merged into another institution: the account is now that of the survivor."


@pytest.fixture
def issued(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Invoices of the year; statements are printed as their bare HTML."""
    monkeypatch.setattr(statements, "print_pdf", lambda html: html.encode())
    world.issue()
    return world


def order(world: World, short: str = "MRC") -> dict[str, object]:
    """Order a statement."""
    with transaction():
        order_statement(world.members[short], actor=world.office)
    asked = select(Job.payload).where(Job.kind == statements.SEND_STATEMENT).order_by(Job.id.desc())
    return dict(db.session.scalars(asked).first() or {})


def let_go(world: World) -> None:
    """Let the billing contact of the Medical Research Council end yesterday."""
    asked = select(Representation.id).where(Representation.institution_id == world.members["MRC"])
    with transaction():
        end_representation(db.session.scalars(asked).one(), last_day=MAY - ONE_DAY, actor=world.office)


def merge(world: World) -> int:
    """Merge the Medical Research Council into another member; the merger."""
    merging = Merging(TwinKind.INSTITUTION, world.members["ICS"], world.members["MRC"], "One house now")
    with transaction():
        return merge_records(merging, actor=world.office).id


def told(world: World, short: str = "MRC", on: date = MAY) -> str | None:
    """Why no statement was sent, as the page of an account says."""
    found = find_unsent_statement(world.members[short], on, actor=world.office)
    return found.reason if found else None


def nothing_went() -> bool:
    """Whether nothing was kept and nothing mailed, and all that is proved holds."""
    assert [line for each in run_checks() for line in each.problems] == []
    return not db.session.scalars(select(GivenPaper.id)).all() and not db.session.scalars(select(Mail.id)).all()


def test_an_order_whose_contact_is_gone_is_given_up_with_the_reason(issued: World):
    payload = order(issued)
    assert told(issued) is None
    let_go(issued)
    send_statement(payload)
    assert nothing_went()
    assert (told(issued), told(issued, "NIH"), told(issued, on=MAY - ONE_DAY)) == (NOBODY, None, None)
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == NOT_SENT))
    assert (entry.actor_name, entry.subject_id) == ("Statements of account", issued.members["MRC"])
    assert entry.summary == "Statement of account of Medical Research Council not sent"


def test_a_contact_who_goes_while_the_statement_is_printed_gets_none(issued: World, monkeypatch: pytest.MonkeyPatch):
    payload = order(issued)

    def gone_meanwhile(html: str) -> bytes:
        let_go(issued)
        return html.encode()

    monkeypatch.setattr(statements, "print_pdf", gone_meanwhile)
    send_statement(payload)
    assert nothing_went()
    assert told(issued) == NOBODY


def test_a_payer_merged_before_its_statement_is_sent_gets_none_and_the_survivor_says_so(
    issued: World, monkeypatch: pytest.MonkeyPatch
):
    before, meanwhile = order(issued), order(issued) | {"key": "second"}

    def merged_meanwhile(html: str) -> bytes:
        merge(issued)
        return html.encode()

    monkeypatch.setattr(statements, "print_pdf", merged_meanwhile)
    for payload in (meanwhile, before):
        send_statement(payload)
    assert nothing_went()
    assert (told(issued), told(issued, "ICS")) == (MERGED, MERGED)


def test_a_payer_whose_account_went_back_with_a_merger_gets_no_empty_statement(issued: World):
    merger = merge(issued)
    payload = order(issued, "ICS")
    with transaction():
        undo_merger(merger, actor=issued.office)
    send_statement(payload)
    assert nothing_went()
    assert told(issued, "ICS") == "Nothing was ever charged: there is nothing to state."


def test_what_was_given_up_is_no_longer_said_once_a_statement_was_sent(issued: World):
    payload = order(issued)
    let_go(issued)
    send_statement(payload)
    person = db.session.scalars(
        select(Representation.person_id).where(Representation.institution_id == issued.members["MRC"])
    ).first()
    facts = RepresentationFacts(Purpose.BILLING, MAY)
    with transaction():
        name_representative(issued.members["MRC"], person or 0, facts, actor=issued.office)
    send_statement(payload)
    assert told(issued) is None
    assert not nothing_went()


def test_who_may_not_see_an_account_is_not_told_what_was_given_up(issued: World):
    with pytest.raises(NotFoundError):
        find_unsent_statement(issued.members["MRC"], MAY, actor=Actor("Nobody", 7))


def test_the_page_of_the_account_says_that_a_statement_was_not_sent(app: House, browser: Browser):
    with inside(app):
        world = World.found(program("test"), MAY.replace(year=2011))
        world.issue()
        payload = order(world)
        let_go(world)
        send_statement(payload)
    sign_in(browser, Role.FINANCE)
    words = browser.get(f"/members/{world.members['MRC']}/account").words
    assert "The statement that was ordered was not sent, 24 May 2016" in words
    assert NOBODY in words
