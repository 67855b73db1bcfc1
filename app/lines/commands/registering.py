"""Entering lines in the catalogue, and changing what is on record of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import check_version
from app.core.permissions import Permission
from app.lines.commands.genes import AlleleValues, allele_of, clone_of
from app.lines.commands.indexing import index_line
from app.lines.commands.reaching import check_own, locked_line
from app.lines.models import Allele, LineStage, MouseLine, ProductionConsortium, Strain
from app.lines.rules import STAGE_WORDS, Reached, colony_key
from app.members.commands import hold_institution


@dataclass(frozen=True)
class LineValues:
    """What is on record of a line, beside its stages, forms and deposits."""

    colony: str
    allele: AlleleValues
    centre_id: int
    owner_id: int
    strain_id: int | None = None
    clone: str | None = None
    production_consortium_id: int | None = None
    funder_id: int | None = None
    plan_id: str | None = None
    attempt_id: str | None = None
    gentar_id: str | None = None
    conditions: str | None = None


LINKS = ("centre_id", "owner_id", "funder_id", "strain_id", "production_consortium_id")
OWN = (*LINKS, "colony", "plan_id", "attempt_id", "gentar_id", "conditions")
WORDS = {
    "centre_id": "centre",
    "owner_id": "owner",
    "funder_id": "funder",
    "strain_id": "background",
    "production_consortium_id": "production consortium",
    "allele_id": "allele",
    "clone_id": "clone",
    "plan_id": "plan",
    "attempt_id": "attempt",
    "gentar_id": "GenTaR id",
}


def register_line(values: LineValues, reached: Reached, *, actor: Actor) -> MouseLine:
    """Enter a line in the catalogue with the stage it has reached; its centre has no other of the colony's name."""
    check_access(actor)
    check_own(values.centre_id, values.owner_id, actor)
    _hold(values)
    check_day(reached)
    allele = allele_of(values.allele)
    clone = clone_of(values.clone, allele)
    line = MouseLine(
        **_own(values),
        colony_key=colony_key(values.colony),
        allele_id=allele.id,
        clone_id=clone.id if clone else None,
        stage=reached.stage,
        stage_day=reached.day,
        sort_key="",
        search_text="",
        created_at=clock.now(),
    )
    db.session.add(line)
    db.session.flush()
    put_stage(line.id, reached, actor)
    index_line(line)
    summary = f"Entered {allele.symbol} {line.colony}: {STAGE_WORDS[reached.stage].lower()}."
    said = _said(line) | {"stage": reached.stage.value, "day": reached.day.isoformat()}
    record("lines.register_line", Subject("line", line.id), summary=summary, actor=actor, after=said)
    return line


def edit_line(line_id: int, values: LineValues, *, version: int, actor: Actor) -> MouseLine:
    """Change what is on record of a line; who may change only their own institution's keeps it theirs."""
    line = locked_line(line_id, actor)
    check_version(line, version)
    check_own(values.centre_id, values.owner_id, actor)
    _hold(values)
    before = _said(line)
    allele = allele_of(values.allele)
    clone = clone_of(values.clone, allele)
    for name, value in _own(values).items():
        setattr(line, name, value)
    line.colony_key = colony_key(values.colony)
    line.allele_id, line.clone_id = allele.id, clone.id if clone else None
    after = _said(line)
    changed = [name for name in after if after[name] != before[name]]
    index_line(line)
    if changed:
        told = ", ".join(WORDS.get(name, name) for name in changed)
        record(
            "lines.edit_line",
            Subject("line", line.id),
            summary=f"Changed {allele.symbol} {line.colony}: {told}.",
            actor=actor,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
    return line


def check_access(actor: Actor) -> None:
    """Refuse who may change no line at all."""
    if not actor.has_any(Permission.LINE_EDIT):
        actor.require(Permission.LINE_EDIT)


def check_day(reached: Reached) -> None:
    """Refuse a stage of a day to come."""
    if reached.day > clock.today():
        raise DomainError("A stage is put on record once it is reached: choose today or an earlier day.", "day")


def put_stage(line_id: int, reached: Reached, actor: Actor) -> LineStage:
    """Put a stage of a line on record."""
    added = LineStage(
        line_id=line_id, stage=reached.stage, day=reached.day, noted_by=actor.name, recorded_at=clock.now()
    )
    db.session.add(added)
    db.session.flush()
    return added


def _hold(values: LineValues) -> None:
    """Keep what the line names from going meanwhile, in one order."""
    named = {values.centre_id, values.owner_id, values.funder_id or values.owner_id}
    for institution_id in sorted(named):
        hold_institution(institution_id)
    _refuse_unknown(Strain, values.strain_id, "There is no such strain.", "strain")
    _refuse_unknown(
        ProductionConsortium,
        values.production_consortium_id,
        "There is no such production consortium.",
        "production_consortium_id",
    )


def _refuse_unknown(model: type[Any], record_id: int | None, words: str, field: str) -> None:
    if record_id is not None and db.session.get(model, record_id) is None:
        raise DomainError(words, field)


def _own(values: LineValues) -> dict[str, Any]:
    return {name: getattr(values, name) for name in OWN}


def _said(line: MouseLine) -> dict[str, Any]:
    """What is on record of a line, for the trail."""
    allele = db.session.get_one(Allele, line.allele_id)
    own = {name: getattr(line, name) for name in OWN}
    return {**own, "allele": allele.symbol, "allele_id": allele.id, "clone_id": line.clone_id}
