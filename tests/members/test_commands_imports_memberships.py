"""Imports of memberships: their history and their end, as a table or our own export tells them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.core.database import db
from app.core.history import as_known
from app.core.verification import run_checks
from app.members.commands import correct_last_day, reinstate_member, suspend_member, withdraw_member
from app.members.models import MembershipStep
from app.members.rules.imports import ImportKind
from tests.members.importing import told, tried, written
from tests.members.test_queries_register import brought_to_an_empty_site, comparable, exported
from tests.members.world import LAUNCH, do, institution, member, on

pytestmark = pytest.mark.usefixtures("context")
MEMBERSHIPS = ImportKind.MEMBERSHIPS
ROW = {"Institution": "ICS", "Class": "Partner", "Member from": LAUNCH}
LAST = date(2014, 12, 31)


def outcome(row: dict[str, object]) -> tuple[str, str]:
    """What becomes of one row and why."""
    ((_, found, words),) = told(tried(MEMBERSHIPS, [{**ROW, **row}]))
    return found, words


def states() -> list[tuple[str, date, str | None]]:
    """The steps on record."""
    asked = select(MembershipStep).where(as_known(MembershipStep)).order_by(MembershipStep.first_day)
    return [(step.state.value, step.first_day, step.reason) for step in db.session.scalars(asked)]


@pytest.mark.parametrize("withdrawn", [True, False])
def test_what_ends_on_the_day_of_an_export_has_ended_in_the_site_it_is_brought_to(withdrawn: bool):  # noqa: FBT001
    held = member(institution(), until=None if withdrawn else LAST)
    if withdrawn:
        do(withdraw_member, held.id, last_day=LAST, reason="Budget")
    after = ("withdrawn", "Budget") if withdrawn else ("lapsed", "Founding member")
    brought_to_an_empty_site(LAST, "csv")
    assert states()[1:] == [(after[0], date(2015, 1, 1), after[1])]


def test_what_is_suspended_on_the_day_after_an_export_can_be_brought():
    held = member(institution())
    do(suspend_member, held.id, first_day=date(2015, 1, 1), reason="Fee unpaid")
    brought_to_an_empty_site(LAST, "csv")
    assert [state for state, *_ in states()] == ["active", "suspended"]


def test_an_export_of_the_last_day_there_is_can_be_read():
    member(institution())
    assert [row["steps"] for row in comparable(MEMBERSHIPS, date.max)] == ["active|2011-09-24||Founding member"]


@pytest.mark.parametrize(
    ("said", "ended"),
    [
        ({}, ("lapsed", None)),
        ({"State": "active"}, ("lapsed", None)),
        ({"State": "withdrawn", "Why": "Budget"}, ("withdrawn", "Budget")),
    ],
)
def test_a_history_that_stops_on_the_last_day_goes_on_as_ended(said: dict[str, object], ended: tuple[str, str | None]):
    institution()
    row = {**ROW, **said, "Last day": LAST, "History": "active | 2011-09-24 | 2014-12-31 | Founder"}
    written(MEMBERSHIPS, [row])
    assert states() == [("active", LAUNCH, "Founder"), (ended[0], date(2015, 1, 1), ended[1])]
    assert outcome(row) == ("unchanged", "")
    assert [line for finding in run_checks() for line in finding.problems] == []


def test_what_has_ended_stays_so():
    institution()
    history = "active | 2011-09-24 | 2014-12-31\nlapsed | 2015-01-01 | 2015-06-30"
    found, words = outcome({"Last day": LAST, "History": history})
    assert found == "refused"
    assert words.endswith("What is lapsed stays so: take the last day of the last step out.")


def test_another_state_of_a_membership_on_record_is_refused_with_how_to_get_there():
    held = member(institution())
    assert outcome({"State": "active"}) == ("unchanged", "")
    found, words = outcome({"State": "withdrawn"})
    assert (found, words) == (
        "refused",
        "State \u201cwithdrawn\u201d: It is active on record: write its last day too, or leave this empty.",
    )
    assert "leave this empty, and change it on the institution's page." in outcome({"State": "suspended"})[1]
    assert outcome({"State": "withdrawn", "Last day": LAST, "Why": "Budget"})[0] == "changed"
    do(suspend_member, held.id, first_day=date(2016, 1, 1), reason="Fee unpaid")
    assert outcome({"State": "suspended"}) == ("unchanged", "")
    assert outcome({"State": "active"})[0] == "refused"


def test_another_end_of_a_membership_on_record_is_refused_and_its_advice_leads_there():
    held = member(institution(), until=LAST)
    for state in ("", "lapsed", "active"):
        assert outcome({"State": state, "Last day": LAST}) == ("unchanged", "")
    row = {"State": "withdrawn", "Last day": LAST, "Why": "Budget"}
    found, words = outcome(row)
    assert found == "refused"
    assert "correct its last day to none on the institution's page and bring the row again." in words
    do(correct_last_day, held.id, last_day=None, reason="It withdrew")
    written(MEMBERSHIPS, [{**ROW, **row}])
    assert states()[-1] == ("withdrawn", date(2015, 1, 1), "Budget")


def test_another_reason_of_a_membership_on_record_is_refused():
    member(institution())
    assert outcome({"Why": "Founding member"}) == ("unchanged", "")
    found, words = outcome({"Why": "By letter"})
    assert found == "refused"
    assert words.startswith("Why \u201cBy letter\u201d: Its history on record does not say so: leave this empty")


def test_a_history_with_two_steps_of_one_state_comes_out_of_our_own_export_and_goes_in_again():
    held = member(institution())
    do(suspend_member, held.id, first_day=date(2016, 1, 1), last_day=date(2016, 3, 31), reason="Fee unpaid")
    with on(date(2016, 2, 1)):
        do(reinstate_member, held.id, first_day=date(2016, 2, 1), reason="Paid")
    assert [state for state, *_ in states()] == ["active", "suspended", "active", "active"]
    brought_to_an_empty_site(None, "csv")
    assert [state for state, *_ in states()] == ["active", "suspended", "active", "active"]
    assert told(tried(MEMBERSHIPS, exported(MEMBERSHIPS)))[0][1] == "unchanged"
    history = "active|2011-09-24|2014-12-31\nlapsed|2015-01-01|2015-01-31\nlapsed|2015-02-01"
    assert "cannot become lapsed" in outcome({"Class": "Funder", "Last day": LAST, "History": history})[1]
