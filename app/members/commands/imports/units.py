"""Writing imported units of institutions, their end, and taking both back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from app.audit.commands import Entry, Subject, record_many
from app.core import clock
from app.core.actor import Actor
from app.core.bulk import in_chunks, insert_rows
from app.core.database import db
from app.core.history import as_known, supersede
from app.core.periods import Period
from app.members.commands.imports.effects import Changed, Writing
from app.members.commands.imports.retracted import take_back_facts
from app.members.models import Institution, InstitutionUnit
from app.members.rules import day_words
from app.members.rules.imports import Change, RowPlan, UnitCell

KEY = "units"
BLOCK = 500
Days = dict[tuple[str, date], date | None]


def write_units(changes: Sequence[tuple[RowPlan, Change]], ids: Mapping[int, int], writing: Writing) -> list[int]:
    """Write the units of rows that bring any, or end any; the ids of their institutions, which are to be indexed."""
    told = [(plan, change, ids.get(change.record_id, change.record_id)) for plan, change in changes if _told(change)]
    on_record = _on_record([institution_id for _, _, institution_id in told])
    rows: list[dict[str, Any]] = []
    entries: list[Entry] = []
    for plan, change, institution_id in told:
        before: tuple[UnitCell, ...] = (change.before or {}).get(KEY, ())
        writing.changed(plan.line, KEY, institution_id, {KEY: before}, {KEY: change.values[KEY]})
        subject, by = Subject("institution", institution_id), f"by import {writing.import_id}"
        for unit in change.values[KEY]:
            if unit in before:
                continue
            held = on_record.get(institution_id, {}).get((unit.name, unit.first_day))
            if held is not None:
                supersede(held, last_day=unit.last_day)
                words = f"{plan.label}: unit {unit.name} until {day_words(unit.last_day)}, {by}"
                entries.append(Entry("members.end_unit", subject, words))
                continue
            rows.append(_row(institution_id, unit))
            words = f"{plan.label}: unit {unit.name} from {day_words(unit.first_day)}, {by}"
            entries.append(Entry("members.add_unit", subject, words))
    db.session.flush()
    insert_rows(InstitutionUnit, rows)
    record_many(entries, writing.actor)
    return [institution_id for _, _, institution_id in told]


def _told(change: Change) -> bool:
    return bool(change.values.get(KEY))


def _row(institution_id: int, unit: UnitCell) -> dict[str, Any]:
    return {
        "institution_id": institution_id,
        "name": unit.name,
        "first_day": unit.first_day,
        "last_day": unit.last_day,
        "recorded_at": clock.now(),
        "superseded_at": None,
        "version": 1,
    }


def imported_units(effects: Mapping[int, Changed]) -> set[int]:
    """The ids of the units on record that an import has added."""
    found: set[int] = set()
    for institution_id, units in _on_record(effects).items():
        before, after = _days(effects[institution_id])
        found |= {unit.id for key, unit in units.items() if key in after.keys() - before.keys()}
    return found


def units_changed(effects: Mapping[int, Changed]) -> Iterator[str]:
    """In words, of which institutions an imported unit has been changed since."""
    held = _on_record(effects)
    changed = [each for each, effect in effects.items() if not _are_as_written(effect, held.get(each, {}))]
    for chunk in in_chunks(sorted(changed), BLOCK):
        names = select(Institution.name).where(Institution.id.in_(chunk)).order_by(Institution.id)
        for name in db.session.scalars(names):
            yield f"{name}: a unit was changed since, or has days by now that would be given back."


def _are_as_written(effect: Changed, held: Mapping[tuple[str, date], InstitutionUnit]) -> bool:
    """Whether what was written stands as it was, and nobody has the days that would be given back."""
    before, after = _days(effect)
    written = {key: last_day for key, last_day in after.items() if key not in before or before[key] != last_day}
    if any(key not in held or held[key].last_day != last_day for key, last_day in written.items()):
        return False
    staying = [
        (name, Period(first, unit.last_day)) for (name, first), unit in held.items() if (name, first) not in written
    ]
    given_back = {key: Period(key[1], before[key]) for key in written.keys() & before.keys()}
    return not any(_shares_days(name, days, staying) for (name, _), days in given_back.items())


def _shares_days(name: str, days: Period, others: Iterable[tuple[str, Period]]) -> bool:
    return any(other == name and period.overlaps(days) for other, period in others)


def take_back_units(effects: Mapping[int, Changed], *, import_id: int, actor: Actor) -> None:
    """Units that were added are taken back, and those that were ended go on as before."""
    added: list[InstitutionUnit] = []
    entries: list[Entry] = []
    for institution_id, units in _on_record(effects).items():
        before, after = _days(effects[institution_id])
        added += [units[key] for key in sorted(after.keys() - before.keys())]
        for key in before.keys() & after.keys():
            if before[key] != after[key]:
                supersede(units[key], last_day=before[key])
        words, reason = "Units as before", f"Import {import_id} undone"
        entries.append(Entry("members.undo_import", Subject("institution", institution_id), words, reason=reason))
    db.session.flush()
    take_back_facts(InstitutionUnit, added)
    record_many(entries, actor)


def _on_record(institution_ids: Iterable[int]) -> dict[int, dict[tuple[str, date], InstitutionUnit]]:
    found: dict[int, dict[tuple[str, date], InstitutionUnit]] = {}
    for chunk in in_chunks(sorted(institution_ids), BLOCK):
        asked = select(InstitutionUnit).where(InstitutionUnit.institution_id.in_(chunk), as_known(InstitutionUnit))
        for unit in db.session.scalars(asked.order_by(InstitutionUnit.id)):
            found.setdefault(unit.institution_id, {})[unit.name, unit.first_day] = unit
    return found


def _days(effect: Changed) -> tuple[Days, Days]:
    """The last day of each unit by its name and first day: before the import and after."""
    before, after = (
        {(name, date.fromisoformat(first)): date.fromisoformat(last) if last else None for name, first, last in kept}
        for kept in (effect.before[KEY], effect.after[KEY])
    )
    return before, after
