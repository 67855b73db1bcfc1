"""The list of who is erased when, and keeping somebody for longer."""

from __future__ import annotations

from datetime import date
from itertools import count, islice

import pytest
from sqlalchemy import select

from app.core.database import db
from app.core.permissions import Role
from app.core.tables import PageRequest
from app.core.transaction import transaction
from app.members.commands import adopt_policy, end_affiliation
from app.members.commands.retention import note_leavers
from app.members.models import Affiliation
from app.members.queries import search_leavers
from app.members.rules import Policy
from app.web.requests import House
from tests.client import Browser
from tests.members.world import OFFICE, do, institution, on, person, statements
from tests.signin import sign_in

numbers = count()


def leave(app: House, how_many: int) -> list[int]:
    """People who left in January 2016, where people are kept for a year."""
    with app.app_context():
        with on(date(2012, 1, 1)):
            do(adopt_policy, date(2012, 1, 1), Policy(keeps_people_months=12))
        at = institution()
        ids = []
        for number in islice(numbers, how_many):
            who = person(at, "Thibault", f"Leaver{number:02}", email=f"leaver{number}@ics.example")
            place = db.session.scalars(select(Affiliation).where(Affiliation.person_id == who.id)).one()
            with on(date(2016, 1, 31)):
                do(end_affiliation, place.id, last_day=date(2016, 1, 31))
            ids.append(who.id)
        person(at, "Isolde", "Marchbanks", email=f"isolde{next(numbers)}@ics.example")
        with transaction():
            note_leavers()
        db.session.remove()
    return ids


def test_the_list_says_who_is_erased_and_when(app: House, browser: Browser):
    (gone,) = leave(app, 1)
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get("/leavers")
    (row,) = page.rows()
    assert row[0].startswith("Thibault Leaver")
    assert row[1:3] == ["31 Jan 2016", "Erased on 1 Feb 2017"]
    assert "Kept for 12 months" in page.words
    assert "To be erased on 1 February 2017" in browser.get(f"/people/{gone}").words
    assert page.has_action(f"/people/{gone}/keep")
    assert "/leavers" in browser.get("/people").text


def test_the_list_says_the_same_whatever_day_is_looked_at(browser: Browser):
    sign_in(browser, Role.SECRETARIAT)
    said = "Nobody had left by the last night"
    pages = [browser.get(f"/leavers{on}").words for on in ("", "?on=2015-01-01")]
    assert [said in words for words in pages] == [True, True]
    assert ["This list is as it is today." in words for words in pages] == [False, True]


def test_somebody_is_kept_for_a_reason_until_a_day_and_released_again(app: House, browser: Browser):
    (gone,) = leave(app, 1)
    sign_in(browser, Role.SECRETARIAT)
    path = f"/people/{gone}/keep"
    assert browser.submit(path, {"last_day": "2016-01-01", "reason": "x"}, status=200).tree.xpath(
        "//p[@id='last_day-error']"
    )
    page = browser.follow(browser.submit(path, {"last_day": "2019-12-31", "reason": "A claim is open"}))
    assert ("1 Jan 2020" in page.words, "A claim is open" in page.words) == (True, True)
    page = browser.follow(browser.press(path, f"/people/{gone}/release"))
    assert "1 Feb 2017" in page.words


def test_who_has_not_left_cannot_be_kept(app: House, browser: Browser):
    leave(app, 0)
    sign_in(browser, Role.SECRETARIAT)
    browser.get("/people/1/keep", 404)
    assert "Nobody had left by the last night" in browser.get("/leavers").words


@pytest.mark.parametrize("role", [Role.FINANCE, Role.AUDITOR, Role.AGREEMENTS])
def test_the_list_is_the_secretariats(app: House, browser: Browser, role: Role):
    (gone,) = leave(app, 1)
    sign_in(browser, role)
    browser.get("/leavers", 403)
    browser.get(f"/people/{gone}/keep", 403)


def test_the_list_takes_as_many_statements_for_one_row_as_for_twenty(app: House):
    counts = []
    for more in (1, 19):
        leave(app, more)
        with app.app_context(), statements() as sent:
            page = search_leavers(PageRequest(), OFFICE, on=date(2016, 5, 24))
            counts.append((page.total, len(sent)))
            db.session.remove()
    assert counts == [(1, 4), (20, 4)]
