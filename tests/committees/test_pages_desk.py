"""The desk of a committee: who sits there, as what, and what waits from the day on which the bylaws warn."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from app.committees.commands import LeaveValues, begin_leave
from app.committees.rules import Office
from app.core.actor import Granted
from app.core.clock import clock_at
from app.core.database import db
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.web.requests import House
from tests.client import Browser
from tests.committees.sitting import FOUNDED, OFFICE, TODAY, adopted, committee, person, seat, sits
from tests.members.world import institution, member
from tests.signin import sign_in

JUNE = date(2016, 6, 30)


def as_chair(browser: Browser, committee_id: int, day: date) -> str:
    """What a chair reads on the desk of the committee on a day, without spaces that never break."""
    with clock_at(datetime.combine(day, time(10), UTC)):
        sign_in(browser, Granted(Role.CHAIR, committee_id=committee_id))
        return browser.get(f"/committees/{committee_id}/desk").words.replace("\u00a0", " ")


def test_the_roster_of_a_desk_shows_office_leave_and_the_end_of_each_term(browser: Browser, app: House):
    with app.app_context():
        with transaction():
            board = committee()
            sits(seat(board), person("Chair"), office=Office.CHAIR)
            term = sits(seat(board), person("Deputy"), office=Office.DEPUTY)
            begin_leave(term.id, LeaveValues(Period(TODAY, JUNE), "Field work"), version=1, actor=OFFICE)
            sits(seat(board), person("Secretary"), office=Office.SECRETARY)
            sits(seat(board), person("Member"))
            seat(board, "Open one")
        board_id = board.id
        db.session.remove()
    sign_in(browser, Granted(Role.CHAIR, committee_id=board_id))
    rows = browser.get(f"/committees/{board_id}/desk").rows()
    assert [row[:4] for row in rows if "Seat" in row[1]] == [
        ["Elspeth Chair Chair", "Seat 1, Elected member", "Term ends 31 Dec 2017", "End"],
        ["Elspeth Deputy Deputy chair, on leave", "Seat 2, Elected member", "Term ends 31 Dec 2017", "End"],
        ["Elspeth Secretary Secretary", "Seat 3, Elected member", "Term ends 31 Dec 2017", "End"],
        ["Elspeth Member", "Seat 4, Elected member", "Term ends 31 Dec 2017", "End"],
        ["Vacant", "Seat 5, Open one", "–", "Appoint"],
    ]


@pytest.mark.parametrize("warning", [10, 40])
def test_a_desk_and_the_first_page_tell_of_an_end_from_the_day_on_which_the_bylaws_warn(
    browser: Browser, app: House, warning: int
):
    with app.app_context():
        with transaction():
            board = committee()
            adopted(board, warning_days=warning)
            sits(seat(board), person("Ending"), Period(FOUNDED, JUNE))
        board_id = board.id
        db.session.remove()
    days = [JUNE - timedelta(warning + 1), JUNE - timedelta(warning)]
    assert ["Elspeth Ending ends a term" in as_chair(browser, board_id, day) for day in days] == [False, True]
    for day, is_told in zip(days, [False, True], strict=True):
        with clock_at(datetime.combine(day, time(10), UTC)):
            sign_in(browser, Granted(Role.CHAIR, committee_id=board_id))
            assert ("1 term ends: Finance Committee" in browser.get("/").words) is is_told


def test_a_desk_tells_whose_membership_ends_before_it_has_ended(browser: Browser, app: House):
    with app.app_context():
        ics = institution()
        member(ics, until=JUNE)
        with transaction():
            board = committee()
            sits(seat(board, by=ics), person("Holder", at=ics))
        board_id = board.id
        db.session.remove()
    text = (
        "Seat 1 will be free Institut Clinique de la Souris is a member until 30 June 2016; unless that is renewed, its"
        " seat ends with that day Elspeth Holder"
    )
    assert f"{text} in 37 days" in as_chair(browser, board_id, TODAY)
    assert f"{text} today" in as_chair(browser, board_id, JUNE)
