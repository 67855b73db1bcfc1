"""People, institutions and committees for tests, made by the commands everyone uses."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any

from sqlalchemy import select

from app.accounts.commands import Machine, start_session
from app.accounts.models import Grant
from app.accounts.routes import TOKEN_KEY
from app.accounts.rules import GrantSource
from app.committees.commands import (
    Adoption,
    AppointmentValues,
    CommitteeValues,
    SeatValues,
    add_seat,
    adopt_bylaws,
    appoint,
    check_follows,
    fill_following,
    found_committee,
)
from app.committees.models import Appointment, Bylaws, Committee, Seat
from app.committees.rules import BylawFacts, CommitteeKind, Office, SeatKind
from app.core.actor import program
from app.core.clock import clock_at
from app.core.database import db
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.members.commands import AffiliationFacts, InstitutionFacts, PersonFacts, add_institution, add_person
from app.members.models import Institution, Person
from app.members.rules import InstitutionKind
from tests.client import Browser

OFFICE = program("test")
FOUNDED = date(2011, 9, 24)
TODAY = date(2016, 5, 24)
TERM = Period(date(2015, 1, 1), date(2017, 12, 31))
numbers = count(1)


def institution(name: str = "MRC Harwell", short_name: str = "Harwell") -> Institution:
    """An institution on record."""
    facts = InstitutionFacts(name=name, short_name=short_name, kind=InstitutionKind.RESEARCH_CENTRE, country="GB")
    return add_institution(facts, actor=OFFICE)


def person(family_name: str = "Marrow", at: Institution | None = None, since: date = FOUNDED) -> Person:
    """A person on record, at an institution where one is named."""
    facts = PersonFacts("Elspeth", family_name, email=f"person{next(numbers)}@muster.example")
    place = AffiliationFacts(at.id, since) if at else None
    return add_person(facts, affiliation=place, actor=OFFICE)


def committee(name: str = "Finance Committee", grants_role: Role | None = None, parent: int | None = None) -> Committee:
    """A standing committee."""
    values = CommitteeValues(
        name=name,
        kind=CommitteeKind.STANDING,
        founded_on=FOUNDED,
        parent_id=parent,
        grants_role=grants_role,
        remit="Advises on fees and budget.",
    )
    return found_committee(values, actor=OFFICE)


def seat(of: Committee, label: str = "Elected member", by: Institution | None = None, *, votes: bool = True) -> Seat:
    """A seat, filled by an institution where one is named."""
    kind = SeatKind.INSTITUTION if by else SeatKind.ELECTED
    values = SeatValues(kind, label, Period(FOUNDED), votes=votes, institution_id=by.id if by else None)
    return add_seat(of.id, values, actor=OFFICE)


def further_seat(of: Committee, by: Institution) -> Seat:
    """One more seat of an institution that has one: nobody adds such a one any more, but there are some from before."""
    added = seat(of, f"Further seat of {by.short_name}")
    added.kind, added.institution_id = SeatKind.INSTITUTION, by.id
    db.session.flush()
    return added


def sits(on: Seat, who: Person, term: Period = TERM, office: Office = Office.MEMBER) -> Appointment:
    """An appointment to a seat."""
    return appoint(on.id, AppointmentValues(who.id, term, office, decision="SC-2014-007"), actor=OFFICE)


def adopted(of: Committee, first_day: date = FOUNDED, **facts: Any) -> Bylaws:
    """Bylaws in force from a day on, adopted on that day: terms of three years where nothing else is said."""
    with clock_at(datetime.combine(first_day, time(9), UTC)):
        return adopt_bylaws(of.id, BylawFacts(**({"term_months": 36} | facts)), Adoption(first_day), actor=OFFICE)


def following(of: Committee, office: Office, *, on: Committee, since: date = FOUNDED) -> Seat:
    """A seat on a committee that follows an office of another one."""
    check_follows(on.id, of.id, office)
    place = add_seat(on.id, SeatValues(SeatKind.EX_OFFICIO, "By office", Period(since)), actor=OFFICE)
    place.follows_committee_id, place.follows_office = of.id, office
    fill_following(place, OFFICE)
    return place


def rights_of(appointment: Appointment, source: GrantSource = GrantSource.APPOINTMENT) -> set[Any]:
    """The roles an appointment gives, each with its days."""
    asked = select(Grant).where(Grant.source == source, Grant.source_id == appointment.id)
    return {(each.role, each.first_day, each.last_day) for each in db.session.scalars(asked)}


def sign_in_as(browser: Browser, user_id: int) -> None:
    """Let the browser be signed in as a user there is."""
    with browser.app.app_context():
        with transaction():
            token = start_session(user_id, Machine("127.0.0.1", "Firefox on Linux"))
        db.session.remove()
    with browser.client.session_transaction() as cookie:
        cookie.clear()
        cookie[TOKEN_KEY] = token
        cookie.permanent = True
