"""What an import would do with each row of a table, and the digest by which two plans are the same."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, StrEnum
from typing import Any

from app.core.folding import folded
from app.members.rules.imports.kinds import ImportColumn
from app.members.rules.institutions import alias_words

MOST_NAMED = 4
FORMERLY = {"name": "former name", "short_name": "former short name"}  # Found where nobody is called so now.
NUMBERED = "numbered"
CALLED_BY = frozenset({"name", "given_name", "family_name", "purpose"})  # What a row is called by.


class Outcome(StrEnum):
    """What becomes of a row."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class ImportState(StrEnum):
    """Where an import stands."""

    DRAFT = "draft"
    CHECKING = "checking"
    CHECKED = "checked"
    APPLYING = "applying"
    APPLIED = "applied"
    UNDOING = "undoing"
    UNDONE = "undone"
    DISCARDED = "discarded"


WAITING_STATES = frozenset({ImportState.DRAFT, ImportState.CHECKED})
WORKING_STATES = frozenset({ImportState.CHECKING, ImportState.APPLYING, ImportState.UNDOING})


@dataclass(slots=True)
class Change:
    """What is written to one record: everything of a new one, or of another one what differs, and what it was."""

    record_id: int
    values: dict[str, Any]
    before: dict[str, Any] | None = None

    @property
    def is_new(self) -> bool:
        """Whether the record is added by it."""
        return self.before is None


@dataclass(slots=True)
class RowPlan:
    """A row: what it is called, the record it is about (below zero: a new one, by its line), and what is written.

    `record` is the change of the institution, person, membership, representative or contact route itself, `place` that
    of a person's place. A row of contact routes is about the person, and `record` says which route it changes.
    `unread` are the keys of cells that cannot be read. `institutions` are those that its values may name by their ids,
    shared by all rows.
    """

    line: int
    label: str
    record_id: int | None = None
    record: Change | None = None
    place: Change | None = None
    problems: list[str] = field(default_factory=list)
    unread: Collection[str] = ()
    institutions: Mapping[int, Known] = field(default_factory=dict)

    def changes(self) -> Change | None:
        """The change of a record that was there already."""
        return None if self.record is None or self.record.is_new else self.record

    def adds(self) -> Change | None:
        """The record it adds."""
        return self.record if self.record is not None and self.record.is_new else None

    @property
    def outcome(self) -> Outcome:
        """What becomes of it."""
        if self.problems:
            return Outcome.REFUSED
        if self.record is not None and self.record.is_new:
            return Outcome.ADDED
        return Outcome.CHANGED if self.record or self.place else Outcome.UNCHANGED


def change(plan: RowPlan, key: str, value: Any, before: Any) -> None:
    """Let a row of an institution write a further value: with a new record, or beside what it changes of another."""
    record = plan.record or Change(plan.record_id or 0, {}, {})
    record.values[key] = value
    if record.before is not None:
        record.before[key] = before
    plan.record = record


def missing(plan: RowPlan, columns: Iterable[ImportColumn], values: Mapping[str, Any]) -> list[ImportColumn]:
    """The columns a new record needs that are empty; what is wrong with a filled one is said already."""
    needed = [column for column in columns if column.is_needed and column.key not in values]
    return [column for column in needed if not said_of(plan, column.title)]


def said_of(plan: RowPlan, title: str) -> bool:
    """Whether something is said to be wrong with what stands in a column."""
    return any(text.startswith(title) for text in plan.problems)


def differing(known: Mapping[str, Any], wanted: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of the values wanted those that differ from what is on record, and what those were."""
    values = {key: value for key, value in wanted.items() if known.get(key) != value}
    return values, {key: known.get(key) for key in values}


def told(plan: RowPlan, columns: Iterable[ImportColumn]) -> str:
    """The row in words: why it is refused, what changes from what to what, or what is added beside its name."""
    if plan.problems:
        return "\n".join(plan.problems)
    by_key = {column.key: column for column in columns}
    place = ["A new place"] if plan.place is not None and plan.place.is_new else []
    return "\n".join([*_told_change(plan, plan.record, by_key), *place, *_told_change(plan, plan.place, by_key)])


def _told_change(plan: RowPlan, change: Change | None, columns: Mapping[str, ImportColumn]) -> Iterator[str]:
    if change is None:
        return
    for key, value in change.values.items():
        column = columns.get(key)
        if column is None:
            continue
        after = _said(plan, column, value)
        if change.before is not None:
            yield f"{column.title}: {worded(_said(plan, column, change.before[key]))} \u2192 {worded(after)}"
        elif after and _is_worth_telling(key, change):
            yield f"{column.title}: {worded(after)}"


def _is_worth_telling(key: str, added: Change) -> bool:
    """Whether a value of a new record says more than the row is called by; only alternates have an order."""
    return key not in CALLED_BY and (key != "rank" or added.values.get("purpose") == "alternate")


def _said(plan: RowPlan, column: ImportColumn, value: Any) -> Any:
    """A value as a cell says it; an institution by its name, or not at all where the row is called by it."""
    if not column.key.endswith("_id"):
        return column.said(value)
    return plan.institutions[value].values["name"] if value in plan.institutions else None


def worded(value: Any) -> str:
    """A value in a sentence."""
    if value in (None, "", ()):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return str(value.value).replace("_", " ")
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    if isinstance(value, tuple):
        return ", ".join(f"\u201c{each}\u201d" if isinstance(each, str) else str(each) for each in value)
    return str(value).replace("\n", ", ")


def digest_of_plans(plans: Iterable[RowPlan]) -> str:
    """A fingerprint of all that would be done: where it is another one, something changed meanwhile."""
    sealed = hashlib.sha256()
    for plan in plans:
        sealed.update(repr((plan.line, plan.record_id, plan.problems, plan.record, plan.place)).encode())
    return sealed.hexdigest()


class Lookup:
    """Which records have a value: folded texts, identifiers; records of the file have ids below zero."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._ids: dict[tuple[str, Any], list[int]] = defaultdict(list)

    def note(self, key: str, value: Any, record_id: int) -> None:
        """Remember that a record has a value; nothing is no value."""
        if value is not None and record_id not in self._ids.get((key, value), ()):
            self._ids[key, value].append(record_id)

    def ids(self, key: str, value: Any) -> Sequence[int]:
        """The records that have it."""
        return () if value is None else self._ids.get((key, value), ())


def _key_of(key: str, record_id: int, number: str | None) -> str:
    """A new one of the file that brings its number along is called apart: no other number of the file means it."""
    return f"{NUMBERED} {key}" if record_id < 0 and number else key


@dataclass(slots=True)
class Known:
    """An institution on record: what it is called, its version, and its values by the keys of the columns."""

    id: int
    account_number: str
    values: dict[str, Any]
    version: int

    @property
    def words(self) -> str:
        """How it is named in a message."""
        return f"{self.values['name']} ({self.account_number})"


class Institutions:
    """The institutions on record, found by account number, ROR, short name or name, at last by a former name."""

    def __init__(self, known: Iterable[Known]) -> None:
        """Index them."""
        self.by_id: dict[int, Known] = {}
        self.lookup = Lookup()
        for each in known:
            self.add(each)

    def add(self, known: Known) -> None:
        """Take one up, from the register or from the file."""
        self.by_id[known.id] = known
        self.note(known.id, {"account_number": known.account_number or None, **known.values})
        for former in known.values.get("former_names", ()):
            self.note_called(known.id, former.name, former.short_name)
            self.lookup.note(_key_of(FORMERLY["name"], known.id, known.account_number), folded(former.name), known.id)
        for alias in known.values.get("aliases", ()):
            self.lookup.note("alias", alias_words(alias), known.id)

    def note(self, record_id: int, values: Mapping[str, Any]) -> None:
        """Remember by which values one is found."""
        for key in ("account_number", "ror"):
            self.lookup.note(key, values.get(key), record_id)
        for key in FORMERLY:
            if values.get(key):
                self.lookup.note(_key_of(key, record_id, values.get("account_number")), folded(values[key]), record_id)
                self.note_called(record_id, values[key])

    def called(self, key: str, words: str) -> Sequence[int]:
        """Those that have a name or short name, or had it, on record or in the file."""
        return (*self.lookup.ids(key, words), *self.lookup.ids(f"{NUMBERED} {key}", words))

    def note_called(self, record_id: int, *names: str) -> None:
        """Remember what one is or was called: no alias of another may be called so."""
        for name in names:
            self.lookup.note("called", folded(name), record_id)

    def note_merged(self, survivor_id: int, number: str, ror: str | None, name: str, short_name: str) -> None:
        """Let what was merged into one be found as that one: under its names as under a former name."""
        self.note(survivor_id, {"account_number": number, "ror": ror})
        self.note_called(survivor_id, name, short_name)
        self.lookup.note(FORMERLY["name"], folded(name), survivor_id)
        self.lookup.note(FORMERLY["short_name"], folded(short_name), survivor_id)

    def named(self, ids: Iterable[int]) -> str:
        """Some of them in words, a few by name."""
        found = list(ids)
        names = [self.by_id[each].words if each > 0 else f"line {-each} of the file" for each in found[:MOST_NAMED]]
        more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
        return ", ".join(names) + more

    def find(self, text: str) -> Sequence[int]:
        """Those a reference may mean: by number, ROR, name, short or former name; the first that finds any decides."""
        return next(filter(None, self._meant(text)), ())

    def _meant(self, text: str) -> Iterator[Sequence[int]]:
        plain, bare = folded(text), text.strip()
        yield self.lookup.ids("account_number", bare.upper())
        yield self.lookup.ids(
            "ror", bare.lower().removeprefix("https://").removeprefix("http://").removeprefix("ror.org/")
        )
        yield from (self.called(key, plain) for key in (*FORMERLY, *FORMERLY.values()))

    def refer(self, text: str) -> tuple[int | None, str | None]:
        """The one institution a reference means, or why there is not exactly one."""
        ids = self.find(text)
        if len(ids) == 1:
            return ids[0], None
        if not ids:
            return None, "No institution on record is called so: write its account number, ROR, short name or name."
        return None, f"Several are called so: {self.named(ids)}. Write the account number."
