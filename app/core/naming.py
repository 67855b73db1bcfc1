"""Records as people name them: the words that mean one record, and what typed words mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

MOST_SUGGESTED = 20
MOST_TOLD = 4


@dataclass(frozen=True)
class Named:
    """A record, the words that mean it and no other, and what else it is called."""

    id: int
    words: str
    aside: str = ""


@dataclass(frozen=True)
class Meant:
    """What typed words mean: the records called so; where there is none, some that are like it."""

    called: Sequence[Named]
    like: Sequence[Named] = ()


class Names(Protocol):
    """The records of a kind that a reader may name."""

    def called(self, words: str) -> Meant:
        """What the words mean."""
        ...

    def named(self, record_id: int) -> Named | None:
        """One record by its id, None where there is none to name."""
        ...
