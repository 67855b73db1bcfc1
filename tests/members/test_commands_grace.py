"""When the grace of a membership is over, who acted for the institution acts no more: run late, or twice, alike."""

from __future__ import annotations

from datetime import date

import pytest
from flask.ctx import AppContext
from sqlalchemy import func, select

from app.accounts.models import Grant
from app.audit.models import AuditEntry
from app.core.actor import Actor, Granted
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError
from app.core.permissions import Role
from app.core.verification import run_checks
from app.members.commands import (
    Admission,
    Ended,
    GraceOver,
    GraceStep,
    Notice,
    add_class,
    admit_member,
    call_off_departure,
    change_class,
    correct_last_day,
    end_access,
    end_after_grace,
    end_grace,
    end_memberships,
    give_notice,
    keep_member,
    register_grace_step,
    renew_member,
    withdraw_member,
)
from app.members.commands.grace import GRACE, _steps
from app.members.models import Institution, Membership, MembershipClass, Person, Representation
from app.members.queries import list_representatives, most_grace_days
from app.members.rules import ClassFacts, Purpose, TermKind, TermRule
from app.outbox.commands import HopelessError
from app.outbox.duties import resume_duties
from app.outbox.models import Mail
from app.outbox.work import Tally, run_due_jobs
from tests.members.world import LAUNCH, OFFICE, do, institution, member, on, person, voice
from tests.trailed import beside_the_trail

LAST, JULY = date(2016, 6, 30), date(2016, 7, 1)
OVER, AFTER, LATER = date(2016, 7, 30), date(2016, 7, 31), date(2016, 9, 1)
YEARLY = TermRule(TermKind.FIXED, 12, 7, 1)


def a_class(name: str = "Institutional", grace_days: int = 30) -> int:
    added: MembershipClass = do(
        add_class, ClassFacts(name, votes=True, is_billed=True, term=YEARLY, grace_days=grace_days)
    )
    return added.id


def joined(of: Institution, class_id: int, first_day: date = LAUNCH, last_day: date | None = LAST) -> Membership:
    with on(first_day):
        admitted: Membership = do(admit_member, of.id, Admission(class_id, first_day, last_day, "Letter"))
    return admitted


@pytest.fixture
def centre(context: AppContext) -> Institution:
    """An institution with somebody who votes and is billed for it."""
    assert context is not None
    found = institution()
    who = person(found)
    voice(who, found)
    voice(who, found, Purpose.BILLING)
    return found


@pytest.fixture
def membership(centre: Institution) -> Membership:
    """Its membership until the end of June, with 30 days of grace."""
    return joined(centre, a_class())


def run_on(day: date) -> Tally:
    """A day's work, as the worker does it."""
    with on(day):
        resume_duties()
        return run_due_jobs()


def acting(of: Institution, day: date) -> list[Purpose]:
    return [row.purpose for row in list_representatives(of.id, on=day, actor=OFFICE)]


def acts_on(of: Institution) -> bool:
    return bool(acting(of, date(2030, 1, 1)))


def mails() -> list[Mail]:
    return list(db.session.scalars(select(Mail).where(Mail.subject.endswith("has ended")).order_by(Mail.id)))


def endings() -> int:
    asked = select(func.count()).where(AuditEntry.action == "members.end_representation")
    return db.session.scalar(asked) or 0


@pytest.mark.usefixtures("membership")
def test_who_acts_for_it_stops_with_the_last_day_of_grace_and_not_a_day_before(centre: Institution):
    run_on(OVER)
    assert acts_on(centre)
    run_on(AFTER)
    assert acting(centre, OVER) == [Purpose.VOTING, Purpose.BILLING]
    assert acting(centre, AFTER) == []
    assert set(db.session.scalars(select(Grant.last_day))) == {OVER}
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "members.end_representation")).first()
    assert entry is not None
    assert (entry.actor_name, entry.reason) == (GRACE.name, "No membership, and the grace was over on 30 July 2016")
    assert [problem for finding in run_checks() for problem in finding.problems] == []


@pytest.mark.usefixtures("centre", "membership")
def test_whom_it_concerns_gets_one_mail_with_all_that_ended():
    run_on(AFTER)
    (mail,) = mails()
    assert (mail.to_name, mail.subject) == ("Thibault Ferronays", "ICS: the membership has ended")
    assert "over on 30 July 2016" in mail.body
    assert "- Voting representative\n- Billing contact\n" in mail.body


@pytest.mark.usefixtures("membership")
def test_run_late_it_ends_with_the_same_day_and_run_again_it_does_nothing(centre: Institution):
    run_on(LATER)
    assert acting(centre, OVER)
    assert not acting(centre, AFTER)
    done = endings()
    with on(LATER):
        end_grace()
        do(end_after_grace, centre.id)
    run_on(date(2016, 9, 2))
    assert (endings(), len(mails())) == (done, 1)


def test_after_a_renewal_a_later_last_day_or_another_class_it_does_nothing(centre: Institution):
    renewed = joined(centre, a_class())
    with on(date(2016, 7, 15)):
        do(renew_member, renewed.id, reason="Letter")
    run_on(LATER)
    assert acts_on(centre)
    with on(LATER):
        do(change_class, renewed.id, a_class("Other", 0), first_day=LATER, reason="Decision")
    run_on(date(2016, 12, 1))
    assert acts_on(centre)
    run_on(date(2017, 7, 1))
    assert not acts_on(centre)


@pytest.mark.usefixtures("membership")
def test_another_membership_or_one_to_come_keeps_everything(centre: Institution):
    member(centre, since=date(2016, 10, 1))
    run_on(LATER)
    assert acts_on(centre)


def test_the_longest_grace_of_its_memberships_counts(centre: Institution):
    joined(centre, a_class("Short", 0))
    joined(centre, a_class("Long", 60))
    run_on(date(2016, 8, 29))
    assert acts_on(centre)
    run_on(date(2016, 8, 30))
    assert not acts_on(centre)


def test_a_withdrawal_ends_it_too_and_one_called_off_does_not(centre: Institution):
    withdrawn = joined(centre, a_class(grace_days=0))
    with on(date(2016, 5, 1)):
        do(withdraw_member, withdrawn.id, last_day=date(2016, 5, 31), reason="Notice")
        do(keep_member, withdrawn.id, reason="It stays")
    run_on(date(2016, 6, 1))
    assert acts_on(centre)
    with on(date(2016, 6, 2)):
        do(withdraw_member, withdrawn.id, last_day=date(2016, 6, 10), reason="Notice")
    run_on(date(2016, 6, 11))
    assert not acts_on(centre)


def test_a_last_day_corrected_to_earlier_ends_it_on_the_next_round(centre: Institution, membership: Membership):
    with on(date(2016, 6, 1)):
        do(correct_last_day, membership.id, last_day=date(2016, 4, 30), reason="Typed wrongly")
    run_on(date(2016, 6, 2))
    assert acting(centre, date(2016, 5, 30))
    assert not acting(centre, date(2016, 5, 31))


@pytest.mark.usefixtures("membership")
def test_who_was_to_begin_after_the_grace_never_does_and_who_is_named_after_it_stays(centre: Institution):
    who = person(centre, "Ann", "Lee")
    with on(LAUNCH):
        do_later = voice(who, centre, Purpose.TECHNICAL, since=LAUNCH, until=LAST)
    assert do_later.last_day == LAST
    planned = Representation(
        institution_id=centre.id,
        person_id=who.id,
        purpose=Purpose.ALTERNATE,
        rank=1,
        first_day=LATER,
        recorded_at=do_later.recorded_at,
    )
    with beside_the_trail():
        db.session.add(planned)
    run_on(AFTER)
    assert not acts_on(centre)
    db.session.refresh(planned)
    assert (planned.last_day, planned.superseded_at is not None) == (None, True)
    voice(who, centre, Purpose.BILLING, since=LATER)
    run_on(date(2016, 9, 2))
    assert acting(centre, date(2030, 1, 1)) == [Purpose.BILLING]


def test_a_departure_under_way_does_it_itself(centre: Institution, membership: Membership):
    begun = do(give_notice, centre.id, Notice(LAST, "Its funding ends", grace_days=90))
    do(end_memberships, begun.id)
    run_on(LATER)
    assert acts_on(centre)
    with on(LATER):
        do(end_access, begun.id)
    run_on(date(2016, 9, 2))
    assert acting(centre, date(2016, 9, 28))
    assert not acting(centre, date(2016, 9, 29))
    assert (mails(), membership.last_day) == ([], LAST)


def test_a_departure_called_off_leaves_nothing_to_end(centre: Institution):
    member(centre)
    begun = do(give_notice, centre.id, Notice(LAST, "Its funding ends"))
    do(end_memberships, begun.id)
    with on(LAST):
        do(call_off_departure, begun.id, reason="New funding")
    run_on(LATER)
    assert acts_on(centre)


def test_who_never_was_a_member_keeps_its_contacts(centre: Institution):
    run_on(LATER)
    assert acts_on(centre)


@pytest.mark.usefixtures("membership")
def test_somebody_without_an_address_gets_no_mail_and_loses_the_right_all_the_same(centre: Institution):
    with beside_the_trail():
        db.session.scalars(select(Person)).one().email = None
    run_on(AFTER)
    assert not acts_on(centre)
    assert mails() == []


@pytest.mark.usefixtures("membership")
def test_a_feature_can_add_what_ends_and_is_asked_once_for_all(centre: Institution):
    asked: list[GraceOver] = []

    def end(over: GraceOver, _actor: Actor) -> list[Ended]:
        asked.append(over)
        return []

    step = register_grace_step(GraceStep(lambda _day: {centre.id}, end))
    try:
        run_on(AFTER)
    finally:
        _steps.remove(step)
    assert [(over.institution_id, over.last_day) for over in asked] == [(centre.id, OVER)]


def test_one_that_is_refused_keeps_no_other_and_is_whole_in_itself(centre: Institution):
    joined(centre, a_class())
    other = institution("Elsewhere", "ELS")
    voice(person(other, "Ann", "Lee"), other)
    joined(other, a_class("Other"))

    def refuse(over: GraceOver, _actor: Actor) -> list[Ended]:
        if over.institution_id == centre.id:
            raise DomainError("Not yet.")
        return []

    step = register_grace_step(GraceStep(lambda _day: set(), refuse))
    try:
        with on(AFTER), pytest.raises(HopelessError, match=f"Institution {centre.id}: Not yet"):
            end_grace()
    finally:
        _steps.remove(step)
    assert (acts_on(centre), acts_on(other)) == (True, False)
    assert [mail.to_name for mail in mails()] == ["Ann Lee"]
    with on(AFTER):
        end_grace()
    assert not acts_on(centre)


@pytest.mark.usefixtures("membership")
def test_only_who_administers_memberships_may_do_it_by_hand(centre: Institution):
    with pytest.raises(AccessDeniedError):
        do(end_after_grace, centre.id, actor=Actor("Rose", 7, (Granted(Role.AUDITOR),)))


def test_the_most_grace_of_the_present_classes_is_known(centre: Institution):
    assert most_grace_days(centre.id, LAST, OFFICE) == 0
    joined(centre, a_class("Short", 10))
    joined(centre, a_class("Long", 60), last_day=date(2016, 5, 31))
    assert [most_grace_days(centre.id, day, OFFICE) for day in (date(2016, 5, 31), LAST, JULY)] == [60, 10, 0]
