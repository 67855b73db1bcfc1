"""A departure called off: memberships, representatives and their rights as they were, and what came since stays."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import Grant
from app.audit.models import AuditEntry
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import as_known
from app.members.commands import (
    Admission,
    Merging,
    Notice,
    RepresentationFacts,
    admit_member,
    call_off_departure,
    change_class,
    end_access,
    end_memberships,
    end_representation,
    erase_person,
    give_notice,
    keep_member,
    merge_records,
    name_representative,
    suspend_member,
    withdraw_member,
)
from app.members.models import CaseTask, Departure, Institution, Membership, Representation
from app.members.queries import list_memberships_of, list_representatives
from app.members.rules import Purpose, TwinKind
from tests.conftest import TODAY
from tests.members.world import LAUNCH, OFFICE, class_id, do, institution, member, on, person, problems, voice
from tests.trailed import beside_the_trail

pytestmark = pytest.mark.usefixtures("context")
JUNE, JULY, AUGUST, DECEMBER = date(2016, 6, 30), date(2016, 7, 1), date(2016, 8, 31), date(2016, 12, 31)
Rows = list[tuple[Any, ...]]


@pytest.fixture
def centre() -> Institution:
    """A member that is to be suspended in July and August; one votes for it, another stands in from September on."""
    found = institution()
    joined = member(found)
    with on(date(2016, 3, 1)):
        do(suspend_member, joined.id, first_day=JULY, last_day=AUGUST, reason="Arrears")
        voice(person(found), found)
        stands_in = RepresentationFacts(Purpose.ALTERNATE, date(2016, 9, 1), DECEMBER)
        do(name_representative, found.id, person(found, "Ada", "Moreau").id, stands_in)
    return found


def steps_of(found: Institution, known: datetime | None = None) -> Rows:
    return [
        (step.state.value, step.period.first, step.period.last, step.reason)
        for row in list_memberships_of(found.id, on=TODAY, known=known, actor=OFFICE)
        for step in row.steps
    ]


def voices() -> Rows:
    asked = select(Representation).where(as_known(Representation)).order_by(Representation.id)
    return [(row.id, row.purpose, row.first_day, row.last_day) for row in db.session.scalars(asked)]


def rights() -> dict[int, list[tuple[date, date | None]]]:
    """Of each representation, the days on which its right holds, without seams."""
    found: dict[int, list[tuple[date, date | None]]] = {}
    for grant in db.session.scalars(select(Grant).order_by(Grant.source_id, Grant.first_day)):
        days = found.setdefault(grant.source_id or 0, [])
        if days and days[-1][1] is not None and (grant.first_day - days[-1][1]).days == 1:
            days[-1] = (days[-1][0], grant.last_day)
        else:
            days.append((grant.first_day, grant.last_day))
    return found


def leaving(found: Institution, *, grace_days: int = 30) -> Departure:
    """Its departure with the end of June, memberships and access ended."""
    begun: Departure = do(give_notice, found.id, Notice(JUNE, "Its funding ends", grace_days))
    do(end_memberships, begun.id)
    do(end_access, begun.id)
    return begun


def outcome(departure: Departure, kind: str) -> str:
    asked = select(CaseTask.outcome).where(CaseTask.departure_id == departure.id, CaseTask.kind == kind)
    return db.session.scalar(asked) or ""


def test_all_that_the_steps_of_leaving_took_comes_back(centre: Institution):
    before = steps_of(centre), voices(), rights()
    departure = leaving(centre)
    with on(date(2016, 6, 1)):
        do(call_off_departure, departure.id, reason="New funding")
    assert (steps_of(centre), voices(), rights()) == before
    assert outcome(departure, "term").endswith(
        "Called off: Partner goes on without an end, suspended from 1 July 2016 until 31 August 2016,"
        " active from 1 September 2016."
    )
    assert outcome(departure, "access").endswith("Called off: 2 representatives go on.")
    asked = select(AuditEntry.summary).where(AuditEntry.action == "members.give_back").order_by(AuditEntry.sequence)
    assert [summary.partition(",")[0] for summary in db.session.scalars(asked)] == [
        "L-2016-001: Partner goes on without an end",
        "L-2016-001: 2 representatives go on",
    ]
    actions = set(db.session.scalars(select(AuditEntry.action)))
    assert {"members.call_off_withdrawal", "members.resume_representation", "accounts.grant_role"} <= actions
    assert problems() == []


def test_every_day_of_knowledge_tells_who_represented_it(centre: Institution):
    with on(date(2016, 4, 1)):
        departure = leaving(centre)
    with on(date(2016, 5, 1)):
        do(call_off_departure, departure.id, reason="New funding")
    day = date(2016, 10, 1)
    for known, number in ((date(2016, 3, 15), 2), (date(2016, 4, 15), 0), (date(2016, 5, 15), 2)):
        instant = datetime(known.year, known.month, known.day, tzinfo=UTC)
        assert len(list_representatives(centre.id, on=day, known=instant, actor=OFFICE)) == number
    assert steps_of(centre, datetime(2016, 4, 15, tzinfo=UTC))[-1][0] == "withdrawn"
    assert steps_of(centre) == steps_of(centre, datetime(2016, 3, 15, tzinfo=UTC))


def test_a_withdrawal_said_before_the_departure_stands_again_when_that_is_called_off(centre: Institution):
    (joined,) = db.session.scalars(select(Membership).where(as_known(Membership)))
    do(withdraw_member, joined.id, last_day=DECEMBER, reason="Letter")
    before = steps_of(centre)
    departure = leaving(centre)
    do(call_off_departure, departure.id, reason="Not so soon")
    assert steps_of(centre) == before
    do(keep_member, joined.id, reason="Not at all")
    assert steps_of(centre)[-1][:3] == ("active", date(2016, 9, 1), None)
    assert problems() == []


def test_of_a_departure_begun_in_an_earlier_version_the_membership_is_found(centre: Institution):
    before = steps_of(centre)
    departure = leaving(centre)
    with beside_the_trail():
        task = db.session.scalars(select(CaseTask).where(CaseTask.kind == "term")).one()
        assert task.kept is not None
        (kept,) = task.kept["memberships"]
        task.kept = {"memberships": [{"membership": kept["membership"], "last_day": None}]}
    do(call_off_departure, departure.id, reason="New funding")
    assert steps_of(centre) == before


def test_a_membership_that_goes_on_in_another_class_is_given_back_in_that(centre: Institution):
    (joined,) = db.session.scalars(select(Membership).where(as_known(Membership)))
    departure = leaving(centre)
    do(change_class, joined.id, class_id("funder"), first_day=date(2016, 6, 1), reason="Board")
    do(call_off_departure, departure.id, reason="New funding")
    states = [step[:3] for step in steps_of(centre)]
    assert states[:3] == [
        ("active", date(2016, 6, 1), JUNE),
        ("suspended", JULY, AUGUST),
        ("active", date(2016, 9, 1), None),
    ]
    assert problems() == []


def test_what_somebody_else_has_called_off_and_said_anew_is_left_alone(centre: Institution):
    (joined,) = db.session.scalars(select(Membership).where(as_known(Membership)))
    departure = leaving(centre)
    do(keep_member, joined.id, reason="It stays")
    do(withdraw_member, joined.id, last_day=DECEMBER, reason="A letter of its own")
    before = steps_of(centre)
    do(call_off_departure, departure.id, reason="New funding")
    assert steps_of(centre) == before
    assert "a membership was changed since and stays as it is" in outcome(departure, "term")
    assert problems() == []


def test_a_withdrawal_that_came_sooner_since_is_called_off_first(centre: Institution):
    (joined,) = db.session.scalars(select(Membership).where(as_known(Membership)))
    departure = leaving(centre)
    do(withdraw_member, joined.id, last_day=date(2016, 6, 15), reason="Sooner")
    with pytest.raises(DomainError, match="It withdraws sooner by now, with 15 June 2016: call that off first"):
        do(call_off_departure, departure.id, reason="New funding")
    do(keep_member, joined.id, reason="Not sooner")
    do(call_off_departure, departure.id, reason="New funding")
    assert steps_of(centre)[-1][:3] == ("active", date(2016, 9, 1), None)


def test_a_membership_entered_since_stands_in_the_way_of_calling_off(centre: Institution):
    departure = leaving(centre)
    do(admit_member, centre.id, Admission(class_id("partner"), date(2018, 1, 1)))
    before = steps_of(centre), voices(), rights()
    with pytest.raises(DomainError, match="a member of this class from 1 January 2018"):
        do(call_off_departure, departure.id, reason="New funding")
    assert (steps_of(centre), voices(), rights()) == before


def test_who_votes_by_now_goes_on_voting_and_the_case_says_who_does_not(centre: Institution):
    departure = leaving(centre, grace_days=0)
    new = voice(person(centre, "Ines", "Duarte"), centre, since=JULY, until=DECEMBER)
    do(call_off_departure, departure.id, reason="New funding")
    told = outcome(departure, "access")
    assert "Called off: 1 representative goes on" in told
    assert "Voting representative not given back: Another person votes for the institution until 31 Dec" in told
    voters = [row for row in voices() if row[1] is Purpose.VOTING]
    assert [(row[0] == new.id, row[3]) for row in voters] == [(False, JUNE), (True, DECEMBER)]
    assert problems() == []


def test_who_was_erased_meanwhile_does_not_come_back_and_holds_nothing_up(centre: Institution):
    departure = leaving(centre, grace_days=0)
    gone = db.session.scalars(
        select(Representation).where(Representation.purpose == Purpose.VOTING, as_known(Representation))
    ).one()
    do(end_representation, gone.id, last_day=date(2016, 5, 23))
    db.session.expire_all()
    do(erase_person, gone.person_id, reason="Asked for it")
    do(call_off_departure, departure.id, reason="New funding")
    assert "1 representative goes on; 1 was changed since and stays as it is" in outcome(departure, "access")
    assert problems() == []


def test_who_was_merged_into_another_goes_on_as_that_one(centre: Institution):
    departure = leaving(centre)
    gone = db.session.scalars(
        select(Representation).where(Representation.purpose == Purpose.VOTING, as_known(Representation))
    ).one()
    survivor = person(institution("Aviary", "AV", country="GB"), "Thibault", "Ferronays-Roux")
    do(merge_records, Merging(TwinKind.PERSON, survivor.id, gone.person_id, "The same"))
    do(call_off_departure, departure.id, reason="New funding")
    (back,) = [row for row in db.session.scalars(select(Representation).where(as_known(Representation)))
               if row.purpose is Purpose.VOTING]  # fmt: skip
    assert (back.person_id, back.first_day, back.last_day) == (survivor.id, date(2011, 9, 24), None)
    assert back.first_day == LAUNCH
    assert problems() == []
