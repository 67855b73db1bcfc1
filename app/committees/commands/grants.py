"""The dated grants an appointment writes: they follow its days and end with it; and those of a deputy who acts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import or_, select

from app.accounts.commands import RoleFor, administration_kept, end_grants, grant_role
from app.accounts.models import Grant
from app.accounts.rules import GrantSource
from app.committees.models import Appointment, Committee
from app.committees.queries.terms import Spell, list_acting
from app.committees.rules import OFFICE_WORDS, roles_of
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.history import as_known, overlapping
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


def settle_deputies(committee: Committee, actor: Actor) -> None:
    """Let the deputy have the rights of a chair on the days from today on that have none (RULES, Governance)."""
    db.session.flush()
    wanted = _by_source(list_acting(committee.id, clock.today()))
    given = _by_source(_given(committee.id))
    for appointment_id in sorted(wanted.keys() | given.keys()):
        if wanted.get(appointment_id) == given.get(appointment_id):
            continue
        end_grants(GrantSource.DEPUTYSHIP, appointment_id, clock.today() - ONE_DAY, actor)
        for spell in wanted.get(appointment_id, ()):
            grant_role(
                spell.user_id,
                RoleFor(Role.CHAIR, committee_id=committee.id),
                spell.period,
                source=GrantSource.DEPUTYSHIP,
                source_id=appointment_id,
                reason=f"Acts as chair, {committee.name}",
                actor=actor,
            )


def _given(committee_id: int) -> list[Spell]:
    """What deputies of a committee were given from today on, in the order of their days."""
    rest = Period(clock.today())
    asked = (
        select(Grant.source_id, Grant.user_id, Grant.first_day, Grant.last_day)
        .where(Grant.source == GrantSource.DEPUTYSHIP, Grant.committee_id == committee_id, overlapping(Grant, rest))
        .order_by(Grant.first_day, Grant.id)
    )
    rows = db.session.execute(asked).all()
    return [Spell(row[0] or 0, row[1], Period(max(row[2], rest.first), row[3])) for row in rows]


def _by_source(spells: Iterable[Spell]) -> Mapping[int, Sequence[Spell]]:
    found: dict[int, list[Spell]] = defaultdict(list)
    for spell in spells:
        found[spell.appointment_id].append(spell)
    return found
