"""Appending to the trail: entries are collected while a command runs and sealed just before it commits."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy import delete, select, update

from app.audit.models import AuditEntry, AuditHead, AuditPersonalValue
from app.audit.rules import LONGEST_LINE, PERSONAL, START, Head, Personal, Subject, digest_of, plain, seal, shortened
from app.audit.seals import SEALED_ROWS, drop_seals, features_of, take_seals
from app.core import clock
from app.core.actor import Actor
from app.core.bulk import in_chunks
from app.core.database import db, insert_or_ignore
from app.core.errors import DomainError
from app.core.transaction import before_commit

__all__ = ["Change", "Entry", "Personal", "Subject", "forget_people", "record", "record_many"]

PENDING, FORGOTTEN = "audit_pending", "audit_forgotten"
THE_HEAD = 1
BLOCK = 5000
FORGOTTEN_AT_ONCE = 500


class Change(TypedDict, total=False):
    """What was, what is now, and why."""

    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    reason: str | None


@dataclass(frozen=True)
class Entry:
    """One change to be recorded."""

    action: str
    subject: Subject
    summary: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Noted:
    """An entry with who did it and when, waiting for the commit."""

    entry: Entry
    actor: Actor
    at: datetime


def record(action: str, subject: Subject, *, summary: str, actor: Actor, **change: Unpack[Change]) -> None:
    """Put one change on record: `action` is "feature.verb", the summary one line without personal values."""
    record_many([Entry(action, subject, summary, **change)], actor)


def record_many(entries: Iterable[Entry], actor: Actor) -> None:
    """Put many changes of one command on record, in their order."""
    noted = [Noted(_checked(entry), actor, clock.now()) for entry in entries]
    db.session.info.setdefault(PENDING, []).extend(noted)


def forget_people(person_ids: Iterable[int]) -> int:
    """Erase every personal value of people from beside the chain, which stays whole; how many there were.

    What the present transaction records about them is not kept either.
    """
    forgotten, erased = sorted(set(person_ids)), 0
    db.session.info.setdefault(FORGOTTEN, set()).update(forgotten)
    for chunk in in_chunks(forgotten, FORGOTTEN_AT_ONCE):
        gone = delete(AuditPersonalValue).where(AuditPersonalValue.person_id.in_(chunk))
        erased += len(db.session.execute(gone.returning(AuditPersonalValue.digest)).all())
    return erased


def _checked(entry: Entry) -> Entry:
    if len(entry.reason or "") > LONGEST_LINE:
        message = f"A reason has at most {LONGEST_LINE} characters."
        raise DomainError(message, field="reason")
    return entry


@before_commit
def _append() -> None:
    """Seal the collected entries behind the head, under its lock, in a statement a block."""
    noted: list[Noted] = db.session.info.pop(PENDING, [])
    forgotten: set[int] = db.session.info.pop(FORGOTTEN, set())
    if not noted:
        drop_seals()
        return
    _add_seals(noted)
    head = _lock_head()
    for start in range(0, len(noted), BLOCK):
        head = _append_block(noted[start : start + BLOCK], head, forgotten)
    db.session.execute(update(AuditHead).where(AuditHead.id == THE_HEAD).values(sequence=head.sequence, hash=head.hash))


def _add_seals(noted: list[Noted]) -> None:
    """Put the seals of the rows that were written with the last entry of their feature, else with the last of all."""
    sealed = take_seals()
    if not sealed:
        return
    features = features_of(sealed)
    places = [place for place, each in enumerate(noted) if each.entry.action.partition(".")[0] in features]
    place = places[-1] if places else -1
    entry = noted[place].entry
    noted[place] = replace(noted[place], entry=replace(entry, after={**(entry.after or {}), SEALED_ROWS: sealed}))


def _append_block(noted: list[Noted], head: Head, forgotten: set[int]) -> Head:
    """Seal some entries behind a head; the new head. A block bounds what many entries take of the memory."""
    rows: list[dict[str, Any]] = []
    values: list[dict[str, Any]] = []
    for each in noted:
        row = _row(each, head, values)
        rows.append(row)
        head = Head(row["sequence"], row["hash"])
    db.session.execute(AuditEntry.__table__.insert(), rows)  # type: ignore[attr-defined]
    kept = [value for value in values if value["person_id"] not in forgotten]
    if kept:
        db.session.execute(AuditPersonalValue.__table__.insert(), kept)  # type: ignore[attr-defined]
    return head


def _lock_head() -> Head:
    asked = select(AuditHead.sequence, AuditHead.hash).where(AuditHead.id == THE_HEAD).with_for_update()
    found = db.session.execute(asked).one_or_none()
    if found is None:
        db.session.execute(insert_or_ignore(AuditHead).values(id=THE_HEAD, sequence=0, hash=START))
        found = db.session.execute(asked).one()
    return Head(found.sequence, found.hash)


def _row(noted: Noted, head: Head, values: list[dict[str, Any]]) -> dict[str, Any]:
    entry, sequence = noted.entry, head.sequence + 1
    row = {
        "sequence": sequence,
        "at": noted.at,
        "actor_id": noted.actor.user_id,
        "actor_name": noted.actor.name,
        "action": entry.action,
        "subject_kind": entry.subject.kind,
        "subject_id": entry.subject.id,
        "summary": shortened(entry.summary),
        "before": _sealed_values(entry.before, sequence, values),
        "after": _sealed_values(entry.after, sequence, values),
        "reason": entry.reason,
        "previous_hash": head.hash,
    }
    row["hash"] = seal(row)
    return row


def _sealed_values(given: Mapping[str, Any] | None, sequence: int, values: list[dict[str, Any]]) -> dict[str, Any]:
    return {str(name): _sealed_value(value, sequence, values) for name, value in (given or {}).items()}


def _sealed_value(value: Any, sequence: int, values: list[dict[str, Any]]) -> Any:
    if value is None or type(value) in (str, int, bool):  # Nearly all are.
        return value
    if isinstance(value, Mapping):
        return _sealed_values(value, sequence, values)
    if isinstance(value, list | tuple):
        return [_sealed_value(part, sequence, values) for part in value]
    if not isinstance(value, Personal):
        return plain(value)
    if value.value is None:
        return None
    text, salt = str(plain(value.value)), secrets.token_hex(16)
    digest = digest_of(salt, text)
    values.append({"digest": digest, "sequence": sequence, "person_id": value.person_id, "salt": salt, "value": text})
    return {PERSONAL: digest}
