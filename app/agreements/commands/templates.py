"""Templates: putting one on record, adopting its next version, and letting nothing be drafted from it any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.agreements.models import AgreementTemplate, TemplateVersion
from app.agreements.rules.kinds import TemplateKind
from app.agreements.rules.texts import TemplateText, check_body, text_hash
from app.agreements.rules.wording import SHORT_KIND_WORDS, day_words
from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import advance, check_adoption, check_version, lock
from app.core.permissions import Permission


@dataclass(frozen=True)
class TemplateFacts:
    """What a template is: its code, its title and its kind; an implementing letter names its master agreement."""

    code: str
    title: str
    kind: TemplateKind
    master_id: int | None = None


@dataclass(frozen=True)
class VersionValues:
    """What a version says, from which day on, and which decision adopted it."""

    text: TemplateText
    first_day: date
    decision: str | None = None


def add_template(facts: TemplateFacts, values: VersionValues, *, actor: Actor) -> AgreementTemplate:
    """Put a template on record with its first version, which may have been in force for long."""
    actor.require(Permission.TEMPLATE_EDIT)
    _check_master(facts)
    check_body(values.text.body)
    _refuse_taken(facts.code)
    added = AgreementTemplate(
        code=facts.code,
        title=facts.title,
        kind=facts.kind,
        master_id=facts.master_id,
        created_at=clock.now(),
    )
    db.session.add(added)
    db.session.flush()
    version = _adopt(added, 1, values, actor)
    said = {"code": added.code, "title": added.title, "kind": added.kind.value, **_said(version)}
    summary = f"Added the template {added.code}, {SHORT_KIND_WORDS[added.kind].lower()}."
    _note("agreements.add_template", added, summary, actor, after=said)
    return added


def adopt_version(template_id: int, values: VersionValues, *, version: int, actor: Actor) -> TemplateVersion:
    """Adopt the next version of a template, in force from today or a later day on; what held before stays as it was."""
    found = _locked(template_id, version, actor)
    newest = _newest(template_id)
    check_adoption(values.first_day)
    if found.retired_on is not None and values.first_day >= found.retired_on:
        raise DomainError(f"Nothing is drafted from it from {day_words(found.retired_on)} on.", "first_day")
    if values.first_day <= newest.first_day:
        begins = day_words(newest.first_day)
        raise DomainError(f"Version {newest.number} is in force from {begins}: this one begins later.", "first_day")
    check_body(values.text.body)
    if text_hash(values.text) == newest.sha256:
        raise DomainError(f"This is what version {newest.number} says: nothing would change.", "body")
    adopted = _adopt(found, newest.number + 1, values, actor)
    advance(found)
    db.session.flush()
    summary = f"Adopted version {adopted.number} of {found.code} from {day_words(adopted.first_day)}."
    _note("agreements.adopt_version", found, summary, actor, before=_said(newest), after=_said(adopted))
    return adopted


def rename_template(template_id: int, title: str, *, version: int, actor: Actor) -> AgreementTemplate:
    """Give a template another title; its code, by which it is known, stays."""
    found = _locked(template_id, version, actor)
    if title == found.title:
        raise DomainError("This is its title already.", "title")
    before, found.title = found.title, title
    db.session.flush()
    said = {"before": {"title": before}, "after": {"title": title}}
    _note("agreements.rename_template", found, f"{found.code} is called {title}.", actor, **said)
    return found


def retire_template(template_id: int, day: date, *, reason: str, version: int, actor: Actor) -> AgreementTemplate:
    """Let nothing be drafted from a template from a day on; agreements made from it stay what they are."""
    found = _locked(template_id, version, actor)
    if found.retired_on is not None:
        raise DomainError(f"Nothing is drafted from it from {day_words(found.retired_on)} on already.")
    if day < clock.today():
        raise DomainError("What was drafted from it stays: choose today or a later day.", "retired_on")
    found.retired_on = day
    db.session.flush()
    summary = f"Nothing is drafted from {found.code} from {day_words(day)} on."
    _note("agreements.retire_template", found, summary, actor, after={"retired_on": day}, reason=reason)
    return found


def reinstate_template(template_id: int, *, reason: str, version: int, actor: Actor) -> AgreementTemplate:
    """Let a template that was retired be drafted from again."""
    found = _locked(template_id, version, actor)
    if found.retired_on is None:
        raise DomainError("It is in use.")
    before, found.retired_on = found.retired_on, None
    db.session.flush()
    summary = f"{found.code} is in use again."
    _note("agreements.reinstate_template", found, summary, actor, before={"retired_on": before}, reason=reason)
    return found


def hold_templates() -> None:
    """Hold all templates, in one order: what goes for all of them is changed by one at a time."""
    db.session.execute(select(AgreementTemplate.id).order_by(AgreementTemplate.id).with_for_update()).all()


def _adopt(found: AgreementTemplate, number: int, values: VersionValues, actor: Actor) -> TemplateVersion:
    text = values.text
    adopted = TemplateVersion(
        template_id=found.id,
        number=number,
        first_day=values.first_day,
        body=text.body,
        law=text.law,
        fees=text.fees,
        terms=dict(text.terms),
        decision=values.decision,
        sha256=text_hash(text),
        adopted_by=actor.name,
        adopted_at=clock.now(),
    )
    db.session.add(adopted)
    db.session.flush()
    return adopted


def _newest(template_id: int) -> TemplateVersion:
    asked = select(TemplateVersion).where(TemplateVersion.template_id == template_id)
    return db.session.scalars(asked.order_by(TemplateVersion.number.desc(), TemplateVersion.id).limit(1)).one()


def _locked(template_id: int, version: int, actor: Actor) -> AgreementTemplate:
    actor.require(Permission.TEMPLATE_EDIT)
    found = lock(AgreementTemplate, template_id)
    check_version(found, version)
    return found


def _check_master(facts: TemplateFacts) -> None:
    """Refuse a letter without its master agreement, and a master for anything else."""
    if facts.kind is not TemplateKind.LETTER:
        if facts.master_id is not None:
            raise DomainError("Only an implementing letter is written under a master agreement.", "master_id")
        return
    master = db.session.get(AgreementTemplate, facts.master_id) if facts.master_id is not None else None
    if master is None or master.kind is not TemplateKind.MASTER:
        raise DomainError("Choose the master agreement that the letter is written under.", "master_id")


def _refuse_taken(code: str) -> None:
    asked = select(AgreementTemplate.id).where(AgreementTemplate.code == code)
    if db.session.scalar(asked.order_by(AgreementTemplate.id).limit(1)) is not None:
        raise DomainError("There is already a template of this code.", "code")


def _said(version: TemplateVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "first_day": version.first_day,
        "decision": version.decision,
        "sha256": version.sha256,
    }


def _note(action: str, found: AgreementTemplate, summary: str, actor: Actor, **change: Any) -> None:
    record(action, Subject("agreement_template", found.id), summary=summary, actor=actor, **change)
