"""The tabs of an institution's record: who sees them, what they hold on a day, and the forms behind them."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from app.accounts.commands import RoleFor
from app.core.database import db
from app.core.permissions import Role
from app.members.commands import Naming, rename_institution
from app.members.rules import Purpose
from app.web.requests import House
from tests.client import Browser, Page
from tests.members.world import do, institution, member, on, person, voice
from tests.signin import sign_in

TABS = ("", "/people", "/memberships", "/seats", "/money", "/names", "/documents", "/history")


@pytest.fixture
def ics(app: House) -> int:
    """A member with someone who votes for it."""
    with app.app_context():
        found = institution()
        member(found)
        voice(person(found), found, Purpose.VOTING)
        identity = found.id
        db.session.remove()
    return identity


def send(browser: Browser, path: str, values: dict[str, Any], status: int = 302) -> Page:
    """Send a form with its files."""
    return browser.submit(path, values, status=status)


def press_first(browser: Browser, path: str, verb: str) -> None:
    """Press the first button of a page whose address ends with the verb."""
    actions = [str(action) for action in browser.get(path).tree.xpath("//form/@action")]
    browser.press(path, next(action for action in actions if action.endswith(f"/{verb}")))


def a_picture() -> tuple[BytesIO, str]:
    target = BytesIO()
    Image.new("RGB", (40, 20), "navy").save(target, "PNG")
    return BytesIO(target.getvalue()), "logo.png"


def test_the_secretariat_sees_every_tab_on_any_day(browser: Browser, ics: int):
    sign_in(browser, Role.SECRETARIAT)
    for tab in TABS:
        for day in ("", "?on=2013-06-30", "?on=2005-01-01&known=2016-01-01"):
            assert "Institut Clinique de la Souris" in browser.get(f"/members/{ics}{tab}{day}").words
    assert "Active" in browser.get(f"/members/{ics}/memberships?on=2013-06-30").words


def test_money_alone_is_shown_as_known_now(browser: Browser, ics: int):
    sign_in(browser, Role.SECRETARIAT)
    earlier = "?on=2013-06-30&known=2016-01-01"
    said = {tab: "Read only. As known now. " in browser.get(f"/members/{ics}{tab}{earlier}").words for tab in TABS}
    assert [tab for tab, now in said.items() if now] == ["/money"]


def test_each_tab_names_all_tabs_that_the_reader_sees_and_no_other(browser: Browser, ics: int):
    sign_in(browser, Role.AGREEMENTS)
    words = browser.get(f"/members/{ics}/people").words
    assert ("Seats" in words, "Names" in words) == (True, True)
    assert [word for word in ("Money", "Documents", "History") if f" {word} " in words] == []
    browser.get(f"/members/{ics}/money", 404)
    browser.get(f"/members/{ics}/documents", 403)
    browser.get(f"/members/{ics}/nonsense", 404)


def test_a_representative_reads_the_documents_of_the_own_institution_alone(browser: Browser, ics: int, app: House):
    with app.app_context():
        other = institution("MRC Harwell", "Harwell", country="GB").id
        db.session.remove()
    sign_in(browser, RoleFor(Role.REPRESENTATIVE, institution_id=ics))
    assert "Add a document" not in browser.get(f"/members/{ics}/documents").words
    browser.get(f"/members/{other}/documents", 404)
    browser.get(f"/members/{ics}/documents/new", 403)


def test_a_document_is_added_downloaded_and_withdrawn(browser: Browser, ics: int):
    sign_in(browser, Role.SECRETARIAT)
    new = f"/members/{ics}/documents/new"
    wrong = send(browser, new, {"paper": (BytesIO(b"MZ\x90"), "a.pdf"), "kind": "letter", "dated": "1 May 2016"}, 200)
    assert "By its content this file is none of these" in wrong.words
    values = {"paper": (BytesIO(b"%PDF-1.7\n"), "Lettre.pdf"), "kind": "letter", "dated": "1 May 2016"}
    page = browser.follow(send(browser, new, values))
    assert "Lettre.pdf" in page.rows()[0][0]
    (link,) = [str(href) for href in page.tree.xpath("//td//a/@href") if str(href).startswith("/members/documents/")][
        :1
    ]
    sent = browser.client.get(link)
    assert (sent.data, sent.content_type) == (b"%PDF-1.7\n", "application/pdf")
    after = browser.follow(send(browser, f"{link}/withdraw", {"reason": "Wrong file"}))
    assert "No document is kept with it." in after.words


def test_a_logo_is_shown_and_taken_away(browser: Browser, ics: int):
    sign_in(browser, Role.SECRETARIAT)
    page = browser.follow(send(browser, f"/members/{ics}/logo/new", {"logo": a_picture()}))
    (address,) = page.tree.xpath("//div[@class='picture']/img/@src")
    shown = browser.client.get(str(address))
    assert (shown.status_code, shown.content_type) == (200, "image/png")
    wrong = send(browser, f"/members/{ics}/logo/new", {"logo": (BytesIO(b"%PDF-1.7"), "logo.png")}, 200)
    assert "none of these: PNG picture and JPEG picture" in wrong.words
    browser.press(f"/members/{ics}/documents", f"/members/{ics}/logo/remove")
    assert browser.get(f"/members/{ics}").tree.xpath("//div[@class='picture']") == []


def test_aliases_units_and_notes_are_added_and_taken_away(browser: Browser, ics: int):
    sign_in(browser, Role.SECRETARIAT)
    page = browser.follow(send(browser, f"/members/{ics}/aliases/new", {"alias": "Phenomin"}))
    assert "Phenomin" in page.words
    assert "Also meant by Phenomin" in browser.get(f"/members/{ics}").words
    assert "a name of the institution" in send(browser, f"/members/{ics}/aliases/new", {"alias": "ics"}, 200).words
    press_first(browser, f"/members/{ics}/names", "remove")
    assert "No other spelling." in browser.get(f"/members/{ics}/names").words
    send(browser, f"/members/{ics}/units/new", {"name": "Clinic", "first_day": "1 May 2014"})
    assert "Units Clinic" in browser.get(f"/members/{ics}?on=2015-01-01").words
    assert "Units" not in browser.get(f"/members/{ics}?on=2014-01-01").tree.xpath("//dt/text()")
    end = browser.get(f"/members/{ics}/names").tree.xpath("//td//a[contains(@href, '/units/')]/@href")[0]
    send(browser, str(end), {"last_day": "1 May 2015", "reason": "Closed"})
    assert "Units" not in browser.get(f"/members/{ics}").tree.xpath("//dt/text()")
    send(browser, f"/members/{ics}/notes/new", {"text": "Prefers letters."})
    assert "Prefers letters." in browser.get(f"/members/{ics}/documents").words
    press_first(browser, f"/members/{ics}/documents", "strike")
    assert "Nothing is noted." in browser.get(f"/members/{ics}/documents").words


def test_an_edit_says_from_which_day_it_holds(browser: Browser, ics: int):
    sign_in(browser, Role.SECRETARIAT)
    path = f"/members/{ics}/edit"
    late = send(browser, path, {"postal_address": "New Road", "since": "25 May 2016"}, 200)
    assert "A change is recorded once its first day has come." in late.words
    send(browser, path, {"postal_address": "New Road", "since": "1 May 2016"})
    assert "New Road" in browser.get(f"/members/{ics}").words
    assert "New Road" not in browser.get(f"/members/{ics}?on=2016-04-30").words


def test_the_history_of_a_record_as_it_was_known_on_a_day_tells_nothing_of_later_days(browser: Browser):
    with browser.app.app_context():
        path = f"/members/{institution().id}"
        with on(date(2016, 3, 1)):
            do(rename_institution, int(path.rpartition("/")[2]), Naming("Phenomin", "PHE", date(2016, 3, 1)))
        db.session.remove()
    sign_in(browser, Role.SECRETARIAT)
    for page in (path, f"{path}/history"):
        assert "is called Phenomin" in browser.get(page).words
        assert "is called Phenomin" in browser.get(f"{page}?on=2016-04-01").words
        for known in ("known=2015-01-01", "on=2016-04-01&known=2015-01-01"):
            then = browser.get(f"{page}?{known}").words
            assert "is called Phenomin" not in then
            assert "taken up as M-0001" in then
