"""Mails about agreements: who acts for a side hears that it is their turn, or how it ended."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select

from app.agreements.commands.steps import acting_side, standing_of
from app.agreements.documents.messages import turn_message
from app.agreements.models import Agreement
from app.agreements.queries.signatories import who_could_sign
from app.agreements.rules.states import PARTIES, SIGNABLE, Side, waits_on
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.history import valid
from app.core.site import this_site
from app.members.models import Institution, Person, Representation
from app.members.rules import PURPOSES_WITH_ACCESS, Purpose
from app.outbox.commands import Address, send_mail

ACT_FOR = PURPOSES_WITH_ACCESS - {Purpose.BILLING}


def tell_sides(agreement: Agreement, comment: str | None, actor: Actor) -> None:
    """Write to whoever has to act now, and where it is over to both sides; never to who has just acted."""
    waiting = waits_on(standing_of(agreement))
    sides = waiting or frozenset(PARTIES)
    own = acting_side(agreement, actor)
    for side in PARTIES:
        if side in sides and side is not own:
            _tell(agreement, side, comment, actor)


def _tell(agreement: Agreement, side: Side, comment: str | None, actor: Actor) -> None:
    ids = {Side.PROVIDER: agreement.provider_id, Side.RECIPIENT: agreement.recipient_id}
    institution_id = ids.pop(side)
    (other_id,) = ids.values()
    other = db.session.get_one(Institution, other_id).name
    signs = agreement.state in SIGNABLE
    link = this_site().address(f"/agreements/{agreement.id}{'/sign' if signs else ''}")
    for person in (signers_of if signs else people_of)(institution_id):
        message = turn_message(person.name, _called(agreement), other, agreement.state, link)
        body = f"{message.body}\n{actor.name} says:\n\n{comment}\n" if comment else message.body
        send_mail(Address(person.name, person.email or ""), message.subject, body)


def people_of(institution_id: int) -> Sequence[Person]:
    """Who acts for an institution today and can be written to."""
    acts = select(Representation.person_id).where(
        Representation.institution_id == institution_id,
        Representation.purpose.in_(ACT_FOR),
        valid(Representation, clock.today()),
    )
    return _reachable(Person.id.in_(acts))


def signers_of(institution_id: int) -> Sequence[Person]:
    """Who may sign for an institution today and can be written to."""
    return _reachable(Person.id.in_([each.person_id for each in who_could_sign(institution_id, on=clock.today())]))


def _reachable(wanted: ColumnElement[bool]) -> Sequence[Person]:
    asked = select(Person).where(wanted, Person.email.is_not(None), Person.erased_at.is_(None))
    return db.session.scalars(asked.order_by(Person.sort_name, Person.id)).all()


def _called(agreement: Agreement) -> str:
    return f"{agreement.number}, {agreement.title}" if agreement.number else agreement.title
