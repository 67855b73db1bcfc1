"""How agreements end: terminated for a reason, or expired; and that their results are published."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.agreements.commands.steps import acting_side, held_agreement, locked_agreement, may_lead, move, note
from app.agreements.commands.telling import tell_sides
from app.agreements.models import Agreement
from app.agreements.rules.states import AgreementState, Side, Verb, after
from app.core import clock
from app.core.actor import Actor, program
from app.core.database import db
from app.core.errors import DomainError
from app.core.transaction import reading, transaction
from app.outbox.duties import daily

EXPIRE = "agreements.expire"


def terminate_agreement(agreement_id: int, *, reason: str, last_day: date, version: int, actor: Actor) -> Agreement:
    """End an agreement after a day: no shipment begins under it then; what was given stays where it is."""
    agreement = locked_agreement(agreement_id, version, actor)
    to = may_lead(agreement, Verb.TERMINATE, actor)
    if last_day < clock.today():
        raise DomainError("Shipments went under it until now: choose today or a later day.", "last_day")
    if agreement.last_day is not None and last_day > agreement.last_day:
        raise DomainError("It ends by itself before this day.", "last_day")
    agreement.ended_on, agreement.end_reason = last_day, reason
    move(agreement, to, acting_side(agreement, actor), actor=actor, comment=reason)
    said = {"ended_on": last_day.isoformat()}
    note("terminate", agreement, "Terminated an agreement", actor, after=said)
    tell_sides(agreement, reason, actor)
    return agreement


def note_publication(agreement_id: int, *, published_on: date, version: int, actor: Actor) -> Agreement:
    """Note on which day the results were published: an embargo to publication ends on it."""
    agreement = locked_agreement(agreement_id, version, actor)
    if agreement.executed_on is None:
        raise DomainError("It is not in force yet.")
    if published_on > clock.today():
        raise DomainError("This day is to come.", "published_on")
    before, agreement.published_on = agreement.published_on, published_on
    changes = {"Published": [before.isoformat() if before else None, published_on.isoformat()]}
    move(agreement, agreement.state, acting_side(agreement, actor), actor=actor, changes=changes)
    note("publish", agreement, "Noted the publication", actor, after={"published_on": published_on.isoformat()})
    return agreement


@daily(EXPIRE)
def expire_agreements() -> None:
    """Let what was in force and whose last day is over be expired, and tell both sides; done late, nothing is lost."""
    with reading():
        over = select(Agreement.id).where(
            Agreement.state == AgreementState.EXECUTED, Agreement.last_day < clock.today()
        )
        ids = list(db.session.scalars(over.order_by(Agreement.id)))
    for agreement_id in ids:
        with transaction():
            _expire(agreement_id)


def _expire(agreement_id: int) -> None:
    agreement, actor = held_agreement(agreement_id), program("Expiry of agreements")
    last_day = agreement.last_day
    if agreement.state is not AgreementState.EXECUTED or last_day is None or last_day >= clock.today():
        return  # It was amended, ended or prolonged meanwhile.
    agreement.ended_on = last_day
    move(agreement, after(agreement.state, Verb.EXPIRE), Side.CONSORTIUM, actor=actor)
    note("expire", agreement, "Expired", actor, after={"ended_on": last_day.isoformat()})
    tell_sides(agreement, None, actor)
