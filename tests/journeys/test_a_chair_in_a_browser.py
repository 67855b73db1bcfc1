"""The story of a chair in a real browser, from the invitation to the minute the term ends; every page is looked at."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy import create_engine, text

from tests.journeys.looking import looked_at
from tests.journeys.site import ROOT, Site, new_site, serving
from tests.journeys.succession import LAST_MINUTE, NEXT_MINUTE, NOON, Place
from tests.signin import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@dataclass
class Story:
    """The site at an instant, the committee, the chair's page, and what was wrong with the pages so far."""

    site: Site
    place: Place
    page: Page
    wrong: list[str] = field(default_factory=list)

    def at(self, instant: datetime) -> None:
        """Let the clock of the site stand at an instant."""
        (Path(self.site.environment["SITE_FOLDER"]) / "clock").write_text(instant.isoformat())

    def look(self, title: str, page: Page | None = None) -> None:
        """See that a page has come, and look at it."""
        shown = page or self.page
        expect(shown.locator("h1")).to_contain_text(title)
        self.wrong += [f"{title}: {found}" for found in looked_at(shown)]

    def mailed_link(self, path: str) -> str:
        """The last address of a kind that was sent by mail."""
        engine = create_engine(self.site.environment["DATABASE_URL"])
        with engine.connect() as connection:
            bodies = connection.scalars(text("SELECT body FROM mail ORDER BY id DESC")).all()
        engine.dispose()
        return next(found[0] for body in bodies if (found := re.search(rf"http://\S+{path}\S+", body)))


@pytest.fixture
def story(tmp_path: Path, chromium: Browser) -> Iterator[Story]:
    """A site with the committee, on 24 May 2016 at noon, and a browser that nobody has signed in with."""
    site = new_site(tmp_path, web="tests.journeys.clock_web")
    site.flask("db", "upgrade")
    made = subprocess.run(
        [sys.executable, "-m", "tests.journeys.succession"],
        cwd=ROOT,
        env=site.environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    with chromium.new_context(base_url=site.address, reduced_motion="reduce") as context:
        told = Story(site, Place(**json.loads(made.stdout)), context.new_page())
        told.at(NOON)
        with serving(site, "web"):
            yield told


def test_a_chair_plans_is_refused_by_a_limit_and_loses_the_rights_with_the_term(
    story: Story, chromium: Browser
) -> None:
    accept_the_invitation_of_the_mail(story)
    see_on_desk_and_succession_what_needs_a_chair(story)
    plans = [plan(story, number) for number in range(3)]
    ask_one_by_mail_who_says_yes_by_its_link(story, plans[0], chromium)
    see_the_limit_refuse_a_fourth(story)
    for number, address in enumerate(plans):
        appoint(story, address, look=number == 0)
    record_a_resignation_of_next_month(story)
    lose_the_rights_with_the_term(story)
    assert story.site.flask("verify").splitlines()[-1].endswith("checks hold.")
    assert story.wrong == []


def accept_the_invitation_of_the_mail(story: Story) -> None:
    story.page.goto(story.mailed_link("/link/"))
    story.look("password")
    story.page.get_by_label("New password").fill(PASSWORD)
    story.page.get_by_role("button").last.click()
    story.look("Sign in")
    sign_in(story)
    story.look("What needs you today")


def sign_in(story: Story) -> None:
    """Sign in as the chair, on the page that is shown."""
    story.page.get_by_label("E-mail").fill(story.place.address)
    story.page.get_by_label("Password").fill(PASSWORD)
    story.page.get_by_role("button", name="Sign in").click()


def see_on_desk_and_succession_what_needs_a_chair(story: Story) -> None:
    page = story.page
    page.locator(f"a[href='/committees/{story.place.committee}/desk']").first.click()
    story.look("Desk of Finance Committee")
    expect(page.locator("main")).to_contain_text("Elspeth Veteran ends a term")
    page.get_by_role("link", name="Succession").first.click()
    story.look("Succession")
    expect(page.locator("main")).to_contain_text("Limit reached")


def plan(story: Story, number: int) -> str:
    """Plan who follows on a seat; the address of the plan."""
    page = story.page
    page.goto(f"/committees/seats/{story.place.seats[number]}/plan")
    expect(page.get_by_label("First day")).to_have_value("1 July 2016")
    if number == 0:
        story.look("Plan who follows on seat 1")
    page.select_option("#person_id", str(story.place.newcomers[number]))
    page.get_by_role("button", name="Plan").click()
    expect(page.get_by_text("The successor is planned.")).to_be_visible()
    return page.url


def ask_one_by_mail_who_says_yes_by_its_link(story: Story, address: str, chromium: Browser) -> None:
    page = story.page
    page.goto(address)
    page.get_by_role("button", name="Ask by mail").click()
    expect(page.get_by_text("They are asked by mail")).to_be_visible()
    with chromium.new_context(reduced_motion="reduce") as elsewhere:
        theirs = elsewhere.new_page()
        theirs.goto(story.mailed_link("/committees/answer/"))
        story.look("Would you sit on Finance Committee?", theirs)
        theirs.get_by_label("Your answer").select_option("yes")
        theirs.get_by_label("What you wish to say").fill("Gladly, from July on.")
        theirs.get_by_role("button", name="Send answer").click()
        story.look("Thank you", theirs)
    page.reload()
    expect(page.get_by_text("Gladly, from July on.")).to_be_visible()
    story.look("Elspeth Newcomer")


def see_the_limit_refuse_a_fourth(story: Story) -> None:
    page = story.page
    page.goto(f"/committees/seats/{story.place.seats[3]}/plan")
    page.select_option("#person_id", str(story.place.veteran))
    page.get_by_role("button", name="Plan").click()
    beside = page.locator("#person_id-error")
    expect(beside).to_contain_text("This would be the third term in a row of at most two.")
    expect(page.locator("#person_id")).to_have_value(str(story.place.veteran))
    story.look("Plan who follows on seat 4")


def appoint(story: Story, address: str, *, look: bool) -> None:
    page = story.page
    page.goto(address)
    page.get_by_role("link", name="Appoint").click()
    if look:
        story.look("Appoint Elspeth Newcomer")
    page.get_by_label("Decision").fill("FC-2016-4")
    page.get_by_role("button", name="Appoint").click()
    expect(page.get_by_text("They are appointed")).to_be_visible()
    if look:
        story.look("Elspeth Newcomer")


def record_a_resignation_of_next_month(story: Story) -> None:
    page = story.page
    page.goto(f"/committees/appointments/{story.place.leaver}/end")
    story.look("End the term on seat 3")
    page.get_by_label("How it ends").select_option(label="Resigned")
    page.get_by_label("Last day").fill("15 June 2016")
    page.get_by_label("Reason").fill("A chair elsewhere")
    page.get_by_role("button", name="End term").click()
    page.goto(f"/committees/appointments/{story.place.leaver}")
    story.look("Term on seat 3")
    expect(page.locator("main")).to_contain_text("resigned", ignore_case=True)
    expect(page.locator("main")).to_contain_text("15 June 2016")
    page.goto(f"/committees/{story.place.committee}")
    story.look("Finance Committee")
    expect(page.locator("main")).to_contain_text("Elspeth Two")


def lose_the_rights_with_the_term(story: Story) -> None:
    """In the last minute the desk opens; a minute later neither what is open nor what is asked for anew does."""
    page, desk = story.page, f"/committees/{story.place.committee}/desk"
    story.at(LAST_MINUTE)
    page.context.clear_cookies()  # The session of May has ended by itself.
    page.goto("/sign-in")
    sign_in(story)
    page.goto(desk)
    expect(page.locator("h1")).to_contain_text("Desk of Finance Committee")
    story.at(NEXT_MINUTE)
    page.get_by_role("link", name="Call an election").click()
    story.look("You may not do this")
    assert page.request.get(desk).status == 403
    page.goto("/")
    expect(page.locator("main")).to_contain_text("You have no role here")
    story.look("What needs you today")
