"""Who is a party of a master agreement on a day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select

from app.agreements.models import MasterParty
from app.core.database import db
from app.core.history import valid
from app.members.models import Institution


def missing_from_master(master_id: int, institution_ids: Collection[int], day: date) -> list[str]:
    """The names of those institutions that are no parties of a master on a day."""
    parties = select(MasterParty.institution_id).where(MasterParty.template_id == master_id, valid(MasterParty, day))
    asked = select(Institution.name).where(Institution.id.in_(institution_ids), Institution.id.not_in(parties))
    return list(db.session.scalars(asked.order_by(Institution.sort_name, Institution.id)))
