"""Every office a person holds, held and will hold, of all features in one table and one drawing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from app.core.periods import Period
from app.core.tables import Column, Kind, Narrow
from app.members.queries import RepresentationRow
from app.members.routes.tables import until, words_of
from app.web.addresses import url
from app.web.drawings import Lane, Span
from app.web.on_date import current_on

TONES = {"in force": "accent", "planned": "info", "ended": "quiet"}


@dataclass(frozen=True)
class OfficeHeld:
    """What a person is for a body, and from when to when; `seat` says which place of it that is."""

    body: str
    href: str
    office: str
    period: Period
    seat: str = ""

    @property
    def state(self) -> str:
        """Whether it is in force on the day looked at, will be, or was."""
        if current_on() < self.period.first:
            return "planned"
        return "in force" if self.period.contains(current_on()) else "ended"


OfficesOf = Callable[[int], Iterable[OfficeHeld]]
_offices: list[OfficesOf] = []


def register_offices(offices_of: OfficesOf) -> OfficesOf:
    """Let a feature above name offices: called with the person's id in a request."""
    if offices_of not in _offices:
        _offices.append(offices_of)
    return offices_of


def list_offices(person_id: int, represented: Iterable[RepresentationRow]) -> list[OfficeHeld]:
    """All offices this reader may know of, those in force and the latest first."""
    found = [_representing(row) for row in represented]
    for offices_of in _offices:
        found += offices_of(person_id)
    order = list(TONES)
    newest = sorted(found, key=lambda held: (held.period.first, held.body), reverse=True)
    return sorted(newest, key=lambda held: order.index(held.state))


def lanes_of_offices(offices: Sequence[OfficeHeld]) -> list[Lane]:
    """The same on one axis, a lane for each body."""
    lanes: dict[str, list[Span]] = {}
    for held in sorted(offices, key=lambda each: each.period.first):
        span = Span(held.period.first, held.period.last, held.office, TONES[held.state])
        lanes.setdefault(held.body, []).append(span)
    return [Lane(body, spans) for body, spans in lanes.items()]


def _representing(row: RepresentationRow) -> OfficeHeld:
    href = url("members.institution", institution_id=row.institution_id)
    return OfficeHeld(row.institution, href, words_of(row), row.period)


OFFICE_COLUMNS: tuple[Column[OfficeHeld], ...] = (
    Column("body", "Of", lambda row: row.body, Kind.NAME, link=lambda row: row.href, narrow=Narrow.NAME),
    Column("office", "Office", lambda row: row.office, aside=lambda row: row.seat or None, narrow=Narrow.META),
    Column("state", "State", lambda row: row.state, Kind.STATE, narrow=Narrow.STATE),
    Column("first_day", "From", lambda row: row.period.first, Kind.DATE, narrow=Narrow.META),
    Column("last_day", "Until", lambda row: until(row.period.last), Kind.DATE, narrow=Narrow.AMOUNT),
)
