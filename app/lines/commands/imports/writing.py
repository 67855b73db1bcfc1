"""What an import of lines writes, block by block: genes and alleles, lines with their stages, deposits and forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from app.core import clock
from app.core.actor import Actor
from app.core.bulk import among, derive_rows, in_chunks, insert_rows, insert_with_ids, update_rows
from app.core.database import Base, db
from app.lines.commands.indexing import index_lines
from app.lines.models import (
    Allele,
    Clone,
    LineDeposit,
    LineForm,
    LineStage,
    Marker,
    MouseLine,
    Repository,
)
from app.lines.queries.imports_on_record import find_mmrrc
from app.lines.rules.imports.catalogue import Genes
from app.lines.rules.imports.plan_production import LineWrite, Records
from app.lines.rules.imports.plan_stocks import DepositWrite
from app.lines.rules.imports.plans import GeneWrites
from app.lines.rules.stages import Reached, newest_stage
from app.lines.rules.symbols import class_of_symbol

BLOCK = 5_000
MARKER_VALUES = ("symbol", "name", "chromosome")
ALLELE_VALUES = ("mgi_id", "symbol", "name", "pipeline", "project_id", "kind", "synonyms")
LINE_COLUMNS = {"consortium_id": "production_consortium_id"}


@dataclass
class WrittenIds:
    """The ids under which what the file calls so is on record now."""

    markers: dict[str, int] = field(default_factory=dict)
    alleles: dict[str | int, int] = field(default_factory=dict)
    clones: dict[str, int] = field(default_factory=dict)


def write_genes(writes: GeneWrites, genes: Genes) -> WrittenIds:
    """Write markers, alleles and clones, and by which words the lines are found that they change."""
    ids = WrittenIds({mgi_id: marker.id for mgi_id, marker in genes.markers.items()})
    new = ({"mgi_id": mgi_id, **_of(values, MARKER_VALUES)} for mgi_id, values in writes.markers.items())
    ids.markers.update(zip(writes.markers, _insert(Marker, new), strict=True))
    changes = [{"id": each, **values} for each, values in writes.marker_changes.items()]
    changes += [{"id": ids.markers[each], "current_id": ids.markers[to]} for each, to in writes.currents.items()]
    derive_rows(Marker, changes)
    ids.alleles.update(zip(writes.alleles, _insert(Allele, _new_alleles(writes, ids)), strict=True))
    derive_rows(Allele, _allele_changes(writes, ids))
    clones = ({"name": name, "allele_id": ids.alleles.get(each, each)} for name, each in writes.clones.items())
    ids.clones.update(zip(writes.clones, _insert(Clone, clones), strict=True))
    _index_lines_of(writes)
    return ids


def write_lines(writes: Sequence[LineWrite], ids: WrittenIds, records: Records, actor: Actor) -> None:
    """Write lines and their stages, and by which words they are found."""
    ids.clones |= _clone_ids(writes, ids)
    now = clock.now()
    new = [write for write in writes if write.line_id is None]
    added = _insert(MouseLine, (_new_line(write, ids) | {"created_at": now, "version": 1} for write in new))
    changed = [write for write in writes if write.line_id is not None]
    _move_stages(changed)
    _change_lines(changed, ids, records)
    placed = [*zip(added, new, strict=True), *((write.line_id, write) for write in changed)]
    stages = (
        {"line_id": line_id, "stage": stage, "day": day, "noted_by": actor.name, "recorded_at": now}
        for line_id, write in placed
        for stage, day in write.stages
    )
    for chunk in in_chunks(stages, BLOCK):
        insert_rows(LineStage, chunk)
    index_lines([line_id for line_id, _ in placed if line_id is not None])


def write_deposits(writes: Sequence[DepositWrite], day: date) -> None:
    """Write the deposits of the MMRRC, and the forms that are available from `day` on."""
    repository_id = find_mmrrc()
    if repository_id is None:
        name = "Mutant Mouse Resource and Research Centers"
        (repository_id,) = insert_with_ids(Repository, [{"code": "MMRRC", "name": name, "version": 1}])
    now: dict[str, Any] = {"recorded_at": clock.now(), "superseded_at": None, "last_day": None}
    deposits: Iterable[dict[str, Any]] = (
        {"line_id": write.line_id, "repository_id": repository_id, "stock_number": write.stock_number}
        | {"first_day": write.first_day, **now}
        for write in writes
        if write.stock_number is not None
    )
    forms: Iterable[dict[str, Any]] = (
        {"line_id": write.line_id, "form": form, "first_day": day, **now} for write in writes for form in write.forms
    )
    for chunk in in_chunks(deposits, BLOCK):
        insert_rows(LineDeposit, chunk)
    for chunk in in_chunks(forms, BLOCK):
        insert_rows(LineForm, chunk)
    touched = sorted({write.line_id for write in writes})
    update_rows(MouseLine, [{"id": each} for each in touched])  # What hangs on a line is a change of it.
    index_lines(touched)


def _insert(model: type[Base], rows: Iterable[Mapping[str, Any]]) -> list[int]:
    """Insert rows block by block; their ids."""
    return [each for chunk in in_chunks(rows, BLOCK) for each in insert_with_ids(model, chunk)]


def _of(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: values.get(name) for name in names}


def _new_alleles(writes: GeneWrites, ids: WrittenIds) -> Iterable[dict[str, Any]]:
    for values in writes.alleles.values():
        marker = values.get("marker")
        yield {
            **_of(values, ALLELE_VALUES),
            "marker_id": ids.markers[marker] if marker else None,
            "allele_class": class_of_symbol(values["symbol"]),
        }


def _allele_changes(writes: GeneWrites, ids: WrittenIds) -> Iterable[dict[str, Any]]:
    for each, values in writes.allele_changes.items():
        row = {"id": each, **{name: value for name, value in values.items() if name != "marker"}}
        if "marker" in values:
            row["marker_id"] = ids.markers[values["marker"]]
        if "symbol" in values:
            row["allele_class"] = class_of_symbol(values["symbol"])
        yield row


def _index_lines_of(writes: GeneWrites) -> None:
    """Let the lines be found by what their alleles and genes are called now."""
    if not writes.allele_changes and not writes.marker_changes:
        return
    touched = or_(
        among(Allele.id, writes.allele_changes),
        among(Allele.marker_id, writes.marker_changes),
    )
    asked = select(MouseLine.id).join(Allele, Allele.id == MouseLine.allele_id).where(touched)
    index_lines(list(db.session.scalars(asked.order_by(MouseLine.id))))


def _clone_ids(writes: Sequence[LineWrite], ids: WrittenIds) -> dict[str, int]:
    """The ids of the clones that lines name and that were on record before."""
    wanted = {write.values["clone"] for write in writes if write.values.get("clone")} - ids.clones.keys()
    if not wanted:
        return {}
    rows = db.session.execute(select(Clone.name, Clone.id).order_by(Clone.id).execution_options(yield_per=BLOCK))
    return {name: each for name, each in rows if name in wanted}


def _new_line(write: LineWrite, ids: WrittenIds) -> dict[str, Any]:
    newest = newest_stage(Reached(stage, day) for stage, day in write.stages)
    values = _translated(write.values, ids)
    return {
        **values,
        "owner_id": values["centre_id"],
        "stage": newest.stage if newest else None,
        "stage_day": newest.day if newest else None,
        "conditions": None,
        "sort_key": "",
        "search_text": "",
    }


def _translated(values: Mapping[str, Any], ids: WrittenIds) -> dict[str, Any]:
    """The values of a line with the ids of what the file calls otherwise."""
    row = {LINE_COLUMNS.get(name, name): value for name, value in values.items() if name not in {"allele", "clone"}}
    if "allele" in values:
        row["allele_id"] = ids.alleles.get(values["allele"], values["allele"])
    if "clone" in values:
        row["clone_id"] = ids.clones[values["clone"]] if values["clone"] else None
    return row


def _change_lines(writes: Sequence[LineWrite], ids: WrittenIds, records: Records) -> None:
    """Write what changes of lines, and the newest of their stages; their versions rise."""
    held = {line.id: line for line in records.lines.values()}
    rows = []
    for write in writes:
        line = held[write.line_id or 0]
        moved = dict(write.moved)
        days = {stage: moved.get(each.id, each.day) for stage, each in line.stages.items()} | dict(write.stages)
        newest = newest_stage(Reached(stage, day) for stage, day in days.items())
        row = {"id": write.line_id, **_translated(write.values, ids)}
        if newest is not None:
            row |= {"stage": newest.stage, "stage_day": newest.day}
        rows.append(row)
    update_rows(MouseLine, rows)


def _move_stages(writes: Sequence[LineWrite]) -> None:
    """Put the days of stages right: what was known until now stays as a superseded copy."""
    moved = {stage_id: day for write in writes for stage_id, day in write.moved}
    now = clock.now()
    for some in in_chunks(moved, BLOCK):
        table = LineStage.__table__
        kept = [column.key for column in table.columns if column.key != "id"]
        asked = select(table).where(among(LineStage.id, some)).order_by(LineStage.id)
        copies = [
            {name: getattr(row, name) for name in kept} | {"superseded_at": now} for row in db.session.execute(asked)
        ]
        insert_rows(LineStage, copies)
        derive_rows(LineStage, [{"id": each, "day": moved[each], "recorded_at": now} for each in some])
