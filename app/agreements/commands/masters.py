"""Parties to a master agreement: joining it, leaving it, and putting right what was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.agreements.commands.evidence import Evidence, kept
from app.agreements.models import AgreementTemplate, MasterParty
from app.agreements.rules.kinds import TemplateKind
from app.agreements.rules.wording import day_words
from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.history import as_known, check_version, lock, overlapping, retract, supersede
from app.core.periods import Period
from app.core.permissions import Permission
from app.members.commands import hold_institution
from app.members.models import Institution


@dataclass(frozen=True)
class PartyCorrection:
    """The days on which an institution really was a party; the evidence stays where no other is sent."""

    period: Period
    evidence: Evidence | None = None


def join_master(
    template_id: int, institution_id: int, period: Period, evidence: Evidence | None, *, actor: Actor
) -> MasterParty:
    """Record that an institution has joined a master agreement, and the paper that proves it."""
    actor.require(Permission.TEMPLATE_EDIT)
    institution = hold_institution(institution_id)
    master = _locked_master(template_id)
    _refuse_overlap(template_id, institution_id, period, None)
    joined = MasterParty(
        template_id=template_id,
        institution_id=institution_id,
        evidence_file_id=kept(evidence),
        first_day=period.first,
        last_day=period.last,
        recorded_at=clock.now(),
    )
    db.session.add(joined)
    db.session.flush()
    summary = f"{institution.name} is a party to {master.code} from {day_words(period.first)}."
    _note("agreements.join_master", joined, summary, actor, after=_said(joined))
    return joined


def leave_master(party_id: int, last_day: date, *, reason: str, version: int, actor: Actor) -> MasterParty:
    """Record that an institution leaves a master agreement after a day: it writes no new letters, old ones stay."""
    party, master, institution = _locked(party_id, version, actor)
    if party.last_day is not None and last_day >= party.last_day:
        raise DomainError(f"It leaves on {day_words(party.last_day)} already.", "last_day")
    if last_day < party.first_day:
        raise DomainError(f"It joined on {day_words(party.first_day)}: it cannot leave before.", "last_day")
    before = _said(party)
    supersede(party, last_day=last_day)
    db.session.flush()
    summary = f"{institution.name} is a party to {master.code} until {day_words(last_day)}."
    said = {"before": before, "after": _said(party), "reason": reason}
    _note("agreements.leave_master", party, summary, actor, **said)
    return party


def correct_party(
    party_id: int, correction: PartyCorrection, *, reason: str, version: int, actor: Actor
) -> MasterParty:
    """Put right the days or the evidence of a party; what was known until now stays known."""
    party, master, institution = _locked(party_id, version, actor)
    _refuse_overlap(party.template_id, party.institution_id, correction.period, party_id)
    before = _said(party)
    file_id = kept(correction.evidence) or party.evidence_file_id
    supersede(party, first_day=correction.period.first, last_day=correction.period.last, evidence_file_id=file_id)
    db.session.flush()
    summary = f"Corrected when {institution.name} was a party to {master.code}."
    said = {"before": before, "after": _said(party), "reason": reason}
    _note("agreements.correct_party", party, summary, actor, **said)
    return party


def retract_party(party_id: int, *, reason: str, version: int, actor: Actor) -> MasterParty:
    """Take back a party that was recorded by mistake, as if it had never joined."""
    party, master, institution = _locked(party_id, version, actor)
    before = _said(party)
    retract(party)
    db.session.flush()
    summary = f"Took back that {institution.name} is a party to {master.code}."
    _note("agreements.retract_party", party, summary, actor, before=before, reason=reason)
    return party


def _locked_master(template_id: int) -> AgreementTemplate:
    master = lock(AgreementTemplate, template_id)
    if master.kind is not TemplateKind.MASTER:
        raise DomainError("Only a master agreement has parties.")
    return master


def _locked(party_id: int, version: int, actor: Actor) -> tuple[MasterParty, AgreementTemplate, Institution]:
    """A party on record to be changed, with its master locked; the institution first, as everywhere."""
    actor.require(Permission.TEMPLATE_EDIT)
    found = db.session.get(MasterParty, party_id)
    if found is None or found.superseded_at is not None:
        raise NotFoundError("There is no such party.")
    institution = hold_institution(found.institution_id)
    master = _locked_master(found.template_id)
    party = lock(MasterParty, party_id)
    if party.superseded_at is not None:
        raise NotFoundError("There is no such party.")
    check_version(party, version)
    return party, master, institution


def _refuse_overlap(template_id: int, institution_id: int, period: Period, besides: int | None) -> None:
    asked = select(MasterParty).where(
        MasterParty.template_id == template_id,
        MasterParty.institution_id == institution_id,
        MasterParty.id != (besides or 0),
        as_known(MasterParty),
        overlapping(MasterParty, period),
    )
    other = db.session.scalar(asked.order_by(MasterParty.first_day, MasterParty.id).limit(1))
    if other is not None:
        until = f"to {day_words(other.last_day)}" if other.last_day else "on"
        raise DomainError(f"It is a party from {day_words(other.first_day)} {until} already.", "first_day")


def _said(party: MasterParty) -> dict[str, Any]:
    return {
        "master": party.template_id,
        "institution": party.institution_id,
        "first_day": party.first_day,
        "last_day": party.last_day,
        "evidence": party.evidence_file_id,
    }


def _note(action: str, party: MasterParty, summary: str, actor: Actor, **change: Any) -> None:
    record(action, Subject("agreement_template", party.template_id), summary=summary, actor=actor, **change)
