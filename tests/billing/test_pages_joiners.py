"""The page of a first invoice, for a class that pays."""

from __future__ import annotations

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


def test_the_first_invoice_is_shown_with_its_arithmetic_before_it_is_drafted(app: House):
    with app.app_context():
        World.found(program("test"), since=date(2011, 1, 1))
        case = admitted(officer(), class_id=class_id("funder"))
        home = f"/applications/{case.id}"
        do(take_up_applicant, case.id, FJORD)
        do(give_term, case.id, Admission(class_id("funder"), SUMMER))
        db.session.remove()
    office, finance = Browser(app), Browser(app)
    sign_in(office, Role.SECRETARIAT)
    sign_in(finance, Role.FINANCE)
    shown = office.get(f"{home}/invoice")
    assert "Funder membership fee: £25,136.61 without tax." in shown.words
    assert "50,000.00 × 184 ÷ 366 = 25,136.61" in shown.words
    finance.get(f"{home}/invoice", 404)
    after = office.follow(office.submit(f"{home}/invoice", {}))
    assert "holds the draft: £25,136.61" in after.words
