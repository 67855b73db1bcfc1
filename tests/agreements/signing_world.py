"""Two institutions with people, signatories and a line, and agreements between them made by everyone's commands."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from sqlalchemy import select

from app.accounts.commands import Machine, set_password
from app.accounts.models import User
from app.agreements.commands import (
    Consent,
    approve_agreement,
    draft_agreement,
    press_agreement,
    send_for_review,
    sign_agreement,
)
from app.agreements.models import Agreement, AgreementVersion, Signatory
from app.agreements.rules import Side, TemplateKind
from app.agreements.rules.drafting import DraftValues, Item, Origin, Parties, Terms
from app.agreements.rules.signing import CONSENT
from app.core import clock
from app.core.actor import Actor, Granted, program
from app.core.database import db
from app.core.permissions import Role
from app.core.transaction import transaction
from app.lines.commands import register_line
from app.lines.models import MouseLine
from app.members.models import Institution, Person
from tests.committees.sitting import institution, person
from tests.lines.catalogue import CONFIRMED
from tests.lines.catalogue import values as line_values

OFFICE = program("test")
TODAY = date(2016, 5, 24)
PASSWORD = "five horses under the oak"
MACHINE = Machine("127.0.0.1", "Firefox on Linux")
numbers = count(1)


class World:
    """Harwell gives, Davis takes, Tokyo may be passed on to; each has somebody who signs, and may act for it."""

    def __init__(self) -> None:
        """Put all on record."""
        self.giver = institution("MRC Harwell", "Harwell")
        self.taker = institution("UC Davis", "Davis")
        self.third = institution("RIKEN BioResource Centre", "RIKEN")
        self.signers = {
            Side.PROVIDER: signs_for(self.giver, "Tarrant"),
            Side.RECIPIENT: signs_for(self.taker, "Hartnoll"),
        }
        self.line = line(self.giver)

    def values(self, *items: Item, third: bool = False, **terms: Any) -> DraftValues:
        """A draft between giver and taker about the line."""
        said = {"title": "Ap4e1 to Davis", "last_day": date(2017, 12, 31), **terms}
        parties = Parties(self.giver.id, self.taker.id, self.third.id if third else None)
        return DraftValues(parties, Terms(**said), items or (Item(self.line.id),))

    def acts(self, side: Side) -> Actor:
        """A representative of one side who may sign for it, too."""
        user_id = self.signers[side].user_id
        place = self.giver if side is Side.PROVIDER else self.taker
        return Actor(self.signers[side].name, user_id, (Granted(Role.REPRESENTATIVE, place.id),))


def signs_for(at: Institution, family_name: str) -> Person:
    """Somebody who signs for an institution from the beginning of 2016 on, and has a password."""
    who = person(family_name, at)
    set_password(db.session.get_one(User, who.user_id), PASSWORD, actor=OFFICE)
    entitled = Signatory(
        institution_id=at.id,
        person_id=who.id,
        office="Director",
        first_day=date(2016, 1, 1),
        last_day=None,
        recorded_at=clock.now(),
        superseded_at=None,
    )
    db.session.add(entitled)
    db.session.flush()
    return who


def line(at: Institution, symbol: str = "Ap4e1<tm1b(EUCOMM)Wtsi>") -> MouseLine:
    """A line of an institution's own."""
    return register_line(line_values(at, symbol, colony=f"H-{next(numbers)}"), CONFIRMED, actor=OFFICE)


def made_world() -> World:
    """All that is needed, committed."""
    with transaction():
        return World()


def drafted(values: DraftValues, kind: TemplateKind = TemplateKind.SIMPLE, actor: Actor = OFFICE, **origin: Any) -> int:
    """A draft; its id."""
    with transaction():
        return draft_agreement(Origin(kind, **origin), values, actor=actor).id


def approved(values: DraftValues, kind: TemplateKind = TemplateKind.SIMPLE, **origin: Any) -> int:
    """An agreement that waits for signatures, its PDF pressed; its id."""
    agreement_id = drafted(values, kind, **origin)
    for step in (send_for_review, approve_agreement):
        with transaction():
            step(agreement_id, comment=None, version=fresh(agreement_id).version, actor=OFFICE)
    pressed(agreement_id)
    return agreement_id


def pressed(agreement_id: int) -> None:
    """Have the PDF of the newest version made."""
    version_id = newest(agreement_id).id
    db.session.rollback()
    press_agreement({"version_id": version_id})


def signed(world: World, agreement_id: int, side: Side, **typed: Any) -> Any:
    """One side signs in the program."""
    consent = Consent(**({"password": PASSWORD, "words": CONSENT} | typed))
    with transaction():
        return sign_agreement(
            agreement_id,
            consent,
            side=side,
            version=fresh(agreement_id).version,
            machine=MACHINE,
            actor=world.acts(side),
        )


def in_force(world: World, values: DraftValues, kind: TemplateKind = TemplateKind.SIMPLE, **origin: Any) -> int:
    """An agreement that everyone who must sign has signed today; its id."""
    agreement_id = approved(values, kind, **origin)
    sides = (Side.PROVIDER,) if kind is TemplateKind.CONSENT else (Side.PROVIDER, Side.RECIPIENT)
    for side in sides:
        signed(world, agreement_id, side)
    return agreement_id


def fresh(agreement_id: int) -> Agreement:
    """An agreement as it is now."""
    return db.session.get_one(Agreement, agreement_id, populate_existing=True)


def newest(agreement_id: int) -> AgreementVersion:
    """The newest version of an agreement."""
    of = AgreementVersion
    asked = select(of).where(of.agreement_id == agreement_id).order_by(of.number.desc()).limit(1)
    return db.session.scalars(asked.execution_options(populate_existing=True)).one()
