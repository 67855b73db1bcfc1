"""What stands against taking an import back: records changed since, and what points to one that it added."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from app.accounts.models import User
from app.core.actor import Actor
from app.core.bulk import in_chunks
from app.core.database import Base, db
from app.members.commands.imports.aliases import aliases_taken_away, imported_aliases
from app.members.commands.imports.contact_routes import routes_leant_on, words_of_contact_route
from app.members.commands.imports.effects import as_kept
from app.members.commands.imports.memberships import steps_on_record
from app.members.commands.imports.representatives import leant_on, words_of_representation
from app.members.commands.imports.retracted import memberships_that_stay
from app.members.commands.imports.units import imported_units, units_changed
from app.members.models import (
    Affiliation,
    ContactRoute,
    ImportEffect,
    Institution,
    Membership,
    MembershipStep,
    Person,
    RegisterImport,
    Representation,
)
from app.members.queries.mergers import survivors
from app.members.rules import TwinKind

MODELS: dict[str, Any] = {
    "institution": Institution,
    "person": Person,
    "affiliation": Affiliation,
    "membership": Membership,
    "representation": Representation,
    "contact_route": ContactRoute,
}


CHUNK = 500


@dataclass
class Undoing:
    """What an import did, by subject: ids it added, and changes by id with what was before.

    `retracted` are memberships that another import brought and took back meanwhile, which go with their institutions.
    """

    case: RegisterImport
    actor: Actor
    added: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    changed: dict[str, dict[int, ImportEffect]] = field(default_factory=lambda: defaultdict(dict))
    users: dict[int, int] = field(default_factory=dict)
    retracted: set[int] = field(default_factory=set)


def what_hangs(undoing: Undoing) -> Iterator[str]:
    """In words, what would be lost or torn apart: records changed since, and whatever points to one that was added."""
    for subject, model in MODELS.items():
        yield from _changed_since(subject, model, undoing)
    yield from leant_on(undoing.added["representation"], undoing.changed["representation"])
    yield from routes_leant_on(undoing.added["contact_route"], undoing.changed["contact_route"])
    yield from aliases_taken_away(undoing.changed["aliases"])
    yield from units_changed(undoing.changed["units"])
    own: dict[str, dict[str, set[int] | None]] = {
        "institution": {
            "institution_name": None,
            "institution_particulars": None,
            "institution_unit": imported_units(undoing.changed["units"]),
            "institution_alias": set(imported_aliases(undoing.changed["aliases"])),
            "institution": undoing.added["institution"],
            "membership": None,
        },
        "person": {"affiliation": undoing.added["affiliation"]},
        "membership": {"membership_step": None},
    }
    for subject, besides in own.items():
        yield from _pointing_to(MODELS[subject], undoing.added[subject], besides)
    yield from memberships_that_stay(undoing.added["institution"], undoing.retracted)
    yield from _pointing_to(Membership, undoing.retracted, own["membership"])
    for kind in TwinKind:
        for record_id in sorted(undoing.added[kind] & survivors(kind).keys()):
            yield f"{_words(kind, record_id)} was merged into another record."
    users = {user_id: person_id for person_id, user_id in undoing.users.items()}
    yield from _pointing_to(User, set(users), {"person": undoing.added["person"]}, named=users)


def _changed_since(subject: str, model: Any, undoing: Undoing) -> Iterator[str]:
    changed = undoing.changed[subject]
    for chunk in in_chunks(sorted({*undoing.added[subject], *changed}), CHUNK):
        found = {row.id: row for row in db.session.scalars(select(model).where(model.id.in_(chunk)).order_by(model.id))}
        steps = steps_on_record(chunk) if subject == "membership" else {}
        for each in chunk:
            if not _is_as_written(found.get(each), changed.get(each), steps.get(each, [])):
                yield f"{_words(subject, each)} was changed since."


def _is_as_written(record: Any, effect: ImportEffect | None, steps: Sequence[MembershipStep]) -> bool:
    """Whether a record is still what the import made of it: in its first version, or with the values it was given."""
    if record is None or effect is None:
        return record is not None and record.version == 1
    after = {key: value for key, value in effect.after.items() if hasattr(record, key)}
    if "steps" in effect.after and not _has_steps(steps, effect.after["steps"]):
        return False
    return all(as_kept(getattr(record, key)) == value for key, value in after.items())


def _has_steps(steps: Sequence[MembershipStep], written: Sequence[Sequence[Any]]) -> bool:
    """Whether the steps on record are those an import left: states and days."""
    told = [[step.state.value, as_kept(step.first_day), as_kept(step.last_day)] for step in steps]
    return told == [list(step[:3]) for step in written]


def _pointing_to(
    model: type[Base], ids: set[int], besides: Mapping[str, set[int] | None], named: Mapping[int, int] | None = None
) -> Iterator[str]:
    """Rows of any table whose foreign key names one of the records, but for those that go with it."""
    if not ids:
        return
    target: Any = model.__table__
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table is not target or besides.get(table.name, set()) is None:
                continue
            counts = _count(table, key.parent, ids, besides.get(table.name))
            for record_id, number in sorted(counts.items()):
                subject = "person" if named else target.name
                words = table.name.replace("_", " ")
                yield f"{_words(subject, (named or {}).get(record_id, record_id))}: {number} of {words}."


def _count(table: Any, column: Any, ids: set[int], besides: set[int] | None) -> Counter[int]:
    found = Counter[int]()
    for chunk in in_chunks(sorted(ids), CHUNK):
        if besides:
            rows = db.session.execute(select(column, table.c.id).where(column.in_(chunk)).order_by(table.c.id))
            found.update(target for target, own in rows if own not in besides)
            continue
        number = func.count().label("number")
        asked = select(column.label("target"), number).where(column.in_(chunk)).group_by(column).order_by(column)
        found.update({row.target: row.number for row in db.session.execute(asked)})
    return found


def _words(subject: str, record_id: int) -> str:
    if subject == "institution":
        name = db.session.scalar(select(Institution.name).where(Institution.id == record_id))
        return str(name or f"Institution {record_id}")
    if subject == "representation":
        return words_of_representation(record_id)
    if subject == "contact_route":
        return words_of_contact_route(record_id)
    return f"{subject.capitalize()} {record_id}"
