"""What bylaws give somebody on a seat: how long, and whether once more."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask.ctx import AppContext

from app.committees.models import Appointment, Bylaws, Committee
from app.committees.queries import bylaws_on, list_served, propose_term
from app.committees.rules import (
    USUAL,
    Appointer,
    LimitKind,
    MajorityBase,
    Office,
    PartTerms,
    QuorumBase,
    Replacement,
    Voters,
)
from app.core.database import db
from app.core.periods import Period
from app.core.transaction import transaction
from tests.committees.sitting import committee, person, seat, sits


def bylaws(of: Committee, first_day: date, number: int = 1, **more: object) -> Bylaws:
    """Bylaws of three years, twice in a row, as adopted."""
    values = {
        "voters": Voters.VOTING_SEATS,
        "quorum_numerator": 2,
        "quorum_denominator": 3,
        "quorum_more_than": False,
        "quorum_base": QuorumBase.ALL,
        "majority_numerator": 1,
        "majority_denominator": 2,
        "majority_more_than": True,
        "majority_base": MajorityBase.CAST,
        "casting_vote": True,
        "proxies": 1,
        "term_months": 36,
        "limit_kind": LimitKind.CONSECUTIVE,
        "limit_terms": 2,
        "break_months": 12,
        "part_terms": PartTerms.OVER_HALF,
        "replacement": Replacement.SERVES_OUT,
        "holds_over": False,
        "warning_days": 60,
        "appointer": Appointer.SECRETARIAT,
        "adopted_by": "Test",
        "adopted_at": datetime(2012, 1, 1, tzinfo=UTC),
    }
    adopted = Bylaws(committee_id=of.id, number=number, first_day=first_day, **(values | more))
    db.session.add(adopted)
    return adopted


@pytest.fixture
def finance(context: AppContext) -> Committee:
    """A committee whose bylaws of 2012 were changed in 2015."""
    assert context is not None
    with transaction():
        found = committee()
        bylaws(found, date(2012, 1, 1))
        bylaws(found, date(2015, 1, 1), 2, term_months=24)
    return found


def test_bylaws_hold_from_their_day_until_others_follow_and_the_usual_ones_before(finance: Committee):
    days = [date(2011, 12, 31), date(2012, 1, 1), date(2014, 12, 31), date(2015, 1, 1)]
    assert [bylaws_on(finance.id, day).term_months for day in days] == [None, 36, 36, 24]
    assert bylaws_on(finance.id, days[0]) == USUAL


def test_entries_that_continue_one_another_are_one_term(finance: Committee):
    with transaction():
        place, who = seat(finance), person()
        first = sits(place, who, Period(date(2012, 1, 1), date(2012, 12, 31)))
        second = sits(place, who, Period(date(2013, 1, 1), date(2014, 12, 31)), Office.CHAIR)
        second.continues_id = first.id
        third = sits(place, who, Period(date(2015, 1, 1), date(2016, 12, 31)))
    assert [each.period for each in list_served(finance.id, who.id)] == [
        Period(date(2012, 1, 1), date(2014, 12, 31)),
        Period(date(2015, 1, 1), date(2016, 12, 31)),
    ]
    assert len(list_served(finance.id, who.id, besides=second.id)) == 1
    assert len(list_served(finance.id, who.id, besides=third.id)) == 1


def test_a_third_term_in_a_row_is_said_to_be_one_too_many(finance: Committee):
    with transaction():
        place, who = seat(finance), person()
        sits(place, who, Period(date(2012, 1, 1), date(2014, 12, 31)))
    next_one = propose_term(place, who.id, date(2015, 1, 1))
    assert (next_one.last_day, next_one.counted, next_one.limit, next_one.is_over) == (date(2016, 12, 31), 1, 2, False)
    with transaction():
        sits(place, who, Period(date(2015, 1, 1), date(2016, 12, 31)))
    assert propose_term(place, who.id, date(2017, 1, 1)).is_over
    assert not propose_term(place, None, date(2017, 1, 1)).is_over


def test_who_follows_somebody_that_left_early_is_given_the_rest_of_the_term(finance: Committee):
    with transaction():
        place = seat(finance)
        left: Appointment = sits(place, person(), Period(date(2012, 1, 1), date(2013, 5, 31)))
        left.term_ends = date(2014, 12, 31)
    assert propose_term(place, None, date(2013, 7, 1)).last_day == date(2014, 12, 31)
    assert propose_term(place, None, date(2015, 1, 1)).last_day == date(2016, 12, 31)
