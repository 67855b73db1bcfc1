"""The seats of who joins and of who leaves."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.accounts.models import Grant
from app.accounts.rules import GrantSource
from app.committees.commands import free_seats, give_seats
from app.committees.models import Appointment, Seat
from app.committees.queries import list_seat_offers
from app.core.database import db
from app.core.errors import DomainError
from app.core.permissions import Role
from app.core.transaction import transaction
from app.members.commands import (
    Admission,
    InstitutionFacts,
    Notice,
    end_memberships,
    give_notice,
    give_term,
    name_applicants,
    take_up_applicant,
)
from app.members.models import Application
from app.members.rules import InstitutionKind
from tests.committees.sitting import committee, seat
from tests.conftest import TODAY
from tests.members.applying import admitted, officer
from tests.members.world import OFFICE, class_id, do, institution, member, on

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
    with transaction():
        steering = committee("Steering Committee", Role.COMMITTEE_MEMBER)
    case = joined()
    task = do(give_seats, case.id, [steering.id])
    assert task.outcome == "A seat on Steering Committee."
    (added,) = db.session.scalars(select(Seat)).all()
    assert (added.institution_id, added.first_day, added.votes) == (case.institution_id, TODAY, True)
    (held,) = db.session.scalars(select(Appointment)).all()
    assert (held.first_day, held.decision) == (TODAY, "D-2016-014")
    with pytest.raises(DomainError, match="done already"):
        do(give_seats, case.id, [steering.id])


def test_seats_and_rights_end_after_the_grace_and_once():
    with transaction():
        steering = committee("Steering Committee", Role.COMMITTEE_MEMBER)
    case = joined()
    do(give_seats, case.id, [steering.id])
    begun = do(give_notice, case.institution_id, Notice(JUNE, "Its funding ends", grace_days=30))
    do(end_memberships, begun.id)
    with pytest.raises(DomainError, match="This is done from 1 July 2016 on"):
        do(free_seats, begun.id)
    with on(AUGUST):
        assert do(free_seats, begun.id).outcome == "1 seat and 1 term end with 30 July 2016."
        with pytest.raises(DomainError, match="done already"):
            do(free_seats, begun.id)
    assert db.session.scalars(select(Seat.last_day)).all() == [JULY]
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
