"""Pages of calendar feeds and roster books: made, shown once, revoked; ordered, watched, taken away."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.core.actor import Granted
from app.core.clock import clock_at
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.outbox.work import run_due_jobs
from app.web.requests import House
from tests.client import Browser
from tests.committees.sitting import FOUNDED, committee, person, seat, sign_in_as, sits
from tests.committees.test_pages import measured
from tests.papers import needs_pango
from tests.signin import sign_in


@pytest.fixture
def finance(app: House) -> tuple[int, int]:
    """A committee with one member, and the user of that member."""
    with app.app_context(), transaction():
        found, who = committee(), person()
        sits(seat(found), who, Period(FOUNDED, date(2016, 12, 31)))
        return found.id, who.user_id


def made_feed(browser: Browser) -> str:
    """The path of a feed that is made on the page."""
    page = browser.submit("/committees/feeds", {"covers": "all"}, status=200)
    [address] = page.tree.xpath("//textarea/text()")
    return str(address).strip().removeprefix("http://localhost").removeprefix("http://127.0.0.1:8000")


def test_the_address_of_a_feed_is_shown_once_and_answers_without_a_session(browser: Browser, finance: tuple[int, int]):
    sign_in_as(browser, finance[1])
    path = made_feed(browser)
    assert path not in browser.get("/committees/feeds").text
    stranger = Browser(browser.app)
    answer = stranger.get(path).response
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "SUMMARY:Last day: Elspeth Marrow\\, Finance Committee" in answer.get_data(as_text=True)
    assert "set-cookie" not in {name.lower() for name, _ in answer.headers}
    answer.close()
    assert browser.get("/committees/feeds").rows()[0][2] == "Last read on 24 May 2016"


def test_a_form_sent_twice_makes_one_feed(browser: Browser, finance: tuple[int, int]):
    sign_in_as(browser, finance[1])
    values = browser.get("/committees/feeds").form_values() | {"covers": "own"}
    browser.post("/committees/feeds", values, status=200)
    browser.post("/committees/feeds", values)
    assert len(browser.get("/committees/feeds").rows()) == 1


def test_a_revoked_feed_answers_no_more(browser: Browser, finance: tuple[int, int]):
    sign_in_as(browser, finance[1])
    path = made_feed(browser)
    [revoke] = browser.get("/committees/feeds").tree.xpath("//form/@action[contains(., 'revoke')]")
    browser.press("/committees/feeds", revoke)
    Browser(browser.app).get(path, status=404)
    assert not browser.get("/committees/feeds").has_action(revoke)


def test_a_feed_ends_the_day_after_the_term_of_its_user(browser: Browser, finance: tuple[int, int]):
    sign_in_as(browser, finance[1])
    path = made_feed(browser)
    with clock_at(datetime(2016, 12, 31, 23, 59, tzinfo=UTC)):
        Browser(browser.app).get(path)
    with clock_at(datetime(2017, 1, 1, 0, 1, tzinfo=UTC)):
        Browser(browser.app).get(path, status=404)


def test_a_feed_is_of_today_whatever_its_address_asks(browser: Browser, finance: tuple[int, int]):
    sign_in_as(browser, finance[1])
    path = made_feed(browser)
    stranger = Browser(browser.app)
    then, now = stranger.get(f"{path}?on=2012-01-01").response, stranger.get(path).response
    assert then.get_data() == now.get_data()


def test_the_feeds_of_others_are_not_there_to_be_revoked(browser: Browser, finance: tuple[int, int]):
    sign_in_as(browser, finance[1])
    made_feed(browser)
    [revoke] = browser.get("/committees/feeds").tree.xpath("//form/@action[contains(., 'revoke')]")
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get("/committees/feeds")
    assert page.rows() == []
    browser.post(revoke, page.form_values(), status=404)


@needs_pango
def test_a_book_is_ordered_watched_and_taken_away(browser: Browser, finance: tuple[int, int], app: House):
    assert finance
    sign_in(browser, Role.SECRETARIAT)
    browser.follow(browser.submit("/committees/books?day=2016-01-01", {"as_known": ""}, action="/committees/books"))
    waiting = browser.get("/committees/books")
    assert waiting.phone_rows()[0].startswith("1 January 2016")
    assert waiting.rows()[0][2] == "Waiting"
    assert waiting.tree.xpath("//*[@data-live]/@hx-get")
    [discard] = waiting.tree.xpath("//form/@action[contains(., 'discard')]")
    pdf = discard.replace("/discard", ".pdf")
    browser.get(pdf, status=404)
    with app.app_context():
        run_due_jobs()
    done = browser.get("/committees/books")
    assert done.rows()[0][2] == "Done"
    assert not done.tree.xpath("//*[@data-live]/@hx-get")
    assert done.has_action(pdf)
    answer = browser.get(pdf).response
    assert answer.get_data().startswith(b"%PDF")
    assert "Roster book 2016-01-01.pdf" in answer.headers["Content-Disposition"]
    browser.press("/committees/books", discard)
    assert browser.get("/committees/books").rows() == []
    browser.get(pdf, status=404)


@pytest.mark.parametrize("path", ["/committees/books", "/committees/feeds"])
def test_lists_of_books_and_feeds_ask_as_many_statements_for_one_as_for_ten(
    browser: Browser, finance: tuple[int, int], path: str
):
    assert finance
    sign_in(browser, Role.SECRETARIAT)
    numbers = []
    for more in (range(1), range(1, 10)):
        for number in more:
            if path.endswith("books"):
                browser.submit(f"{path}?day=2016-01-{number + 1:02}", {"as_known": ""}, action=path)
            else:
                made_feed(browser)
        browser.get(path)
        numbers.append(measured(browser, path))
    assert numbers[0] == numbers[1]
    assert len(browser.get(path).rows()) > 1


def test_books_are_for_who_may_read_reports_of_committees(browser: Browser, finance: tuple[int, int]):
    for role in (Granted(Role.COMMITTEE_MEMBER, committee_id=finance[0]), Role.FINANCE):
        sign_in(browser, role)
        browser.get("/committees/books", status=403)
        assert not browser.get("/committees").has_action("/committees/books")
    for role in (Role.AUDITOR, Granted(Role.CHAIR, committee_id=finance[0])):
        sign_in(browser, role)
        assert browser.get("/committees/books").heading == "Roster book"


def test_a_day_that_cannot_be_read_is_said_beside_its_field(browser: Browser, finance: tuple[int, int]):
    assert finance
    sign_in(browser, Role.SECRETARIAT)
    page = browser.submit("/committees/books", {"day": "someday", "as_known": "2017-01-01"}, status=200)
    assert "Write the day as 24 May 2016" in page.words
    page = browser.submit("/committees/books", {"day": "2016-01-01", "as_known": "2017-01-01"}, status=200)
    assert "What will be known on a day to come is not known yet." in page.words


def test_the_paper_of_the_report_of_rosters_is_the_book(browser: Browser, finance: tuple[int, int]):
    sign_in(browser, Role.SECRETARIAT)
    book = browser.get("/reports/roster-book?format=pdf&on=2016-01-01&known=2016-05-01", status=302)
    assert book.response.location == "/committees/books?day=2016-01-01&as_known=2016-05-01"
    one = browser.get(f"/reports/roster-book?format=pdf&committee={finance[0]}", status=302)
    assert one.response.location == f"/committees/{finance[0]}/roster.pdf"


def test_the_past_leads_to_the_order_of_its_book(browser: Browser, finance: tuple[int, int]):
    assert finance
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get("/committees/books?on=2014-01-01&known=2015-01-01")
    assert page.has_action("/committees/books?day=2014-01-01&as_known=2015-01-01")
    shown = browser.get("/committees/books?day=2014-01-01&as_known=2015-01-01")
    assert shown.tree.xpath("//main//input[@type='text']/@value") == ["1 January 2014", "1 January 2015"]
