"""In which forms material of a line is there, and which repositories keep it, from a first to a last day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.history import advance, as_known, check_version, overlapping, retract, supersede
from app.core.periods import Period
from app.lines.commands.indexing import index_line
from app.lines.commands.reaching import locked_line
from app.lines.models import LineDeposit, LineForm, MouseLine, Repository
from app.lines.rules import FORM_WORDS, MaterialForm
from app.members.rules import day_words

Kept = LineForm | LineDeposit


@dataclass(frozen=True)
class Deposit:
    """Which repository keeps a line, when, and under which of its numbers."""

    repository_id: int
    period: Period
    stock_number: str | None = None


def offer_form(line_id: int, form: MaterialForm, period: Period, *, version: int, actor: Actor) -> LineForm:
    """Say that material of a line is there in a form for a period; no two of one form share a day."""
    line = _line(line_id, version, actor)
    _refuse_shared(LineForm, line, period, form=form)
    added = LineForm(line_id=line.id, form=form, **_days(period), recorded_at=clock.now())
    db.session.add(added)
    _settle(line)
    _note("lines.offer_form", line, f"{FORM_WORDS[form].lower()} {_in_words(period)}", actor, after=_said(period))
    return added


def correct_form(form_id: int, period: Period, *, reason: str | None, version: int, actor: Actor) -> MouseLine:
    """Put right from when to when a form is there, or end it; what was known until now stays on record."""
    found, line = _held(LineForm, form_id, version, actor)
    _refuse_shared(LineForm, line, period, besides=found.id, form=found.form)
    before = found.period
    supersede(found, **_days(period))
    _settle(line)
    said = {"before": _said(before), "after": _said(period), "reason": reason}
    _note("lines.correct_form", line, f"{FORM_WORDS[found.form].lower()} {_in_words(period)}", actor, **said)
    return line


def take_form_back(form_id: int, *, reason: str, version: int, actor: Actor) -> MouseLine:
    """Take back that a form is there, as if it had not been said."""
    found, line = _held(LineForm, form_id, version, actor)
    retract(found)
    _settle(line)
    told = f"{FORM_WORDS[found.form].lower()} {_in_words(found.period)} taken back"
    _note("lines.take_form_back", line, told, actor, reason=reason)
    return line


def deposit_line(line_id: int, deposit: Deposit, *, version: int, actor: Actor) -> LineDeposit:
    """Say that a repository keeps a line for a period; one keeps it once a day under one number."""
    line = _line(line_id, version, actor)
    repository = _repository(deposit.repository_id)
    _refuse_kept_twice(line, deposit)
    added = LineDeposit(
        line_id=line.id,
        repository_id=repository.id,
        stock_number=deposit.stock_number,
        **_days(deposit.period),
        recorded_at=clock.now(),
    )
    db.session.add(added)
    _settle(line)
    told = f"kept by {repository.code} {_in_words(deposit.period)}"
    _note("lines.deposit_line", line, told, actor, after=_said(deposit.period) | _number(deposit))
    return added


def correct_deposit(deposit_id: int, deposit: Deposit, *, reason: str | None, version: int, actor: Actor) -> MouseLine:
    """Put a deposit right, or end it; what was known until now stays on record."""
    found, line = _held(LineDeposit, deposit_id, version, actor)
    repository = _repository(deposit.repository_id)
    _refuse_kept_twice(line, deposit, besides=found.id)
    before = _said(found.period) | {"stock_number": found.stock_number}
    supersede(found, repository_id=repository.id, stock_number=deposit.stock_number, **_days(deposit.period))
    _settle(line)
    said = {"before": before, "after": _said(deposit.period) | _number(deposit), "reason": reason}
    _note("lines.correct_deposit", line, f"kept by {repository.code} {_in_words(deposit.period)}", actor, **said)
    return line


def take_deposit_back(deposit_id: int, *, reason: str, version: int, actor: Actor) -> MouseLine:
    """Take a deposit back, as if it had not been."""
    found, line = _held(LineDeposit, deposit_id, version, actor)
    retract(found)
    _settle(line)
    told = f"not kept by {_repository(found.repository_id).code} {_in_words(found.period)}"
    _note("lines.take_deposit_back", line, told, actor, reason=reason)
    return line


def _line(line_id: int, version: int, actor: Actor) -> MouseLine:
    line = locked_line(line_id, actor)
    check_version(line, version)
    return line


def _held(model: type[Any], fact_id: int, version: int, actor: Actor) -> tuple[Any, MouseLine]:
    """A fact on record and its line, locked."""
    line_id = db.session.scalar(select(model.line_id).where(model.id == fact_id, as_known(model)))
    if line_id is None:
        raise NotFoundError("There is no such record.")
    line = _line(line_id, version, actor)
    asked = select(model).where(model.id == fact_id, as_known(model)).execution_options(populate_existing=True)
    found = db.session.scalar(asked)
    if found is None:
        raise NotFoundError("There is no such record.")
    return found, line


def _refuse_shared(
    model: type[LineForm], line: MouseLine, period: Period, *, besides: int = 0, form: MaterialForm
) -> None:
    shared = select(model).where(
        model.line_id == line.id, model.form == form, model.id != besides, as_known(model), overlapping(model, period)
    )
    other = db.session.scalars(shared.order_by(model.first_day, model.id).limit(1)).one_or_none()
    if other is not None:
        raise DomainError(f"{FORM_WORDS[form]} are on record {_in_words(other.period)}.", "first_day")


def _refuse_kept_twice(line: MouseLine, deposit: Deposit, *, besides: int = 0) -> None:
    shared = select(LineDeposit).where(
        LineDeposit.line_id == line.id,
        LineDeposit.repository_id == deposit.repository_id,
        LineDeposit.id != besides,
        as_known(LineDeposit),
        overlapping(LineDeposit, deposit.period),
    )
    for other in db.session.scalars(shared.order_by(LineDeposit.first_day, LineDeposit.id)):
        if other.stock_number == deposit.stock_number or not (other.stock_number and deposit.stock_number):
            raise DomainError(f"It keeps this line on record {_in_words(other.period)}.", "first_day")


def _repository(repository_id: int) -> Repository:
    found = db.session.get(Repository, repository_id)
    if found is None:
        raise DomainError("There is no such repository.", "repository_id")
    return found


def _settle(line: MouseLine) -> None:
    """What hangs on a line is a change of it, and its stock numbers are words it is found by."""
    db.session.flush()
    advance(line)
    index_line(line)


def _days(period: Period) -> dict[str, Any]:
    return {"first_day": period.first, "last_day": period.last}


def _said(period: Period) -> dict[str, Any]:
    return {"first_day": period.first.isoformat(), "last_day": period.last.isoformat() if period.last else None}


def _number(deposit: Deposit) -> dict[str, Any]:
    return {"stock_number": deposit.stock_number}


def _in_words(period: Period) -> str:
    until = f" to {day_words(period.last)}" if period.last else ""
    return f"from {day_words(period.first)}{until}"


def _note(action: str, line: MouseLine, what: str, actor: Actor, **change: Any) -> None:
    record(action, Subject("line", line.id), summary=f"{line.colony}: {what}.", actor=actor, **change)
