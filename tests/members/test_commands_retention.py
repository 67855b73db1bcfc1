"""The daily erasure of those who left long ago: on their day, not before, late or twice or after a crash alike."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, select, update

from app.accounts.commands import grant_by_hand
from app.audit.models import AuditEntry
from app.audit.queries import get_head
from app.core import clock
from app.core.actor import Actor, Granted
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.members.commands import (
    AffiliationFacts,
    PersonFacts,
    add_person,
    adopt_policy,
    affiliate_person,
    end_affiliation,
    erase_if_due,
    keep_person,
    release_person,
    retract_affiliation,
    retract_representation,
)
from app.members.commands.retention import RETENTION
from app.members.models import Affiliation, Institution, Person
from app.members.queries import find_leaver, keeping_months, list_due
from app.members.rules import Policy
from app.outbox.duties import resume_duties
from app.outbox.models import Job
from app.outbox.rules import JobState
from app.outbox.work import Tally, run_due_jobs
from tests.committees.sitting import committee, seat, sits
from tests.members.world import do, institution, on, person, voice

pytestmark = pytest.mark.usefixtures("context")
TODAY = date(2016, 5, 24)
ERASE_DUE = "members.erase_due"
SECRETARIAT = Actor("Sec", 900, (Granted(Role.SECRETARIAT),))


def keeping(months: int, since: date = date(2012, 1, 1)) -> None:
    """The policy that keeps people so long."""
    with on(since):
        do(adopt_policy, since, Policy(keeps_people_months=months))


def left(at: Institution, last_day: date, name: str = "Ferronays") -> Person:
    """Somebody whose place ended on a day, said so on that day."""
    who = person(at, "Thibault", name, email=f"{name.lower()}@ics.example")
    place = db.session.scalars(select(Affiliation).where(Affiliation.person_id == who.id)).one()
    with on(last_day):
        do(end_affiliation, place.id, last_day=last_day)
    return who


def is_erased(who: Person) -> bool:
    """Whether somebody is erased by now."""
    return db.session.scalar(select(Person.erased_at).where(Person.id == who.id)) is not None


def run_on(day: date) -> Tally:
    """A day's work, as the worker does it, with no other daily duty than this one."""
    with on(day):
        resume_duties()
        with transaction():
            db.session.execute(delete(Job).where(Job.kind != ERASE_DUE))
        return run_due_jobs()


def test_somebody_is_erased_on_their_day_and_not_the_day_before():
    keeping(12)
    who = left(institution(), date(2015, 5, 31))
    run_on(date(2016, 5, 31))
    assert not is_erased(who)
    run_on(date(2016, 6, 1))
    assert is_erased(who)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "members.erase_person")).one()
    assert (entry.actor_name, entry.reason) == (
        RETENTION.name,
        "Kept long enough since the last place, seat or role ended",
    )
    assert [problem for finding in run_checks() for problem in finding.problems] == []


@pytest.mark.parametrize("name", ["Long", "Last", "Place", "Seat", "Kept-Enough"])
def test_who_is_called_like_a_word_of_the_reason_is_erased_on_their_day_too(name: str):
    keeping(12)
    who = left(institution(), date(2015, 5, 31), name)
    assert run_on(TODAY + timedelta(days=30)) == Tally(done=1)
    assert is_erased(who)


def test_run_twice_on_a_day_it_erases_once_and_waits_for_the_next():
    keeping(12)
    left(institution(), date(2014, 12, 31))
    assert run_on(TODAY) == Tally(done=1)
    head = get_head()
    assert run_on(TODAY) == Tally()
    assert get_head() == head
    (waits,) = db.session.scalars(select(Job).where(Job.state == JobState.WAITING))
    assert waits.run_at == clock.start_of(TODAY + timedelta(days=1))


def test_run_weeks_late_it_does_all_that_has_come_due_once():
    keeping(12)
    at = institution()
    people = [left(at, date(2015, 5, day), f"Name{day}") for day in (10, 20, 30)]
    run_on(date(2016, 5, 1))
    assert [is_erased(who) for who in people] == [False, False, False]
    assert run_on(date(2016, 7, 1)) == Tally(done=1)
    assert [is_erased(who) for who in people] == [True, True, True]
    assert db.session.scalar(select(func.count()).select_from(Job).where(Job.state == JobState.WAITING)) == 1


def test_after_a_crash_in_the_middle_the_rest_is_done_and_nothing_twice():
    keeping(12)
    at = institution()
    first, second = left(at, date(2015, 1, 31), "First"), left(at, date(2015, 1, 31), "Second")
    run_on(date(2015, 6, 1))
    with on(TODAY), transaction():
        crashed = {
            "state": JobState.RUNNING,
            "tries": 1,
            "unique_key": None,
            "leased_until": clock.now() - timedelta(hours=1),
        }
        db.session.execute(update(Job).where(Job.state == JobState.WAITING).values(crashed))
    do(erase_if_due, first.id, actor=RETENTION)
    assert run_on(TODAY) == Tally(done=1)
    assert (is_erased(first), is_erased(second)) == (True, True)
    erasures = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "members.erase_person")
    assert db.session.scalar(erasures) == 2
    assert db.session.scalar(select(func.count()).select_from(Job).where(Job.state == JobState.WAITING)) == 1


def test_whoever_has_a_place_a_seat_a_role_or_represents_somebody_has_not_left():
    keeping(1)
    at = institution()
    placed, seated, speaking, granted = (left(at, date(2014, 1, 31), name) for name in ("A1", "B1", "C1", "D1"))
    do(affiliate_person, placed.id, AffiliationFacts(at.id, date(2015, 1, 1)))
    with transaction():
        sits(seat(committee()), seated)
    voice(speaking, at, since=date(2014, 6, 1))
    from_hand(granted)
    with on(date(2016, 8, 1)):
        assert [find_leaver(who.id, clock.today()) for who in (placed, seated, speaking, granted)] == [None] * 4
        assert list_due(clock.today()) == []


def from_hand(who: Person) -> None:
    """A role given by hand."""
    do(grant_by_hand, who.user_id, Role.AUDITOR, Period(date(2014, 2, 1)), reason="Audit")


def test_the_months_count_from_the_end_of_the_last_of_all_ties():
    keeping(12)
    at = institution()
    who = left(at, date(2013, 1, 31))
    with on(date(2014, 1, 1)), transaction():
        sits(seat(committee()), who, Period(date(2014, 1, 1), date(2015, 12, 31)))
    found = find_leaver(who.id, TODAY)
    assert found is not None
    assert (found.left_on, found.due_on) == (date(2015, 12, 31), date(2017, 1, 1))


def test_what_was_recorded_late_erases_nobody_unannounced():
    keeping(12)
    at = institution()
    who = left(at, date(2012, 1, 31))
    with on(date(2016, 5, 20)):
        do(affiliate_person, who.id, AffiliationFacts(at.id, date(2012, 6, 1), date(2013, 6, 30)))
    assert list_due(TODAY) == []
    assert list_due(date(2016, 6, 18)) == []
    assert list_due(date(2016, 6, 19)) == [who.id]


def test_who_has_a_tie_taken_back_is_erased_no_sooner_than_after_the_notice():
    keeping(12)
    who = person(institution(), "Thibault", "Ferronays")
    place = db.session.scalars(select(Affiliation).where(Affiliation.person_id == who.id)).one()
    with on(date(2016, 5, 20)):
        do(retract_affiliation, place.id, reason="Never worked there", version=place.version)
    found = find_leaver(who.id, TODAY)
    assert found is not None
    assert (found.left_on, found.due_on) == (clock.local(who.created_at).date(), date(2016, 6, 19))
    assert (list_due(date(2016, 6, 18)), list_due(date(2016, 6, 19))) == ([], [who.id])


def test_a_tie_taken_back_ties_no_longer_and_starts_the_notice_of_who_left_before():
    keeping(12)
    at = institution()
    who = left(at, date(2013, 1, 31))
    role = voice(who, at)
    with on(date(2016, 5, 20)):
        do(retract_representation, role.id, reason="Named by mistake", version=role.version)
    found = find_leaver(who.id, TODAY)
    assert found is not None
    assert (found.left_on, found.due_on) == (date(2013, 1, 31), date(2016, 6, 19))


def test_a_policy_that_keeps_people_shorter_erases_nobody_within_the_notice():
    keeping(120)
    who = left(institution(), date(2014, 1, 31))
    do(adopt_policy, TODAY, Policy(keeps_people_months=1))
    assert (keeping_months(TODAY), keeping_months(date(2016, 6, 22)), keeping_months(date(2016, 6, 23))) == (
        120,
        120,
        1,
    )
    assert (list_due(date(2016, 6, 22)), list_due(date(2016, 6, 23))) == ([], [who.id])


def test_whom_nothing_ever_tied_is_counted_from_the_day_they_were_taken_up():
    keeping(12)
    with on(date(2015, 3, 10)):
        who = do(add_person, PersonFacts("Ada", "Nobody", email="ada@nobody.example"))
    found = find_leaver(who.id, TODAY)
    assert found is not None
    assert (found.left_on, found.due_on) == (date(2015, 3, 10), date(2016, 3, 11))
    assert list_due(TODAY) == [who.id]


def test_who_is_kept_is_erased_the_day_after():
    keeping(12)
    who = left(institution(), date(2014, 1, 31))
    do(keep_person, who.id, last_day=date(2016, 8, 31), reason="A claim of Ferronays is open", actor=SECRETARIAT)
    run_on(date(2016, 8, 31))
    assert not is_erased(who)
    run_on(date(2016, 9, 1))
    assert is_erased(who)
    assert [
        each.reason for each in db.session.scalars(select(AuditEntry)) if "claim" in f"{each.reason}{each.after}"
    ] == []


def test_who_is_released_is_erased_when_the_policy_says():
    keeping(12)
    who = left(institution(), date(2014, 1, 31))
    do(keep_person, who.id, last_day=date(2016, 8, 31), reason="A claim is open", actor=SECRETARIAT)
    do(release_person, who.id, actor=SECRETARIAT)
    assert list_due(TODAY) == [who.id]
    with pytest.raises(DomainError):
        do(release_person, who.id, actor=SECRETARIAT)


def test_only_who_has_left_is_kept_until_a_day_to_come_by_the_secretariat():
    at = institution()
    gone, here = left(at, date(2014, 1, 31)), person(at, "Isolde", "Marchbanks")
    with pytest.raises(DomainError, match="not left"):
        do(keep_person, here.id, last_day=date(2017, 1, 1), reason="x", actor=SECRETARIAT)
    with pytest.raises(DomainError) as caught:
        do(keep_person, gone.id, last_day=TODAY, reason="x", actor=SECRETARIAT)
    assert caught.value.field == "last_day"
    with pytest.raises(AccessDeniedError):
        do(keep_person, gone.id, last_day=date(2017, 1, 1), reason="x", actor=Actor("A", 9, (Granted(Role.AUDITOR),)))


def test_who_came_back_meanwhile_is_not_erased():
    keeping(12)
    at = institution()
    who = left(at, date(2014, 1, 31))
    assert list_due(TODAY) == [who.id]
    do(affiliate_person, who.id, AffiliationFacts(at.id, TODAY))
    do(erase_if_due, who.id, actor=RETENTION)
    assert not is_erased(who)


def test_a_duty_without_a_job_gets_one_and_one_under_way_gets_no_second():
    resume_duties()
    resume_duties()
    kinds = db.session.scalars(select(Job.kind)).all()
    assert kinds.count(ERASE_DUE) == 1
