"""The contact routes of all people: as an import finds them, and as they are exported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from app.core.database import db
from app.core.history import as_known
from app.core.paging import AnySelect, fetch_page
from app.core.tables import Page, PageRequest
from app.members.models import Affiliation, ContactRoute, Institution, Person
from app.members.queries.blocks import in_blocks
from app.members.queries.mergers import email_known, stands_alone
from app.members.queries.representatives import ended_by, had_begun, was_named
from app.members.rules import ROUTE_KIND_WORDS, ROUTE_PURPOSE_WORDS, RoutePurpose, TwinKind
from app.members.rules.imports import ContactRoutes, KnownRoute, People

BLOCK = 2000
Row = dict[str, Any]


def contact_routes_on_record(people: People) -> ContactRoutes:
    """Every contact route, beside the people on record."""
    asked = select(ContactRoute).where(as_known(ContactRoute)).order_by(ContactRoute.first_day, ContactRoute.id)
    routes = db.session.scalars(asked.execution_options(yield_per=BLOCK))
    return ContactRoutes(people, (KnownRoute(row.id, row.person_id, row.facts) for row in routes))


def export_contact_routes(on: date | None, known: datetime | None) -> Page[Row]:
    """Every contact route of everybody, with the signs by which the person is found again.

    On a past day: what had begun by then, of the people who are exported for that day.
    """
    email = email_known(known).label("email")
    signs = (Person.id.label("number"), Person.given_name, Person.family_name, email, Person.orcid)
    asked: AnySelect = (
        select(
            ContactRoute.id,
            *signs,
            _first_institution(on, known).label("institution_id"),
            ContactRoute.kind,
            ContactRoute.purpose,
            ContactRoute.rank,
            ContactRoute.text,
            ContactRoute.first_day,
            ContactRoute.last_day,
        )
        .join(Person, Person.id == ContactRoute.person_id)
        .where(as_known(ContactRoute, known), stands_alone(TwinKind.PERSON, known))
    )
    if on is not None:
        asked = asked.where(ContactRoute.first_day <= on, had_begun(on, known))
    order = {"": Person.id}
    page = fetch_page(asked, PageRequest(size=0), sorts=order, key=ContactRoute.id, build=lambda row: row)
    return in_blocks(page, lambda rows: _rows(rows, on))


def _first_institution(on: date | None, known: datetime | None) -> Any:
    """An institution at which a person has a place, by its number: it tells people of one name apart."""
    asked = (
        select(func.min(Institution.account_number))
        .join(Affiliation, Affiliation.institution_id == Institution.id)
        .where(Affiliation.person_id == Person.id, as_known(Affiliation, known))
    )
    if on is not None:
        asked = asked.where(Affiliation.first_day <= on, was_named(Affiliation.institution_id, on, known))
    return asked.correlate(Person).scalar_subquery()


def _rows(rows: Sequence[Any], on: date | None) -> list[Row]:
    return [
        {
            **row._mapping,  # noqa: SLF001 - SQLAlchemy's own name for the row as a mapping
            "name": f"{row.given_name} {row.family_name}",
            "kind": ROUTE_KIND_WORDS[row.kind],
            "purpose": ROUTE_PURPOSE_WORDS[row.purpose],
            "rank": row.rank if row.purpose is RoutePurpose.ALTERNATE else None,
            "last_day": ended_by(row.last_day, on),
        }
        for row in rows
    ]
