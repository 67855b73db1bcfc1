"""How plans and nominations follow when people or institutions are merged; a frozen electorate does not."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from app.committees.models import Committee, Election, ElectionVoter, LimitWaiver, Nomination, Seat, SuccessionPlan
from app.committees.rules.waivers import STANDING_WAIVERS
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


@forbids(TwinKind.PERSON)
def _both_waived(survivor_id: int, merged_id: int) -> list[Clash]:
    """Nobody has two requests that stand for one day of one seat."""
    one, other = aliased(LimitWaiver), aliased(LimitWaiver)
    asked = (
        select(Seat.position, Committee.name)
        .join(Committee, Committee.id == Seat.committee_id)
        .join(one, one.seat_id == Seat.id)
        .join(other, other.seat_id == Seat.id)
        .where(
            one.person_id == survivor_id,
            other.person_id == merged_id,
            *(each.state.in_(STANDING_WAIVERS) for each in (one, other)),
            or_(one.last_day.is_(None), one.last_day >= other.first_day),
            or_(other.last_day.is_(None), other.last_day >= one.first_day),
        )
        .distinct()
        .order_by(Committee.name, Seat.position)
    )
    both = "For both a limit of terms is asked to be waived, or is, on the same days of"
    return [
        Clash(f"{both} seat {row.position} of {row.name}.", "Take back or revoke one of the two first.")
        for row in db.session.execute(asked)
    ]
