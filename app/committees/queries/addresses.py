"""How those on a roster are written to: only where the reader may see it, by the route they gave for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select

from app.committees.queries.roster import RosterRow, roster
from app.committees.rules import OFFICE_WORDS, SeatKind
from app.core.actor import Actor
from app.core.bulk import among
from app.core.database import db
from app.core.history import valid
from app.members.models import ContactRoute, Person
from app.members.queries import PersonCard, in_parts
from app.members.queries.scope import details_visible
from app.members.rules import RouteKind, RoutePurpose

PURPOSES = (RoutePurpose.GENERAL, RoutePurpose.REPRESENTATIVE)
Given = Mapping[tuple[int, RoutePurpose], str]


@dataclass(frozen=True)
class SeatedPerson:
    """Someone on a roster: their seat, their card, and where they are written to, if anywhere.

    `is_open` says whether the reader may see how they are reached at all.
    """

    row: RosterRow
    card: PersonCard
    email: str | None
    is_open: bool


def list_seated(committee_id: int, actor: Actor, *, on: date, known: datetime | None = None) -> list[SeatedPerson]:
    """Who sits on a committee on a day, in the order of the seats.

    On a seat that an institution fills one is written to at the address given as its representative, on others at a
    general one; where there is none, at that of the record.
    """
    held = [row for row in roster(committee_id, on=on, known=known) if row.person_id is not None]
    people = [row.person_id for row in held if row.person_id is not None]
    cards = {card.id: card for card in in_parts(people, actor, on=on, known=known)}
    asked = select(Person.id).where(among(Person.id, people), details_visible(actor)).order_by(Person.id)
    open_to_reader = set(db.session.scalars(asked))
    given = _given(sorted(open_to_reader), on, known)
    found = []
    for row in held:
        card = cards.get(row.person_id or 0)
        if card is not None:
            is_open = card.id in open_to_reader
            email = _address(row, card, given) if is_open else None
            found.append(SeatedPerson(row, _with_seat(row, card, email), email, is_open))
    return found


def _address(row: RosterRow, card: PersonCard, given: Given) -> str | None:
    first = RoutePurpose.REPRESENTATIVE if row.kind is SeatKind.INSTITUTION else RoutePurpose.GENERAL
    routes = (given.get((card.id, purpose)) for purpose in (first, RoutePurpose.GENERAL))
    return next((text for text in routes if text), card.email)


def _with_seat(row: RosterRow, card: PersonCard, email: str | None) -> PersonCard:
    """The card with what somebody is on the committee before what they are elsewhere."""
    office = f"{OFFICE_WORDS[row.office]}, {row.committee}" if row.office else row.committee
    return replace(card, email=email, roles=(office, *card.roles))


def _given(person_ids: Sequence[int], on: date, known: datetime | None) -> Given:
    """The e-mail addresses that people gave for a purpose; of several the newest."""
    asked = (
        select(ContactRoute.person_id, ContactRoute.purpose, ContactRoute.text)
        .where(
            among(ContactRoute.person_id, person_ids),
            ContactRoute.kind == RouteKind.EMAIL,
            ContactRoute.purpose.in_(PURPOSES),
            valid(ContactRoute, on, known),
        )
        .order_by(ContactRoute.first_day, ContactRoute.id.desc())
    )
    return {(row.person_id, row.purpose): row.text for row in db.session.execute(asked)}
