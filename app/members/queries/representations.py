"""Who represents an institution, on a day and over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, or_, select

from app.accounts.models import User
from app.accounts.queries import user_state
from app.accounts.rules import UserState
from app.core import clock
from app.core.actor import Actor
from app.core.database import db, prepared
from app.core.errors import NotFoundError
from app.core.history import as_known, valid
from app.core.paging import AnySelect
from app.core.periods import Period
from app.core.permissions import Permission
from app.members.models import InstitutionName, Person, Representation
from app.members.queries.scope import details_visible
from app.members.rules import Purpose


@dataclass(frozen=True)
class RepresentationRow:
    """A person who represents an institution for a purpose and a period; the e-mail only where it may be seen."""

    id: int
    institution_id: int
    institution: str
    person_id: int
    person: str
    purpose: Purpose
    rank: int
    period: Period
    email: str | None
    version: int

    @property
    def last_day(self) -> date | None:
        """Its last day, None while it is open."""
        return self.period.last


def list_representations(
    institution_id: int, *, on: date, known: datetime | None = None, actor: Actor
) -> list[RepresentationRow]:
    """Everybody who ever represented the institution, by purpose, rank and time."""
    actor.require(Permission.INSTITUTION_LIST)
    return _rows(_of_institution(on, known), actor, institution_id=institution_id)


def list_representatives(
    institution_id: int, *, on: date, known: datetime | None = None, actor: Actor
) -> list[RepresentationRow]:
    """Who represents the institution on a day."""
    return [
        row for row in list_representations(institution_id, on=on, known=known, actor=actor) if row.period.contains(on)
    ]


def representations_of(
    person_id: int, *, on: date, known: datetime | None = None, actor: Actor
) -> list[RepresentationRow]:
    """What a person represents which institutions for, ever."""
    return _rows(_of_person(on, known), actor, person_id=person_id)


def get_representation(representation_id: int, actor: Actor) -> RepresentationRow:
    """One representation, for those who may end it."""
    actor.require(Permission.INSTITUTION_EDIT)
    found = _rows(_asked(clock.today(), None).where(Representation.id == representation_id), actor)
    if not found:
        raise NotFoundError("There is no such representative.")
    return found[0]


def voting_representatives(institution_ids: Sequence[int], on: date, known: datetime | None) -> dict[int, str]:
    """Who votes for each of these institutions on a day: one statement."""
    rows = db.session.execute(_voting(on, known), {"institution_ids": institution_ids})
    return {institution_id: f"{given_name} {family_name}" for institution_id, given_name, family_name in rows}


@prepared
def _voting(on: date, known: datetime | None) -> AnySelect:
    return (
        select(Representation.institution_id, Person.given_name, Person.family_name)
        .join(Representation.person)
        .where(
            Representation.institution_id.in_(bindparam("institution_ids", expanding=True)),
            Representation.purpose == Purpose.VOTING,
            valid(Representation, on, known),
        )
        .order_by(Representation.first_day.desc(), Representation.id)
    )


@prepared
def _of_institution(on: date, known: datetime | None) -> AnySelect:
    return _asked(on, known).where(Representation.institution_id == bindparam("institution_id"))


@prepared
def _of_person(on: date, known: datetime | None) -> AnySelect:
    return _asked(on, known).where(Representation.person_id == bindparam("person_id"))


def _asked(on: date, known: datetime | None) -> AnySelect:
    return (
        select(Representation, InstitutionName.name, Person.given_name, Person.family_name, Person.email)
        .join(Representation.person)
        .join(InstitutionName, InstitutionName.institution_id == Representation.institution_id)
        .where(valid(InstitutionName, on, known), as_known(Representation, known))
        .order_by(Representation.first_day, Representation.id)
    )


def _rows(asked: AnySelect, actor: Actor, **ids: int) -> list[RepresentationRow]:
    shown = asked.add_columns(details_visible(actor).label("is_open"))
    rows = db.session.execute(shown, ids).all()
    order = {purpose: place for place, purpose in enumerate(Purpose)}
    return [
        RepresentationRow(
            id=row.Representation.id,
            institution_id=row.Representation.institution_id,
            institution=row.name,
            person_id=row.Representation.person_id,
            person=f"{row.given_name} {row.family_name}",
            purpose=row.Representation.purpose,
            rank=row.Representation.rank,
            period=row.Representation.period,
            email=row.email if row.is_open else None,
            version=row.Representation.version,
        )
        for row in sorted(rows, key=lambda row: (order[row.Representation.purpose], row.Representation.rank))
    ]


@dataclass(frozen=True)
class SignIn:
    """Someone who represents an institution, where they can be written to, and whether they can sign in."""

    person_id: int
    name: str
    email: str | None
    state: UserState

    @property
    def is_to_invite(self) -> bool:
        """Whether an invitation brings them in: they have an address, no password, and none is on its way."""
        return self.email is not None and self.state is UserState.NOT_INVITED


def list_sign_ins(institution_id: int, actor: Actor) -> list[SignIn]:
    """Who represents an institution today or later, once each, and whether they can sign in."""
    actor.require(Permission.APPLICATION_EDIT)
    represents = select(Representation.id).where(
        Representation.person_id == Person.id,
        Representation.institution_id == institution_id,
        as_known(Representation),
        or_(Representation.last_day.is_(None), Representation.last_day >= clock.today()),
    )
    asked = (
        select(Person.id, Person.given_name, Person.family_name, Person.email, user_state().label("state"))
        .join(User, User.id == Person.user_id)
        .where(represents.exists())
        .order_by(Person.id)
    )
    return [
        SignIn(row.id, f"{row.given_name} {row.family_name}", row.email, UserState(row.state))
        for row in db.session.execute(asked)
    ]
