"""Who is a party to a master agreement on a day, with the proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app.agreements.models import AgreementTemplate, MasterParty
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.history import as_known, valid
from app.core.paging import AnySelect, exists_row
from app.core.permissions import Permission
from app.files.models import StoredFile
from app.files.queries import OpenedFile, open_file
from app.members.models import Institution


@dataclass(frozen=True)
class PartyRow:
    """A party to a master agreement, from the day it joined to the day it left."""

    id: int
    template_id: int
    template: str
    institution_id: int
    institution: str
    short_name: str
    first_day: date
    last_day: date | None
    evidence: str | None
    version: int

    def state_on(self, day: date) -> str:
        """How it stands on a day."""
        if day < self.first_day:
            return "Not yet"
        return "In force" if self.last_day is None or day <= self.last_day else "Withdrawn"


def list_parties(
    *, template_id: int | None = None, institution_id: int | None = None, known: datetime | None = None
) -> Sequence[PartyRow]:
    """All parties of a master, or all masters of an institution, those that left as well, as known at an instant."""
    party, institution = MasterParty, Institution
    asked: AnySelect = (
        select(
            party.id,
            party.template_id,
            AgreementTemplate.code,
            party.institution_id,
            institution.name,
            institution.short_name,
            party.first_day,
            party.last_day,
            StoredFile.name,
            party.version,
        )
        .join(AgreementTemplate, AgreementTemplate.id == party.template_id)
        .join(institution, institution.id == party.institution_id)
        .outerjoin(StoredFile, StoredFile.id == party.evidence_file_id)
        .where(as_known(party, known))
        .order_by(institution.name, party.first_day, party.id)
    )
    if template_id is not None:
        asked = asked.where(party.template_id == template_id)
    if institution_id is not None:
        asked = asked.where(party.institution_id == institution_id)
    return [PartyRow(*row) for row in db.session.execute(asked)]


def get_party(party_id: int, actor: Actor) -> PartyRow:
    """A party on record, for who may read templates."""
    asked = select(MasterParty.template_id).where(MasterParty.id == party_id, as_known(MasterParty))
    template_id = db.session.scalar(asked.order_by(MasterParty.id))
    if template_id is None or not actor.has_any(Permission.TEMPLATE_READ):
        raise NotFoundError("There is no such party.")
    return next(row for row in list_parties(template_id=template_id) if row.id == party_id)


def is_party(template_id: int, institution_id: int, *, on: date, known: datetime | None = None) -> bool:
    """Whether an institution is a party to a master agreement on a day."""
    return exists_row(
        select(MasterParty.id).where(
            MasterParty.template_id == template_id,
            MasterParty.institution_id == institution_id,
            valid(MasterParty, on, known),
        )
    )


def open_party_evidence(party_id: int, actor: Actor) -> OpenedFile:
    """The paper that proves a party, for who may read templates."""
    found = db.session.get(MasterParty, party_id)
    if found is None or found.evidence_file_id is None or not actor.has_any(Permission.TEMPLATE_READ):
        raise NotFoundError("There is no such paper.")
    return open_file(found.evidence_file_id)
