"""What stands against taking an import back: records changed since, and what points to one that it added."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, null, select

from app.accounts.models import User
from app.core.actor import Actor
from app.core.bulk import in_chunks
from app.core.database import Base, db
from app.core.periods import ONE_DAY
from app.members.commands.imports.aliases import aliases_taken_away, imported_aliases
from app.members.commands.imports.contact_routes import routes_leant_on, words_of_contact_route
from app.members.commands.imports.effects import Changed, as_kept
from app.members.commands.imports.memberships import steps_on_record
from app.members.commands.imports.representatives import leant_on, words_of_representation
from app.members.commands.imports.retracted import day_of, earlier_places, earlier_units, particulars_that_go
from app.members.commands.imports.units import imported_units, units_changed
from app.members.models import (
    Affiliation,
    ContactRoute,
    ImportEffect,
    Institution,
    Membership,
    MembershipClass,
    MembershipStep,
    Merger,
    MergerMove,
    Person,
    RegisterImport,
    Representation,
)
from app.members.queries.followers import Follower, Stayer, followers, stayers
from app.members.rules import day_words
from app.members.rules.imports import ImportState

MODELS: dict[str, Any] = {
    "institution": Institution,
    "person": Person,
    "affiliation": Affiliation,
    "membership": Membership,
    "representation": Representation,
    "contact_route": ContactRoute,
}

NOUNS = {"affiliation": "Place"}

CHUNK = 500


@dataclass
class Undoing:
    """What an import did, by subject: ids it added, and changes by id with what was before.

    `retracted` are, by kind of record and by table, facts about what it added that no day knew: they go with it.
    `lines` say on which line of its table a record stood.
    """

    case: RegisterImport
    actor: Actor
    added: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    changed: dict[str, dict[int, Changed]] = field(default_factory=lambda: defaultdict(dict))
    lines: dict[tuple[str, int], int] = field(default_factory=dict)
    users: dict[int, int] = field(default_factory=dict)
    retracted: dict[str, dict[str, set[int]]] = field(default_factory=dict)


@dataclass(frozen=True)
class About:
    """A record, and what stands against an undo as the words after its name, which is looked up only where told."""

    subject: str
    record_id: int
    said: str


Reason = str | About


def what_hangs(undoing: Undoing) -> Iterator[Reason]:
    """What would be lost or torn apart: records changed since, and whatever points to one that was added."""
    for subject, model in MODELS.items():
        yield from _changed_since(subject, model, undoing)
    yield from leant_on(undoing.added["representation"], undoing.changed["representation"])
    yield from routes_leant_on(undoing.added["contact_route"], undoing.changed["contact_route"])
    yield from aliases_taken_away(undoing.changed["aliases"])
    yield from units_changed(undoing.changed["units"])
    parted = {each for each, change in undoing.changed["institution"].items() if "parent_id" in change.after}
    own: dict[str, dict[str, set[int] | None]] = {
        "institution": {
            "institution_name": None,
            "institution_particulars": None,
            "institution_alias": set(imported_aliases(undoing.changed["aliases"])),
            "institution": undoing.added["institution"] | parted,
            "institution_particulars.parent_id": particulars_that_go(undoing.added["institution"], parted),
            **undoing.retracted["institution"],
            "institution_unit": undoing.retracted["institution"]["institution_unit"]
            | imported_units(undoing.changed["units"])
            | earlier_units(undoing.added["institution"]),
        },
        "person": {
            **undoing.retracted["person"],
            "affiliation": undoing.added["affiliation"]
            | undoing.retracted["person"]["affiliation"]
            | earlier_places(undoing.added["affiliation"] if undoing.added["person"] else ()),
            "leaver": None,
        },
        "membership": {"membership_step": None},
    }
    for subject, besides in own.items():
        yield from _pointing_to(MODELS[subject], undoing.added[subject], besides, undoing)
    yield from _pointing_to(Membership, undoing.retracted["institution"]["membership"], own["membership"], undoing)
    yield from _pointing_to(User, set(undoing.users.values()), {"person": undoing.added["person"]}, undoing)


def _changed_since(subject: str, model: Any, undoing: Undoing) -> Iterator[About]:
    changed = undoing.changed[subject]
    for chunk in in_chunks(sorted({*undoing.added[subject], *changed}), CHUNK):
        found = {row.id: row for row in db.session.scalars(select(model).where(model.id.in_(chunk)).order_by(model.id))}
        steps = steps_on_record(chunk) if subject == "membership" else {}
        undone = _undone_changes(subject, chunk, undoing.case)
        for each in chunk:
            record, effect = found.get(each), changed.get(each)
            is_as_written = (
                _is_as_added(record, undone[each])
                if effect is None
                else record is not None and _is_as_changed(record, effect, steps.get(each, []))
            )
            if not is_as_written:
                yield About(subject, each, " was changed since")


def _undone_changes(subject: str, ids: Sequence[int], case: RegisterImport) -> Counter[int]:
    """How many imports written, and moves of mergers made, after this one changed each record, and were undone since.

    The number of an import says when it was brought; and before this one was written, an id may have been another's.
    """
    asked = (
        select(ImportEffect.record_id, func.count(ImportEffect.import_id.distinct()).label("number"))
        .join(RegisterImport, RegisterImport.id == ImportEffect.import_id)
        .where(
            ImportEffect.subject == subject,
            ImportEffect.record_id.in_(ids),
            ImportEffect.is_new.is_(False),
            ImportEffect.import_id != case.id,
            RegisterImport.state == ImportState.UNDONE,
            RegisterImport.applied_at >= case.applied_at,
        )
        .group_by(ImportEffect.record_id)
        .order_by(ImportEffect.record_id)
    )
    moves = (
        select(MergerMove.row_id, func.count(MergerMove.id).label("number"))
        .join(Merger, Merger.id == MergerMove.merger_id)
        .where(
            MergerMove.table_name == subject,
            MergerMove.row_id.in_(ids),
            Merger.undone_at.is_not(None),
            Merger.merged_at >= case.applied_at,
        )
        .group_by(MergerMove.row_id)
        .order_by(MergerMove.row_id)
    )
    found = Counter({row.record_id: row.number for row in db.session.execute(asked)})
    found.update({row.row_id: row.number for row in db.session.execute(moves)})
    return found


def _is_as_added(record: Any, undone: int) -> bool:
    """Whether a record is in its first version, but for what changed it and was undone: two versions each."""
    return record is not None and record.version == 1 + 2 * undone


def _is_as_changed(record: Any, effect: Changed, steps: Sequence[MembershipStep]) -> bool:
    """Whether a record has the values that the import gave it."""
    after = {key: value for key, value in effect.after.items() if hasattr(record, key)}
    if "steps" in effect.after and not _has_steps(steps, effect.after["steps"]):
        return False
    return all(as_kept(getattr(record, key)) == value for key, value in after.items())


def _has_steps(steps: Sequence[MembershipStep], written: Sequence[Sequence[Any]]) -> bool:
    """Whether the steps on record are those an import left: states and days."""
    told = [[step.state.value, as_kept(step.first_day), as_kept(step.last_day)] for step in steps]
    return told == [list(step[:3]) for step in written]


def _users(undoing: Undoing) -> dict[int, int]:
    return {user_id: person_id for person_id, user_id in undoing.users.items()}


def _pointing_to(
    model: type[Base], ids: set[int], besides: Mapping[str, set[int] | None], undoing: Undoing
) -> Iterator[About]:
    """Rows of any table whose foreign key names one of the records, but for those that go with it."""
    target: Any = model.__table__
    people = _users(undoing) if model is User else {}
    keys = (key for table in Base.metadata.sorted_tables for key in table.foreign_keys if key.column.table is target)
    for key in keys if ids else ():
        table = key.parent.table
        besides_it = besides.get(f"{table.name}.{key.parent.name}", besides.get(table.name, set()))
        if besides_it is None:
            continue
        for record_id, counted in sorted(_count(table, key.parent, ids, besides_it).items()):
            said = f" is still named by {counted.words(_nouns(table.name, key.parent.name))}"
            yield About("person", people[record_id], said) if people else About(target.name, record_id, said)


def _nouns(table: str, column: str) -> tuple[str, str]:
    """What rows that name a record by this column are, one and several."""
    known: Follower | Stayer | None = followers.get(f"{table}.{column}") or stayers.get(f"{table}.{column}")
    noun = table.replace("_", " ")
    return known.words if known else (noun, f"{noun}s")


@dataclass
class _Naming:
    """Rows that name a record: how many there are, and how many of an earlier day that were taken back, since when."""

    number: int = 0
    taken_back: int = 0
    first: date = date.max
    last: date = date.min

    def take_back(self, recorded_at: datetime, superseded_at: datetime) -> None:
        """Count one that stays for what was known between two instants."""
        self.taken_back += 1
        self.first, self.last = min(self.first, day_of(recorded_at)), max(self.last, day_of(superseded_at))

    def words(self, nouns: tuple[str, str]) -> str:
        """How many and what they are: those on record, else those kept for what was known."""
        number = self.number or self.taken_back
        what = f"{number} {nouns[number > 1]}"
        if self.number:
            return what
        last = max(self.first, self.last - ONE_DAY)
        days = f"from {day_words(self.first)} until {day_words(last)}"
        known = days if last > self.first else f"on {day_words(last)}"
        return f"{what}, kept for what was known {known}"


def _count(table: Any, column: Any, ids: set[int], besides: set[int]) -> dict[int, _Naming]:
    """By record, the rows that name it."""
    found: dict[int, _Naming] = defaultdict(_Naming)
    known = (table.c.recorded_at, table.c.superseded_at) if "superseded_at" in table.c else (null(), null())
    own = table.c.id if besides else null()
    for chunk in in_chunks(sorted(ids), CHUNK):
        for record_id, row_id, recorded, superseded in db.session.execute(
            select(column, own, *known).where(column.in_(chunk)).order_by(column)
        ):
            if row_id in besides:
                continue
            if superseded is None:
                found[record_id].number += 1
            else:
                found[record_id].take_back(recorded, superseded)
    return found


def words_of(reason: Reason, undoing: Undoing) -> str:
    """A reason as it is told, without naming a person: these words stay."""
    if isinstance(reason, str):
        return reason
    return f"{_called(reason.subject, reason.record_id, undoing)}{reason.said}."


def _called(subject: str, record_id: int, undoing: Undoing) -> str:
    if subject == "institution":
        name = db.session.scalar(select(Institution.name).where(Institution.id == record_id))
        return str(name or f"Institution {record_id}")
    if subject == "representation":
        return words_of_representation(record_id)
    if subject == "contact_route":
        return words_of_contact_route(record_id)
    line = undoing.lines.get((subject, record_id))
    noun = NOUNS.get(subject, subject.capitalize())
    words = _membership(record_id) if subject == "membership" else f"{noun} {record_id}"
    return words if line is None else f"{words} (line {line})"


def _membership(membership_id: int) -> str:
    asked = select(Institution.name, MembershipClass.name.label("class_name"))
    asked = asked.select_from(Membership).join(Institution, Institution.id == Membership.institution_id)
    asked = asked.join(MembershipClass, MembershipClass.id == Membership.class_id)
    found = db.session.execute(asked.where(Membership.id == membership_id)).one_or_none()
    return f"{found.name} as {found.class_name}" if found else f"Membership {membership_id}"
