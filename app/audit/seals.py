"""Seals of rows: with the entry of a change the trail keeps what each row was left as, so that no other change hides.

Features name their tables. Rows written by objects are noticed by themselves, those written many at once are named by
who writes them. A column without a value is not sealed, so that an empty column may be added later.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Enum, String, Text, and_, cast, event, inspect, or_, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.audit.models import AuditEntry
from app.audit.rules import plain
from app.core.bulk import among, in_chunks
from app.core.canonical import canonical
from app.core.database import Base, db
from app.core.verification import verifies

SEALED_ROWS = "sealed"
TOUCHED, GIVEN = "touched_rows", "given_seals"
NEVER_SEALED = frozenset({"version", "search_text"})  # They follow from the rest, or count its changes.
BLOCK = 500
RUN = 50  # Rows that have one seal, where many were written at once.
NEW = "+"  # Before the digest of a row that was not there before: each row after the first of them has a seal.

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Sealed:
    """What an entry of the trail sealed: rows of a table, by their ids or keys, and their digest; None if deleted."""

    sequence: int
    table: str
    rows: str
    kept: str | None

    @property
    def digest(self) -> str | None:
        """The digest, without the mark of a new row."""
        return self.kept and self.kept.removeprefix(NEW)

    @property
    def is_new(self) -> bool:
        """Whether the rows were not there before."""
        return (self.kept or "").startswith(NEW)

    @property
    def told(self) -> str:
        """That the rows are not what was sealed."""
        return f"{_named(self.table, self.rows)} is not as entry {self.sequence} of the trail left it."


@dataclass(frozen=True)
class Sealing:
    """A table whose rows are sealed: its columns as they are read, and whether a row is never changed once written."""

    table: Any
    columns: tuple[ColumnElement[Any], ...]
    names: tuple[str, ...]
    is_lasting: bool

    @property
    def keys(self) -> tuple[Any, ...]:
        """Its primary key."""
        return tuple(self.table.primary_key.columns)

    def read(self, wanted: ColumnElement[bool]) -> Iterator[tuple[Key, str]]:
        """Key and text of rows, in the order of their keys."""
        many = len(self.keys)
        asked = select(*map(_as_kept, self.keys), *self.columns).where(wanted).order_by(*self.keys)
        for row in db.session.execute(asked.execution_options(yield_per=BLOCK)):
            values = zip(self.names, tuple(row)[many:], strict=True)
            told = {name: plain(value) for name, value in values if value is not None}
            yield tuple(row)[:many], canonical(told).decode()


_sealings: dict[str, Sealing] = {}
_features: dict[str, str] = {}


def seals(model: type[Base], *besides: InstrumentedAttribute[Any]) -> None:
    """Let the trail seal the rows of a table with each change, but for some columns."""
    _register(model, besides, is_lasting=False)


def seals_for_ever(model: type[Base], *besides: InstrumentedAttribute[Any]) -> None:
    """Let the trail seal rows that are never changed in the columns sealed: runs of them have one seal."""
    _register(model, besides, is_lasting=True)


def _register(model: type[Base], besides: Iterable[InstrumentedAttribute[Any]], *, is_lasting: bool) -> None:
    table: Any = model.__table__
    _features[table.name] = _feature_of(model)
    left_out = NEVER_SEALED | {each.key for each in besides}
    sealed = [column for column in table.c if column.name not in left_out]
    _sealings[table.name] = Sealing(
        table, tuple(map(_as_kept, sealed)), tuple(column.name for column in sealed), is_lasting
    )


def _feature_of(model: type[Base]) -> str:
    return model.__module__.split(".")[1]


def features_of(sealed: Iterable[str]) -> set[str]:
    """The features whose tables were sealed, by the names that the actions of their entries begin with."""
    return {_features[table] for table in sealed}


def _as_kept(column: Any) -> ColumnElement[Any]:
    """What stands in a column, be it a word that the program does not know."""
    return type_coerce(column, String).label(column.name) if isinstance(column.type, Enum) else column


def touch(model: type[Base], ids: Iterable[int]) -> None:
    """Say which rows were written many at once: they are sealed with the entries of the present change."""
    _touched(db.session.info, model.__tablename__).update(dict.fromkeys(((each,) for each in ids), False))


def touch_row(model: type[Base], *key: Any) -> None:
    """Say that one row was written without an object, by its primary key."""
    _touched(db.session.info, model.__tablename__).setdefault(key, False)


def give_seal(model: type[Base], ids: Sequence[int], texts: Iterable[str]) -> None:
    """Seal rows by texts of the feature's own, in their order: it holds the rows against `list_seals` by itself."""
    _features[model.__tablename__] = _feature_of(model)
    given = db.session.info.setdefault(GIVEN, {}).setdefault(model.__tablename__, {})
    for some in in_chunks(zip(ids, texts, strict=True), RUN):
        given[words_of_ids(row for row, _ in some)] = digest_of_texts(text for _, text in some)


@event.listens_for(Session, "after_flush")
def _note(session: Session, _context: Any) -> None:
    """Notice the rows that objects write, and which of them are new."""
    for row in (*session.new, *session.deleted, *filter(_is_changed, session.dirty)):
        if getattr(row, "__tablename__", "") in _sealings:
            touched = _touched(session.info, row.__tablename__)
            key = inspect(row).mapper.primary_key_from_instance(row)
            touched[key] = touched.get(key, False) or row in session.new


def _is_changed(row: Any) -> bool:
    sealing = _sealings.get(getattr(row, "__tablename__", ""))
    return sealing is not None and any(inspect(row).attrs[name].history.has_changes() for name in sealing.names)


def _touched(notes: dict[Any, Any], table: str) -> dict[Key, bool]:
    """The rows of a table that the present transaction has written, by their keys, and whether each is new."""
    rows: dict[Key, bool] = notes.setdefault(TOUCHED, defaultdict(dict))[table]
    return rows


def take_seals() -> dict[str, dict[str, str | None]]:
    """The seals of all rows that the present transaction has written, as they stand now, by table."""
    touched: Mapping[str, Mapping[Key, bool]] = db.session.info.pop(TOUCHED, {})
    found: dict[str, dict[str, str | None]] = db.session.info.pop(GIVEN, {})
    for table in sorted(touched):
        sealing = _sealings[table]
        found[table] = _runs(sealing, touched[table]) if sealing.is_lasting else _singles(sealing, touched[table])
    return found


def drop_seals() -> None:
    """Seal nothing of the present transaction, which puts nothing on record."""
    db.session.info.pop(TOUCHED, None)
    db.session.info.pop(GIVEN, None)


def _singles(sealing: Sealing, keys: Mapping[Key, bool]) -> dict[str, str | None]:
    """The seal of each row, marked where the row is new; none of one that is gone."""
    there: dict[str, str | None] = {_words_of(key): None for key in sorted(keys)}
    for some in in_chunks(sorted(keys), BLOCK):
        for key, text in sealing.read(_among_keys(sealing, some)):
            there[_words_of(key)] = (NEW if keys.get(key) else "") + digest_of_texts([text])
    return there


def _runs(sealing: Sealing, keys: Collection[Key]) -> dict[str, str | None]:
    """A seal for each few rows in the order of their ids."""
    there = _texts(sealing, (key[0] for key in keys))
    return {
        words_of_ids(ids): digest_of_texts(there[each] for each in ids if each in there)
        for ids in in_chunks(sorted(key[0] for key in keys), RUN)
    }


def _among_keys(sealing: Sealing, keys: Sequence[Key]) -> ColumnElement[bool]:
    if len(sealing.keys) == 1:
        return sealing.keys[0].in_([part for (part,) in keys])  # type: ignore[no-any-return]
    return or_(*(and_(*(column == part for column, part in zip(sealing.keys, key, strict=True))) for key in keys))


def _words_of(key: Key) -> str:
    return ",".join(str(plain(part)) for part in key)


def words_of_ids(ids: Iterable[int]) -> str:
    """Ids as they are kept: 3, or 4-9, or 4-9 12."""
    runs = []
    for _, run in groupby(enumerate(sorted(ids)), key=lambda pair: pair[1] - pair[0]):
        some = [number for _, number in run]
        runs.append(str(some[0]) if len(some) == 1 else f"{some[0]}-{some[-1]}")
    return " ".join(runs)


def ids_of(words: str) -> list[int]:
    """The ids that words_of_ids has told."""
    ids: list[int] = []
    for run in words.split():
        first, _, last = run.partition("-")
        ids.extend(range(int(first), int(last or first) + 1))
    return ids


def digest_of_texts(texts: Iterable[str]) -> str:
    """The SHA-256 of texts, a line each."""
    sealed = hashlib.sha256()
    for text in texts:
        sealed.update(text.encode() + b"\n")
    return sealed.hexdigest()


def list_seals(tables: Collection[str]) -> Iterator[Sealed]:
    """All that was ever sealed of some tables, in the order of the trail."""
    kept = AuditEntry.__table__.c.after
    asked = select(AuditEntry.sequence, kept).where(cast(kept, Text).contains(f'"{SEALED_ROWS}"'))
    for sequence, after in db.session.execute(asked.order_by(AuditEntry.sequence).execution_options(yield_per=BLOCK)):
        for table, sealed in after.get(SEALED_ROWS, {}).items():
            if table in tables:
                yield from (Sealed(sequence, table, rows, digest) for rows, digest in sealed.items())


def words_of_seals(sealed: Mapping[str, Iterable[str]]) -> str:
    """Which rows an entry has sealed, as its page says it: ledger entry 1-36, payment 4."""
    return "; ".join(f"{table.replace('_', ' ')} {', '.join(rows)}" for table, rows in sealed.items())


@verifies("Each row that the trail has sealed is as the last entry about it left it")
def check_seals() -> Iterator[str]:
    """Seal what is on record anew, and compare; rows from before there were seals have none."""
    lasting = {name for name, each in _sealings.items() if each.is_lasting}
    last: dict[str, dict[str, Sealed]] = defaultdict(dict)
    since: dict[str, int] = {}
    for some in in_chunks(list_seals(_sealings.keys()), BLOCK):
        yield from _broken_runs(each for each in some if each.table in lasting)
        for each in some:
            if each.table in lasting:
                continue
            last[each.table][each.rows] = each
            if each.is_new and each.rows.isdecimal():
                since[each.table] = min(int(each.rows), since.get(each.table, int(each.rows)))
    for table in sorted(last):
        yield from _broken_rows(_sealings[table], last[table], since.get(table))


def _broken_runs(sealed: Iterable[Sealed]) -> Iterator[str]:
    """The runs whose rows do not give their seal; single rows are read together."""
    singles: dict[str, dict[int, Sealed]] = defaultdict(dict)
    for each in sealed:
        if each.is_new and each.rows.isdecimal():
            singles[each.table][int(each.rows)] = each
        elif digest_of_texts(_texts(_sealings[each.table], ids_of(each.rows)).values()) != each.digest:
            yield each.told
    for table, of_table in singles.items():
        there = _texts(_sealings[table], of_table)
        for row, each in of_table.items():
            if row not in there or digest_of_texts([there[row]]) != each.digest:
                yield each.told


def _texts(sealing: Sealing, ids: Iterable[int]) -> dict[int, str]:
    (column,) = sealing.keys
    return {key[0]: text for key, text in sealing.read(among(column, ids))}


def _broken_rows(sealing: Sealing, last: dict[str, Sealed], since: int | None) -> Iterator[str]:
    """Each row against its last seal; then what is sealed and gone. `since` is the first row that was sealed as new."""
    table = sealing.table.name
    for key, text in sealing.read(sealing.keys[0].is_not(None)):
        rows = _words_of(key)
        each = last.pop(rows, None)
        if each is not None and each.digest != digest_of_texts([text]):
            yield each.told
        elif each is None and since is not None and key[0] > since:
            yield f"{_named(table, rows)} is on record, and no entry of the trail tells of it."
    for each in last.values():
        if each.digest is not None:
            yield f"{_named(table, each.rows)} is gone, and no entry of the trail tells of that."


def _named(table: str, rows: str) -> str:
    return f"{table.replace('_', ' ').capitalize()} {rows}"
