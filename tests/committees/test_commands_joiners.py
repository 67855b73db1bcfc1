"""The seats of who joins and of who leaves."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from app.accounts.models import Grant
from app.accounts.rules import GrantSource
from app.audit.models import AuditEntry
from app.committees.commands import SeatValues, add_seat, free_seats, give_seats
from app.committees.models import Appointment, Committee, Seat
from app.committees.queries import list_seat_offers
from app.committees.queries.leavers import list_freed_seats
from app.committees.rules import SeatKind
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import as_known
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.members.commands import (
    Admission,
    InstitutionFacts,
    Notice,
    change_class,
    choose_institution,
    correct_class,
    end_grace,
    end_memberships,
    give_notice,
    give_term,
    name_applicants,
    retract_membership,
    take_up_applicant,
    withdraw_application,
    withdraw_member,
)
from app.members.models import Applicant, Application, Institution, Person, Representation
from app.members.rules import InstitutionKind, Purpose
from app.outbox.duties import resume_duties
from app.outbox.models import Mail
from app.outbox.work import run_due_jobs
from tests.committees.sitting import committee, seat, sits
from tests.conftest import TODAY
from tests.members.applying import VOTER, admitted, officer
from tests.members.world import LAUNCH, OFFICE, class_id, do, institution, member, on, person, voice

pytestmark = pytest.mark.usefixtures("context")
FJORD = InstitutionFacts("Fjord Mouse Clinic", "FMC", InstitutionKind.RESEARCH_CENTRE, "NO")
JUNE, JULY, AUGUST = date(2016, 6, 30), date(2016, 7, 30), date(2016, 8, 1)


def joined() -> Application:
    mine = officer()
    case = admitted(mine)
    do(take_up_applicant, case.id, FJORD, actor=mine)
    do(give_term, case.id, Admission(case.class_id, TODAY), actor=mine)
    do(name_applicants, case.id, {}, actor=mine)
    return case


def steering_committee() -> Committee:
    """A committee where a member of old has a seat nobody sits on."""
    known = institution()
    with transaction():
        found = committee("Steering Committee", Role.COMMITTEE_MEMBER)
        seat(found, "ICS", known)
    return found


def test_committees_where_the_class_sits_are_offered_with_how_many():
    known = institution()
    member(known)
    with transaction():
        steering, other = committee("Steering Committee"), committee("Finance Committee")
        seat(steering, "ICS", known)
        seat(other, "Elected")
    offers = list_seat_offers(class_id("partner"), OFFICE)
    assert [(each.committee, each.of_class, each.members) for each in offers] == [("Steering Committee", 1, 1)]


def test_the_voting_representative_sits_on_the_new_seat_from_the_first_day_and_once():
    steering, case = steering_committee(), joined()
    task = do(give_seats, case.id, [steering.id], offered=[steering.id])
    assert task.outcome == "A seat on Steering Committee."
    added = db.session.scalars(select(Seat).where(Seat.institution_id == case.institution_id)).one()
    assert (added.institution_id, added.first_day, added.votes) == (case.institution_id, TODAY, True)
    (held,) = db.session.scalars(select(Appointment)).all()
    assert (held.first_day, held.decision) == (TODAY, "D-2016-014")
    with pytest.raises(DomainError, match="done already"):
        do(give_seats, case.id, [steering.id], offered=[steering.id])


def test_a_seat_that_was_added_for_it_by_hand_is_the_one_it_gets():
    steering, case = steering_committee(), joined()
    with transaction():
        values = SeatValues(SeatKind.INSTITUTION, "Theirs", Period(TODAY), institution_id=case.institution_id)
        added = add_seat(steering.id, values, actor=OFFICE)
    assert do(give_seats, case.id, [steering.id], offered=[steering.id]).outcome == f"A seat on {steering.name}."
    asked = select(Seat.id).where(Seat.institution_id == case.institution_id)
    assert db.session.scalars(asked).all() == [added.id]
    (held,) = db.session.scalars(select(Appointment)).all()
    assert (held.seat_id, held.first_day) == (added.id, TODAY)


def test_who_sits_on_a_seat_already_stays_on_it():
    steering, case = steering_committee(), joined()
    other = person(db.session.get_one(Institution, case.institution_id))
    with transaction():
        values = SeatValues(SeatKind.INSTITUTION, "Theirs", Period(TODAY), institution_id=case.institution_id)
        sits(add_seat(steering.id, values, actor=OFFICE), other, Period(TODAY))
    do(give_seats, case.id, [steering.id], offered=[steering.id])
    assert [each.person_id for each in db.session.scalars(select(Appointment))] == [other.id]


def test_who_comes_back_within_its_grace_goes_on_without_the_end_that_its_leaving_set():
    steering, mine, back = steering_committee(), officer(), date(2016, 6, 1)
    known = institution("Fjord Mouse Clinic", "FMC", country="NO")
    member(known, until=date(2016, 5, 10))
    who = person(known, "Ingrid", "Solberg", email="ingrid@fjord.example")
    voice(who, known, until=JUNE)
    with transaction():
        values = SeatValues(SeatKind.INSTITUTION, "Theirs", Period(LAUNCH, JUNE), institution_id=known.id)
        sits(add_seat(steering.id, values, actor=OFFICE), who, Period(LAUNCH, JUNE))
    case = admitted(mine, people=(VOTER,))
    do(choose_institution, case.id, known.id, actor=mine)
    do(give_term, case.id, Admission(case.class_id, back), actor=mine)
    (applicant,) = db.session.scalars(select(Applicant.id)).all()
    do(name_applicants, case.id, {applicant: who.id}, actor=mine)
    do(give_seats, case.id, [steering.id], offered=[steering.id])
    (spoken,) = db.session.scalars(select(Representation).where(as_known(Representation))).all()
    assert (spoken.first_day, spoken.last_day) == (LAUNCH, None)
    for model in (Seat, Appointment):
        days = db.session.execute(select(model.first_day, model.last_day).order_by(model.id.desc()).limit(1)).one()
        assert days == (date(2016, 7, 1), None)
    rights = set(db.session.execute(select(Grant.role, Grant.last_day).where(Grant.first_day == date(2016, 7, 1))))
    assert rights == {(Role.REPRESENTATIVE, None), (Role.COMMITTEE_MEMBER, None)}


@pytest.mark.parametrize(("verb", "more"), [(change_class, {"first_day": TODAY}), (correct_class, {})])
def test_who_is_in_another_class_by_now_joins_in_that_and_its_seat_votes_as_that_does(verb, more):
    steering, case = steering_committee(), joined()
    do(verb, case.membership_id, class_id("observer"), reason="As it asked", **more)
    do(give_seats, case.id, [steering.id], offered=[steering.id])
    added = db.session.scalars(select(Seat).where(Seat.institution_id == case.institution_id)).one()
    assert (added.votes, case.class_id) == (False, class_id("observer"))
    with pytest.raises(DomainError, match="It is a member from 24 May 2016 on"):
        do(withdraw_application, case.id, reason="Changed its mind")


def test_whose_membership_is_taken_back_joins_no_further():
    steering, case = steering_committee(), joined()
    do(retract_membership, case.membership_id, reason="Entered by mistake")
    with pytest.raises(DomainError, match="taken back, or never began: record that the application is withdrawn"):
        do(give_seats, case.id, [steering.id], offered=[steering.id])
    do(withdraw_application, case.id, reason="Entered by mistake")


def test_a_committee_where_the_voting_representative_sits_already_is_named():
    steering, case = steering_committee(), joined()
    voter = select(Person).join(Representation).where(Representation.purpose == Purpose.VOTING)
    with transaction():
        sits(seat(steering, "Elected"), db.session.scalars(voter).one(), Period(TODAY))
    with pytest.raises(DomainError, match=r"^Steering Committee: This person sits on seat 2") as caught:
        do(give_seats, case.id, [steering.id], offered=[steering.id])
    assert caught.value.field == "committees"


def test_a_committee_that_was_not_offered_gets_no_seat():
    steering, case = steering_committee(), joined()
    with transaction():
        other = committee("Finance Committee")
    for wrong in (other.id, 10**30):
        with pytest.raises(DomainError, match="others by now"):
            do(give_seats, case.id, [wrong], offered=[steering.id])


def test_seats_and_rights_end_after_the_grace_and_once():
    steering, case = steering_committee(), joined()
    do(give_seats, case.id, [steering.id], offered=[steering.id])
    begun = do(give_notice, case.institution_id, Notice(JUNE, "Its funding ends", grace_days=30))
    do(end_memberships, begun.id)
    with pytest.raises(DomainError, match="This is done from 1 July 2016 on"):
        do(free_seats, begun.id)
    with on(AUGUST):
        assert do(free_seats, begun.id).outcome == "1 seat and 1 term end with 30 July 2016."
        with pytest.raises(DomainError, match="done already"):
            do(free_seats, begun.id)
    theirs = Seat.institution_id == case.institution_id
    assert db.session.scalars(select(Seat.last_day).where(theirs)).all() == [JULY]
    current = select(Appointment.last_day).where(Appointment.superseded_at.is_(None))
    assert db.session.scalars(current).all() == [JULY]
    rights = select(Grant.last_day).where(Grant.source == GrantSource.APPOINTMENT)
    assert set(db.session.scalars(rights)) <= {JULY}


def test_an_institution_without_seats_frees_none():
    found = institution()
    member(found)
    begun = do(give_notice, found.id, Notice(JUNE, "Its funding ends"))
    do(end_memberships, begun.id)
    with on(AUGUST):
        assert do(free_seats, begun.id).outcome == "It filled no seat."


def test_a_seat_given_for_days_after_the_grace_keeps_who_is_to_sit_on_it():
    found = institution()
    ann = person(found)
    member(found)
    begun = do(give_notice, found.id, Notice(JUNE, "Its funding ends", grace_days=30))
    do(end_memberships, begun.id)
    with transaction():
        board, term = committee("Advisory Board"), Period(date(2016, 9, 1))
        guest = add_seat(
            board.id, SeatValues(SeatKind.INSTITUTION, "Guest", term, institution_id=found.id), actor=OFFICE
        )
        sits(guest, ann, term)
    with on(AUGUST):
        assert list_freed_seats(begun, OFFICE) == []
        assert do(free_seats, begun.id).outcome == "It filled no seat."
    assert db.session.scalars(select(Appointment.last_day)).all() == [None]


def test_who_was_to_sit_from_a_day_after_the_grace_on_never_does():
    found = institution()
    ann = person(found)
    member(found)
    with transaction():
        sits(seat(committee(grants_role=Role.COMMITTEE_MEMBER), "ICS", found), ann, Period(date(2016, 9, 1)))
    begun = do(give_notice, found.id, Notice(JUNE, "Its funding ends", grace_days=30))
    do(end_memberships, begun.id)
    with on(AUGUST):
        assert [each.last_day for each in list_freed_seats(begun, OFFICE)] == [JULY]
        freed = "1 seat ends with 30 July 2016. 1 term from after 30 July 2016 taken back."
        assert do(free_seats, begun.id).outcome == freed
    current = select(Appointment.id).where(Appointment.superseded_at.is_(None))
    assert db.session.scalars(current).all() == []
    rights = select(Grant.id).where(Grant.source == GrantSource.APPOINTMENT)
    assert db.session.scalars(rights).all() == []


def run_on(day: date) -> None:
    with on(day):
        resume_duties()
        run_due_jobs()


def lapsing() -> tuple[Institution, Person]:
    """A member until the end of June without days of grace, with somebody who sits for it on two committees."""
    found = institution()
    who = person(found)
    with on(LAUNCH):
        member(found, until=JUNE)
    with transaction():
        for name in ("Steering Committee", "Finance Committee"):
            sits(seat(committee(name, Role.COMMITTEE_MEMBER), "ICS", found), who)
    return found, who


def test_a_lapsed_membership_frees_its_seats_after_the_grace_with_notice():
    lapsing()
    run_on(JUNE)
    assert set(db.session.scalars(select(Seat.last_day))) == {None}
    run_on(AUGUST)
    ended = db.session.execute(select(Seat.last_day, Seat.version).order_by(Seat.id)).all()
    assert [tuple(each) for each in ended] == [(JUNE, 2)] * 2  # A form filled before is stale.
    current = select(Appointment.last_day, Appointment.end_reason).where(Appointment.superseded_at.is_(None))
    reason = "No membership, and the grace was over on 30 June 2016"
    assert [tuple(row) for row in db.session.execute(current)] == [(JUNE, reason)] * 2
    assert set(db.session.scalars(select(Grant.last_day).where(Grant.source == GrantSource.APPOINTMENT))) == {JUNE}
    (mail,) = db.session.scalars(select(Mail)).all()
    assert "- Member, Steering Committee\n- Member, Finance Committee\n" in mail.body
    assert [problem for finding in run_checks() for problem in finding.problems] == []


def test_seats_are_freed_once_however_often_the_round_comes():
    lapsing()
    run_on(JULY)
    done = db.session.scalar(select(func.count()).select_from(AuditEntry))
    with on(JULY):
        end_grace()
    run_on(AUGUST)
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == done
    assert len(db.session.scalars(select(Mail)).all()) == 1


def test_a_seat_given_after_the_grace_stays_and_a_term_that_was_to_begin_later_never_does():
    found, who = lapsing()
    with transaction():
        board = committee("Board")
        sits(seat(board, "ICS", found), who, Period(date(2016, 9, 1)))
    run_on(AUGUST)
    assert not db.session.scalars(
        select(Appointment.id).where(Appointment.first_day == date(2016, 9, 1), Appointment.superseded_at.is_(None))
    ).all()
    with on(AUGUST), transaction():
        values = SeatValues(SeatKind.INSTITUTION, "ICS again", Period(AUGUST), institution_id=found.id)
        sits(add_seat(board.id, values, actor=OFFICE), who, Period(AUGUST))
    run_on(date(2016, 9, 2))
    assert db.session.scalars(select(Seat.last_day).where(Seat.first_day == AUGUST)).all() == [None]
    standing = select(Appointment.last_day).where(Appointment.first_day == AUGUST, Appointment.superseded_at.is_(None))
    assert db.session.scalars(standing).all() == [None]


def test_who_was_to_sit_for_a_membership_that_never_began_never_does():
    steering, mine = steering_committee(), officer()
    case = admitted(mine)
    do(take_up_applicant, case.id, FJORD, actor=mine)
    do(give_term, case.id, Admission(case.class_id, AUGUST), actor=mine)
    do(name_applicants, case.id, {}, actor=mine)
    do(give_seats, case.id, [steering.id], offered=[steering.id])
    do(withdraw_member, case.membership_id, last_day=TODAY, reason="Another plan")
    run_on(JUNE)
    assert not db.session.scalars(select(Appointment.id).where(as_known(Appointment))).all()
    assert not db.session.scalars(select(Grant.id).where(Grant.source == GrantSource.APPOINTMENT)).all()


def test_who_was_to_sit_before_the_notice_on_a_seat_that_begins_after_it_never_does():
    found, later = institution(), Period(date(2016, 9, 1))
    member(found)
    who = person(found)
    with on(date(2016, 5, 1)), transaction():
        values = SeatValues(SeatKind.INSTITUTION, "Theirs", later, institution_id=found.id)
        sits(add_seat(committee("Board").id, values, actor=OFFICE), who, later)
    begun = do(give_notice, found.id, Notice(JUNE, "Its funding ends"))
    do(end_memberships, begun.id)
    with on(AUGUST):
        assert [(each.committee, each.last_day) for each in list_freed_seats(begun, OFFICE)] == [("Board", None)]
        assert do(free_seats, begun.id).outcome == "1 term from after 30 June 2016 taken back."


def test_a_renewed_member_and_one_that_is_leaving_keep_their_seats():
    found, _ = lapsing()
    with on(JUNE):
        do(give_notice, found.id, Notice(JUNE, "Its funding ends", grace_days=90))
    run_on(AUGUST)
    assert set(db.session.scalars(select(Seat.last_day))) == {None}
    stays = institution("Elsewhere", "ELS")
    who = person(stays, "Ann", "Lee")
    member(stays)
    with transaction():
        sits(seat(committee("Board"), "ELS", stays), who)
    run_on(date(2016, 8, 2))
    assert set(db.session.scalars(select(Seat.last_day))) == {None}
