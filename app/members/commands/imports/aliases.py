"""Writing imported aliases of institutions, and taking them away again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select

from app.audit.commands import Entry, Subject, record_many
from app.core import clock
from app.core.actor import Actor
from app.core.bulk import in_chunks, insert_rows
from app.core.database import db
from app.members.commands.imports.effects import Changed, Writing
from app.members.models import Institution, InstitutionAlias
from app.members.rules import alias_words
from app.members.rules.imports import Change, RowPlan

KEY = "aliases"
BLOCK = 500


def write_aliases(changes: Sequence[tuple[RowPlan, Change]], ids: Mapping[int, int], writing: Writing) -> list[int]:
    """Write the further spellings of rows that bring any; the ids of their institutions, which are to be indexed."""
    rows: list[dict[str, Any]] = []
    entries: list[Entry] = []
    touched: list[int] = []
    for plan, change in changes:
        wanted: tuple[str, ...] = change.values.get(KEY, ())
        before: tuple[str, ...] = (change.before or {}).get(KEY, ())
        added = wanted[len(before) :]
        if not added:
            continue
        institution_id = ids.get(change.record_id, change.record_id)
        touched.append(institution_id)
        rows += [_row(institution_id, alias, writing.actor) for alias in added]
        writing.changed(plan.line, KEY, institution_id, {KEY: before}, {KEY: wanted})
        summary = f"{plan.label}: {'; '.join(added)} means it too, by import {writing.import_id}"
        entries.append(Entry("members.add_alias", Subject("institution", institution_id), summary))
    insert_rows(InstitutionAlias, rows)
    record_many(entries, writing.actor)
    return touched


def _row(institution_id: int, alias: str, actor: Actor) -> dict[str, Any]:
    return {
        "institution_id": institution_id,
        "alias": alias,
        "folded": alias_words(alias),
        "added_by": actor.name,
        "added_at": clock.now(),
    }


def imported_aliases(effects: Mapping[int, Changed]) -> dict[int, InstitutionAlias]:
    """The aliases on record that an import has added, by their ids."""
    found: dict[int, InstitutionAlias] = {}
    for chunk in in_chunks(sorted(effects), BLOCK):
        asked = select(InstitutionAlias).where(InstitutionAlias.institution_id.in_(chunk))
        for alias in db.session.scalars(asked.order_by(InstitutionAlias.id)):
            if alias.folded in _added(effects[alias.institution_id]):
                found[alias.id] = alias
    return found


def aliases_taken_away(effects: Mapping[int, Changed]) -> Iterator[str]:
    """In words, from which institutions somebody has taken an imported alias away since."""
    left: dict[int, set[str]] = {}
    for alias in imported_aliases(effects).values():
        left.setdefault(alias.institution_id, set()).add(alias.folded)
    changed = [each for each, effect in effects.items() if _added(effect) != left.get(each, set())]
    for chunk in in_chunks(sorted(changed), BLOCK):
        for name in db.session.scalars(
            select(Institution.name).where(Institution.id.in_(chunk)).order_by(Institution.id)
        ):
            yield f"{name}: an alias was taken away since."


def take_back_aliases(effects: Mapping[int, Changed], *, import_id: int, actor: Actor) -> None:
    """Let imported spellings no longer mean their institutions."""
    aliases = imported_aliases(effects)
    entries = [
        Entry(
            "members.remove_alias",
            Subject("institution", alias.institution_id),
            f"{alias.alias} no longer means it",
            reason=f"Import {import_id} undone",
        )
        for alias in aliases.values()
    ]
    for chunk in in_chunks(sorted(aliases), BLOCK):
        gone = delete(InstitutionAlias).where(InstitutionAlias.id.in_(chunk))
        db.session.execute(gone.execution_options(synchronize_session=False))
    record_many(entries, actor)


def _added(effect: Changed) -> set[str]:
    """What an import has added, as it is found."""
    return {alias_words(alias) for alias in effect.after[KEY][len(effect.before[KEY]) :]}
