"""Where the invoices of institutions go on a day, and to whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import aliased

from app.core.actor import Actor
from app.core.database import db, prepared
from app.core.errors import NotFoundError
from app.core.history import valid
from app.core.paging import AnySelect
from app.core.permissions import Permission
from app.members.models import Institution, InstitutionName, InstitutionParticulars, Person, Representation
from app.members.queries.contacts import BillingRoute, billing_routes
from app.members.rules import Purpose


@dataclass(frozen=True)
class BillingAddress:
    """Where the invoices of an institution go on a day, and to whom."""

    institution_id: int
    account_number: str
    name: str
    address: str | None
    country: str
    vat_number: str | None
    purchase_order: str | None
    contact_name: str | None
    contact_email: str | None


def get_billing_address(institution_id: int, on: date, actor: Actor) -> BillingAddress:
    """Where one institution's invoices go on a day."""
    found = list_billing_addresses([institution_id], on, actor)
    if institution_id not in found:
        raise NotFoundError("There is no such institution.")
    return found[institution_id]


def list_billing_addresses(institution_ids: Sequence[int], on: date, actor: Actor) -> dict[int, BillingAddress]:
    """Where the invoices of several institutions go on a day, by institution; only those the actor may read fully."""
    rows = db.session.execute(_addressed_on(on), {"institution_ids": list(institution_ids)}).all()
    routes = billing_routes([row.person_id for row in rows if row.person_id], on)
    return {
        row.id: _billing_address(row, routes.get(row.person_id, BillingRoute()))
        for row in rows
        if actor.may(Permission.INSTITUTION_READ, institution_id=row.id)
    }


@prepared
def _addressed_on(on: date) -> AnySelect:
    wanted = Institution.id.in_(bindparam("institution_ids", expanding=True))
    contact = aliased(Representation)
    return (
        select(
            Institution.id,
            Institution.account_number,
            InstitutionParticulars,
            InstitutionName.name,
            Person.id.label("person_id"),
            Person.given_name,
            Person.family_name,
            Person.email,
        )
        .join(InstitutionName, InstitutionName.institution_id == Institution.id)
        .join(InstitutionParticulars, InstitutionParticulars.institution_id == Institution.id)
        .outerjoin(
            contact,
            and_(
                contact.institution_id == Institution.id,
                contact.purpose == Purpose.BILLING,
                valid(contact, on),
            ),
        )
        .outerjoin(Person, Person.id == contact.person_id)
        .where(wanted, valid(InstitutionName, on), valid(InstitutionParticulars, on))
        .order_by(Institution.id, contact.rank.desc(), contact.first_day, contact.id)
    )


def _billing_address(row: Any, route: BillingRoute) -> BillingAddress:
    """Where invoices go: where the billing contact wants them, else where the institution says."""
    held: InstitutionParticulars = row.InstitutionParticulars
    return BillingAddress(
        institution_id=row.id,
        account_number=row.account_number,
        name=row.name,
        address=route.address or held.billing_address or held.postal_address,
        country=held.country,
        vat_number=held.vat_number,
        purchase_order=held.purchase_order,
        contact_name=f"{row.given_name} {row.family_name}" if row.family_name else None,
        contact_email=route.email or row.email,
    )
