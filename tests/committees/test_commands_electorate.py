"""The electorate as it is frozen when nominations end: who is in it, in which order, and by which rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.billing.commands import adopt_standing
from app.billing.rules import StandingTerms
from app.committees.commands import LeaveValues, add_alternate, begin_leave, end_alternate, move_alternate_up
from app.committees.commands.elections import close_nominations
from app.committees.models import Committee, Election, ElectionVoter, Seat, SeatAlternate
from app.committees.queries import Quorum, quorum_on
from app.committees.queries.elections import list_voters
from app.committees.queries.electorate import list_frozen_voters
from app.committees.rules import Voters
from app.committees.rules.elections import VoteRule
from app.core.clock import clock_at
from app.core.database import db
from app.core.periods import Period
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.members.commands import (
    Merging,
    Naming,
    add_class,
    merge_records,
    rename_institution,
    suspend_member,
    withdraw_member,
)
from app.members.models import Person
from app.members.rules import ClassFacts, TwinKind
from tests.billing.world import MAY, World
from tests.billing.world import institution as institution_of
from tests.committees.ruled import DEADLINE, TWO_TERMS, called, done, ruled
from tests.committees.sitting import FOUNDED, OFFICE, committee, further_seat, institution, person, seat, sits
from tests.members.world import institution as do_institution
from tests.members.world import member

pytestmark = pytest.mark.usefixtures("context")
JUNE = Period(date(2016, 6, 1), date(2016, 7, 31))
AT_ONCE = DEADLINE + timedelta(seconds=1)
LATER = DEADLINE + timedelta(days=40)


def opened(found: Committee, voters: Voters = Voters.VOTING_SEATS) -> Election:
    """An election to a further seat whose vote is open: nominations have ended."""
    ruled(found, replace(TWO_TERMS, voters=voters))
    election = done(lambda: called(found, seat(found, "To be filled")))
    with clock_at(AT_ONCE):
        done(lambda: close_nominations(election.id, actor=OFFICE))
    return election


def frozen(election: Election) -> list[tuple[str, int, VoteRule, str | None]]:
    db.session.expire_all()
    return [
        (each.name.removeprefix("Elspeth "), each.rank, each.rule, each.barred) for each in list_voters(election.id)
    ]


def away(on: Seat, who: Person) -> None:
    """Somebody on a seat who is on leave when the vote opens."""
    term = sits(on, who)
    begin_leave(term.id, LeaveValues(JUNE, "Field work"), version=term.version, actor=OFFICE)


def stand_in(on: Seat, *names: str) -> list[SeatAlternate]:
    return [add_alternate(on.id, person(name).id, Period(FOUNDED), actor=OFFICE) for name in names]


def test_each_member_that_may_not_vote_is_barred_with_its_own_reason_and_its_alternates_with_it():
    world = World.found(OFFICE, since=date(2011, 1, 1))
    world.issue(due=MAY)
    world.add("Sanger Institute", "Sanger")
    with transaction():
        graced = add_class(ClassFacts("Graced", votes=True, is_billed=False, grace_days=60), actor=OFFICE)
    world.join("Sanger", graced.code, date(2015, 1, 1), date(2016, 6, 29))
    with transaction():
        adopt_standing(MAY, StandingTerms(10, 20, 60, currency="GBP"), actor=OFFICE)
        suspend_member(world.memberships["ICS partner"], first_day=date(2016, 6, 1), reason="Rules", actor=OFFICE)
        found = committee()
        for short in ("MRC", "Sanger", "ICS"):
            house = institution_of(world.members[short])
            place = seat(found, short, by=house)
            sits(place, person(short, at=house))
            add_alternate(place.id, person(f"Deputy {short}", at=house).id, Period(FOUNDED), actor=OFFICE)
        sits(seat(found), person("Guest", at=institution("Guest Laboratory", "Guest")))
        sits(seat(found, "Observer", votes=False), person("Observer"))
    election = opened(found)
    lines = {name: (rule, barred) for name, _, rule, barred in frozen(election)}
    assert list(lines) == ["MRC", "Deputy MRC", "Sanger", "Deputy Sanger", "ICS", "Deputy ICS", "Guest"]
    assert (lines["MRC"][0], "votes are suspended" in str(lines["MRC"][1])) == (VoteRule.LATE, True)
    assert lines["Sanger"] == (
        VoteRule.LAPSED,
        "Its membership lapsed on 29 June 2016; days of grace give no vote",
    )
    assert lines["ICS"] == (VoteRule.SUSPENDED, "Its membership is suspended since 1 June 2016")
    assert all(lines[f"Deputy {short}"] == lines[short] for short in ("MRC", "Sanger", "ICS"))
    assert lines["Guest"] == (VoteRule.STANDING, None)
    (closed,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "committees.close_nominations"))
    assert (closed.after["voters"], closed.after["barred"]) == (1, 3)
    assert quorum_on(found.id, DEADLINE.date()) == Quorum(1, 1, 1, 0, 3, of_institutions=False, of_all=False)


def test_who_is_on_leave_is_passed_over_for_the_alternates_in_their_order_and_out_of_the_base_of_the_quorum():
    with transaction():
        found = committee()
        one, two, three = (seat(found, name) for name in ("One", "Two", "Three"))
        away(one, person("Away"))
        _, second = stand_in(one, "First", "Second")
        move_alternate_up(second.id, actor=OFFICE)
        away(two, person("Alone"))
        sits(three, person("There"))
        stand_in(three, "Third")
    assert frozen(opened(found)) == [
        ("Away", 0, VoteRule.LEAVE, "On leave: the alternates vote in their order"),
        ("Second", 1, VoteRule.STANDS_IN, None),
        ("First", 2, VoteRule.STANDS_IN, None),
        ("Alone", 0, VoteRule.LEAVE, "On leave, and nobody stands in"),
        ("There", 0, VoteRule.STANDING, None),
        ("Third", 1, VoteRule.STANDS_IN, None),
    ]
    assert quorum_on(found.id, DEADLINE.date()) == Quorum(1, 1, 1, 2, 0, of_institutions=False, of_all=False)


@pytest.mark.parametrize("there", [True, False], ids=["holder there", "an alternate stands in"])
def test_an_institution_votes_once_by_the_first_of_its_seats_on_which_somebody_can(*, there: bool):
    with transaction():
        found, at = committee(), institution()
        away(seat(found, "One", by=at), person("Away", at=at))
        second, other = further_seat(found, at), person("Other", at=at)
        if there:
            sits(second, other)
        else:
            away(second, other)
            add_alternate(second.id, person("Deputy", at=at).id, Period(FOUNDED), actor=OFFICE)
        sits(seat(found, "Free"), person("Nobody's"))
    cast = [name for name, _, _, barred in frozen(opened(found, Voters.INSTITUTIONS)) if barred is None]
    assert cast == ["Other" if there else "Deputy", "Nobody's"]
    if there:
        assert quorum_on(found.id, DEADLINE.date()) == Quorum(2, 2, 1, 0, 0, of_institutions=True, of_all=False)


def test_no_later_merger_new_name_lapse_or_other_alternate_touches_what_was_frozen_and_the_rule_says_so():
    house, twin = do_institution(), do_institution("Harwell Twin", "Twin")
    held = member(house)
    with transaction():
        found = committee()
        place, who = seat(found, "Harwell", by=house), person("Voter", at=house)
        sits(place, who)
        deputy = add_alternate(place.id, person("Deputy", at=house).id, Period(FOUNDED), actor=OFFICE)
        other = person("Other")
    election = opened(found)
    before = db.session.execute(select(ElectionVoter.__table__)).all()
    with clock_at(LATER), transaction():
        withdraw_member(held.id, last_day=date(2016, 7, 15), reason="Left", actor=OFFICE)
        rename_institution(house.id, Naming("Harwell Campus", "HC", date(2016, 7, 20)), actor=OFFICE)
        end_alternate(deputy.id, date(2016, 7, 20), reason=None, actor=OFFICE)
        merge_records(Merging(TwinKind.PERSON, other.id, who.id, "Same"), actor=OFFICE)
    with clock_at(LATER):
        told = [(each.voter.name, each.voter.institution_name, each.since) for each in list_frozen_voters(election)]
    lapsed = "Its membership ended on 15 July 2016, after nominations: votes all the same"
    assert told == [
        ("Elspeth Voter", "Institut Clinique de la Souris", lapsed),
        ("Elspeth Deputy", "Institut Clinique de la Souris", lapsed),
    ]
    with clock_at(LATER), transaction():
        merge_records(Merging(TwinKind.INSTITUTION, twin.id, house.id, "One house"), actor=OFFICE)
    assert db.session.execute(select(ElectionVoter.__table__)).all() == before
    assert [line for finding in run_checks() for line in finding.problems] == []
