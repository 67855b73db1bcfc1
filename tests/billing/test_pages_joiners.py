"""The page of a first invoice, for a class that pays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from app.core.actor import program
from app.core.database import db
from app.core.permissions import Role
from app.members.commands import Admission, InstitutionFacts, give_term, take_up_applicant
from app.members.rules import InstitutionKind
from app.web.requests import House
from tests.billing.world import World
from tests.client import Browser
from tests.members.applying import admitted, officer
from tests.members.world import class_id, do
from tests.signin import sign_in

SUMMER = date(2016, 7, 1)
FJORD = InstitutionFacts("Fjord Mouse Clinic", "FMC", InstitutionKind.FUNDER, "NO")


@contextmanager
def joining(app: House, code: str) -> Iterator[tuple[World, str]]:
    """The members there are, and the address of a case whose applicant has joined a class."""
    with app.app_context():
        world = World.found(program("test"), since=date(2011, 1, 1))
        case = admitted(officer(), class_id=class_id(code))
        do(take_up_applicant, case.id, FJORD)
        do(give_term, case.id, Admission(class_id(code), SUMMER))
        yield world, f"/applications/{case.id}"
        db.session.remove()


def test_the_first_invoice_is_shown_with_its_arithmetic_before_it_is_drafted(app: House):
    with joining(app, "funder") as (_, home):
        pass
    office, finance = Browser(app), Browser(app)
    sign_in(office, Role.SECRETARIAT)
    sign_in(finance, Role.FINANCE)
    shown = office.get(f"{home}/invoice")
    assert "Funder membership fee: £25,136.61 without tax." in shown.words
    assert "50,000.00 × 184 ÷ 366 = 25,136.61" in shown.words
    assert "A fee run for this member alone holds the draft." in shown.words
    finance.get(f"{home}/invoice", 404)
    after = office.follow(office.submit(f"{home}/invoice", {}))
    assert "holds the draft: £25,136.61" in after.words


def test_a_class_that_pays_nothing_and_a_fee_not_adopted_yet_are_told_apart(app: House):
    with joining(app, "partner") as (world, home):
        office = Browser(app)
    sign_in(office, Role.SECRETARIAT)
    lacking = office.get(f"{home}/invoice")
    assert "Class Partner has no fee schedule in this fee year. Adopt one first, or go on" in lacking.words
    assert {"/fees", "/fees/new"} <= set(lacking.tree.xpath("//main//a/@href"))
    assert lacking.tree.xpath("//button[text()='Go on without an invoice']")
    with app.app_context():
        world.free("partner")
        db.session.remove()
    free = office.get(f"{home}/invoice")
    assert "Nothing to bill: Class Partner carries no fee." in free.words
    assert not any("holds the draft" in page.words for page in (lacking, free))
    assert not free.tree.xpath("//main//a[@href='/fees/new']")


def test_the_first_invoice_before_the_term_says_what_comes_first_and_offers_nothing(app: House):
    with app.app_context():
        World.found(program("test"), since=date(2011, 1, 1))
        home = f"/applications/{admitted(officer(), class_id=class_id('funder')).id}"
        db.session.remove()
    office = Browser(app)
    sign_in(office, Role.SECRETARIAT)
    page = office.get(f"{home}/invoice")
    assert "First comes: Term." in page.words
    assert "Nothing to bill" not in page.words
    assert not page.tree.xpath("//main//form")
