"""What `flask verify` proves: each feature names its checks here, and they are all run from the raw rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

Check = Callable[[], Iterable[str]]

_checks: dict[str, Check] = {}


@dataclass(frozen=True)
class Finding:
    """What one check found: nothing where all holds."""

    check: str
    problems: tuple[str, ...]


def verifies(name: str) -> Callable[[Check], Check]:
    """Register a check under the sentence it proves; it yields one line for each thing that does not hold."""

    def register(check: Check) -> Check:
        _checks[name] = check
        return check

    return register


def run_checks() -> Iterator[Finding]:
    """Run every check, in the order of their names."""
    for name in sorted(_checks):
        yield Finding(name, tuple(_checks[name]()))
