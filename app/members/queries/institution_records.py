"""One institution on any day, with what the reader may see of it, and its names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, bindparam, or_, select

from app.core.actor import Actor
from app.core.database import db, prepared
from app.core.errors import NotFoundError
from app.core.history import as_known
from app.core.languages import Language
from app.core.paging import AnySelect
from app.core.permissions import Permission
from app.members.models import Institution, InstitutionName, InstitutionParticulars
from app.members.queries.contacts import find_billed_at
from app.members.queries.institutions import kind_words, named_on
from app.members.queries.memberships import step_facts
from app.members.queries.mergers import stands_alone
from app.members.rules import Standing, TwinKind, country_name, standing_on


@dataclass(frozen=True)
class FullFacts:
    """What only those see who may read an institution fully."""

    ror: str | None
    vat_number: str | None
    unit: str | None
    postal_address: str | None
    billing_address: str | None
    purchase_order: str | None
    buyer_reference: str | None
    document_language: Language | None


@dataclass(frozen=True)
class InstitutionRecord:
    """An institution on a day; `full` only for those who may read it fully."""

    id: int
    account_number: str
    name: str
    short_name: str
    kind: str
    country: str
    standing: Standing
    parent: tuple[int, str] | None
    children: tuple[tuple[int, str], ...]
    website: str | None
    logo_id: int | None
    full: FullFacts | None


@dataclass(frozen=True)
class NameRow:
    """What an institution was called, and when."""

    id: int
    name: str
    short_name: str
    first_day: date
    last_day: date | None


def get_institution(institution_id: int, actor: Actor, *, on: date, known: datetime | None = None) -> InstitutionRecord:
    """One institution on a day; whoever may not read it fully gets the public facts."""
    if not actor.has_any(Permission.INSTITUTION_LIST):
        raise NotFoundError("There is no such institution.")
    row = db.session.execute(_one_on(on, known), {"institution_id": institution_id}).one_or_none()
    if row is None:
        raise NotFoundError("There is no such institution.")
    held: InstitutionParticulars = row.InstitutionParticulars
    may_read = actor.may(Permission.INSTITUTION_READ, institution_id=institution_id)
    family = db.session.execute(_family_on(on, known), {"institution_id": institution_id, "parent_id": held.parent_id})
    related = [(row.id, row.name) for row in family]
    return InstitutionRecord(
        id=institution_id,
        account_number=row.account_number,
        name=row.name,
        short_name=row.short_name,
        kind=kind_words(row.kind, is_composite=row.is_composite),
        country=country_name(row.country),
        standing=standing_on(step_facts([institution_id], known).get(institution_id, []), on),
        parent=next((each for each in related if each[0] == held.parent_id), None),
        children=tuple(each for each in related if each[0] != held.parent_id),
        website=held.website,
        logo_id=held.logo_id,
        full=_full_facts(held, find_billed_at(institution_id, on=on, known=known)) if may_read else None,
    )


def get_editable_institution(institution_id: int, permission: Permission, actor: Actor) -> Institution:
    """An institution with all its values, for the form of someone who may change it."""
    alone = stands_alone(TwinKind.INSTITUTION)
    institution = db.session.scalar(select(Institution).where(Institution.id == institution_id, alone))
    if institution is None or not actor.may(permission, institution_id=institution_id):
        raise NotFoundError("There is no such institution.")
    return institution


def list_names(institution_id: int, known: datetime | None = None) -> list[NameRow]:
    """All names of an institution, the newest first."""
    names = db.session.scalars(_names_as(known), {"institution_id": institution_id})
    return [NameRow(found.id, found.name, found.short_name, found.first_day, found.last_day) for found in names]


def former_names(names: Iterable[NameRow], present: str, on: date) -> list[str]:
    """What an institution was called before a day on which it is called `present`, each name once."""
    past = (row.name for row in names if row.first_day <= on)
    return list(dict.fromkeys(name for name in past if name != present))


def get_name(name_id: int, actor: Actor) -> tuple[InstitutionName, Institution, bool]:
    """A name on record with its institution, for who may change it, and whether another name was before it."""
    found = db.session.get(InstitutionName, name_id)
    if found is None or found.superseded_at is not None:
        raise NotFoundError("There is no such name.")
    institution = get_editable_institution(found.institution_id, Permission.INSTITUTION_EDIT, actor)
    return found, institution, list_names(institution.id)[-1].id != name_id


@prepared
def _names_as(known: datetime | None) -> Select[InstitutionName]:
    theirs = InstitutionName.institution_id == bindparam("institution_id"), as_known(InstitutionName, known)
    return select(InstitutionName).where(*theirs).order_by(InstitutionName.first_day.desc(), InstitutionName.id)


@prepared
def _family_on(on: date, known: datetime | None) -> AnySelect:
    """What an institution is a part of, and what is a part of it."""
    held = InstitutionParticulars
    found = or_(held.institution_id == bindparam("parent_id"), held.parent_id == bindparam("institution_id"))
    alone = stands_alone(TwinKind.INSTITUTION, known)
    return named_on(on, known).where(found, alone).order_by(InstitutionName.sort_name, Institution.id)


@prepared
def _one_on(on: date, known: datetime | None) -> AnySelect:
    asked = named_on(on, known).add_columns(Institution.account_number, InstitutionParticulars)
    return asked.where(Institution.id == bindparam("institution_id"))


def _full_facts(held: InstitutionParticulars, billed_at: str | None) -> FullFacts:
    return FullFacts(
        ror=held.ror,
        vat_number=held.vat_number,
        unit=held.unit,
        postal_address=held.postal_address,
        billing_address=billed_at or held.billing_address or held.postal_address,
        purchase_order=held.purchase_order,
        buyer_reference=held.buyer_reference,
        document_language=held.document_language,
    )
