"""How lines and repositories follow when institutions are merged."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.core.database import db
from app.lines.models import MouseLine, Repository
from app.members.queries import Clash, follows, forbids
from app.members.rules import TwinKind

follows(TwinKind.INSTITUTION, MouseLine.centre_id, ("line it made", "lines it made"))
follows(TwinKind.INSTITUTION, MouseLine.owner_id, ("line it owns", "lines it owns"))
follows(TwinKind.INSTITUTION, MouseLine.funder_id, ("line it paid for", "lines it paid for"))
follows(TwinKind.INSTITUTION, Repository.institution_id, ("repository", "repositories"))


@forbids(TwinKind.INSTITUTION)
def _colonies_of_one_name(survivor_id: int, merged_id: int) -> list[Clash]:
    """A centre has one line of a colony name."""
    one, two = aliased(MouseLine), aliased(MouseLine)
    asked = select(one.colony).where(
        one.centre_id == survivor_id, two.centre_id == merged_id, one.colony_key == two.colony_key
    )
    return [
        Clash(f"Both have a line of the colony {colony}.", "Give one of them another colony name first.")
        for colony in db.session.scalars(asked.order_by(one.sort_key, one.id).limit(5))
    ]
