"""How exchanges and holdings follow when institutions or people are merged."""

from __future__ import annotations

from sqlalchemy import and_, or_, select

from app.core.database import db
from app.exchange.models import Exchange, HealthLimit, Holding
from app.members.queries import Alone, Clash, follows, forbids
from app.members.rules import TwinKind

follows(TwinKind.INSTITUTION, Exchange.giver_id, ("exchange it gives", "exchanges it gives"))
follows(TwinKind.INSTITUTION, Exchange.taker_id, ("exchange it takes", "exchanges it takes"))
follows(TwinKind.INSTITUTION, Holding.institution_id, ("line it holds", "lines it holds"))
follows(
    TwinKind.INSTITUTION,
    HealthLimit.institution_id,
    ("limit of health reports", "limits of health reports"),
    alone=(Alone((), "Both have a limit of health reports on the same days."),),
)
follows(TwinKind.PERSON, Exchange.person_id, ("exchange for them", "exchanges for them"))
follows(TwinKind.PERSON, Exchange.giver_contact_id, ("exchange they are asked about", "exchanges they are asked about"))
follows(TwinKind.PERSON, Exchange.taker_contact_id, ("exchange they are asked about", "exchanges they are asked about"))


@forbids(TwinKind.INSTITUTION)
def _gave_to_the_other(survivor_id: int, merged_id: int) -> list[Clash]:
    """Nothing goes from an institution to itself, and what did go between the two stays what it was."""
    between = or_(
        and_(Exchange.giver_id == survivor_id, Exchange.taker_id == merged_id),
        and_(Exchange.giver_id == merged_id, Exchange.taker_id == survivor_id),
    )
    asked = select(Exchange.number, Exchange.id).where(between).order_by(Exchange.id).limit(5)
    return [
        Clash(
            f"{row.number or f'Request {row.id}'} went between the two.",
            "What one gave the other stays on record between two institutions: they cannot be merged.",
        )
        for row in db.session.execute(asked)
    ]
