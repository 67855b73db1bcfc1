"""What the writing of an import shares: who writes, what was done to which record, and how a value is kept as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any

from app.core.actor import Actor
from app.members.rules import InstitutionKind
from app.members.rules.imports import FormerName, StepCell

Values = Mapping[str, Any]


@dataclass
class Writing:
    """An import being written."""

    import_id: int
    actor: Actor
    effects: list[dict[str, Any]] = field(default_factory=list)
    by_line: dict[int, dict[str, Any]] = field(default_factory=dict)

    def added(self, line: int, subject: str, record_id: int) -> None:
        """Note that a row has added a record."""
        self._note(line, subject, record_id, {}, {})
        self.by_line[line] = self.effects[-1]

    def bring_along(self, line: int, subject: str, record_id: int) -> None:
        """Note that the record a row has added brought another one along, which goes with it."""
        self.by_line[line]["after"][subject] = record_id

    def changed(self, line: int, subject: str, record_id: int, before: Values, after: Values) -> None:
        """Note that a row has changed values of a record, and what they were."""
        self._note(line, subject, record_id, before, after)

    def _note(self, line: int, subject: str, record_id: int, before: Values, after: Values) -> None:
        self.effects.append(
            {
                "import_id": self.import_id,
                "line": line,
                "subject": subject,
                "record_id": record_id,
                "is_new": not before,
                "before": {key: as_kept(value) for key, value in before.items()},
                "after": {key: as_kept(value) for key, value in after.items()},
            }
        )


@dataclass(frozen=True)
class Changed:
    """What an import has changed of a record on record: values as they were before it and after it, and a row of it."""

    line: int
    before: Values
    after: Values

    @property
    def was(self) -> dict[str, Any]:
        """The values before it, as tables have them."""
        return {key: _as_written(key, value) for key, value in self.before.items()}

    def then(self, line: int, before: Values, after: Values) -> Changed:
        """Together with a later row: a value was what it was before the first, and is that of the last."""
        return Changed(line, {**before, **self.before}, {**self.after, **after})


def touching(rows: Iterable[Values], keys: Iterable[str]) -> list[int]:
    """The ids of the rows that name any of these keys."""
    wanted = set(keys)
    return [row["id"] for row in rows if wanted & row.keys()]


def as_day(text: str | None) -> date | None:
    """A day from what JSON keeps of it."""
    return date.fromisoformat(text) if text else None


def _as_written(key: str, value: Any) -> Any:
    if key == "kind":
        return InstitutionKind(value)
    return as_day(value) if key.endswith("_day") else value


def as_kept(value: Any) -> Any:
    """A value as JSON keeps it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, FormerName | StepCell):
        return [as_kept(part) for part in vars(value).values()]
    return [as_kept(part) for part in value] if isinstance(value, tuple | list) else value
