"""Who could sign for an institution on a day, and as it was known then: the list, one record, and the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.agreements.models import Signatory
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.history import as_known, valid
from app.core.paging import AnySelect, fetch_page, matches
from app.core.permissions import Permission
from app.core.tables import Page, PageRequest
from app.files.models import StoredFile
from app.files.queries import OpenedFile, open_file
from app.members.models import Institution, InstitutionName, Person


@dataclass(frozen=True)
class SignatoryFilters:
    """What the list is narrowed to; without `everyone`, it holds who can sign on the day."""

    words: str = ""
    institution_id: int | None = None
    everyone: bool = False


@dataclass(frozen=True)
class SignatoryRow:
    """Who may sign for an institution, in which office, from when to when."""

    id: int
    institution_id: int
    institution: str
    short_name: str
    person_id: int
    person: str
    office: str
    first_day: date
    last_day: date | None
    withdrawn_because: str | None
    evidence: str | None
    recorded_at: datetime
    version: int

    def state_on(self, day: date) -> str:
        """Whether they may sign on a day."""
        if day < self.first_day:
            return "Not yet"
        if self.last_day is not None and self.last_day < day:
            return "Withdrawn"
        return "Active"


def search_signatories(
    filters: SignatoryFilters, request: PageRequest, actor: Actor, *, on: date, known: datetime | None = None
) -> Page[SignatoryRow]:
    """Signatories of the institutions the actor may look at: who can sign on a day, as known at an instant."""
    asked = _asked(on, known).where(_reached(actor), as_known(Signatory, known))
    if not filters.everyone:
        asked = asked.where(valid(Signatory, on, known))
    if filters.institution_id is not None:
        asked = asked.where(Signatory.institution_id == filters.institution_id)
    for word in filters.words.split():
        said = (Person.search_text, InstitutionName.sort_name, func.lower(Signatory.office))
        asked = asked.where(or_(*(and_(*matches(column, word)) for column in said)))
    sorts = {
        "institution": InstitutionName.sort_name,
        "person": Person.sort_name,
        "office": Signatory.office,
        "first_day": Signatory.first_day,
        "last_day": Signatory.last_day,
    }
    return fetch_page(asked, request, sorts=sorts, key=Signatory.id, build=_row)


def who_could_sign(institution_id: int, *, on: date, known: datetime | None = None) -> Sequence[SignatoryRow]:
    """Who could sign for an institution on a day, as known at an instant (default: now), who was named first first."""
    asked = _asked(on, known).where(Signatory.institution_id == institution_id, valid(Signatory, on, known))
    return [_row(row) for row in db.session.execute(asked.order_by(Signatory.first_day, Signatory.id))]


def list_signatories(
    actor: Actor,
    *,
    institution_id: int | None = None,
    person_id: int | None = None,
    on: date,
    known: datetime | None = None,
) -> Sequence[SignatoryRow]:
    """Everyone who could, can and will sign for an institution, or for whom a person signs, as known at an instant."""
    asked = _asked(on, known).where(_reached(actor), as_known(Signatory, known))
    if institution_id is not None:
        asked = asked.where(Signatory.institution_id == institution_id)
    if person_id is not None:
        asked = asked.where(Signatory.person_id == person_id)
    return [_row(row) for row in db.session.execute(asked.order_by(Signatory.first_day.desc(), Signatory.id))]


def get_signatory(signatory_id: int, actor: Actor, *, on: date, known: datetime | None = None) -> SignatoryRow:
    """One signatory as known at an instant; what was taken back is not there."""
    asked = _asked(on, known).where(Signatory.id == signatory_id, Signatory.superseded_at.is_(None), _reached(actor))
    found = db.session.execute(asked.order_by(Signatory.id)).first()
    if found is None:
        raise NotFoundError("There is no such signatory.")
    return _row(found)


def get_editable_signatory(signatory_id: int, actor: Actor, *, on: date) -> SignatoryRow:
    """One signatory, for who may change it."""
    found = get_signatory(signatory_id, actor, on=on)
    actor.require(Permission.SIGNATORY_EDIT)
    return found


def open_evidence(signatory_id: int, actor: Actor) -> OpenedFile:
    """The paper that names a signatory, for who may see them."""
    asked = select(Signatory.evidence_file_id).where(Signatory.id == signatory_id, _reached(actor))
    file_id = db.session.scalar(asked.order_by(Signatory.id))
    if file_id is None:
        raise NotFoundError("There is no such paper.")
    return open_file(file_id)


def _reached(actor: Actor) -> ColumnElement[bool]:
    """The condition that the actor may look at signatories of this institution."""
    if actor.has_all(Permission.SIGNATORY_READ):
        return Signatory.id.is_not(None)
    return Signatory.institution_id.in_(actor.own_institutions(Permission.SIGNATORY_READ))


def _asked(on: date, known: datetime | None) -> AnySelect:
    """Signatories, their institutions as they were called on a day."""
    named = and_(InstitutionName.institution_id == Signatory.institution_id, valid(InstitutionName, on, known))
    return (
        select(
            Signatory.id,
            Signatory.institution_id,
            func.coalesce(InstitutionName.name, Institution.name).label("institution"),
            func.coalesce(InstitutionName.short_name, Institution.short_name).label("short_name"),
            Signatory.person_id,
            (Person.given_name + " " + Person.family_name).label("person"),
            Signatory.office,
            Signatory.first_day,
            Signatory.last_day,
            Signatory.withdrawn_because,
            StoredFile.name.label("evidence"),
            Signatory.recorded_at,
            Signatory.version,
        )
        .join(Institution, Institution.id == Signatory.institution_id)
        .join(Person, Person.id == Signatory.person_id)
        .outerjoin(InstitutionName, named)
        .outerjoin(StoredFile, StoredFile.id == Signatory.evidence_file_id)
    )


def _row(row: Any) -> SignatoryRow:
    return SignatoryRow(*row)
