"""Pages of exchanges: asked for with what the agreements say, sent, received, and who holds what."""

from __future__ import annotations

import pytest

from app.accounts.commands import RoleFor
from app.core.database import db
from app.core.permissions import Role
from app.lines.rules import MaterialForm
from app.web.requests import House
from tests.client import Browser, Page
from tests.committees.test_pages import counted
from tests.exchange.world import World, line
from tests.signin import sign_in
from tests.trailed import beside_the_trail


@pytest.fixture
def world(app: House) -> World:
    with app.app_context():
        made = World()
        db.session.expunge_all()
        return made


def requested(app: House, world: World) -> str:
    """The address of a request that Toronto sent to Jackson."""
    with app.app_context():
        return f"/exchanges/{world.requested().id}"


def asked(browser: Browser, world: World, rows: str = "EPD0025; sperm; 12") -> Page:
    """The page on which a request is sent."""
    browser_path = f"/exchanges/new?taker=Toronto&lines={rows}&form=live&quantity=1"
    location = str(browser.get(browser_path, status=302).response.location)
    return browser.get(location)


def test_a_representative_asks_and_sees_before_that_what_is_missing(browser: Browser, app: House, world: World):
    sign_in(browser, RoleFor(Role.REPRESENTATIVE, institution_id=world.toronto.id))
    page = asked(browser, world)
    assert page.heading == "Ask Harwell for material"
    assert "12 × sperm of EPD0025" in page.words
    assert "Jackson: 1 thing is missing" in page.words
    path = f"/exchanges/request?taker={world.toronto.id}&item={world.line.id}.sperm.12&giver={world.jackson.id}"
    page = browser.get(path)
    assert "the consent of Harwell, its provider, to onward transfer of EPD0025 is missing" in page.words
    values = {"person_id": str(world.who[world.toronto.id]), "purpose": "Heart", "payer": "taker"}
    page = browser.follow(browser.submit(path, values))
    assert page.heading.startswith("Request ")
    assert "Refused" in page.words
    # Whose side it is not decides nothing.
    assert "Approve" not in page.words.split()
    assert browser.get("/exchanges").rows()[0][1:5:3] == ["Requested", "EPD0025"]


def test_an_exchange_goes_its_way_over_the_pages(browser: Browser, app: House, world: World):
    with app.app_context():
        world.consent()
    path = requested(app, world)
    sign_in(browser, Role.AGREEMENTS)
    page = browser.follow(browser.press(path, f"{path}/approve"))
    assert page.heading == "EX-2016-0001"
    assert f"Allowed under {world.sent.number}" in page.words
    values = {"kind": "other", "first_day": "24 May 2016", "reference": "AWB 4711"}
    page = browser.follow(browser.submit(f"{path}/papers/new", values))
    assert "AWB 4711" in page.words
    (withdrawing,) = page.tree.xpath("//form/@action[contains(., '/papers/')]")
    browser.follow(browser.press(path, withdrawing))
    assert browser.submit(f"{path}/ship", {"shipped_on": "25 May 2016"}, status=200).words.count("today or an")
    page = browser.follow(browser.submit(f"{path}/ship", {"carrier": "World Courier"}))
    assert "What the agreements said when it was sent" in page.words
    item_id = next(name for name in browser.get(f"{path}/receive").form_values() if name.startswith("item_"))
    page = browser.follow(browser.submit(f"{path}/receive", {item_id: "9"}))
    assert page.rows()[0][-1] == "9"
    holdings = browser.get(f"/exchanges/holdings?institution={world.toronto.id}")
    assert holdings.rows()[0][0].startswith("EPD0025")
    assert f"{world.sent.number}, item 1" in holdings.rows()[0]
    line_page = browser.get(f"/lines/{world.line.id}")
    assert line_page.has_action(f"/exchanges/new?line={world.line.id}")
    (named,) = browser.get(f"/exchanges/new?line={world.line.id}").tree.xpath("//textarea[@name='lines']/text()")
    assert "EPD0025" in named
    assert line_page.has_action(f"/lines/{world.line.id}/custody")
    custody = browser.get(f"/lines/{world.line.id}/custody")
    assert [row[0].split()[0] for row in custody.rows()] == ["Harwell", "Jackson", "Toronto"]
    assert "EX-2016-0001" in browser.get(f"/lines/{world.line.id}/custody?format=csv").response.text
    (ending,) = holdings.tree.xpath("//table//a[contains(@href, '/end')]/@href")
    browser.submit(str(ending), {"how": "destroyed", "reason": "Closed"})
    assert "Destroyed: Closed" in browser.get(f"/lines/{world.line.id}/custody").words
    assert browser.get(f"/exchanges/holdings?institution={world.toronto.id}&on=2016-05-23").rows() == []


def test_lost_declined_and_withdrawn_say_why(browser: Browser, app: House, world: World):
    first, second = requested(app, world), requested(app, world)
    sign_in(browser, Role.SECRETARIAT)
    page = browser.follow(browser.submit(f"{first}/decline", {"reason": "The colony is closed"}))
    assert "Declined: The colony is closed" in page.words
    page = browser.follow(browser.submit(f"{second}/withdraw", {"reason": "No longer needed"}))
    assert "Withdrawn: No longer needed" in page.words
    assert len(browser.get("/exchanges?state=declined").rows()) == 1
    assert len(browser.get("/exchanges?flag=open").rows()) == 0


@pytest.mark.parametrize(
    "path", ["{of}", "{of}/ship", "/exchanges/papers/1", "/exchanges/holdings?institution={toronto}"]
)
def test_of_others_exchanges_nothing_is_known(browser: Browser, app: House, world: World, path: str):
    address = path.format(of=requested(app, world), toronto=world.toronto.id)
    sign_in(browser, RoleFor(Role.REPRESENTATIVE, institution_id=world.company.id))
    browser.get(address, status=404)
    assert browser.get("/exchanges").rows() == []
    assert browser.get(f"/lines/{world.line.id}/custody").rows() == []


def test_who_has_no_part_in_lines_opens_none_of_it(browser: Browser, world: World):
    sign_in(browser, Role.FINANCE)
    for path in ("/exchanges", "/exchanges/new", "/exchanges/holdings", f"/lines/{world.line.id}/custody"):
        browser.get(path, status=403)


def test_lists_take_as_many_statements_for_many_rows_as_for_one(browser: Browser, app: House, world: World):
    requested(app, world)
    sign_in(browser, Role.AUDITOR)
    paths = ("/exchanges", f"/exchanges/holdings?institution={world.harwell.id}")
    numbers = []
    for round_ in range(2):
        for path in paths:
            browser.get(path)
            with counted(browser) as statements:
                browser.get(path)
            numbers.append(len(statements))
        with app.app_context():
            for number in range(20):
                with beside_the_trail():
                    line(f"More{round_}{number}", world.harwell)
                if number < 5:
                    world.requested(MaterialForm.TISSUE)
    assert numbers[:2] == numbers[2:]


def test_a_limit_of_health_reports_is_set_from_a_day_on(browser: Browser, world: World):
    sign_in(browser, RoleFor(Role.REPRESENTATIVE, institution_id=world.toronto.id))
    browser.submit(f"/exchanges/health-limit?institution={world.toronto.id}", {"days": "30"})
    assert "younger than 30 days" in browser.get("/exchanges/holdings").words
    browser.get(f"/exchanges/health-limit?institution={world.jackson.id}", status=404)
    values = {"line": "EPD0025", "first_day": "1 May 2016"}
    browser.get(f"/exchanges/holdings/new?institution={world.jackson.id}", status=404)
    browser.submit(f"/exchanges/holdings/new?institution={world.toronto.id}", values, status=403)
