"""What signatories add to the records of institutions and of people: who signs for it, and for whom they sign."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.agreements.queries.signatories import SignatoryRow, list_signatories
from app.core.periods import Period
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.members.routes import OfficeHeld, Section, register_offices, register_section
from app.web.access import the_actor
from app.web.addresses import record_link, url
from app.web.on_date import current_on, known_at

COLUMNS: Sequence[Column[SignatoryRow]] = (
    Column(
        "person",
        "Signatory",
        lambda row: row.person,
        Kind.NAME,
        link=record_link("agreements.signatory", "signatory_id", lambda row: row.id),
        narrow=Narrow.NAME,
    ),
    Column("office", "Office", lambda row: row.office, narrow=Narrow.META),
    Column("first_day", "Since", lambda row: row.first_day, Kind.DATE, narrow=Narrow.AMOUNT),
)


@register_section
def signatories_of_institution(institution_id: int) -> Section | None:
    """Who can sign for an institution on the day looked at; none where nobody can, or the reader may not know."""
    if not the_actor().may(Permission.SIGNATORY_READ, institution_id=institution_id):
        return None
    on = current_on()
    rows = [
        row
        for row in list_signatories(the_actor(), institution_id=institution_id, on=on, known=known_at())
        if row.state_on(on) == "Active"
    ]
    link = ("Signatories", url("agreements.signatories"))
    return Section("Signatories", Table("Signatories", COLUMNS, rows), link) if rows else None


@register_offices
def signing_of_person(person_id: int) -> Iterable[OfficeHeld]:
    """The institutions a person could, can and will sign for, as known on the day looked at."""
    if not the_actor().has_any(Permission.SIGNATORY_READ):
        return []
    rows = list_signatories(the_actor(), person_id=person_id, on=current_on(), known=known_at())
    return [_office(row) for row in rows]


def _office(row: SignatoryRow) -> OfficeHeld:
    href = url("agreements.signatory", signatory_id=row.id)
    return OfficeHeld(row.institution, href, "Signatory", Period(row.first_day, row.last_day), row.office)
