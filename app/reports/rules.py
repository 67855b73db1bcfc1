"""What a report is: a question, who may ask it, what it needs to know, and the function that answers with a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.core.actor import Actor
from app.core.permissions import Permission
from app.core.tables import AnyTable


class Parameter(StrEnum):
    """What a report may ask for, besides the day that every page speaks of."""

    YEAR = "year"
    DAY = "day"
    INSTITUTION = "institution"
    COMMITTEE = "committee"


@dataclass(frozen=True)
class Asked:
    """What is asked of a report: the day it speaks of, as known when, and its own parameters."""

    on: date
    known: datetime | None
    year: int
    institution_id: int | None = None
    committee_id: int | None = None


Answer = Callable[[Asked, Actor], AnyTable]


@dataclass(frozen=True)
class Report:
    """A report of the catalogue."""

    id: str
    title: str
    question: str
    audience: Permission
    parameters: frozenset[Parameter]
    answer: Answer

    def asks_for(self, parameter: Parameter) -> bool:
        """Whether it needs to know this."""
        return parameter in self.parameters
