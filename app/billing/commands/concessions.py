"""Concessions on fees: granted, corrected, ended and taken back; what was known before stays known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.billing.models import FeeConcession
from app.billing.queries.concessions import fee_currencies
from app.billing.rules import CONCESSION_WORDS, ConcessionKind, check_concession, check_currency
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import as_known, lock, overlapping, retract, supersede
from app.core.money import Money
from app.core.periods import Period
from app.core.permissions import Permission
from app.members.commands import lock_institution
from app.members.models import Institution
from app.members.rules import day_words


@dataclass(frozen=True)
class ConcessionTerms:
    """What is not asked of a fee: a rate in basis points or an amount a year, from when, why, and who approved it."""

    kind: ConcessionKind
    first_day: date
    reason: str
    approved_by: str
    last_day: date | None = None
    basis_points: int | None = None
    amount: Money | None = None
    decision: str | None = None

    @property
    def columns(self) -> dict[str, object]:
        """As it is kept."""
        return {
            "kind": self.kind,
            "first_day": self.first_day,
            "last_day": self.last_day,
            "basis_points": self.basis_points,
            "amount_minor": self.amount.minor if self.amount else None,
            "currency": self.amount.currency if self.amount else None,
            "reason": self.reason,
            "approved_by": self.approved_by,
            "decision": self.decision,
        }


def grant_concession(institution_id: int, terms: ConcessionTerms, *, actor: Actor) -> FeeConcession:
    """Ask less of a member's fee from a day on: a discount, a contribution in kind in its place, or a waiver."""
    actor.require(Permission.FEE_EDIT)
    member = lock_institution(institution_id)
    _check_currency(member, terms)
    _check(member, terms, None)
    granted = FeeConcession(institution_id=institution_id, recorded_at=clock.now(), **terms.columns)
    db.session.add(granted)
    db.session.flush()
    _record("billing.grant_concession", granted, f"granted to {member.name}", terms.reason, actor)
    return granted


def correct_concession(concession_id: int, terms: ConcessionTerms, *, actor: Actor) -> FeeConcession:
    """Put a concession right that was recorded wrongly, or end it; drafts made before say that prices have changed."""
    member, concession = _locked(concession_id, actor)
    if (terms.amount, terms.first_day) != (concession.amount, concession.first_day):
        _check_currency(member, terms)
    _check(member, terms, concession_id)
    supersede(concession, **terms.columns)
    db.session.flush()
    _record("billing.correct_concession", concession, f"of {member.name} corrected", terms.reason, actor)
    return concession


def take_back_concession(concession_id: int, *, reason: str, actor: Actor) -> FeeConcession:
    """Take a concession back as if it had not been: recorded by mistake, or for somebody else."""
    member, concession = _locked(concession_id, actor)
    if not reason.strip():
        raise DomainError("Say why it is taken back.", "reason")
    retract(concession)
    db.session.flush()
    _record("billing.take_back_concession", concession, f"of {member.name} taken back", reason.strip(), actor)
    return concession


def _locked(concession_id: int, actor: Actor) -> tuple[Institution, FeeConcession]:
    actor.require(Permission.FEE_EDIT)
    of = db.session.scalar(select(FeeConcession.institution_id).where(FeeConcession.id == concession_id))
    member = lock_institution(of or 0)
    concession = lock(FeeConcession, concession_id)
    if concession.superseded_at is not None:
        raise DomainError("It was taken back already.")
    return member, concession


def _check_currency(member: Institution, terms: ConcessionTerms) -> None:
    """Refuse an amount that takes nothing off; one that is there already can still be ended."""
    period = Period(terms.first_day, terms.last_day)
    check_currency(terms.amount, fee_currencies(member.id, period), member.name)


def _check(member: Institution, terms: ConcessionTerms, besides: int | None) -> None:
    check_concession(terms.kind, terms.basis_points, terms.amount)
    period = Period(terms.first_day, terms.last_day)
    if terms.kind is not ConcessionKind.WAIVER:
        return
    other = select(FeeConcession.first_day).where(
        FeeConcession.institution_id == member.id,
        FeeConcession.kind == ConcessionKind.WAIVER,
        overlapping(FeeConcession, period),
        as_known(FeeConcession),
        FeeConcession.id != (besides or 0),
    )
    found = db.session.scalar(other.limit(1))
    if found is not None:
        raise DomainError(f"Its fee is waived already from {day_words(found)} on.", "first_day")


def _record(action: str, concession: FeeConcession, verb: str, reason: str, actor: Actor) -> None:
    amount = concession.amount
    record(
        action,
        Subject("institution", concession.institution_id),
        summary=f"{CONCESSION_WORDS[concession.kind]} {verb}, from {day_words(concession.first_day)}",
        after={
            "concession": concession.id,
            "kind": concession.kind.value,
            "rate": f"{concession.basis_points / 100:g} %" if concession.basis_points else None,
            "amount": f"{amount} {amount.currency}" if amount else None,
            "first_day": concession.first_day.isoformat(),
            "last_day": concession.last_day.isoformat() if concession.last_day else None,
            "approved_by": concession.approved_by,
            "decision": concession.decision,
        },
        reason=reason,
        actor=actor,
    )
