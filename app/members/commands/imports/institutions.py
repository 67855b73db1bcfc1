"""Writing imported institutions: new ones with their names, and changed facts, in a statement for each kind of row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, select

from app.audit.commands import Entry, Subject, record_many
from app.core import clock
from app.core.bulk import derive_rows, in_chunks, insert_rows, insert_with_ids, update_rows
from app.core.database import db
from app.core.folding import folded
from app.core.history import supersede
from app.core.periods import ONE_DAY
from app.core.series import reach_number, take_numbers
from app.members.commands.imports.aliases import write_aliases
from app.members.commands.imports.effects import Changed, Writing, as_kept, touching
from app.members.commands.imports.units import write_units
from app.members.commands.indexing import filed_under, index_institutions
from app.members.models import (
    FIRST_DAY_OF_NAMES,
    Institution,
    InstitutionName,
    InstitutionParticulars,
)
from app.members.rules import PARTICULARS
from app.members.rules.imports import Change, FormerName, RowPlan

BLOCK = 5_000
NAMES = ("name", "short_name")
FOUND_BY = (*NAMES, "ror", "unit")
HANGING = {"aliases", "units"}
BESIDE = {"parent_id", *HANGING}
NOT_FACTS = {"named_since", "former_names", "account_number", *BESIDE}


def write_institutions(plans: Sequence[RowPlan], writing: Writing) -> None:
    """Write the rows of a table of institutions: changes first, so that what they free can be taken."""
    changed = [plan for plan in plans if (change := plan.changes()) and change.values.keys() - HANGING]
    added = [plan for plan in plans if plan.adds()]
    numbers = _take_numbers(added)
    ids: dict[int, int] = {}
    for chunk in in_chunks(changed, BLOCK):
        _change(chunk, writing)
    for chunk in in_chunks(added, BLOCK):
        _add(chunk, numbers, ids, writing)
    _set_parents([*changed, *added], ids, writing)
    follow_particulars([*(_record(plan).record_id for plan in changed), *ids.values()])
    told = [(plan, _record(plan)) for plan in plans]
    index_institutions(sorted({*write_aliases(told, ids, writing), *write_units(told, ids, writing)}))


def _take_numbers(added: Sequence[RowPlan]) -> dict[int, str]:
    """The account number of each new institution by its line: the one it brings along, else the next."""
    brought = {plan.line: _values(plan)["account_number"] for plan in added if _values(plan).get("account_number")}
    if brought:
        reach_number("account", year=0, number=max(map(_bare_number, brought.values())))
    rest = [plan.line for plan in added if plan.line not in brought]
    taken = take_numbers("account", year=0, count=len(rest), day=clock.today()) if rest else range(0)
    return brought | {line: f"M-{number:04}" for line, number in zip(rest, taken, strict=True)}


def _bare_number(account_number: str) -> int:
    return int(account_number.partition("-")[2])


def _add(plans: Sequence[RowPlan], numbers: dict[int, str], ids: dict[int, int], writing: Writing) -> None:
    rows = [_row(_values(plan), numbers[plan.line]) for plan in plans]
    given = insert_with_ids(Institution, rows)
    names: list[dict[str, Any]] = []
    entries: list[Entry] = []
    for plan, row, institution_id in zip(plans, rows, given, strict=True):
        ids[-plan.line] = institution_id
        names += _names(institution_id, _values(plan))
        writing.added(plan.line, "institution", institution_id)
        summary = f"{row['name']} taken up as {row['account_number']} by import {writing.import_id}"
        after = {key: value for key, value in _values(plan).items() if key not in NOT_FACTS and value is not None}
        entries.append(Entry("members.add_institution", Subject("institution", institution_id), summary, after=after))
    insert_rows(InstitutionName, names)
    record_many(entries, writing.actor)


def _row(values: dict[str, Any], number: str) -> dict[str, Any]:
    facts = {key: value for key, value in values.items() if key not in NOT_FACTS}
    names = [values["name"], values["short_name"]]
    for former in reversed(values["former_names"]):
        names += [former.name, former.short_name]
    return {
        **facts,
        "account_number": number,
        "sort_name": filed_under(values["name"]),
        "search_text": folded(*names, values.get("ror"), number, values.get("unit")),
        "created_at": clock.now(),
        "version": 1,
    }


def _names(institution_id: int, values: dict[str, Any]) -> Iterable[dict[str, Any]]:
    formers: tuple[FormerName, ...] = values["former_names"]
    for former in formers:
        yield _name_row(institution_id, (former.name, former.short_name), former.first_day, former.last_day)
    yield _name_row(institution_id, (values["name"], values["short_name"]), values["named_since"], None)


def _name_row(institution_id: int, names: tuple[str, str], first: date | None, last: date | None) -> dict[str, Any]:
    return {
        "institution_id": institution_id,
        "name": names[0],
        "short_name": names[1],
        "sort_name": filed_under(names[0]),
        "first_day": first or FIRST_DAY_OF_NAMES,
        "last_day": last,
        "recorded_at": clock.now(),
        "superseded_at": None,
    }


def _change(plans: Sequence[RowPlan], writing: Writing) -> None:
    rows = [{"id": _record(plan).record_id, **_facts_of(_values(plan))} for plan in plans]
    entries = [entry for plan in plans if (entry := _changed(plan, writing))]
    update_rows(Institution, rows)
    correct_names(touching(rows, NAMES))
    index_institutions(touching(rows, FOUND_BY))
    record_many(entries, writing.actor)


def _facts_of(values: dict[str, Any]) -> dict[str, Any]:
    """Values but the parent, which may be an institution of the same file and is set last, and what hangs on it."""
    return {key: value for key, value in values.items() if key not in BESIDE}


def _changed(plan: RowPlan, writing: Writing) -> Entry | None:
    """Note a change with the import; its entry of the trail, unless only its parent is another."""
    change = _record(plan)
    values = {key: value for key, value in change.values.items() if key not in HANGING}
    before = {key: (change.before or {})[key] for key in values}
    writing.changed(plan.line, "institution", change.record_id, before, values)
    after = _facts_of(change.values)
    fields = ", ".join(key.removesuffix("_id").replace("_", " ") for key in after)
    summary = f"{plan.label}: {fields} changed by import {writing.import_id}"
    subject, known = Subject("institution", change.record_id), _facts_of(before)
    return Entry("members.edit_institution", subject, summary, before=known, after=after) if after else None


def correct_names(ids: Sequence[int]) -> None:
    """Let the present names of these institutions follow what they are called now; what was known stays."""
    for chunk in in_chunks(ids, BLOCK):
        wanted = select(Institution.id, *(getattr(Institution, key) for key in NAMES)).where(Institution.id.in_(chunk))
        names = {row.id: row for row in db.session.execute(wanted)}
        present = select(InstitutionName).where(
            InstitutionName.institution_id.in_(chunk),
            InstitutionName.last_day.is_(None),
            InstitutionName.superseded_at.is_(None),
        )
        for found in db.session.scalars(present.order_by(InstitutionName.id)):
            row = names[found.institution_id]
            supersede(found, name=row.name, short_name=row.short_name, sort_name=filed_under(row.name))
        db.session.flush()


def follow_particulars(ids: Sequence[int]) -> None:
    """Let what is on record of these institutions on any day follow what their rows say now, from today on.

    What is on record for the first time holds since ever; what differs from before holds until yesterday.
    """
    for chunk in in_chunks(ids, BLOCK):
        columns = [getattr(Institution, name) for name in PARTICULARS]
        institutions = select(Institution.id, *columns).where(Institution.id.in_(chunk)).order_by(Institution.id)
        held = {row.institution_id: row for row in db.session.scalars(_present_particulars(chunk))}
        new: list[dict[str, Any]] = []
        for row in db.session.execute(institutions):
            values = {name: getattr(row, name) for name in PARTICULARS}
            present = held.get(row.id)
            if present is not None and all(getattr(present, name) == value for name, value in values.items()):
                continue
            new += _particulars_from(row.id, values, present)
        db.session.flush()
        insert_rows(InstitutionParticulars, new)


def take_back_particulars(changed: Mapping[int, Changed], since: date) -> None:
    """Let what began on a day or later, and has the values of an import, have those of before.

    Other values were entered since, for their own days. What was known until now stays known (`known=`).
    """
    for chunk in in_chunks(sorted(changed), BLOCK):
        held = select(InstitutionParticulars).where(
            InstitutionParticulars.institution_id.in_(chunk),
            InstitutionParticulars.first_day >= since,
            InstitutionParticulars.superseded_at.is_(None),
        )
        for found in db.session.scalars(held.order_by(InstitutionParticulars.id)):
            change = changed[found.institution_id]
            written = [key for key in PARTICULARS if key in change.after]
            theirs = {key: change.was[key] for key in written if as_kept(getattr(found, key)) == change.after[key]}
            if theirs:
                supersede(found, **theirs)
        db.session.flush()


def _present_particulars(ids: Sequence[int]) -> Select[InstitutionParticulars]:
    asked = select(InstitutionParticulars).where(
        InstitutionParticulars.institution_id.in_(ids),
        InstitutionParticulars.last_day.is_(None),
        InstitutionParticulars.superseded_at.is_(None),
    )
    return asked.order_by(InstitutionParticulars.id)


def _particulars_from(
    institution_id: int, values: dict[str, Any], present: InstitutionParticulars | None
) -> list[dict[str, Any]]:
    """The row of other particulars from today; the present ones end yesterday, those that began today are corrected."""
    today = clock.today()
    if present is not None and present.first_day >= today:
        supersede(present, **values)
        return []
    if present is not None:
        supersede(present, last_day=today - ONE_DAY)
    first_day = today if present is not None else FIRST_DAY_OF_NAMES
    dated = {"first_day": first_day, "last_day": None, "recorded_at": clock.now(), "superseded_at": None}
    return [{"institution_id": institution_id, **values, **dated}]


def _set_parents(plans: Sequence[RowPlan], ids: dict[int, int], writing: Writing) -> None:
    for effect in writing.effects:  # A parent of the same file has its number only now.
        if (effect["after"].get("parent_id") or 0) < 0:
            effect["after"]["parent_id"] = ids[effect["after"]["parent_id"]]
    rows: list[dict[str, int | None]] = []
    entries: list[Entry] = []
    for plan in plans:
        values = _values(plan)
        parent_id = values.get("parent_id")
        if parent_id is None and (_record(plan).is_new or "parent_id" not in values):
            continue
        record_id = _record(plan).record_id
        row = {"id": ids.get(record_id, record_id), "parent_id": ids.get(parent_id or 0, parent_id)}
        rows.append(row)
        entries.append(_parted(plan, row, writing))
    derive_rows(Institution, rows)
    record_many(entries, writing.actor)


def _parted(plan: RowPlan, row: Mapping[str, Any], writing: Writing) -> Entry:
    summary = f"{plan.label}: the institution it is part of set by import {writing.import_id}"
    before = {"parent_id": (_record(plan).before or {}).get("parent_id")}
    after = {"parent_id": row["parent_id"]}
    return Entry("members.set_parent", Subject("institution", row["id"]), summary, before=before, after=after)


def _record(plan: RowPlan) -> Change:
    if plan.record is None:
        message = "A row without a change is not written."
        raise ValueError(message)
    return plan.record


def _values(plan: RowPlan) -> dict[str, Any]:
    return _record(plan).values
