"""Stages of a line: their order, which is the newest, and which histories there can be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from app.core.errors import DomainError
from app.lines.rules.kinds import STAGE_WORDS, Stage
from app.members.rules import day_words

ORDER = {stage: place for place, stage in enumerate(Stage)}
REACHED = tuple(stage for stage in Stage if stage is not Stage.ABORTED)
PRODUCED = frozenset({Stage.CONFIRMED, Stage.PHENOTYPING, Stage.PHENOTYPED})


@dataclass(frozen=True)
class Reached:
    """A stage and the day on which a line came there."""

    stage: Stage
    day: date


def newest_stage(history: Iterable[Reached]) -> Reached | None:
    """The stage of the last day; of one day, the last in the order of stages. None of an empty history."""
    return max(history, key=lambda each: (each.day, ORDER[each.stage]), default=None)


def check_history(history: Iterable[Reached]) -> None:
    """Refuse a history that cannot be: a stage twice, an earlier stage after a later one, anything after the end."""
    ordered = sorted(history, key=lambda each: ORDER[each.stage])
    for before, after in pairwise(ordered):
        if before.stage is after.stage:
            raise DomainError(f"{STAGE_WORDS[after.stage]} is on record already: correct that instead.", "stage")
        if before.day > after.day:
            raise DomainError(_told(before, after), "day")


def _told(before: Reached, after: Reached) -> str:
    if after.stage is Stage.ABORTED:
        return f"The line was aborted on {day_words(after.day)}: nothing is reached after that."
    words = STAGE_WORDS[before.stage].lower()
    return f"{STAGE_WORDS[after.stage]} ({day_words(after.day)}) comes after {words} ({day_words(before.day)})."
