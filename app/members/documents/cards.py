"""A person's card as address books take it."""

from __future__ import annotations

from app.core.site import this_site
from app.members.queries import PersonCard
from app.web.vcards import Card

ORCID_ADDRESS = "https://orcid.org/"


def address_card(person: PersonCard) -> Card:
    """The card of a person, known again by the address of their record."""
    return Card(
        uid=this_site().address(f"/people/{person.id}"),
        given_name=person.given_name,
        family_name=person.family_name,
        title=person.title,
        organisations=person.institutions,
        position=person.position,
        roles=person.roles,
        email=person.email,
        phone=person.phone,
        url=f"{ORCID_ADDRESS}{person.orcid}" if person.orcid else None,
    )
