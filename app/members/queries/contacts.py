"""How people are reached on a day: all routes of one person, and where each of several is to be billed."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, bindparam, select

from app.core.actor import Actor
from app.core.database import db, prepared
from app.core.errors import NotFoundError
from app.core.history import as_known, valid
from app.core.paging import AnySelect
from app.core.periods import Period
from app.members.models import ContactRoute, Person, PersonPhoto, Representation
from app.members.queries.scope import may_edit_person, sees_details
from app.members.rules import Purpose, RouteKind, RoutePurpose


@dataclass(frozen=True)
class RouteRow:
    """A way to reach a person, with its days."""

    id: int
    kind: RouteKind
    purpose: RoutePurpose
    rank: int
    text: str
    period: Period


@dataclass(frozen=True)
class BillingRoute:
    """Where a billing contact wants invoices: the e-mail and the postal address they gave for it, where they did."""

    email: str | None = None
    address: str | None = None


def list_routes(person_id: int, actor: Actor, *, on: date, known: datetime | None = None) -> list[RouteRow]:
    """The routes of a person on record, those of the day first; none for who may not see how to reach them."""
    if not sees_details(person_id, actor):
        return []
    asked = select(ContactRoute).where(ContactRoute.person_id == person_id, as_known(ContactRoute, known))
    routes = db.session.scalars(asked.order_by(ContactRoute.rank, ContactRoute.first_day.desc(), ContactRoute.id))
    rows = [RouteRow(each.id, each.kind, each.purpose, each.rank, each.text, each.period) for each in routes]
    purposes, kinds = list(RoutePurpose), list(RouteKind)
    return sorted(
        rows,
        key=lambda row: (not row.period.contains(on), purposes.index(row.purpose), kinds.index(row.kind), row.rank),
    )


def get_route(route_id: int, actor: Actor) -> tuple[ContactRoute, str]:
    """A route with the person's name, for those who may change it."""
    asked = select(ContactRoute, Person).join(ContactRoute.person)
    found = db.session.execute(asked.where(ContactRoute.id == route_id, as_known(ContactRoute))).one_or_none()
    if found is None or not may_edit_person(found.Person.id, actor):
        raise NotFoundError("There is no such contact route.")
    return found.ContactRoute, found.Person.name


def billing_routes(person_ids: Sequence[int], on: date) -> dict[int, BillingRoute]:
    """Where these people want invoices on a day: one statement."""
    found: dict[int, dict[RouteKind, str]] = {}
    for person_id, kind, text in db.session.execute(_billing_routes(on), {"person_ids": list(person_ids)}):
        found.setdefault(person_id, {}).setdefault(kind, text)
    return {
        person_id: BillingRoute(routes.get(RouteKind.EMAIL), routes.get(RouteKind.ADDRESS))
        for person_id, routes in found.items()
    }


@prepared
def _billing_routes(on: date) -> AnySelect:
    asked = select(ContactRoute.person_id, ContactRoute.kind, ContactRoute.text).where(
        ContactRoute.person_id.in_(bindparam("person_ids", expanding=True)),
        ContactRoute.purpose == RoutePurpose.BILLING,
        valid(ContactRoute, on),
    )
    return asked.order_by(ContactRoute.first_day.desc(), ContactRoute.id)


def find_billed_at(institution_id: int, *, on: date, known: datetime | None = None) -> str | None:
    """Where the first billing contact of an institution wants its invoices by post, where they said."""
    return db.session.scalar(_billed_at(on, known), {"institution_id": institution_id})


@prepared
def _billed_at(on: date, known: datetime | None) -> Select[str]:
    named = Representation.institution_id == bindparam("institution_id"), Representation.purpose == Purpose.BILLING
    first = (
        select(Representation.person_id)
        .where(*named, valid(Representation, on, known))
        .order_by(Representation.rank, Representation.id)
        .limit(1)
        .scalar_subquery()
    )
    asked = select(ContactRoute.text).where(
        ContactRoute.person_id == first,
        ContactRoute.purpose == RoutePurpose.BILLING,
        ContactRoute.kind == RouteKind.ADDRESS,
        valid(ContactRoute, on, known),
    )
    return asked.order_by(ContactRoute.first_day.desc(), ContactRoute.id).limit(1)


def has_photo(person_id: int) -> bool:
    """Whether there is a photo of a person; who may see it is asked by get_photo."""
    return db.session.scalar(select(PersonPhoto.person_id).where(PersonPhoto.person_id == person_id)) is not None


def get_photo(person_id: int, actor: Actor) -> bytes:
    """The photo of a person as JPEG, for those who may see how to reach them."""
    photo = find_photo(person_id)
    if photo is None or not sees_details(person_id, actor):
        raise NotFoundError("There is no such photo.")
    return photo


def find_photo(person_id: int) -> bytes | None:
    """The photo of a person as JPEG; the caller has checked who asks."""
    photo = db.session.get(PersonPhoto, person_id)
    return None if photo is None else b64decode(photo.content)
