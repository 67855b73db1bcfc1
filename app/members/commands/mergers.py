"""Merging two records into one, and undoing it while nothing new hangs on it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, and_, inspect, or_, select
from sqlalchemy import Enum as EnumType

from app.accounts.commands import administration_kept
from app.accounts.commands.sessions import end_all_sessions
from app.accounts.commands.users import sign_out_since, spend_links
from app.accounts.models import User
from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import Base, UtcInstant, db
from app.core.errors import DomainError
from app.core.folding import folded
from app.core.history import Recorded, as_known, check_version, lock
from app.core.periods import ONE_DAY
from app.core.permissions import Permission
from app.members.commands.particulars import particulars_from, present_particulars
from app.members.commands.twins import forget_likely
from app.members.models import Institution, Merger, MergerMove, Person
from app.members.queries.followers import Follower, Stayer, dated_stayers, followers_of, rows_of
from app.members.queries.mergers import MODELS, AnyRecord, differing, list_mergers_into, merger_clashes
from app.members.rules import PARTICULARS, TwinKind, day_words

UNIQUE = frozenset({"ror", "orcid"})
NOT_SEALED = frozenset({"version", "recorded_at"})
ADDRESSES = "addresses to sign in with"


@dataclass(frozen=True)
class Merging:
    """Who stays, who goes into them, which facts of the other are taken, why, and the versions the preview showed."""

    kind: TwinKind
    survivor_id: int
    merged_id: int
    reason: str
    taken: frozenset[str] = field(default_factory=frozenset)
    versions: tuple[int, int] | None = None


def merge_records(merging: Merging, *, actor: Actor) -> Merger:
    """Make two records one: what hangs on the merged one follows to the survivor; issued papers and names stay."""
    actor.require(Permission.REGISTER_MERGE)
    survivor, merged = _lock_both(merging.kind, merging.survivor_id, merging.merged_id)
    if merging.versions is not None:
        check_version(survivor, merging.versions[0])
        check_version(merged, merging.versions[1])
    for clash in merger_clashes(survivor, merged, actor):
        raise DomainError(f"{clash.words} {clash.way_out}")
    merger = Merger(
        kind=merging.kind,
        merged_id=merged.id,
        survivor_id=survivor.id,
        reason=merging.reason,
        merged_by=actor.name,
        merged_at=clock.now(),
        standing={},
    )
    db.session.add(merger)
    db.session.flush()
    with _administered(merging.kind):
        for follower in followers_of(merging.kind):
            for row in rows_of(follower, merged.id):
                _follow(merger, follower, row)
        _take_facts(merger, survivor, merged, merging.taken)
        if isinstance(merged, Person):
            _shut_out(merger, merged.user_id)
    forget_likely(merging.kind, merged.id)
    merger.standing = _standing(merger)
    told = f"{_words(merged)} merged into this record", f"Merged into {_words(survivor)}"
    _noted("members.merge", merger, told, merging.reason, actor)
    return merger


def undo_merger(merger_id: int, *, actor: Actor) -> Merger:
    """Put every row back to where it pointed, unless something new hangs on the merger: then nothing is changed.

    As if it had never been, also for what was known meanwhile (docs/adr/0006): nothing of one stays with the other.
    """
    actor.require(Permission.REGISTER_MERGE)
    merger = lock(Merger, merger_id)
    survivor, merged = _lock_both(merger.kind, merger.survivor_id, merger.merged_id)
    if refusal := undoing_refused(merger):
        raise DomainError(refusal)
    asked = select(MergerMove).where(MergerMove.merger_id == merger.id).order_by(MergerMove.id.desc())
    moves = db.session.scalars(asked).all()
    with _administered(merger.kind):
        for move in moves:
            _put_back(move)
    for move in reversed(moves):
        _forget_copy(move)
    if isinstance(survivor, Person) and any(_is_of_address(move) for move in moves):
        sign_out_since(lock(User, survivor.user_id), merger.merged_at)
    merger.undone_at, merger.undone_by = clock.now(), actor.name
    told = f"Merger of {_words(merged)} undone", f"Merger into {_words(survivor)} undone"
    _noted("members.undo_merger", merger, told, None, actor)
    db.session.flush()
    return merger


def undoing_refused(merger: Merger) -> str:
    """Why a merger cannot be undone; empty where it can."""
    if merger.undone_at is not None:
        day = day_words(clock.local(merger.undone_at).date())
        return f"This merger was undone already, by {merger.undone_by} on {day}."
    later = [name for each, name in list_mergers_into(merger.kind, merger.survivor_id) if each.id > merger.id]
    if later:
        return f"{later[-1]} was merged into the same record since: undo that first."
    changed = what_is_new(merger)
    return f"It can no longer be undone: {', '.join(changed)} changed or added since." if changed else ""


def what_is_new(merger: Merger) -> list[str]:
    """The kinds of rows that were added, changed or taken away since the merger, in words."""
    now = _standing(merger)
    words = {each.name: each.words[1] for each in _sealed(merger.kind)} | {ADDRESSES: ADDRESSES}
    changed = {name for name in now if now[name] != merger.standing.get(name)}
    changed |= {ADDRESSES} if _addresses_changed(merger) else set()
    changed |= {each.name for each in _sealed(merger.kind) if _was_put_right(merger, each)}
    return [words.get(name, "facts") for name in sorted(changed)]


def _administered(kind: TwinKind) -> AbstractContextManager[None]:
    """Where rights go from one to another, somebody can still administer the site in the end."""
    return administration_kept() if kind is TwinKind.PERSON else nullcontext()


def _lock_both(kind: TwinKind, one_id: int, other_id: int) -> tuple[AnyRecord, AnyRecord]:
    """Both records, locked in the order of their ids."""
    model = MODELS[kind]
    locked: dict[int, AnyRecord] = {identity: lock(model, identity) for identity in sorted((one_id, other_id))}
    if one_id == other_id:
        raise DomainError("A record cannot be merged with itself.")
    return locked[one_id], locked[other_id]


def _follow(merger: Merger, follower: Follower, row: Any) -> None:
    """Let a row point to the survivor; of a recorded fact, what was known until now stays with the merged record."""
    copy_id = _keep_known(merger, follower, row) if isinstance(row, Recorded) else None
    is_own = follower.own is not None and getattr(row, follower.own.key) == merger.survivor_id
    target = None if is_own else follower.value_of(merger.survivor_id)
    _change(merger, row, {follower.column.key: target}, copy_id)


def _keep_known(merger: Merger, follower: Follower, row: Any) -> int:
    """A copy of a row, with its parts: those on record are copied too, those known only earlier go to the copy."""
    copy = _copy(row, merger.merged_at)
    if follower.parts is not None:
        asked = select(follower.parts.class_).where(follower.parts == row.id).order_by(follower.parts.class_.id)
        for each in db.session.scalars(asked).all():
            held_by_copy = {follower.parts.key: copy.id}
            if each.superseded_at is None:
                _change(merger, each, {}, _copy(each, merger.merged_at, **held_by_copy).id)
            else:
                _change(merger, each, held_by_copy)
    return int(copy.id)


def _copy(row: Any, until: datetime, **changes: Any) -> Any:
    """What was known of a row, superseded by the merger."""
    columns = [column.key for column in inspect(type(row)).column_attrs if column.key != "id"]
    known = type(row)(**{name: getattr(row, name) for name in columns} | changes)
    known.superseded_at = until
    db.session.add(known)
    db.session.flush()
    return known


def _change(merger: Merger, row: Any, values: dict[str, Any], copy_id: int | None = None) -> None:
    """Change a row and write down how it was."""
    wanted = values | ({"recorded_at": merger.merged_at} if copy_id is not None else {})
    before = {name: _written(getattr(row, name)) for name in wanted}
    move = MergerMove(merger_id=merger.id, table_name=row.__tablename__, row_id=row.id, before=before, copy_id=copy_id)
    db.session.add(move)
    for name, value in wanted.items():
        setattr(row, name, value)
    db.session.flush()


def _take_facts(merger: Merger, survivor: AnyRecord, merged: AnyRecord, taken: frozenset[str]) -> None:
    """Fill what the survivor lacks, take what was chosen, and let it be found by the words of the merged one."""
    chosen = [each for each in differing(merger.kind, survivor, merged) if each.survivors is None or each.name in taken]
    values = {each.name: each.merged for each in chosen}
    _change_facts(merger, merged, {name: None for name in values if name in UNIQUE})
    _change_facts(merger, survivor, values)
    _change(merger, survivor, {"search_text": folded(survivor.search_text, merged.search_text)})
    if isinstance(survivor, Person) and isinstance(merged, Person) and "email" in values:
        _take_address(merger, lock(User, survivor.user_id), lock(User, merged.user_id))


def _change_facts(merger: Merger, record: AnyRecord, values: dict[str, Any]) -> None:
    if not values:
        return
    _change(merger, record, values)
    dated = {name: value for name, value in values.items() if name in PARTICULARS}
    if isinstance(record, Institution) and dated:
        _date_facts(merger, record, dated)


def _date_facts(merger: Merger, institution: Institution, values: dict[str, Any]) -> None:
    """Let other particulars hold from the day of the merger on; what held before keeps its days."""
    present, today = present_particulars(institution.id), clock.today()
    known = _copy(present, merger.merged_at)
    if present.first_day >= today:
        _change(merger, present, values, known.id)
        return
    _change(merger, present, {"last_day": today - ONE_DAY}, known.id)
    added = particulars_from(institution, today)
    added.recorded_at = merger.merged_at
    db.session.add(added)
    db.session.flush()
    _change(merger, present, {}, added.id)


def _take_address(merger: Merger, survivor: User, merged: User) -> None:
    """The survivor signs in with the address that is now theirs; a link to another one can no longer be used."""
    address = merged.email
    if address is None:
        return
    _change(merger, merged, {"email": None})
    _change(merger, survivor, {"email": address})
    spend_links(survivor)


def _is_of_address(move: MergerMove) -> bool:
    return move.table_name == User.__tablename__ and "email" in move.before


def _addresses_changed(merger: Merger) -> bool:
    """Whether an address to sign in with that it moved is another one by now."""
    asked = select(MergerMove).where(MergerMove.merger_id == merger.id, MergerMove.table_name == User.__tablename__)
    moved = [move for move in db.session.scalars(asked.order_by(MergerMove.id)) if _is_of_address(move)]
    given = [None, *(move.before["email"] for move in moved)]
    now = [db.session.get_one(User, move.row_id).email for move in moved]
    return any(email != left for email, left in zip(now, given, strict=False))


def _shut_out(merger: Merger, user_id: int) -> None:
    user = lock(User, user_id)
    if user.disabled_at is None:
        _change(merger, user, {"disabled_at": merger.merged_at})
    end_all_sessions(user.id)
    spend_links(user)


def _put_back(move: MergerMove) -> None:
    model = _model_of(move.table_name)
    row: Any = db.session.get_one(model, move.row_id)
    columns = inspect(model).columns
    for name, value in move.before.items():
        setattr(row, name, _read(columns[name].type, value))
    db.session.flush()


def _forget_copy(move: MergerMove) -> None:
    """What a merger kept of a row is no longer needed: the row says it again. Parts go before their whole."""
    if move.copy_id is not None:
        db.session.delete(db.session.get_one(_model_of(move.table_name), move.copy_id))
        db.session.flush()


def _standing(merger: Merger) -> dict[str, Any]:
    """A seal of every row that hangs on the survivor, on the merged record, and of both records."""
    db.session.flush()
    both = (merger.survivor_id, merger.merged_id)
    found: dict[str, Any] = {
        each.name: {
            f"{row.__tablename__} {row.id}": _seal(row)
            for identity in both
            for row in (*rows_of(each, identity), *_parts(each, identity))
        }
        for each in _sealed(merger.kind)
    }
    model = MODELS[merger.kind]
    found["facts"] = {str(identity): _seal(db.session.get_one(model, identity)) for identity in both}
    return found


def _was_put_right(merger: Merger, hanging: Follower | Stayer) -> bool:
    """Whether a dated fact that it moved or added was put right since, be it back again: copies are the survivor's."""
    model: Any = hanging.column.class_
    if not issubclass(model, Recorded):
        return False
    is_of_it = or_(MergerMove.row_id == model.id, MergerMove.copy_id == model.id)
    moved = MergerMove.table_name == model.__tablename__, MergerMove.copy_id.is_not(None), is_of_it, as_known(model)
    asked = select(model.id).join(MergerMove, and_(*moved)).where(MergerMove.merger_id == merger.id)
    asked = asked.where(hanging.column == hanging.value_of(merger.survivor_id), model.recorded_at > merger.merged_at)
    return db.session.scalar(asked.limit(1)) is not None


def _sealed(kind: TwinKind) -> list[Follower | Stayer]:
    return [*followers_of(kind), *dated_stayers(kind)]


def _parts(follower: Follower | Stayer, identity: int) -> Iterable[Any]:
    if isinstance(follower, Stayer) or follower.parts is None:
        return ()
    part = follower.parts.class_
    ids = [row.id for row in rows_of(follower, identity)]
    return db.session.scalars(select(part).where(follower.parts.in_(ids)).order_by(part.id)).all()


def _seal(row: Any) -> str:
    columns = [column.key for column in inspect(type(row)).column_attrs if column.key not in NOT_SEALED]
    text = "\n".join(f"{name}={_written(getattr(row, name))}" for name in columns)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _read(kind: Any, value: Any) -> Any:
    """A value as it was written down, of the type of its column."""
    if value is None:
        return None
    if isinstance(kind, EnumType):
        return kind.python_type(value)
    if isinstance(kind, UtcInstant):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(kind, Date) else value


def _model_of(table_name: str) -> type[Any]:
    models = (mapper.class_ for mapper in Base.registry.mappers)
    return next(model for model in models if model.__tablename__ == table_name)


def _words(merged: AnyRecord) -> str:
    return f"Person {merged.id}" if isinstance(merged, Person) else f"{merged.name} ({merged.account_number})"


def _noted(action: str, merger: Merger, told: tuple[str, str], reason: str | None, actor: Actor) -> None:
    """An entry for each of the two; `told` is what the history of the survivor says, and that of the merged one."""
    db.session.flush()
    asked = select(MergerMove.table_name, MergerMove.row_id).where(MergerMove.merger_id == merger.id)
    moved = [f"{row.table_name} {row.row_id}" for row in db.session.execute(asked.order_by(MergerMove.id))]
    summaries = dict(zip((merger.survivor_id, merger.merged_id), told, strict=True))
    for identity in sorted(summaries):
        record(
            action,
            Subject(merger.kind, identity),
            summary=summaries[identity],
            after={"survivor": merger.survivor_id, "merged": merger.merged_id, "moved": moved},
            reason=reason,
            actor=actor,
        )
