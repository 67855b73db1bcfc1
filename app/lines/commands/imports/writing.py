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
from app.lines.commands.indexing import index_lines, write_words
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
from app.lines.queries.imports_on_record import find_mmrrc, said_of_alleles
from app.lines.queries.words import filed_under
from app.lines.rules.imports.catalogue import Genes, KnownLine
from app.lines.rules.imports.plan_production import LineWrite, Records
from app.lines.rules.imports.plan_stocks import DepositWrite
from app.lines.rules.imports.plans import GeneWrites
from app.lines.rules.stages import Reached, newest_stage
from app.lines.rules.symbols import class_of_symbol
from app.lines.rules.words import Findable, search_text_of

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
    changed = {write.line_id: write for write in writes if write.line_id is not None}
    _move_stages(list(changed.values()))
    _change_lines(changed, ids, records)
    _reach(changed.items(), actor)
    index_lines(changed)
    for some in in_chunks((write for write in writes if write.line_id is None), BLOCK):
        added = insert_with_ids(MouseLine, _found_by_words([_new_line(write, ids) for write in some]))
        _reach(zip(added, some, strict=True), actor)
        write_words(added)


def write_deposits(writes: Sequence[DepositWrite], day: date) -> None:
    """Write the deposits of the MMRRC, and the forms that are available from `day` on."""
    repository_id, now = find_mmrrc() or _add_mmrrc(), clock.now()
    for some in in_chunks(writes, BLOCK):
        known: dict[str, Any] = {"recorded_at": now, "superseded_at": None, "last_day": None}
        deposits = ((write, {"repository_id": repository_id, "stock_number": write.stock_number}) for write in some)
        rows = [{**kept, "line_id": write.line_id, "first_day": write.first_day} | known for write, kept in deposits]
        insert_rows(LineDeposit, [row for row in rows if row["stock_number"] is not None])
        insert_rows(LineForm, [row | {"first_day": day} | known for write in some for row in _forms(write)])
    touched = sorted({write.line_id for write in writes})
    update_rows(MouseLine, map(_touched, touched))
    index_lines(touched)


def _forms(write: DepositWrite) -> list[dict[str, Any]]:
    return [{"line_id": write.line_id, "form": form} for form in write.forms]


def _touched(line_id: int) -> dict[str, Any]:
    """What hangs on a line is a change of it, though none of its own values is another."""
    return {"id": line_id}


def _add_mmrrc() -> int:
    values = {"code": "MMRRC", "name": "Mutant Mouse Resource and Research Centers", "version": 1}
    return insert_with_ids(Repository, [values])[0]


def _reach(placed: Iterable[tuple[int, LineWrite]], actor: Actor) -> None:
    """Put the stages of lines on record."""
    noted = {"noted_by": actor.name, "recorded_at": clock.now()}
    stages = (
        {"line_id": line_id, "stage": stage, "day": day, **noted}
        for line_id, write in placed
        for stage, day in write.stages
    )
    for chunk in in_chunks(stages, BLOCK):
        insert_rows(LineStage, chunk)


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
        "clone": write.values.get("clone"),
        "conditions": None,
        "created_at": clock.now(),
        "version": 1,
    }


def _found_by_words(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """New lines with where they are filed and what they are found by: written at once, it is not written twice."""
    alleles = said_of_alleles({row["allele_id"] for row in rows})
    return [_found_by(row, alleles[row["allele_id"]]) for row in rows]


def _found_by(row: dict[str, Any], allele: Any) -> dict[str, Any]:
    found = Findable(
        symbol=allele.symbol,
        colony=row["colony"],
        gene=allele.gene,
        clone=row.pop("clone"),
        ids=(
            allele.mgi_id,
            allele.marker_mgi_id,
            allele.project_id,
            row["plan_id"],
            row["attempt_id"],
            row["gentar_id"],
        ),
        synonyms=allele.synonyms,
    )
    return row | {"sort_key": filed_under(allele.symbol, row["colony"]), "search_text": search_text_of(found)}


def _translated(values: Mapping[str, Any], ids: WrittenIds) -> dict[str, Any]:
    """The values of a line with the ids of what the file calls otherwise."""
    row = {LINE_COLUMNS.get(name, name): value for name, value in values.items() if name not in {"allele", "clone"}}
    if "allele" in values:
        row["allele_id"] = ids.alleles.get(values["allele"], values["allele"])
    if "clone" in values:
        row["clone_id"] = ids.clones[values["clone"]] if values["clone"] else None
    return row


def _change_lines(writes: Mapping[int, LineWrite], ids: WrittenIds, records: Records) -> None:
    """Write what changes of lines, and the newest of their stages; their versions rise."""
    held = {line.id: line for line in records.lines.values()}
    changes = ((each, write, _newest_of(write, held[each])) for each, write in writes.items())
    update_rows(
        MouseLine, [{"id": each, **_translated(write.values, ids), **newest} for each, write, newest in changes]
    )


def _newest_of(write: LineWrite, line: KnownLine) -> dict[str, Any]:
    """The newest stage of a line as it is with what is written."""
    moved = dict(write.moved)
    days = {stage: moved.get(each.id, each.day) for stage, each in line.stages.items()} | dict(write.stages)
    newest = newest_stage(Reached(stage, day) for stage, day in days.items())
    return {} if newest is None else {"stage": newest.stage, "stage_day": newest.day}


def _move_stages(writes: Sequence[LineWrite]) -> None:
    """Put the days of stages right: what was known until now stays as a superseded copy."""
    moved = {stage_id: day for write in writes for stage_id, day in write.moved}
    now = clock.now()
    for some in in_chunks(moved, BLOCK):
        asked = select(LineStage.__table__).where(among(LineStage.id, some)).order_by(LineStage.id)
        known = [dict(row) for row in db.session.execute(asked).mappings()]
        insert_rows(LineStage, [_without_id(row) | {"superseded_at": now} for row in known])
        derive_rows(LineStage, [{"id": each, "day": moved[each], "recorded_at": now} for each in some])


def _without_id(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "id"}
