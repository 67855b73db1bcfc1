"""How plans and nominations follow when people or institutions are merged; a frozen electorate does not."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.committees.models import Election, ElectionVoter, LimitWaiver, Nomination, SuccessionPlan
from app.core.database import db
from app.members.queries import follows, forbids, stays
from app.members.queries.followers import Clash
from app.members.rules import TwinKind

FROZEN = "Who could vote was frozen when nominations ended; a later merger never touches it."

follows(TwinKind.PERSON, SuccessionPlan.person_id, ("plan of succession", "plans of succession"))
follows(TwinKind.INSTITUTION, SuccessionPlan.institution_id, ("newcomer planned", "newcomers planned"))
follows(TwinKind.PERSON, LimitWaiver.person_id, ("request about a limit", "requests about limits"))
follows(TwinKind.PERSON, Nomination.person_id, ("nomination", "nominations"))
stays(TwinKind.PERSON, ElectionVoter.person_id, ("vote in an election", "votes in elections"), FROZEN)
stays(TwinKind.INSTITUTION, ElectionVoter.institution_id, ("vote in an election", "votes in elections"), FROZEN)


@forbids(TwinKind.PERSON)
def _both_nominated(survivor_id: int, merged_id: int) -> list[Clash]:
    """Nobody stands twice in one election."""
    one, other = aliased(Nomination), aliased(Nomination)
    asked = (
        select(Election.title)
        .join(one, one.election_id == Election.id)
        .join(other, other.election_id == Election.id)
        .where(one.person_id == survivor_id, other.person_id == merged_id)
    )
    titles = db.session.scalars(asked.order_by(Election.id)).all()
    return [Clash(f"Both are nominated in {title}.", "They stay two records.") for title in titles]
