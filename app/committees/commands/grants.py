"""The dated grants an appointment writes: they follow its days and end with it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select

from app.accounts.commands import RoleFor, administration_kept, end_grants, grant_role
from app.accounts.rules import GrantSource
from app.committees.models import Appointment, Committee
from app.committees.rules import OFFICE_WORDS, roles_of
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.history import as_known
from app.core.periods import ONE_DAY, Period
from app.core.permissions import Role
from app.members.models import Person

OF_THE_COMMITTEE = frozenset({Role.CHAIR, Role.COMMITTEE_MEMBER})


def give_rights(appointment: Appointment, period: Period, committee: Committee, actor: Actor) -> None:
    """Grant what the appointment brings, for these days."""
    person = db.session.get_one(Person, appointment.person_id)
    for role in roles_of(appointment.office, committee.grants_role):
        grant_role(
            person.user_id,
            RoleFor(role, committee_id=committee.id if role in OF_THE_COMMITTEE else None),
            period,
            source=GrantSource.APPOINTMENT,
            source_id=appointment.id,
            reason=f"{OFFICE_WORDS[appointment.office]}, {committee.name}",
            actor=actor,
        )


def end_rights(appointment: Appointment, last_day: date, actor: Actor) -> None:
    """End what the appointment brings with a day, and take away what it would bring later."""
    end_grants(GrantSource.APPOINTMENT, appointment.id, last_day, actor)


def write_rights_anew(appointment: Appointment, committee: Committee, actor: Actor) -> None:
    """Give what the appointment brings now from today on; what was given until yesterday was given, and stays."""
    with administration_kept():
        end_rights(appointment, clock.today() - ONE_DAY, actor)
        rest = appointment.period.clip(Period(clock.today()))
        if rest is not None:
            give_rights(appointment, rest, committee, actor)


def grant_anew(committee: Committee, actor: Actor) -> None:
    """Let a new role of the committee apply to all who sit on it or will, from today on."""
    standing = select(Appointment).where(
        Appointment.committee_id == committee.id,
        as_known(Appointment),
        or_(Appointment.last_day.is_(None), Appointment.last_day >= clock.today()),
    )
    with administration_kept():
        for appointment in db.session.scalars(standing.order_by(Appointment.id)).all():
            write_rights_anew(appointment, committee, actor)
