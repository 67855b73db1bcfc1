"""Merging one institution into another, and undoing it exactly while nothing new hangs on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from app.accounts.models import Grant
from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.bulk import insert_rows
from app.core.database import Base, UtcInstant, db
from app.core.errors import DomainError, NotFoundError
from app.core.folding import folded
from app.core.history import as_known, lock
from app.core.permissions import Permission
from app.members.commands.changelog import Written, plain, writing_down
from app.members.commands.institutions import index_institution
from app.members.commands.particulars import change_particulars
from app.members.commands.pointers import (
    Conflict,
    Pointer,
    list_conflicts,
    list_pointers,
    move_rows,
    register_conflicts,
    register_pointer,
)
from app.members.models import (
    Affiliation,
    Application,
    Departure,
    Institution,
    InstitutionAlias,
    InstitutionDocument,
    InstitutionName,
    InstitutionNote,
    InstitutionParticulars,
    InstitutionUnit,
    MailingRecipient,
    Membership,
    Merge,
    MergeChange,
    Representation,
)
from app.members.rules import PARTICULARS, Purpose, day_words

CHOSEN = tuple(name for name in PARTICULARS if name not in {"parent_id", "logo_id"})
UNIQUE = ("ror",)
OWN = "it tells of the institution that was merged"

register_pointer(Membership, "institution_id", "memberships")
register_pointer(Representation, "institution_id", "representatives")
register_pointer(Affiliation, "institution_id", "places of people")
register_pointer(InstitutionUnit, "institution_id", "units")
register_pointer(InstitutionAlias, "institution_id", "aliases")
register_pointer(InstitutionDocument, "institution_id", "documents")
register_pointer(InstitutionNote, "institution_id", "notes")
register_pointer(Grant, "institution_id", "roles of users")
register_pointer(Institution, "parent_id", "institutions that are parts of it")
register_pointer(Application, "institution_id", "applications")
register_pointer(Departure, "institution_id", "departures")
register_pointer(InstitutionName, "institution_id", "names", stays=OWN)
register_pointer(InstitutionParticulars, "institution_id", "particulars", stays=OWN)
register_pointer(InstitutionParticulars, "parent_id", "days on which others were parts of it", stays="they were")
register_pointer(MailingRecipient, "institution_id", "mails sent", stays="they were sent to it as it was")
register_pointer(Institution, "merged_into_id", "institutions merged into it before")
register_pointer(Merge, "survivor_id", "merges", stays=OWN)
register_pointer(Merge, "merged_id", "merges", stays=OWN)


def merge_institutions(
    survivor_id: int, merged_id: int, *, taken: Sequence[str] = (), reason: str, actor: Actor
) -> Merge:
    """Let one institution go up in another: what names it names the survivor, under which it is found from now on.

    `taken` are the particulars the survivor takes from it; those the survivor lacks it takes by itself.
    """
    actor.require(Permission.INSTITUTION_EDIT)
    actor.require(Permission.MEMBERSHIP_EDIT)
    survivor, merged = _locked_pair(survivor_id, merged_id)
    _refuse(list_conflicts(survivor_id, merged_id))
    merge = Merge(
        survivor_id=survivor_id,
        merged_id=merged_id,
        reason=reason,
        marks={},
        merged_by=actor.name,
        merged_at=clock.now(),
    )
    db.session.add(merge)
    db.session.flush()
    with writing_down() as log:
        _carry_over(survivor, merged, taken)
        for pointer in list_pointers():
            if not pointer.stays:
                move_rows(pointer, merged_id, survivor_id)
        db.session.flush()
        _take_names(survivor, merged, actor)
        merged.merged_into_id, merged.merged_at = survivor_id, merge.merged_at
        index_institution(survivor)
    _keep(merge, log.entries)
    merge.marks = _marks()
    _noted("members.merge_institutions", merge, survivor, merged, reason, actor)
    return merge


def undo_merge(merge_id: int, *, reason: str, actor: Actor) -> Merge:
    """Set everything back as it was before a merge; refused once something new hangs on it, which is named."""
    actor.require(Permission.INSTITUTION_EDIT)
    actor.require(Permission.MEMBERSHIP_EDIT)
    found = db.session.get(Merge, merge_id)
    if found is None:
        raise NotFoundError("There is no such merge.")
    for institution_id in sorted({found.survivor_id, found.merged_id}):
        lock(Institution, institution_id)
    merge = lock(Merge, merge_id)
    if merge.undone_at is not None:
        raise DomainError("This merge is undone already.")
    changes = _changes(merge_id)
    hanging = list(dict.fromkeys([*_new_since(merge), *_changed_since(changes)]))
    if hanging:
        raise DomainError(f"It can no longer be undone. {' '.join(hanging[:5])}")
    for change in reversed(changes):
        _set_back(change)
    db.session.expire_all()
    survivor, merged = lock(Institution, merge.survivor_id), lock(Institution, merge.merged_id)
    merge.undone_at, merge.undone_by, merge.undone_because = clock.now(), actor.name, reason
    _noted("members.undo_merge", merge, survivor, merged, reason, actor)
    db.session.flush()
    return merge


def _locked_pair(survivor_id: int, merged_id: int) -> tuple[Institution, Institution]:
    """Both institutions, locked in the order of their ids, each still itself."""
    if survivor_id == merged_id:
        raise DomainError("An institution cannot be merged into itself.", "merged_id")
    locked = {each: lock(Institution, each) for each in sorted((survivor_id, merged_id))}
    survivor, merged = locked[survivor_id], locked[merged_id]
    for institution in (survivor, merged):
        if institution.merged_into_id is not None:
            raise DomainError(f"{institution.name} is merged into another institution already.", "merged_id")
    return survivor, merged


def _refuse(conflicts: Sequence[Conflict]) -> None:
    if conflicts:
        raise DomainError(" ".join(f"{conflict.why} {conflict.way_out}" for conflict in conflicts), "merged_id")


def _carry_over(survivor: Institution, merged: Institution, taken: Sequence[str]) -> None:
    """Give the survivor what it takes and what it lacks; what only one may have, the other gives up."""
    wanted = {
        name: getattr(merged, name)
        for name in (*CHOSEN, "logo_id")
        if getattr(merged, name) is not None and (name in taken or getattr(survivor, name) is None)
    }
    given_up = {name: None for name in UNIQUE if getattr(merged, name) is not None}
    change_particulars(merged, given_up, clock.today())
    db.session.flush()
    change_particulars(survivor, wanted, clock.today())
    if survivor.parent_id == merged.id:
        change_particulars(survivor, {"parent_id": None}, clock.today())
    db.session.flush()
    for child in db.session.scalars(
        select(Institution).where(Institution.parent_id == merged.id, Institution.id != survivor.id)
    ).all():
        change_particulars(child, {"parent_id": survivor.id}, clock.today())
    db.session.flush()


def _take_names(survivor: Institution, merged: Institution, actor: Actor) -> None:
    """Let every name the merged institution has or had mean the survivor, where it means no other one."""
    asked = select(InstitutionName.name, InstitutionName.short_name).where(
        InstitutionName.institution_id == merged.id, InstitutionName.superseded_at.is_(None)
    )
    names = [text for row in db.session.execute(asked.order_by(InstitutionName.id)) for text in row]
    names.append(merged.account_number)
    taken = set(db.session.scalars(select(InstitutionAlias.folded).order_by(InstitutionAlias.id)))
    own = {folded(survivor.name), folded(survivor.short_name)}
    for text in dict.fromkeys(names):
        words = folded(text)[:200]
        if words in taken | own:
            continue
        taken.add(words)
        alias = {"institution_id": survivor.id, "alias": text, "folded": words}
        db.session.add(InstitutionAlias(**alias, added_by=actor.name, added_at=clock.now()))
    db.session.flush()


def _keep(merge: Merge, entries: Iterable[Written]) -> None:
    rows = [
        {
            "merge_id": merge.id,
            "position": position,
            "table_name": entry.table,
            "row_id": entry.row_id,
            "is_new": entry.is_new,
            "before": entry.before,
            "after": entry.after,
        }
        for position, entry in enumerate(entries, start=1)
    ]
    insert_rows(MergeChange, rows)


def _moving() -> list[Pointer]:
    return [pointer for pointer in list_pointers() if not pointer.stays]


def _marks() -> dict[str, Any]:
    """The newest row of every table that may point to an institution: what comes later is new."""
    return {
        pointer.model.__tablename__: db.session.scalar(select(func.max(pointer.model.id))) or 0 for pointer in _moving()
    }


def _new_since(merge: Merge) -> Iterator[str]:
    for pointer in _moving():
        mark = int(merge.marks.get(pointer.model.__tablename__, 0))
        column = getattr(pointer.model, pointer.column)
        asked = select(func.count()).where(column == merge.survivor_id, pointer.model.id > mark)
        number = db.session.scalar(asked.select_from(pointer.model)) or 0
        if number:
            yield f"{number} of its {pointer.words} came after it."


def _changes(merge_id: int) -> list[MergeChange]:
    asked = select(MergeChange).where(MergeChange.merge_id == merge_id).order_by(MergeChange.position)
    return list(db.session.scalars(asked))


def _changed_since(changes: Sequence[MergeChange]) -> Iterator[str]:
    """Rows that are no longer as the merge left them."""
    last: dict[tuple[str, int], dict[str, Any]] = {}
    for change in changes:
        last.setdefault((change.table_name, change.row_id), {}).update(change.after)
    for (name, row_id), after in last.items():
        table = Base.metadata.tables[name]
        row = db.session.execute(select(table).where(table.c.id == row_id)).mappings().one_or_none()
        kept = {key: value for key, value in after.items() if key != "search_text"}
        if row is None or any(plain(row[key]) != value for key, value in kept.items()):
            yield f"{name.replace('_', ' ').capitalize()} {row_id} was changed after it."


def _set_back(change: MergeChange) -> None:
    table = Base.metadata.tables[change.table_name]
    if change.is_new:
        db.session.execute(delete(table).where(table.c.id == change.row_id))
        return
    values: dict[str, Any] = {key: _read(table.c[key], value) for key, value in change.before.items()}
    if "version" in table.c:
        values["version"] = table.c.version + 1
    db.session.execute(update(table).where(table.c.id == change.row_id).values(values))


def _read(column: Any, value: Any) -> Any:
    """A value as the column takes it, from what JSON kept of it."""
    if value is None or not isinstance(value, str):
        return value
    if isinstance(column.type, UtcInstant):
        return datetime.fromisoformat(value)
    kind = column.type.python_type
    return kind.fromisoformat(value) if kind is date else kind(value)


def _noted(action: str, merge: Merge, survivor: Institution, merged: Institution, reason: str, actor: Actor) -> None:
    verb = "merged into" if action == "members.merge_institutions" else "no longer merged into"
    for institution in (survivor, merged):
        record(
            action,
            Subject("institution", institution.id),
            summary=f"{merged.name} ({merged.account_number}) {verb} {survivor.name}",
            after={"merge": merge.id},
            reason=reason,
            actor=actor,
        )
    db.session.flush()


@register_conflicts
def _circle(survivor_id: int, merged_id: int) -> Iterator[Conflict]:
    """The survivor is a part of a part of the other one: they would become parts of each other."""
    parents = {row.id: row.parent_id for row in db.session.execute(select(Institution.id, Institution.parent_id))}
    above = parents.get(survivor_id)
    while above is not None and parents.get(above) is not None:
        above = parents[above]
        if above == merged_id:
            yield Conflict("The one that stays is a part of a part of the other.", "Make it a part of none first.")
            return


@register_conflicts
def _shared_days(survivor_id: int, merged_id: int) -> Iterator[Conflict]:
    """Memberships of one class, voting representatives and alternates of a place that would share days."""
    yield from _overlaps(Membership, ("class_id",), (survivor_id, merged_id), "memberships of one class")
    yield from _overlaps(Affiliation, ("person_id",), (survivor_id, merged_id), "places of one person")
    for purpose in (Purpose.VOTING, Purpose.ALTERNATE):
        same = ("purpose",) if purpose is Purpose.VOTING else ("purpose", "rank")
        words = "voting representatives" if purpose is Purpose.VOTING else "alternates of the same place"
        yield from _overlaps(Representation, same, (survivor_id, merged_id), words, purpose)


def _overlaps(
    model: Any, same: Sequence[str], pair: tuple[int, int], words: str, purpose: Purpose | None = None
) -> Iterator[Conflict]:
    """What of both institutions is alike in some columns and shares a day."""
    held: dict[int, list[Any]] = {}
    for institution_id in pair:
        asked = select(model).where(model.institution_id == institution_id, as_known(model))
        if purpose is not None:
            asked = asked.where(model.purpose == purpose)
        held[institution_id] = list(db.session.scalars(asked.order_by(model.first_day, model.id)))
    for one in held[pair[0]]:
        for other in held[pair[1]]:
            alike = all(getattr(one, name) == getattr(other, name) for name in same)
            if alike and one.period.overlaps(other.period):
                day = day_words(max(one.first_day, other.first_day))
                yield Conflict(f"Both have {words} on {day}.", "End one of them the day before, or correct its days.")
