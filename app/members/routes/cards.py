"""People as vCards: one, those of an institution, all representatives."""

from __future__ import annotations

from collections.abc import Iterable

from flask.typing import ResponseReturnValue

from app.core.permissions import Permission
from app.members.documents import address_card
from app.members.queries import (
    PersonCard,
    cards_of_institutions,
    cards_of_representatives,
    get_card,
    get_institution,
)
from app.members.routes.blueprint import pages
from app.web.access import requires, the_actor
from app.web.downloads import send_bytes
from app.web.on_date import current_on, known_at
from app.web.vcards import VCARD_TYPE, vcards


@pages.get("/people/<int:person_id>/card.vcf")
@requires(Permission.PERSON_LIST)
def person_card(person_id: int) -> ResponseReturnValue:
    """One person for an address book."""
    found = get_card(person_id, the_actor(), on=current_on(), known=known_at())
    return send_cards([found], f"{found.given_name} {found.family_name}")


@pages.get("/members/<int:institution_id>/people.vcf")
@requires(Permission.PERSON_LIST)
def institution_cards(institution_id: int) -> ResponseReturnValue:
    """The people of an institution for an address book."""
    record = get_institution(institution_id, the_actor(), on=current_on(), known=known_at())
    found = cards_of_institutions([institution_id], the_actor(), on=current_on(), known=known_at())
    return send_cards(found, f"People of {record.short_name}")


@pages.get("/directory/representatives.vcf")
@requires(Permission.PERSON_LIST)
def representative_cards() -> ResponseReturnValue:
    """All who represent an institution, for an address book."""
    found = cards_of_representatives(the_actor(), on=current_on(), known=known_at())
    return send_cards(found, "Representatives")


def send_cards(people: Iterable[PersonCard], name: str) -> ResponseReturnValue:
    """A file of vCards."""
    content = b"".join(vcards(address_card(person) for person in people))
    return send_bytes(content, VCARD_TYPE, f"{name}.vcf")
