"""What a committee's page says of members that are late with their fees: before votes and seats go, and after."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.billing.commands import adopt_standing
from app.billing.rules import StandingTerms
from app.committees.commands import LeaveValues, begin_leave
from app.committees.models import Appointment, Committee
from app.committees.queries import quorum_on
from app.committees.rules import QuorumBase
from app.core.database import db
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.members.models import Institution
from app.web.requests import House
from tests.billing.world import MAY, World, inside
from tests.billing.world import institution as institution_of
from tests.client import Browser
from tests.committees.sitting import OFFICE, adopted, committee, person, seat, sits
from tests.signin import sign_in


@pytest.fixture
def sitting(app: House) -> int:
    """A committee with a seat of MRC, one that a person of NIH holds, and one of ICS, which owes nothing."""
    with inside(app):
        world = World.found(OFFICE, since=date(2011, 1, 1))
        world.issue(due=MAY)
        mrc, nih, ics = (institution_of(world.members[short]) for short in ("MRC", "NIH", "ICS"))
        with transaction():
            adopt_standing(MAY, StandingTerms(10, 30, 60, currency="GBP"), actor=OFFICE)
            return _seated(mrc, nih, ics)


def _seated(mrc: Institution, nih: Institution, ics: Institution) -> int:
    found = committee()
    sits(seat(found, "Funder", by=mrc), person("Marrow", at=mrc))
    sits(seat(found, "Elected member"), person("Ashdown", at=nih))
    sits(seat(found, "Partner", by=ics), person("Lindqvist", at=ics))
    return found.id


def told(browser: Browser, committee_id: int, on: str) -> dict[str, str]:
    """What the page says of each member, the tone before the words."""
    page = browser.get(f"/committees/{committee_id}?on={on}")
    found = page.tree.xpath("//section[.//h2[starts-with(., 'Late with their fees')]]//div[b]")
    return {
        each.findtext("b"): f"{each.get('class').split()[1]}: {' '.join(each.find('b').tail.split())}" for each in found
    }


@pytest.mark.parametrize(
    ("on", "words"),
    [
        ("2016-06-03", None),
        (
            "2016-06-04",
            "warn: Since 4 June 2016 the member is warned: {} for 11 days; in 20 days its votes are suspended",
        ),
        (
            "2016-06-23",
            "warn: Since 4 June 2016 the member is warned: {} for 30 days; tomorrow its votes are suspended",
        ),
        (
            "2016-06-24",
            "warn: Since 24 June 2016 its votes are suspended: {} for 31 days; in 30 days its seats are suspended",
        ),
        ("2016-07-24", "bad: Since 24 July 2016 its seats are suspended: {} for 61 days"),
    ],
)
def test_a_committee_is_told_whose_votes_and_seats_are_suspended_or_soon_will_be(
    browser: Browser, sitting: int, on: str, words: str | None
):
    sign_in(browser, Role.SECRETARIAT)
    late = {"Medical Research Council": "INV-2016-0001", "National Institutes of Health": "INV-2016-0002"}
    expected = (
        {name: words.format(f"£50,000.00 is overdue, {number}") for name, number in late.items()} if words else {}
    )
    assert told(browser, sitting, on) == expected


def test_what_members_owe_is_not_told_to_those_who_only_read_the_roster(browser: Browser, sitting: int):
    sign_in(browser, Role.AUDITOR)
    assert told(browser, sitting, "2016-07-24") == {}


@pytest.mark.parametrize(
    ("base", "before", "after"),
    [(QuorumBase.FILLED, (2, 3, 0), (1, 1, 2)), (QuorumBase.ALL, (2, 3, 0), (2, 3, 2))],
)
def test_suspended_seats_are_outside_the_base_of_the_quorum_unless_the_bylaws_say_all(
    app: House, sitting: int, base: QuorumBase, before: tuple[int, int, int], after: tuple[int, int, int]
):
    with inside(app):
        with transaction():
            adopted(db.session.get_one(Committee, sitting), quorum_base=base)
        found = [quorum_on(sitting, day) for day in (date(2016, 6, 23), date(2016, 6, 24))]
        assert [(each.needed, each.base, each.away) for each in found] == [before, after]


@pytest.mark.parametrize(
    ("on", "quorum", "outside"),
    [
        ("2016-06-23", "2 of 3 filled voting seats.", None),
        ("2016-06-24", "1 of 1 filled voting seat.", "2 voting seats of members that may not vote."),
        (
            "2016-07-01",
            "Nobody can be quorate: everybody on a voting seat is on leave or may not vote.",
            "1 voting seat on leave and 2 voting seats of members that may not vote.",
        ),
        ("2016-08-01", "Nobody can be quorate: everybody on a voting seat is on leave.", "3 voting seats on leave."),
    ],
)
def test_bylaws_say_who_is_excused_from_the_quorum_of_a_day_and_why_nobody_can_be_quorate(
    browser: Browser, app: House, sitting: int, on: str, quorum: str, outside: str | None
):
    asked = select(Appointment).where(Appointment.committee_id == sitting).order_by(Appointment.seat_id)
    with inside(app), transaction():
        for term, month in zip(db.session.scalars(asked).all(), (8, 8, 7), strict=True):
            away = LeaveValues(Period(date(2016, month, 1), date(2016, 9, 30)), "Field work")
            begin_leave(term.id, away, version=term.version, actor=OFFICE)
    sign_in(browser, Role.AUDITOR)
    said = browser.get(f"/committees/{sitting}/bylaws?on={on}").words.replace("\u00a0", " ")
    assert quorum in said
    assert (f"Outside the base: {outside}" in said) if outside else ("Outside the base" not in said)
