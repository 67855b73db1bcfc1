"""The page of a new fee run tells whose membership was changed after it was billed."""

from __future__ import annotations

from datetime import date

from app.core.actor import program
from app.core.database import db
from app.core.permissions import Role
from app.core.transaction import transaction
from app.members.commands import correct_class, correct_first_day
from app.web.requests import House
from tests.billing.world import World
from tests.client import Browser
from tests.signin import sign_in

DESK = "/fees/runs/new?year=2016"
TITLE = "Changed after billing"


def billed(app: House) -> World:
    with app.app_context():
        world = World.found(program("test"), date(2011, 1, 1))
        world.issue()
        db.session.remove()
    return world


def test_the_desk_says_whose_membership_was_changed_why_and_by_how_much(app: House, browser: Browser):
    world = billed(app)
    sign_in(browser, Role.FINANCE)
    assert TITLE not in browser.get(DESK).words
    with app.app_context():
        with transaction():
            correct_first_day(
                world.memberships["MRC funder"], first_day=date(2016, 7, 1), reason="Typed", actor=world.office
            )
            correct_class(
                world.memberships["Wellcome funder"], world.class_id("partner"), reason="Typed", actor=world.office
            )
        db.session.remove()
    page = browser.get(DESK)
    words = page.words
    assert f"{TITLE} 2 memberships" in words
    assert "Billed as Funder 1 Jan 2016 to 31 Dec 2016; on record now: Funder 1 Jul 2016 to 31 Dec 2016" in words
    assert "on record now: Partner 1 Jan 2016 to 31 Dec 2016" in words
    assert "24,863.39" in words
    billed_by = page.tree.xpath("//td[contains(@class, 'doc')]")
    assert [cell.text.strip() for cell in billed_by] == ["INV-2016-0001", "INV-2016-0003"]
    assert all("Billed as Funder" in cell.findtext("span[@class='only-narrow']") for cell in billed_by)
    assert TITLE not in browser.get("/fees/runs/new?year=2017").words
