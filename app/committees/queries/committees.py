"""Which committees there are on a day, in the order of their tree, with how full their rosters are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Label, ScalarSelect, and_, func, or_, select

from app.accounts.queries import name_scopes
from app.audit.remembering import remembered
from app.committees.models import Appointment, Committee, Seat
from app.committees.queries.facts import ON, Held, began_by, has_facts, held_on, instant, moment, of_seats, seat_facts
from app.committees.queries.names import dated_name, former_names_of, names_on
from app.committees.rules import CommitteeKind, Existence, Office, in_tree
from app.core import clock
from app.core.actor import Actor
from app.core.database import db, prepared
from app.core.errors import NotFoundError
from app.core.folding import folded
from app.core.history import on_day, valid
from app.core.paging import AnySelect
from app.core.permissions import Permission
from app.core.tables import Page, PageRequest
from app.members.models import Person


@dataclass(frozen=True)
class CommitteeRow:
    """A committee on a day, as it was called then; `depth` is how far down the tree it stands.

    `formerly` are the names it had before that day, the latest first.
    """

    id: int
    name: str
    kind: CommitteeKind
    parent_id: int | None
    parent_name: str | None
    sort_name: str
    search_text: str
    founded_on: date
    dissolved_on: date | None
    seats: int
    filled: int
    chair: str | None
    chair_id: int | None
    depth: int = 0
    formerly: tuple[str, ...] = ()

    @property
    def vacant(self) -> int:
        """Seats nobody holds."""
        return self.seats - self.filled


@dataclass(frozen=True)
class CommitteeFilters:
    """What a list of committees is narrowed to; `vacancies` keeps those with a vacant seat.

    `existence` asks for those there are on the day, for those dissolved by then, or for both.
    """

    words: str = ""
    kind: CommitteeKind | None = None
    vacancies: bool = False
    existence: Existence = Existence.EXISTING


SORTS: dict[str, Callable[[CommitteeRow], Any]] = {
    "name": lambda row: row.sort_name,
    "kind": lambda row: (row.kind, row.sort_name),
    "seats": lambda row: (row.seats, row.sort_name),
    "filled": lambda row: (row.filled, row.sort_name),
    "vacant": lambda row: (row.vacant, row.sort_name),
    "founded": lambda row: (row.founded_on, row.sort_name),
    "dissolved": lambda row: (row.dissolved_on or date.max, row.sort_name),
}


def search_committees(
    filters: CommitteeFilters, request: PageRequest, actor: Actor, *, on: date, known: datetime | None = None
) -> Page[CommitteeRow]:
    """Committees of a day in the order of their tree, or by a column.

    A consortium has a few dozen: all are read in one statement and put in order here, where the tree is known.
    """
    found = list_committees(actor, on=on, known=known, existence=filters.existence)
    rows = [row for row in found if _fits(row, filters)]
    if request.sort in SORTS:
        rows.sort(key=SORTS[request.sort], reverse=request.descending)
        rows = [replace(row, depth=0) for row in rows]
    end = request.offset + request.size if request.size else None
    totals = {name: sum(getattr(row, name) for row in rows) for name in ("seats", "filled", "vacant")}
    return Page(rows[request.offset if request.size else 0 : end], len(rows), request, dict(totals))


def list_committees(
    actor: Actor, *, on: date, known: datetime | None = None, existence: Existence = Existence.EXISTING
) -> list[CommitteeRow]:
    """All committees that exist on a day, or are dissolved by then, each under the one it is part of."""
    if not actor.has_any(Permission.COMMITTEE_READ):
        return []
    return list(_rows(on, known, existence))


def get_committee(committee_id: int, actor: Actor) -> Committee:
    """A committee, for anyone who may read committees."""
    committee = db.session.get(Committee, committee_id)
    if committee is None or not actor.may(Permission.COMMITTEE_READ, committee_id=committee_id):
        raise NotFoundError("There is no such committee.")
    return committee


def get_editable_committee(committee_id: int, actor: Actor) -> Committee:
    """A committee the actor may change; 404 for one they may only read would hide nothing, so it is refused."""
    committee = get_committee(committee_id, actor)
    actor.require(Permission.COMMITTEE_EDIT, committee_id=committee_id)
    return committee


def list_own_committees(
    actor: Actor, permission: Permission, *, on: date, known: datetime | None = None
) -> Sequence[Committee]:
    """Committees the permission reaches on a day: all of them, or those the actor holds it for."""
    statement = select(Committee).where(exists_on(on, known)).order_by(Committee.sort_name, Committee.id)
    if not actor.has_all(permission):
        statement = statement.where(Committee.id.in_(actor.own_committees(permission)))
    return db.session.scalars(statement).all()


def exists_on(on: date, known: datetime | None = None) -> ColumnElement[bool]:
    """The condition that a committee exists on a day, as known at an instant or now."""
    if known is not None:
        return has_facts(on, known)
    return and_(Committee.founded_on <= on, or_(Committee.dissolved_on.is_(None), Committee.dissolved_on >= on))


def exists_as(existence: Existence, on: date, known: datetime | None = None) -> ColumnElement[bool]:
    """The condition that a committee exists on a day, was dissolved by then, or either."""
    if existence is Existence.EXISTING:
        return exists_on(on, known)
    if known is not None:
        begun = began_by(on, known)
        return and_(begun, ~has_facts(on, known)) if existence is Existence.DISSOLVED else begun
    return Committee.dissolved_on < on if existence is Existence.DISSOLVED else Committee.founded_on <= on


def _fits(row: CommitteeRow, filters: CommitteeFilters) -> bool:
    return (
        all(word in row.search_text for word in folded(filters.words).split())
        and filters.kind in {None, row.kind}
        and (not filters.vacancies or row.vacant > 0)
    )


@remembered
def _rows(on: date, known: datetime | None, existence: Existence) -> tuple[CommitteeRow, ...]:
    found = db.session.execute(_statement(ON, instant(known), existence), moment(on, known)).all()
    former, held = former_names_of(on, known), held_on(on, known)
    above = {row.id: held[row.id].parent_id for row in found}
    names = names_on([each for each in above.values() if each is not None], on=on, known=known)
    rows = [_row(row, held[row.id], names.get(above[row.id] or 0), former.get(row.id, ())) for row in found]
    rows.sort(key=lambda row: (row.sort_name, row.id))
    by_id = {row.id: row for row in rows}
    return tuple(replace(by_id[each], depth=depth) for each, depth in in_tree({r.id: r.parent_id for r in rows}))


def _row(found: Any, held: Held, parent_name: str | None, formerly: tuple[str, ...]) -> CommitteeRow:
    return CommitteeRow(
        **found._mapping,  # noqa: SLF001 - the documented way to a mapping
        kind=held.kind,
        parent_id=held.parent_id,
        parent_name=parent_name,
        founded_on=held.founded_on,
        dissolved_on=held.dissolved_on,
        sort_name=folded(found.name),
        formerly=formerly,
    )


@prepared
def _statement(on: date, known: datetime | None, existence: Existence) -> AnySelect:
    return (
        select(
            Committee.id,
            dated_name(on, known).label("name"),
            Committee.search_text,
            _seats(on, known).label("seats"),
            _filled(on, known).label("filled"),
            *_chair(on, known),
        )
        .where(exists_as(existence, on, known))
        .order_by(Committee.sort_name, Committee.id)
    )


def _seats(on: date, known: datetime | None) -> ScalarSelect[int]:
    return _there(on, known).scalar_subquery()


def _filled(on: date, known: datetime | None) -> ScalarSelect[int]:
    held = and_(Appointment.seat_id == Seat.id, valid(Appointment, on, known))
    return _there(on, known).join(Appointment, held).scalar_subquery()


def _there(on: date, known: datetime | None) -> AnySelect:
    """How many seats of a committee there are on a day."""
    facts = seat_facts(known)
    asked = of_seats(select(func.count(Seat.id)).select_from(Seat), facts, known)
    return asked.where(Seat.committee_id == Committee.id, on_day(facts, on)).correlate(Committee)


def _chair(on: date, known: datetime | None) -> tuple[Label[Any], Label[Any]]:
    holder = (
        select(Person.id)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(
            Appointment.committee_id == Committee.id,
            Appointment.office == Office.CHAIR,
            valid(Appointment, on, known),
        )
        .order_by(Appointment.id)
        .limit(1)
    )
    name = holder.with_only_columns(Person.given_name + " " + Person.family_name)
    return name.scalar_subquery().label("chair"), holder.scalar_subquery().label("chair_id")


def _names_of(committee_ids: Iterable[int]) -> dict[int, str]:
    return dict(names_on(committee_ids, on=clock.today()))


name_scopes("committee", _names_of)
