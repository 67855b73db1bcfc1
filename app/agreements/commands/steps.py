"""What every step in the life of an agreement has in common: who may take it, that it is dated, and who hears of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.agreements.models import Agreement, AgreementSignature, AgreementStep, AgreementVersion
from app.agreements.rules.states import (
    STATE_WORDS,
    AgreementState,
    Side,
    Standing,
    Verb,
    after,
    may_take,
)
from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import AccessDeniedError, NotFoundError
from app.core.folding import folded
from app.core.history import check_version, lock
from app.core.permissions import Permission
from app.members.models import Institution

NO_SUCH = "There is no such agreement."


def sides_of(agreement: Agreement, actor: Actor) -> frozenset[Side]:
    """For which sides somebody acts: the secretariat and the MTA group for the consortium, others for their own."""
    if actor.has_all(Permission.AGREEMENT_EDIT):
        return frozenset({Side.CONSORTIUM})
    own = actor.own_institutions(Permission.AGREEMENT_EDIT)
    parties = {Side.PROVIDER: agreement.provider_id, Side.RECIPIENT: agreement.recipient_id}
    return frozenset(side for side, institution_id in parties.items() if institution_id in own)


def acting_side(agreement: Agreement, actor: Actor) -> Side:
    """The side a step is written down for."""
    sides = sides_of(agreement, actor)
    return next((each for each in Side if each in sides), Side.CONSORTIUM)


def locked_agreement(agreement_id: int, version: int, actor: Actor) -> Agreement:
    """An agreement that the actor may change, locked, in the version they looked at."""
    agreement = held_agreement(agreement_id)
    if not sides_of(agreement, actor):
        if actor.has_all(Permission.AGREEMENT_READ):
            raise AccessDeniedError("You may not do this.")
        raise NotFoundError(NO_SUCH)
    check_version(agreement, version)
    return agreement


def held_agreement(agreement_id: int) -> Agreement:
    """An agreement, locked; that it hangs on another locks that one first, so that two are never taken crosswise."""
    parent = select(Agreement.parent_id).where(Agreement.id == agreement_id)
    parent_id = db.session.scalar(parent)
    if parent_id is not None:
        lock(Agreement, parent_id)
    return lock(Agreement, agreement_id)


def standing_of(agreement: Agreement) -> Standing:
    """What decides who may do what with it now."""
    return Standing(agreement.state, agreement.kind, agreement.proposed_by, frozenset(signed_sides(agreement.id)))


def present_version(agreement_id: int) -> AgreementVersion | None:
    """The version that is or was to be signed, None before the first and while it is opened again."""
    asked = select(AgreementVersion).where(
        AgreementVersion.agreement_id == agreement_id, AgreementVersion.reopened_at.is_(None)
    )
    return db.session.scalar(asked.order_by(AgreementVersion.number.desc()).limit(1))


def signed_sides(agreement_id: int) -> list[Side]:
    """Who has signed the present version."""
    version = present_version(agreement_id)
    if version is None:
        return []
    asked = select(AgreementSignature.side).where(AgreementSignature.version_id == version.id)
    return list(db.session.scalars(asked.order_by(AgreementSignature.id)))


def take(agreement: Agreement, verb: Verb, comment: str | None, *, actor: Actor) -> AgreementStep:
    """Take a step of negotiation, where it is the actor's to take."""
    to = may_lead(agreement, verb, actor)
    return move(agreement, to, acting_side(agreement, actor), comment=comment, actor=actor)


def may_lead(agreement: Agreement, verb: Verb, actor: Actor) -> AgreementState:
    """The state a step leads to, where there is such a step and it is the actor's to take."""
    to = after(agreement.state, verb)
    if not may_take(standing_of(agreement), verb, sides_of(agreement, actor)):
        raise AccessDeniedError("This step is for the other side, or for the MTA group, to take.")
    return to


def move(
    agreement: Agreement,
    to: AgreementState,
    side: Side,
    *,
    comment: str | None = None,
    changes: Mapping[str, Any] | None = None,
    actor: Actor,
) -> AgreementStep:
    """Write a step down and let the agreement stand where it leads; the caller has checked that it may."""
    step = AgreementStep(
        agreement_id=agreement.id,
        from_state=agreement.state,
        to_state=to,
        at=clock.now(),
        by=actor.name,
        side=side,
        comment=comment,
        changes=dict(changes) if changes else None,
    )
    db.session.add(step)
    agreement.state, agreement.changed_at = to, clock.now()
    return step


def note(action: str, agreement: Agreement, what: str, actor: Actor, **change: Any) -> None:
    """Put a step on the trail, once it is flushed."""
    db.session.flush()
    called = agreement.number or f"draft {agreement.id}"
    said = {"state": STATE_WORDS[agreement.state], **(change.pop("after", None) or {})}
    record(
        f"agreements.{action}",
        Subject("agreement", agreement.id),
        summary=f"{what}: {called}.",
        actor=actor,
        after=said,
        **change,
    )


def index(agreement: Agreement, material: str) -> None:
    """Write down by which words an agreement is found: number, title, parties, material."""
    ids = [agreement.provider_id, agreement.recipient_id, agreement.third_id or 0]
    asked = select(Institution.name, Institution.short_name).where(Institution.id.in_(ids)).order_by(Institution.id)
    names = [name for row in db.session.execute(asked) for name in row]
    agreement.search_text = folded(agreement.number, agreement.title, *names, material)
