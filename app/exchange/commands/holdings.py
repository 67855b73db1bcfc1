"""Who has a line: what was there before, how it came to an end, and how young health reports must be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.agreements.models import Agreement
from app.agreements.rules.states import EVER_EXECUTED
from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.history import as_known, check_version, lock, supersede
from app.core.periods import ONE_DAY
from app.core.permissions import Permission
from app.exchange.commands.papers import SentFile
from app.exchange.commands.reaching import hold_lines
from app.exchange.commands.shipping import note_holding
from app.exchange.models import HealthLimit, Holding
from app.exchange.queries.facts import lines_with_ancestors
from app.exchange.rules.exchanges import ENDED_WORDS, EndedHow
from app.exchange.rules.facts import LineFacts
from app.files.commands import store_file
from app.lines.rules import MaterialForm
from app.members.commands import hold_institution
from app.members.models import Institution
from app.members.rules import day_words


@dataclass(frozen=True)
class HoldingValues:
    """Which line an institution has since when, in which form (None: any), and under which agreement."""

    line_id: int
    institution_id: int
    first_day: date
    form: MaterialForm | None = None
    agreement_id: int | None = None


@dataclass(frozen=True)
class Ending:
    """The last day an institution had a line, how that ended, why, and what shows it."""

    last_day: date
    how: EndedHow
    reason: str
    evidence: SentFile | None = None


def record_holding(values: HoldingValues, *, actor: Actor) -> Holding:
    """Put on record that an institution has a line: what came before the program, or was made anew.

    Who owns or made the line says so itself; of anybody else only the consortium's people do.
    """
    line = _line(values.line_id)
    own = values.institution_id in line.origin_ids and values.agreement_id is None
    actor.require(Permission.EXCHANGE_EDIT, institution_id=values.institution_id if own else None)
    hold_institution(values.institution_id)
    hold_lines([line.id])
    if values.first_day > clock.today():
        raise DomainError("Put on record what is there: choose today or an earlier day.", "first_day")
    _check_agreement(values)
    _refuse_twice(values)
    holding = _added(values, actor)
    note_holding(holding, "record", f"{line.name}: custody put on record.", actor)
    return holding


def end_holding(holding_id: int, ending: Ending, *, version: int, actor: Actor) -> Holding:
    """Put on record that what an institution had of a line was destroyed, returned or used up."""
    holding = _own(holding_id, actor)
    check_version(holding, version)
    if holding.last_day is not None:
        raise DomainError(f"That ended on {day_words(holding.last_day)} already.", "last_day")
    _check_ending(ending, holding.first_day)
    before = {"last_day": None}
    _end(holding, ending)
    what = f"{ENDED_WORDS[ending.how]}, {day_words(ending.last_day)}."
    note_holding(holding, "end", what, actor, before=before, reason=ending.reason)
    return holding


def end_origin(line_id: int, institution_id: int, ending: Ending, *, actor: Actor) -> Holding:
    """Put on record that who owns or made a line has it no more; it did without a record since the line was made."""
    line = _line(line_id)
    if institution_id not in line.origin_ids or line.made_on is None:
        raise NotFoundError("There is no such holding.")
    actor.require(Permission.EXCHANGE_EDIT, institution_id=institution_id)
    hold_institution(institution_id)
    hold_lines([line.id])
    _check_ending(ending, line.made_on)
    values = HoldingValues(line_id, institution_id, line.made_on)
    _refuse_twice(values)
    holding = _added(values, actor)
    _end(holding, ending)
    what = f"{line.name}: {ENDED_WORDS[ending.how].lower()}, {day_words(ending.last_day)}."
    note_holding(holding, "end", what, actor, reason=ending.reason)
    return holding


def set_health_limit(institution_id: int, days: int, *, first_day: date, actor: Actor) -> HealthLimit:
    """Say how young, in days, health reports must be with which an institution accepts live animals, from a day on."""
    actor.require(Permission.EXCHANGE_EDIT, institution_id=institution_id)
    institution = lock(Institution, institution_id)
    if first_day < clock.today():
        raise DomainError("What was in force stays as it was: choose today or a later day.", "first_day")
    asked = select(HealthLimit).where(HealthLimit.institution_id == institution_id, as_known(HealthLimit))
    for standing in db.session.scalars(asked.order_by(HealthLimit.first_day, HealthLimit.id)).all():
        if standing.first_day >= first_day:
            standing.superseded_at = clock.now()
        elif standing.last_day is None or standing.last_day >= first_day:
            supersede(standing, last_day=first_day - ONE_DAY)
    limit = HealthLimit(
        institution_id=institution_id,
        days=days,
        first_day=first_day,
        last_day=None,
        noted_by=actor.name,
        recorded_at=clock.now(),
    )
    db.session.add(limit)
    db.session.flush()
    record(
        "exchange.set_health_limit",
        Subject("institution", institution_id),
        summary=f"{institution.short_name} accepts health reports younger than {days} days.",
        actor=actor,
        after={"days": days, "first_day": first_day.isoformat()},
    )
    return limit


def _line(line_id: int) -> LineFacts:
    found = lines_with_ancestors([line_id]).get(line_id)
    if found is None:
        raise DomainError("There is no such line.", "line_id")
    return found


def _own(holding_id: int, actor: Actor) -> Holding:
    found = db.session.get(Holding, holding_id)
    if found is None or found.superseded_at is not None:
        raise NotFoundError("There is no such holding.")
    if not actor.may(Permission.EXCHANGE_EDIT, institution_id=found.institution_id):
        raise NotFoundError("There is no such holding.")
    hold_lines([found.line_id])
    return lock(Holding, holding_id)


def _added(values: HoldingValues, actor: Actor) -> Holding:
    holding = Holding(
        line_id=values.line_id,
        institution_id=values.institution_id,
        form=values.form,
        agreement_id=values.agreement_id,
        first_day=values.first_day,
        last_day=None,
        noted_by=actor.name,
        recorded_at=clock.now(),
    )
    db.session.add(holding)
    db.session.flush()
    return holding


def _end(holding: Holding, ending: Ending) -> None:
    sent = ending.evidence
    evidence = store_file(sent.content, sent.media_type, sent.name).id if sent else None
    supersede(
        holding,
        last_day=ending.last_day,
        ended_how=ending.how,
        end_reason=ending.reason,
        end_evidence_id=evidence,
    )
    db.session.flush()


def _check_ending(ending: Ending, first_day: date) -> None:
    if ending.last_day > clock.today():
        raise DomainError("Put on record what has happened: choose today or an earlier day.", "last_day")
    if ending.last_day < first_day:
        raise DomainError(f"It is there since {day_words(first_day)}.", "last_day")


def _check_agreement(values: HoldingValues) -> None:
    """What is held under an agreement is held by its recipient, after it was signed by all."""
    if values.agreement_id is None:
        return
    found = db.session.get(Agreement, values.agreement_id)
    if found is None or found.state not in EVER_EXECUTED:
        raise DomainError("Choose an agreement that was signed by both sides.", "agreement_id")
    if found.recipient_id != values.institution_id:
        raise DomainError("Its recipient is another institution.", "agreement_id")


def _refuse_twice(values: HoldingValues) -> None:
    """What has no exchange is on record once at a time."""
    asked = select(Holding.first_day).where(
        Holding.line_id == values.line_id,
        Holding.institution_id == values.institution_id,
        Holding.exchange_item_id.is_(None),
        Holding.agreement_id == values.agreement_id if values.agreement_id else Holding.agreement_id.is_(None),
        as_known(Holding),
        Holding.last_day.is_(None) | (Holding.last_day >= values.first_day),
    )
    standing = db.session.scalars(asked.order_by(Holding.first_day, Holding.id).limit(1)).first()
    if standing is not None:
        raise DomainError(f"It is on record already, since {day_words(standing)}.", "first_day")
