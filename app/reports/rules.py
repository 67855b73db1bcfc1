"""What a report is: a question, who may ask it, what it needs to know, and the function that answers with a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.core.actor import Actor
from app.core.charts import Chart
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
Draw = Callable[[AnyTable], Chart | None]


@dataclass(frozen=True)
class Report:
    """A report of the catalogue.

    `draw` makes a chart of its table; one that does not look back answers by what is known now only.
    """

    id: str
    title: str
    question: str
    audience: Permission
    parameters: frozenset[Parameter]
    answer: Answer
    draw: Draw | None = None
    looks_back: bool = True

    def asks_for(self, parameter: Parameter) -> bool:
        """Whether it needs to know this."""
        return parameter in self.parameters

    def chart_of(self, table: AnyTable) -> Chart | None:
        """What its table looks like, where that can be drawn."""
        return self.draw(table) if self.draw else None
