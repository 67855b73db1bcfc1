"""What applicants have to fulfil: criteria from a first to a last day, and what was found of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.history import lock
from app.core.periods import Period
from app.core.permissions import Permission
from app.members.commands.applications import locked_case
from app.members.models import Criterion, CriterionFinding, MembershipClass
from app.members.rules import OPEN_CASES, Check, CriterionKind, check_criterion, day_words


@dataclass(frozen=True)
class CriterionFacts:
    """What is asked of applicants for a class (None: for all), and who says whether it is met."""

    text: str
    kind: CriterionKind
    first_day: date
    check: Check | None = None
    class_id: int | None = None


@dataclass(frozen=True)
class Judgement:
    """Whether a criterion is met, and why."""

    is_met: bool
    reason: str


def adopt_criterion(facts: CriterionFacts, *, actor: Actor) -> Criterion:
    """Ask something of all who apply from a day on."""
    actor.require(Permission.SETTING_EDIT)
    check_criterion(facts.kind, facts.check)
    if facts.class_id is not None and db.session.get(MembershipClass, facts.class_id) is None:
        raise DomainError("There is no such class.", "class_id")
    criterion = Criterion(
        class_id=facts.class_id,
        text=facts.text,
        kind=facts.kind,
        check=facts.check,
        first_day=facts.first_day,
        adopted_by=actor.name,
    )
    db.session.add(criterion)
    db.session.flush()
    record(
        "members.adopt_criterion",
        Subject("criterion", criterion.id),
        summary=f"Criterion adopted from {day_words(facts.first_day)}: {facts.text[:200]}",
        after={"class": facts.class_id, "kind": facts.kind.value, "check": facts.check.value if facts.check else None},
        actor=actor,
    )
    return criterion


def end_criterion(criterion_id: int, *, last_day: date, actor: Actor) -> Criterion:
    """Ask something no longer of those who apply after a day; who applied before is still asked."""
    actor.require(Permission.SETTING_EDIT)
    criterion = lock(Criterion, criterion_id)
    if criterion.last_day is not None and last_day > criterion.last_day:
        raise DomainError(f"This ended on {day_words(criterion.last_day)} already.", "last_day")
    before = criterion.last_day
    criterion.last_day = Period(criterion.first_day, last_day).last
    record(
        "members.end_criterion",
        Subject("criterion", criterion_id),
        summary=f"Criterion ends on {day_words(last_day)}: {criterion.text[:200]}",
        before={"last_day": before},
        after={"last_day": last_day},
        actor=actor,
    )
    db.session.flush()
    return criterion


def judge_criterion(application_id: int, criterion_id: int, judgement: Judgement, *, actor: Actor) -> CriterionFinding:
    """Say whether an applicant meets a criterion; a later finding takes the place of an earlier one, which stays."""
    application = locked_case(application_id, actor)
    criterion = db.session.get(Criterion, criterion_id)
    if criterion is None or not criterion.period.contains(application.received_on):
        raise NotFoundError("There is no such criterion.")
    if application.state not in OPEN_CASES:
        raise DomainError("This case is closed: nothing of it is judged any more.")
    finding = CriterionFinding(
        application_id=application_id,
        criterion_id=criterion_id,
        is_met=judgement.is_met,
        reason=judgement.reason,
        found_by=actor.name,
        found_at=clock.now(),
    )
    db.session.add(finding)
    record(
        "members.judge_criterion",
        Subject("application", application_id),
        summary=f"Application {application.number}: {'met' if judgement.is_met else 'not met'}: {criterion.text[:200]}",
        reason=judgement.reason,
        actor=actor,
    )
    db.session.flush()
    return finding
