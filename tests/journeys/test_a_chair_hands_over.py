"""A chair, signing in by invitation, plans who follows, is refused by a limit of terms, and hands over in the end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from app.accounts.commands import invite_user
from app.committees.models import Appointment
from app.committees.rules import Office
from app.core.clock import clock_at
from app.core.database import db
from app.core.periods import Period
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.outbox.models import Mail
from tests.committees.ruled import ruled
from tests.committees.sitting import OFFICE, committee, person, seat, sits
from tests.signin import PASSWORD

if TYPE_CHECKING:
    from app.web.requests import House
    from tests.client import Browser

OLD, PRESENT = Period(date(2011, 9, 24), date(2014, 6, 30)), Period(date(2014, 7, 1), date(2016, 6, 30))
NOON = datetime(2016, 5, 24, 11, tzinfo=UTC)
LAST_MINUTE, NEXT_MINUTE = datetime(2016, 6, 30, 22, 59, tzinfo=UTC), datetime(2016, 6, 30, 23, 0, tzinfo=UTC)


@dataclass
class Place:
    """The committee of the journey: its id, the ids of its seats and of the people who matter."""

    committee: int
    seats: list[int]
    newcomers: list[int]
    veteran: int
    leaver: int
    token: str


@pytest.fixture
def place(app: House) -> Place:
    """A committee whose chair's and members' terms end on 30 June 2016, by bylaws that allow two terms in a row."""
    with app.app_context():
        with transaction():
            found = committee()
            seats = [seat(found, label) for label in ("Chair", "First member", "Second member", "Third member")]
            chair, veteran = person("Chairman"), person("Veteran")
            sits(seats[0], chair, PRESENT, Office.CHAIR)
            sits(seats[1], person("One"), PRESENT)
            leaver = sits(seats[2], person("Two"), PRESENT)
            sits(seats[3], veteran, OLD)
            sits(seats[3], veteran, PRESENT)
            newcomers = [person(name).id for name in ("Newcomer", "Follower", "Heir")]
            invite_user(chair.user_id, OFFICE)
        ruled(found)
        body = db.session.scalars(select(Mail.body).order_by(Mail.id.desc())).first()
        token = re.search(r"/link/(\S+)", str(body))
        assert token is not None
        made = Place(found.id, [each.id for each in seats], newcomers, veteran.id, leaver.id, token[1])
        db.session.remove()
    return made


def test_a_chair_plans_is_refused_by_a_limit_and_loses_the_rights_with_the_term(
    browser: Browser, app: House, place: Place
):
    sign_in_by_invitation(browser, place)
    see_what_needs_a_chair(browser, place)
    plans = [plan(browser, place.seats[number], place.newcomers[number]) for number in range(3)]
    see_the_limit_refuse_a_fourth(browser, place)
    for address in plans:
        appoint(browser, address)
    record_a_resignation_of_next_month(browser, app, place)
    lose_the_rights_with_the_term(browser, place)
    with app.app_context():
        assert [line for finding in run_checks() for line in finding.problems] == []
        db.session.remove()


def sign_in_by_invitation(browser: Browser, place: Place) -> None:
    browser.submit(f"/link/{place.token}", {"password": PASSWORD})
    with browser.app.app_context():
        address = db.session.scalars(select(Mail.to_address)).one()
        db.session.remove()
    browser.submit("/sign-in", {"email": address, "password": PASSWORD})


def see_what_needs_a_chair(browser: Browser, place: Place) -> None:
    first = browser.get("/")
    assert "4 terms end: Finance Committee" in first.words
    assert first.has_action(f"/committees/{place.committee}/desk")
    desk = browser.get(f"/committees/{place.committee}/desk")
    assert "Elspeth Veteran ends a term" in desk.words
    assert "the limit of terms is reached" in desk.words
    rows = browser.get(f"/committees/{place.committee}/succession").rows()
    can, cannot = ["Terms served 1 of 2", "Can go on"], ["Terms served 2 of 2", "Limit reached"]
    assert [row[3:5] for row in rows[:4]] == [can, can, can, cannot]


def plan(browser: Browser, seat_id: int, person_id: int) -> str:
    form = browser.get(f"/committees/seats/{seat_id}/plan")
    assert form.form_values()["first_day"] == "1 July 2016"
    done = browser.submit(f"/committees/seats/{seat_id}/plan", {"person_id": str(person_id)})
    return str(done.response.location)


def see_the_limit_refuse_a_fourth(browser: Browser, place: Place) -> None:
    address = f"/committees/seats/{place.seats[3]}/plan"
    refused = browser.submit(address, {"person_id": str(place.veteran)}, status=200)
    assert "This would be the third term in a row of at most two." in refused.words
    assert refused.form_values()["person_id"] == str(place.veteran)


def appoint(browser: Browser, address: str) -> None:
    done = browser.submit(f"{address}/appoint", {"decision": "FC-2016-4"})
    assert "Appointed from 1 July 2016." in browser.follow(done).words.replace("\u00a0", " ")


def record_a_resignation_of_next_month(browser: Browser, app: House, place: Place) -> None:
    address = f"/committees/appointments/{place.leaver}/end"
    browser.submit(address, {"last_day": "15 June 2016", "reason": "Resigned for a chair elsewhere"})
    with app.app_context():
        assert db.session.get_one(Appointment, place.leaver).last_day == date(2016, 6, 15)
        db.session.remove()
    assert "Elspeth Two" in browser.get(f"/committees/{place.committee}").words


def lose_the_rights_with_the_term(browser: Browser, place: Place) -> None:
    desk = f"/committees/{place.committee}/desk"
    with clock_at(NOON):
        browser.get(desk)
    sign_in_anew(browser, LAST_MINUTE)
    with clock_at(LAST_MINUTE):
        browser.get(desk)
    with clock_at(NEXT_MINUTE):
        browser.get(desk, status=403)
        browser.get(f"/committees/seats/{place.seats[3]}/plan", status=403)
        assert "You have no role here yet" in browser.get("/").words


def sign_in_anew(browser: Browser, at: datetime) -> None:
    """A session ends by itself after some hours; the chair signs in again that evening."""
    with clock_at(at):
        with browser.app.app_context():
            address = db.session.scalars(select(Mail.to_address).order_by(Mail.id)).first()
            db.session.remove()
        browser.submit("/sign-in", {"email": address, "password": PASSWORD})
