"""Adopting bylaws: from today or a later day on, numbered, by the secretariat, never rewritten; and their quorum."""

from __future__ import annotations

from datetime import date

import pytest
from flask.ctx import AppContext

from app.committees.commands import Adoption, adopt_bylaws
from app.committees.models import Committee
from app.committees.queries import bylaws_on, find_bylaws, list_bylaws, newest_bylaws, quorum_on
from app.committees.rules import USUAL, BylawFacts, Fraction, LimitKind, QuorumBase, Voters
from app.core.actor import Actor, Granted
from app.core.errors import AccessDeniedError, DomainError, StaleError
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from tests.committees.sitting import OFFICE, TODAY, adopted, committee, further_seat, institution, person, seat, sits

LATER = date(2016, 7, 1)
FACTS = BylawFacts(
    quorum=Fraction(2, 3, more_than=False),
    quorum_base=QuorumBase.ALL,
    term_months=36,
    limit_kind=LimitKind.CONSECUTIVE,
    limit_terms=2,
    holds_over=True,
)


@pytest.fixture
def finance(context: AppContext) -> Committee:
    assert context is not None
    with transaction():
        return committee()


def test_bylaws_hold_from_their_day_and_are_numbered_as_adopted(finance: Committee):
    with transaction():
        adopt_bylaws(finance.id, FACTS, Adoption(LATER, "SC-2016-004"), version=0, actor=OFFICE)
        adopt_bylaws(finance.id, BylawFacts(term_months=24), Adoption(TODAY), version=1, actor=OFFICE)
    assert bylaws_on(finance.id, date(2016, 5, 23)) == USUAL
    assert bylaws_on(finance.id, date(2016, 6, 30)).term_months == 24
    assert bylaws_on(finance.id, LATER) == FACTS
    assert [(each.number, each.decision) for each in list_bylaws(finance.id)] == [(1, "SC-2016-004"), (2, None)]
    assert newest_bylaws(finance.id) == 2
    found = find_bylaws(finance.id, TODAY)
    assert found is not None
    assert found.number == 2


@pytest.mark.parametrize("day", [date(2016, 5, 23), date(2011, 1, 1)])
def test_no_bylaws_are_adopted_for_a_day_that_is_past(finance: Committee, day: date):
    with pytest.raises(DomainError) as error, transaction():
        adopt_bylaws(finance.id, FACTS, Adoption(day), actor=OFFICE)
    assert error.value.field == "first_day"


def test_no_bylaws_are_adopted_for_a_committee_that_has_ended_by_then(finance: Committee):
    with transaction():
        finance.dissolved_on = date(2016, 6, 30)
        adopt_bylaws(finance.id, FACTS, Adoption(date(2016, 6, 30)), actor=OFFICE)
    with pytest.raises(DomainError) as error, transaction():
        adopt_bylaws(finance.id, FACTS, Adoption(LATER), actor=OFFICE)
    assert error.value.field == "first_day"


def test_who_looked_at_other_bylaws_than_the_newest_is_told(finance: Committee):
    with transaction():
        adopt_bylaws(finance.id, FACTS, Adoption(TODAY), version=0, actor=OFFICE)
    with pytest.raises(StaleError), transaction():
        adopt_bylaws(finance.id, USUAL, Adoption(TODAY), version=0, actor=OFFICE)


def test_a_chair_adopts_no_bylaws(finance: Committee):
    chair = Actor("Chair", 999, (Granted(Role.CHAIR, committee_id=finance.id),))
    with pytest.raises(AccessDeniedError), transaction():
        adopt_bylaws(finance.id, FACTS, Adoption(TODAY), actor=chair)


def test_the_quorum_is_more_than_half_of_the_filled_voting_seats_or_as_the_bylaws_say(finance: Committee):
    with transaction():
        for number in range(8):
            sits(seat(finance), person(f"Member {number}"))
        seat(finance)
        sits(seat(finance, votes=False), person("Observer"))
    usual = quorum_on(finance.id, TODAY)
    assert (usual.needed, usual.base, usual.vacant, usual.of_all) == (5, 8, 1, False)
    with transaction():
        adopt_bylaws(finance.id, FACTS, Adoption(TODAY), actor=OFFICE)
    by_all = quorum_on(finance.id, TODAY)
    assert (by_all.needed, by_all.base, by_all.of_all) == (6, 9, True)


def test_where_institutions_vote_each_counts_once_however_many_seats_it_has(finance: Committee):
    with transaction():
        harwell, since = institution(), Period(date(2015, 1, 1))
        for number, place in enumerate((seat(finance, by=harwell), *(further_seat(finance, harwell) for _ in "12"))):
            sits(place, person(f"Member {number}", at=harwell), since)
        sits(seat(finance), person("Alone"), since)
        adopted(finance, TODAY, voters=Voters.INSTITUTIONS)
    found = quorum_on(finance.id, TODAY)
    assert (found.needed, found.base, found.of_institutions) == (2, 2, True)
