"""What committees add to the records of institutions and of people: the seats they fill and hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.committees.models import Appointment
from app.committees.queries import RosterRow, list_appointments_of, names_on, roster
from app.committees.rules import OFFICE_WORDS, Office
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.members.queries import list_memberships_of
from app.members.routes import OfficeHeld, Part, Section, register_offices, register_part, register_section
from app.members.rules import MEMBER_STATES
from app.web.access import the_actor
from app.web.addresses import record_link, url
from app.web.on_date import current_on, known_at

COLUMNS: Sequence[Column[RosterRow]] = (
    Column(
        "committee",
        "Committee",
        lambda row: row.committee,
        Kind.NAME,
        link=record_link("committees.committee", "committee_id", lambda row: row.committee_id),
        aside=lambda row: OFFICE_WORDS[row.office] if row.office not in {None, Office.MEMBER} else None,
        narrow=Narrow.NAME,
    ),
    Column("holder", "Holder", lambda row: row.holder or "Vacant", narrow=Narrow.META),
    Column("label", "Seat", lambda row: row.label, narrow=Narrow.META),
    Column("last_day", "Until", lambda row: row.until, Kind.DATE, narrow=Narrow.AMOUNT),
)
WHOLE_COLUMNS: Sequence[Column[RosterRow]] = (
    *COLUMNS[:-1],
    Column("first_day", "From", lambda row: row.first_day, Kind.DATE),
    COLUMNS[-1],
)


@register_section
def seats_of_institution(institution_id: int) -> Section | None:
    """The seats of an institution on the day looked at; none where it has none."""
    if not the_actor().has_any(Permission.COMMITTEE_READ):
        return None
    rows = roster(None, on=current_on(), known=known_at(), institution_id=institution_id)
    if not rows:
        return None
    filled = sum(row.holder is not None for row in rows)
    link = ("Committees", url("committees.committees"))
    return Section("Seats", Table("Seats", COLUMNS, rows), link, f"{filled} of {len(rows)} filled")


def seats_part(institution_id: int) -> list[Section]:
    """The seats of an institution on the day looked at, filled and vacant, beside how many its classes give."""
    rows = roster(None, on=current_on(), known=known_at(), institution_id=institution_id)
    filled = sum(row.holder is not None for row in rows)
    given = _given(institution_id)
    has = [f"{filled} of {len(rows)} filled"] if rows else []
    aside = "; ".join([*has, f"its classes give {given}"] if given is not None else has)
    link = ("Committees", url("committees.committees"))
    return [Section("Seats", Table("Seats", WHOLE_COLUMNS, rows), link, aside, "It has no seat on this day.")]


def _given(institution_id: int) -> int | None:
    """How many seats the classes give of which it is a member on the day looked at; None where it is no member."""
    day = current_on()
    held = list_memberships_of(institution_id, on=day, known=known_at(), actor=the_actor())
    given = [row.membership_class.seats for row in held if row.state_on(day) in MEMBER_STATES]
    return sum(given) if given else None


register_part(
    Part("seats", "Seats", lambda _institution_id: the_actor().has_any(Permission.COMMITTEE_READ), seats_part)
)


@register_offices
def seats_of_person(person_id: int) -> Iterable[OfficeHeld]:
    """The seats a person holds, held and will hold, as known on the day looked at."""
    if not the_actor().has_any(Permission.COMMITTEE_READ):
        return []
    rows = list_appointments_of(person_id, known=known_at())
    names = names_on((row.committee_id for row in rows), on=current_on(), known=known_at())
    return [_office(row, names[row.committee_id]) for row in rows]


def _office(row: Appointment, committee: str) -> OfficeHeld:
    href = url("committees.committee", committee_id=row.committee_id)
    return OfficeHeld(committee, href, OFFICE_WORDS[row.office], row.period, row.seat.label)
