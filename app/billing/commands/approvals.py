"""Second persons: an act that needs one is asked about, decided by somebody else, and refused until it is approved."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.billing.models import Approval, FeeRun, Invoice
from app.billing.queries.approvals import (
    ApprovalView,
    Proposal,
    find_approval,
    find_need,
    find_same,
    is_by_two,
    proposal_of,
    propose_amount,
    propose_setting,
    view_approval,
    wants_second,
    words_of_total,
)
from app.billing.rules import ACT_WORDS, SALT, Act, ApprovalState, check_second
from app.core import clock
from app.core.actor import Actor
from app.core.database import Base, db
from app.core.errors import DomainError
from app.core.history import lock
from app.core.money import Money
from app.core.permissions import Permission

# What the yes of a second person does, by act, and the id of what it made: modules of billing name theirs (by_two).
PERFORMED: dict[Act, Callable[[Approval, Actor], int]] = {}
NEEDS_NONE = "This needs no second person: the policy of billing says so."
LOCKED: dict[str, type[Base]] = {"fee_run": FeeRun, "invoice": Invoice}


def ask_approval(act: Act, subject: Subject, *, actor: Actor) -> Approval:
    """Ask a second person about an act on a record as it stands."""
    actor.require(Permission.FEE_EDIT)
    lock(LOCKED[subject.kind], subject.id)
    proposal = find_need(act, subject.kind, subject.id)
    if proposal is None:
        raise DomainError(NEEDS_NONE)
    found = find_approval(proposal)
    if found is not None and (found.is_waiting or found.is_given):
        raise DomainError("A second person is asked already.")
    drop_questions(subject)
    return put_question(proposal, None, "", actor)


def put_question(proposal: Proposal, values: Mapping[str, Any] | None, reason: str, actor: Actor) -> Approval:
    """Write what a second person is asked; `values` is what their yes does."""
    approval = Approval(
        act=proposal.act,
        subject_kind=proposal.subject.kind,
        subject_id=proposal.subject.id,
        words=proposal.words,
        digest=proposal.digest,
        worth_minor=proposal.worth,
        state=ApprovalState.ASKED,
        asked_by=actor.name,
        asked_by_id=actor.user_id,
        asked_at=clock.now(),
        values=None if values is None else {**values, SALT: secrets.token_hex(16)},
        reason=reason or None,
    )
    db.session.add(approval)
    db.session.flush()
    record(
        "billing.ask_approval",
        proposal.subject,
        summary=f"A second person is asked: {proposal.words}",
        after={"approval": approval.id, "act": proposal.act.value, "digest": proposal.digest},
        reason=reason or None,
        actor=actor,
    )
    return approval


def ask_if_needed(act: Act, subject: Subject, *, actor: Actor) -> None:
    """Ask a second person about what was just prepared, where the policy wants one."""
    if find_need(act, subject.kind, subject.id) is not None:
        ask_approval(act, subject, actor=actor)


def drop_questions(subject: Subject) -> None:
    """Nobody is to decide any more what was asked about a record: it is asked anew, or is gone."""
    asked = select(Approval).where(
        Approval.subject_kind == subject.kind,
        Approval.subject_id == subject.id,
        Approval.state == ApprovalState.ASKED,
    )
    for question in db.session.scalars(asked.order_by(Approval.id)):
        question.state, question.decided_at, question.values = ApprovalState.REPLACED, clock.now(), None
    db.session.flush()


def approve(approval_id: int, *, actor: Actor) -> Approval:
    """Say yes as a second person: the act is done with what was typed, or may be while the record stands as it does."""
    approval = _decide(approval_id, ApprovalState.APPROVED, actor)
    _record(approval, "billing.approve", "Approved", actor)
    if approval.values is not None:
        made = PERFORMED[approval.act](approval, actor)
        approval.state, approval.done_id, approval.values = ApprovalState.DONE, made, None
        db.session.flush()
    return approval


def decline(approval_id: int, *, reason: str, actor: Actor) -> Approval:
    """Say no as a second person, and why."""
    if not reason.strip():
        raise DomainError("Say why.", "reason")
    approval = _decide(approval_id, ApprovalState.DECLINED, actor)
    approval.reason, approval.values = reason.strip(), None
    db.session.flush()
    _record(approval, "billing.decline", "Declined", actor)
    return approval


def require_approval(act: Act, subject: Subject) -> None:
    """Refuse an act that needs a second person who has not approved it as it stands."""
    proposal = find_need(act, subject.kind, subject.id)
    if proposal is None:
        return
    found = find_approval(proposal)
    if found is None or not found.is_given:
        raise DomainError(_why_not(act, found))


def use_approval(act: Act, subject: Subject, amount: Money) -> None:
    """Refuse an act that moves an amount and needs a second person, unless one has just said yes to exactly that."""
    if not wants_second(act, subject, amount):
        return
    found = find_same(propose_amount(act, subject, "", amount), ApprovalState.APPROVED)
    if found is None:
        needed = f"{ACT_WORDS[act]} needs a second person for {amount} {amount.currency}"
        raise DomainError(f"{needed}{words_of_total(act, subject, amount)}.", "amount")
    found.state = ApprovalState.DONE


def refuse_alone(act: Act) -> None:
    """Refuse an act that moves no amount where the policy of today asks a second person about it."""
    if is_by_two(act):
        raise DomainError(f"{ACT_WORDS[act]} needs a second person.")


def ask_about_setting(act: Act, subject: Subject, words: str, typed: Mapping[str, Any], actor: Actor) -> Approval:
    """Ask a second person about a change of a setting, in place of what was asked about the same before."""
    drop_questions(subject)
    return put_question(propose_setting(act, subject, words), typed, "", actor)


def _why_not(act: Act, found: ApprovalView | None) -> str:
    needed = f"{ACT_WORDS[act]} needs a second person."
    if found is None or not found.is_current:
        return f"{needed} {'What was asked is not what stands here now: ask' if found else 'Ask'} for approval."
    if found.state is ApprovalState.DECLINED:
        return f"{needed} {found.decided_by} has declined: {found.reason}"
    return f"{needed} {found.asked_by} has asked; nobody has decided yet."


def _decide(approval_id: int, state: ApprovalState, actor: Actor) -> Approval:
    actor.require(Permission.FEE_EDIT)
    asked = db.session.get(Approval, approval_id)
    if asked is not None and asked.act is Act.ISSUE:
        lock(LOCKED[asked.subject_kind], asked.subject_id)
    approval = lock(Approval, approval_id)
    if approval.state is not ApprovalState.ASKED:
        raise DomainError(f"This is decided already, by {approval.decided_by}.")
    found = view_approval(approval, proposal_of(approval))
    check_second(actor.user_id, found.others)
    if not found.is_current:
        raise DomainError("It does not stand any more as it was asked about: let it be asked anew.")
    approval.state = state
    approval.decided_by, approval.decided_by_id, approval.decided_at = actor.name, actor.user_id, clock.now()
    db.session.flush()
    return approval


def _record(approval: Approval, action: str, verb: str, actor: Actor) -> None:
    record(
        action,
        Subject(approval.subject_kind, approval.subject_id),
        summary=f"{verb} as a second person: {approval.words}",
        before={"approval": approval.id, "state": ApprovalState.ASKED.value},
        after={"approval": approval.id, "state": approval.state.value},
        reason=approval.reason,
        actor=actor,
    )
