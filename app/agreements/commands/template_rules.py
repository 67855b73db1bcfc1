"""The table of rules that proposes a template: adding a row, changing, moving and ending it. What was known stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.agreements.commands.templates import hold_templates
from app.agreements.models import AgreementTemplate, TemplateRule
from app.agreements.rules.wording import day_words
from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.history import as_known, check_version, lock, supersede
from app.core.periods import Period
from app.core.permissions import Permission
from app.lines.models import Repository
from app.lines.rules import AlleleClass
from app.members.commands import hold_institution
from app.members.rules import InstitutionKind


@dataclass(frozen=True)
class RuleValues:
    """A row: what it asks for, None for anything, which template it proposes, and on which days it is in the table."""

    template_id: int
    period: Period
    provider_id: int | None = None
    repository_id: int | None = None
    pipeline: str | None = None
    allele_class: AlleleClass | None = None
    recipient_kind: InstitutionKind | None = None


def add_rule(values: RuleValues, *, actor: Actor) -> TemplateRule:
    """Put a row at the end of the table."""
    actor.require(Permission.TEMPLATE_EDIT)
    _hold(values)
    rows = _standing()
    added = TemplateRule(
        position=max((each.position for each in rows), default=0) + 1,
        template_id=values.template_id,
        provider_id=values.provider_id,
        repository_id=values.repository_id,
        pipeline=values.pipeline,
        allele_class=values.allele_class,
        recipient_kind=values.recipient_kind,
        first_day=values.period.first,
        last_day=values.period.last,
        recorded_at=clock.now(),
    )
    db.session.add(added)
    db.session.flush()
    summary = f"Row {added.position} of the rule table proposes {_code(added)} from {day_words(added.first_day)}."
    _note("agreements.add_rule", added, summary, actor, after=_said(added))
    return added


def change_rule(rule_id: int, values: RuleValues, *, reason: str, version: int, actor: Actor) -> TemplateRule:
    """Correct a row: from now on it is taken to have said this all along; what was known until now stays known."""
    actor.require(Permission.TEMPLATE_EDIT)
    _hold(values)
    found = _locked(rule_id, version)
    before = _said(found)
    wanted = {
        "template_id": values.template_id,
        "provider_id": values.provider_id,
        "repository_id": values.repository_id,
        "pipeline": values.pipeline,
        "allele_class": values.allele_class,
        "recipient_kind": values.recipient_kind,
        "first_day": values.period.first,
        "last_day": values.period.last,
    }
    if all(getattr(found, name) == value for name, value in wanted.items()):
        raise DomainError("This is what the row says: nothing would change.")
    supersede(found, **wanted)
    db.session.flush()
    said = {"before": before, "after": _said(found), "reason": reason}
    _note("agreements.change_rule", found, f"Changed row {found.position} of the rule table.", actor, **said)
    return found


def move_rule_up(rule_id: int, *, version: int, actor: Actor) -> TemplateRule:
    """Let a row be tried before the one above it."""
    return _swap(rule_id, -1, version, actor)


def move_rule_down(rule_id: int, *, version: int, actor: Actor) -> TemplateRule:
    """Let a row be tried after the one below it."""
    return _swap(rule_id, 1, version, actor)


def end_rule(rule_id: int, last_day: date, *, reason: str, version: int, actor: Actor) -> TemplateRule:
    """Let a row propose nothing after a day; its place stays, for the days it was in the table."""
    actor.require(Permission.TEMPLATE_EDIT)
    hold_templates()
    found = _locked(rule_id, version)
    if found.last_day is not None and last_day >= found.last_day:
        raise DomainError(f"It ends on {day_words(found.last_day)} already.", "last_day")
    if last_day < found.first_day:
        begins = day_words(found.first_day)
        raise DomainError(f"It begins on {begins}: it cannot end before.", "last_day")
    before = _said(found)
    supersede(found, last_day=last_day)
    db.session.flush()
    summary = f"Row {found.position} of the rule table ends with {day_words(last_day)}."
    _note("agreements.end_rule", found, summary, actor, before=before, after=_said(found), reason=reason)
    return found


def _swap(rule_id: int, by: int, version: int, actor: Actor) -> TemplateRule:
    actor.require(Permission.TEMPLATE_EDIT)
    hold_templates()
    found = _locked(rule_id, version)
    rows = _standing()
    place = next(place for place, each in enumerate(rows) if each.id == rule_id) + by
    if not 0 <= place < len(rows):
        raise DomainError("It is the first row already." if by < 0 else "It is the last row already.")
    other = lock(TemplateRule, rows[place].id)
    here, there = found.position, other.position
    supersede(found, position=there)
    supersede(other, position=here)
    db.session.flush()
    summary = f"Row {here} of the rule table is row {there} now."
    said = {"before": {"position": here}, "after": {"position": there}}
    _note("agreements.move_rule", found, summary, actor, **said)
    return found


def _hold(values: RuleValues) -> None:
    """Keep what a row names from going away, the institution first; then the table from being changed meanwhile."""
    if values.provider_id is not None:
        hold_institution(values.provider_id)
    if values.repository_id is not None and db.session.get(Repository, values.repository_id) is None:
        raise DomainError("There is no such repository.", "repository_id")
    hold_templates()
    _check_template(values)


def _check_template(values: RuleValues) -> None:
    """Refuse a row whose template is not there, or goes out of use while the row goes on."""
    template = db.session.get(AgreementTemplate, values.template_id)
    if template is None:
        raise DomainError("Choose a template.", "template_id")
    if template.retired_on is not None and values.period.last is None:
        retired = day_words(template.retired_on)
        raise DomainError(f"Nothing is drafted from it from {retired} on: give the row a last day.", "last_day")


def _standing() -> list[TemplateRule]:
    """All rows on record, in the order in which they are tried."""
    asked = select(TemplateRule).where(as_known(TemplateRule))
    return list(db.session.scalars(asked.order_by(TemplateRule.position, TemplateRule.id)))


def _locked(rule_id: int, version: int) -> TemplateRule:
    found = lock(TemplateRule, rule_id)
    if found.superseded_at is not None:
        raise NotFoundError("There is no such row.")
    check_version(found, version)
    return found


def _code(rule: TemplateRule) -> str:
    return db.session.get_one(AgreementTemplate, rule.template_id).code


def _said(rule: TemplateRule) -> dict[str, Any]:
    return {
        "position": rule.position,
        "template": _code(rule),
        "provider": rule.provider_id,
        "repository": rule.repository_id,
        "pipeline": rule.pipeline,
        "allele_class": rule.allele_class,
        "recipient_kind": rule.recipient_kind,
        "first_day": rule.first_day,
        "last_day": rule.last_day,
    }


def _note(action: str, rule: TemplateRule, summary: str, actor: Actor, **change: Any) -> None:
    record(action, Subject("template_rule", rule.id), summary=summary, actor=actor, **change)
