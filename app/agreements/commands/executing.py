"""Putting an agreement in force once everyone who must sign has signed the same bytes, and what that does to others."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from app.agreements.commands.steps import move, note, present_version, standing_of
from app.agreements.models import Agreement, AgreementSignature
from app.agreements.queries.masters import missing_from_master
from app.agreements.rules.lives import last_day_before
from app.agreements.rules.states import AgreementState, Relation, Side, Verb, after
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import lock


def execute_where_signed(agreement: Agreement, side: Side, actor: Actor) -> None:
    """Put an agreement in force where no signature is missing, from the day of the last one."""
    version = present_version(agreement.id)
    if version is None or standing_of(agreement).unsigned:
        return
    signed = select(func.max(AgreementSignature.signed_on)).where(AgreementSignature.version_id == version.id)
    executed_on: date = db.session.execute(signed.order_by(None)).scalar_one()
    to = after(agreement.state, Verb.EXECUTE)
    _check_term(agreement, executed_on)
    _check_master(agreement, executed_on)
    agreement.executed_on = executed_on
    agreement.first_day = agreement.first_day or executed_on
    move(agreement, to, side, actor=actor)
    note("execute", agreement, "In force", actor, after={"executed_on": executed_on.isoformat()})
    if agreement.parent_id is not None:
        _follow(agreement, lock(Agreement, agreement.parent_id), side, actor)


def _check_term(agreement: Agreement, day: date) -> None:
    if agreement.last_day is not None and agreement.last_day < day:
        raise DomainError("Its last day was over when the last side signed.", "signed_on")


def _check_master(agreement: Agreement, day: date) -> None:
    """An implementing letter needs both to be parties of its master on the day it is executed."""
    if agreement.master_id is None:
        return
    missing = missing_from_master(agreement.master_id, (agreement.provider_id, agreement.recipient_id), day)
    if missing:
        raise DomainError(f"No party of the master agreement on that day: {', '.join(missing)}.")


def _follow(agreement: Agreement, parent: Agreement, side: Side, actor: Actor) -> None:
    """Let the agreement it amends or renews end where it takes over; until now that one governed."""
    if agreement.relation is Relation.AMENDMENT:
        _end(agreement, parent, Verb.AMEND, side, actor)
    elif agreement.relation is Relation.RENEWAL and _goes_on(parent, agreement.first_day):
        _end(agreement, parent, Verb.SUPERSEDE, side, actor)


def _goes_on(parent: Agreement, day: date | None) -> bool:
    """Whether what is renewed would still hold on the first day of its successor."""
    is_over = day is not None and parent.last_day is not None and parent.last_day < day
    return parent.state is AgreementState.EXECUTED and not is_over


def _end(agreement: Agreement, parent: Agreement, verb: Verb, side: Side, actor: Actor) -> None:
    to = after(parent.state, verb)
    taken_over = agreement.executed_on or clock.today()
    parent.ended_on = last_day_before(taken_over, agreement.first_day, parent.last_day)
    move(parent, to, side, actor=actor, comment=f"By {agreement.number}, {agreement.title}")
    what = "Amended" if verb is Verb.AMEND else "Superseded"
    note(verb.value, parent, what, actor, after={"by": agreement.number, "ended_on": parent.ended_on.isoformat()})
