"""The page of a new fee run tells whose membership was changed after it was billed."""

from __future__ import annotations

from datetime import date

from app.core.actor import program
from app.core.database import db
from app.core.permissions import Role
from app.core.transaction import transaction
from app.members.commands import correct_class, correct_first_day
from app.web.requests import House
from tests.billing.world import World, inside
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


def corrected(app: House, world: World, membership: str, first_day: date) -> None:
    with inside(app), transaction():
        correct_first_day(world.memberships[membership], first_day=first_day, reason="Typed", actor=world.office)


def test_what_is_billed_too_much_leads_to_a_credit_note_filled_with_the_difference_and_why(
    app: House, browser: Browser
):
    world = billed(app)
    corrected(app, world, "MRC funder", date(2016, 7, 1))
    sign_in(browser, Role.FINANCE)
    (way,) = browser.get(DESK).tree.xpath("//a[text()='Credit it']/@href")
    form = browser.get(way)
    assert form.tree.xpath("//main//input[starts-with(@name, 'line_')]/@value") == ["24,863.39"]
    assert form.tree.xpath("//main//input[@name='reason']/@value")[0].startswith("Billed as Funder 1 Jan 2016")
    note = browser.follow(browser.submit(way, {}))
    assert "24,863.39" in note.words
    assert TITLE not in browser.get(DESK).words
    late = browser.get(way)
    assert "This cannot be done with INV-2016-0001 now." in late.words
    assert not late.tree.xpath("//main//form")


def test_only_the_lines_of_the_membership_are_filled_in(app: House, browser: Browser):
    with app.app_context():
        world = World.found(program("test"), date(2011, 1, 1))
        world.let_pay("MRC", "Wellcome")
        world.issue()
        db.session.remove()
    corrected(app, world, "MRC funder", date(2016, 7, 1))
    sign_in(browser, Role.FINANCE)
    (way,) = browser.get(DESK).tree.xpath("//a[text()='Credit it']/@href")
    amounts = browser.get(way).tree.xpath("//main//input[starts-with(@name, 'line_')]/@value")
    assert sorted(amounts) == ["", "24,863.39"]


def test_what_is_billed_too_little_is_billed_by_a_button_and_once(app: House, browser: Browser):
    with inside(app):
        world = World.found(program("test"), date(2011, 1, 1))
        world.add("Late Fund", "Late")
        world.join("Late", "funder", date(2016, 7, 1))
        world.issue()
    corrected(app, world, "Late funder", date(2016, 6, 1))
    sign_in(browser, Role.FINANCE)
    desk = browser.get(DESK)
    (way,) = desk.tree.xpath("//form[contains(@action, '/difference')]/@action")
    after = browser.follow(browser.press(DESK, way))
    assert "1 draft is made. Nothing is sent yet." in after.words
    assert "1 Jun 2016" in after.words
    assert "Funder membership fee, difference" in after.words
    assert TITLE not in browser.get(DESK).words


def test_a_draft_of_a_run_that_no_longer_fits_is_led_to(app: House, browser: Browser):
    with inside(app):
        world = World.found(program("test"), date(2011, 1, 1))
        world.prepare()
        draft_id = world.invoice_of("MRC").id
    corrected(app, world, "MRC funder", date(2016, 7, 1))
    sign_in(browser, Role.FINANCE)
    (way,) = browser.get(DESK).tree.xpath("//a[text()='Its draft']/@href")
    assert way == f"/invoices/{draft_id}"
