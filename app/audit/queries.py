"""Reading the trail."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, select
from sqlalchemy.orm import aliased

from app.audit.models import AuditEntry, AuditHead, AuditPersonalValue
from app.audit.rules import SEALED, START, Head, Subject, digest_of, digests_in, named, seal, worded
from app.audit.seals import SEALED_ROWS, words_of_seals
from app.core.actor import Actor
from app.core.clock import end_of, start_of
from app.core.database import db, prepared
from app.core.errors import NotFoundError
from app.core.paging import fetch_page
from app.core.permissions import Permission
from app.core.tables import Page, PageRequest

NOTHING = "\u2013"


@dataclass(frozen=True)
class TrailFilters:
    """What a reader of the trail looks for."""

    who: str | None = None
    action: str | None = None
    kind: str | None = None
    words: str | None = None
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True)
class TrailRow:
    """One line of the trail."""

    sequence: int
    at: datetime
    who: str
    action: str
    kind: str
    subject_id: int
    summary: str
    reason: str | None
    seal: str

    @property
    def subject(self) -> Subject:
        """The record it is about."""
        return Subject(self.kind, self.subject_id)


@dataclass(frozen=True)
class HistoryRow:
    """One entry of a record's history; `is_sealed` says that it was checked just now and its seal holds."""

    sequence: int
    at: datetime
    who: str
    what: str
    why: str | None
    seal: str
    is_sealed: bool


@dataclass(frozen=True)
class FieldChange:
    """One value before and after."""

    name: str
    before: str
    after: str

    @property
    def told(self) -> str:
        """The change on one line, with an arrow."""
        return f"{self.name}: {self.before or NOTHING} \u2192 {self.after or NOTHING}"


@dataclass(frozen=True)
class EntryPage:
    """All there is about one entry."""

    row: TrailRow
    changes: tuple[FieldChange, ...]
    previous_hash: str
    is_sealed: bool
    neighbours: tuple[int | None, int | None] = field(default=(None, None))


def may_read_history(actor: Actor | None) -> bool:
    """Whether the actor may see who changed a record; without it a page has no history."""
    return actor is not None and actor.has_all(Permission.AUDIT_READ)


def search_trail(filters: TrailFilters, request: PageRequest, actor: Actor) -> Page[TrailRow]:
    """A page of the trail, the newest first unless asked otherwise."""
    actor.require(Permission.AUDIT_READ)
    conditions = list(_conditions(filters))
    asked = _rows().where(*conditions)
    sorts: Mapping[str, ColumnElement[Any]] = {
        "sequence": AuditEntry.__table__.c.sequence,
        "at": AuditEntry.__table__.c.at,
        "who": AuditEntry.__table__.c.actor_name,
    }
    return fetch_page(
        asked,
        request,
        sorts=sorts,
        key=AuditEntry.__table__.c.sequence.desc(),
        build=_trail_row,
        total=None if conditions else func.max(AuditEntry.__table__.c.sequence),  # The sequence has no holes.
    )


def get_entry(sequence: int, actor: Actor) -> EntryPage:
    """One entry with its values, checked against its seal."""
    actor.require(Permission.AUDIT_READ)
    found = db.session.execute(_linked_entries().where(AuditEntry.sequence == sequence)).one_or_none()
    if found is None:
        message = "There is no such entry."
        raise NotFoundError(message)
    known = _personal_values([found])
    last = db.session.scalar(select(func.max(AuditEntry.sequence))) or sequence
    return EntryPage(
        row=_trail_row(found),
        changes=tuple(_changes(found, known)),
        previous_hash=found.previous_hash,
        is_sealed=_holds(found, known),
        neighbours=(sequence - 1 if sequence > 1 else None, sequence + 1 if sequence < last else None),
    )


def list_history(subject: Subject, request: PageRequest, *, until: datetime | None = None) -> Page[HistoryRow]:
    """A page of what happened to a record (until an instant), the newest first; ask `may_read_history` before."""
    about = {"kind": subject.kind, "id": subject.id}
    asked = _entries_about(until)
    if request.size:
        asked = asked.offset(request.offset).limit(request.size)
    found = db.session.execute(asked, about).all()
    total = found[0].total if found else db.session.scalar(_count_about(until), about) or 0
    known = _personal_values(found)
    rows = [
        HistoryRow(
            each.sequence, each.at, each.actor_name, _told(each, known), each.reason, each.hash, _holds(each, known)
        )
        for each in found
    ]
    return Page(rows=rows, total=total, request=request)


def find_last(kind: str, ids: Collection[int], actions: Collection[str], *, until: datetime) -> TrailRow | None:
    """The newest entry, up to an instant, of one of these things done to one of several records of a kind."""
    columns = AuditEntry.__table__.c
    asked = _rows().where(
        AuditEntry.subject_kind == kind,
        AuditEntry.subject_id.in_(sorted(ids)),
        AuditEntry.action.in_(sorted(actions)),
        AuditEntry.at <= until,
    )
    found = db.session.execute(asked.order_by(columns.sequence.desc()).limit(1)).one_or_none()
    return _trail_row(found) if found else None


def who_did(subject: Subject, actions: Collection[str]) -> Sequence[int]:
    """The users, by id, who did one of these things to a record."""
    asked = select(AuditEntry.actor_id).where(
        AuditEntry.subject_kind == subject.kind,
        AuditEntry.subject_id == subject.id,
        AuditEntry.action.in_(sorted(actions)),
    )
    found = db.session.scalars(asked.distinct().order_by(AuditEntry.actor_id))
    return [each for each in found if each is not None]


@prepared
def _count_about(until: datetime | None) -> Select[int]:
    return select(func.count()).select_from(AuditEntry).where(*_about(until))


@prepared
def _entries_about(until: datetime | None) -> Select[Any]:
    """The entries, and with each how many there are in all: records show a few of them, and that."""
    total = _count_about(until).correlate(None).scalar_subquery().label("total")
    about = _linked_entries().add_columns(total).where(*_about(until))
    return about.order_by(AuditEntry.__table__.c.sequence.desc())


def _about(until: datetime | None) -> Iterator[ColumnElement[bool]]:
    yield AuditEntry.subject_kind == bindparam("kind")
    yield AuditEntry.subject_id == bindparam("id")
    if until is not None:
        yield AuditEntry.at <= until


def get_head() -> Head:
    """The end of the chain, at sequence 0 where nothing has been recorded yet."""
    found = db.session.execute(select(AuditHead.sequence, AuditHead.hash).order_by(AuditHead.id)).one_or_none()
    return Head(found.sequence, found.hash) if found else Head(0, START)


@prepared
def _rows() -> Select[Any]:
    names = "sequence at actor_name action subject_kind subject_id summary reason hash"
    return select(*(AuditEntry.__table__.c[name] for name in names.split()))


def _trail_row(found: Row[Any]) -> TrailRow:
    return TrailRow(
        sequence=found.sequence,
        at=found.at,
        who=found.actor_name,
        action=found.action,
        kind=found.subject_kind,
        subject_id=found.subject_id,
        summary=found.summary,
        reason=found.reason,
        seal=found.hash,
    )


def _conditions(filters: TrailFilters) -> Iterator[ColumnElement[bool]]:
    if filters.who:
        yield func.lower(AuditEntry.actor_name).contains(filters.who.lower(), autoescape=True)
    if filters.action:
        yield AuditEntry.action.contains(filters.action.lower(), autoescape=True)
    if filters.kind:
        yield AuditEntry.subject_kind == filters.kind
    if filters.words:
        yield from (
            func.lower(AuditEntry.summary).contains(word, autoescape=True) for word in filters.words.lower().split()
        )
    if filters.first_day:
        yield AuditEntry.at >= start_of(filters.first_day)
    if filters.last_day:
        yield AuditEntry.at <= end_of(filters.last_day)


@prepared
def _linked_entries() -> Select[Any]:
    """Entries with all their columns and the hash of the entry before each."""
    before = aliased(AuditEntry)
    return select(*AuditEntry.__table__.c, before.hash.label("hash_before")).outerjoin(
        before, before.sequence == AuditEntry.sequence - 1
    )


def _holds(entry: Row[Any], known: Mapping[str, tuple[str, str]]) -> bool:
    """Whether the entry is what was sealed, follows its forerunner, and its personal values match their digests."""
    digests = [*digests_in(entry.before), *digests_in(entry.after)]
    return (
        seal(_fields(entry)) == entry.hash
        and entry.previous_hash == (entry.hash_before or START)
        and (entry.hash_before is not None or entry.sequence == 1)
        and all(digest_of(*known[digest]) == digest for digest in digests if digest in known)
    )


def _fields(entry: Row[Any]) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in SEALED}


_VALUES = select(AuditPersonalValue.digest, AuditPersonalValue.salt, AuditPersonalValue.value).where(
    AuditPersonalValue.sequence.in_(bindparam("sequences", expanding=True))
)


def _personal_values(entries: Iterable[Row[Any]]) -> dict[str, tuple[str, str]]:
    """Salt and value by digest, as far as they have not been erased."""
    found = db.session.execute(_VALUES, {"sequences": [entry.sequence for entry in entries]})
    return {digest: (salt, value) for digest, salt, value in found}


def _changes(entry: Row[Any], known: Mapping[str, tuple[str, str]]) -> Iterator[FieldChange]:
    for name in dict.fromkeys((*entry.before, *entry.after)):
        if name == SEALED_ROWS:
            continue
        before, after = (worded(side.get(name), known) for side in (entry.before, entry.after))
        if before != after:
            yield FieldChange(named(name), before, after)
    if entry.after.get(SEALED_ROWS):
        yield FieldChange("Rows sealed", "", words_of_seals(entry.after[SEALED_ROWS]))


def _told(entry: Row[Any], known: Mapping[str, tuple[str, str]]) -> str:
    """The summary, and below it each value that took another's place."""
    changed = [change for change in _changes(entry, known) if change.before and entry.after]
    return "\n".join([entry.summary, *(each.told for each in changed)])
