"""The whole register of representatives: as an import finds it, and as it is exported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased

from app.core.database import db
from app.core.history import as_known, valid
from app.core.paging import AnySelect, fetch_page
from app.core.tables import Page, PageRequest
from app.members.models import Affiliation, Institution, InstitutionName, Person, Representation
from app.members.queries.blocks import in_blocks
from app.members.queries.mergers import email_known
from app.members.rules import PURPOSE_WORDS, Purpose, Representing
from app.members.rules.imports import KnownRepresentation, People, Representatives

BLOCK = 2000
Row = dict[str, Any]


def representatives_on_record(people: People) -> Representatives:
    """Everybody who ever represents an institution, beside the people and institutions on record."""
    asked = select(Representation).where(as_known(Representation)).order_by(Representation.first_day, Representation.id)
    return Representatives(
        people,
        (
            KnownRepresentation(
                row.id, row.institution_id, Representing(row.person_id, row.purpose, row.rank, row.period)
            )
            for row in db.session.scalars(asked.execution_options(yield_per=BLOCK))
        ),
    )


def export_representatives(on: date | None, known: datetime | None) -> Page[Row]:
    """Every representative of every institution, with the signs by which the person is found again."""
    asked: AnySelect = (
        select(
            Representation.id,
            Institution.account_number.label("institution_id"),
            Person.id.label("number"),
            Person.given_name,
            Person.family_name,
            email_known(known).label("email"),
            Person.orcid,
            Representation.purpose,
            Representation.rank,
            Representation.first_day,
            Representation.last_day,
        )
        .join(Institution, Institution.id == Representation.institution_id)
        .join(Person, Person.id == Representation.person_id)
        .where(as_known(Representation, known))
    )
    if on is not None:
        asked = asked.where(Representation.first_day <= on, was_named(Representation.institution_id, on, known))
    page = fetch_page(
        asked,
        PageRequest(size=0),
        sorts={"": Institution.account_number},
        key=Representation.id,
        build=lambda row: row,
    )
    return in_blocks(page, lambda rows: _rows(rows, on))


def _rows(rows: Sequence[Any], on: date | None) -> list[Row]:
    return [
        {
            **row._mapping,  # noqa: SLF001 - SQLAlchemy's own name for the row as a mapping
            "name": f"{row.given_name} {row.family_name}",
            "purpose": PURPOSE_WORDS[row.purpose],
            "rank": row.rank if row.purpose is Purpose.ALTERNATE or row.rank != 1 else None,
            "last_day": ended_by(row.last_day, on),
        }
        for row in rows
    ]


def ended_by(last_day: date | None, on: date | None) -> date | None:
    """A last day as it stood on a day: what ends later had no end yet."""
    return None if last_day is None or (on is not None and last_day > on) else last_day


def had_begun(on: date, known: datetime | None) -> ColumnElement[bool]:
    """The condition that a person had a place somewhere by a day, or represented an institution."""
    ties: tuple[type[Affiliation | Representation], ...] = (Affiliation, Representation)
    begun = [
        select(tie.id)
        .where(
            tie.person_id == Person.id,
            tie.first_day <= on,
            as_known(tie, known),
            was_named(tie.institution_id, on, known),
        )
        .correlate(Person)
        for tie in ties
    ]
    return or_(*(each.exists() for each in begun))


def was_named(institution_id: Any, on: date, known: datetime | None) -> ColumnElement[bool]:
    """The condition that an institution had a name on a day: before its first one, nothing is told of it."""
    name = aliased(InstitutionName)
    names = select(name.id).where(name.institution_id == institution_id, valid(name, on, known))
    return names.correlate_except(name).exists()
