"""What the permission check is told: lines, parties, agreements, holdings and papers, as values of one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.agreements.rules import Freedom, TemplateKind
from app.core.periods import Period
from app.lines.rules import MaterialForm

HEALTH_LIMIT_DAYS = 90


@dataclass(frozen=True)
class Transfer:
    """What is asked: may this line go from this giver to this taker, in this form, on this day."""

    line_id: int
    giver_id: int
    taker_id: int
    form: MaterialForm
    day: date


@dataclass(frozen=True)
class LineFacts:
    """A line: its owner is its original provider, its centre made it, its parents are what it was crossed from.

    `made_on` is since when there are animals of it; None while it is only planned.
    """

    id: int
    name: str
    owner_id: int
    centre_id: int
    made_on: date | None = None
    parent_ids: frozenset[int] = frozenset()

    @property
    def origin_ids(self) -> frozenset[int]:
        """Who has it without being given it."""
        return frozenset({self.owner_id, self.centre_id})


@dataclass(frozen=True)
class PartyFacts:
    """An institution that gives or takes; `health_days` is how young health reports must be that it accepts."""

    id: int
    name: str
    country: str
    is_corporation: bool = False
    health_days: int = HEALTH_LIMIT_DAYS


@dataclass(frozen=True)
class Terms:
    """What an agreement lets be done with what was given under it."""

    onward: Freedom = Freedom.WITH_CONSENT
    commercial: Freedom = Freedom.FORBIDDEN
    embargo_until: date | None = None
    embargo_to_publication: bool = False
    published_on: date | None = None


@dataclass(frozen=True)
class AgreementFacts:
    """An agreement: between whom, about which lines (by position), since when signed by all, and its days and terms.

    `ended_on` is the last day it was in force, where it was ended before its time; `amends_id` the agreement it takes
    the place of. A consent lets its recipient pass the lines on to `third_id`.
    """

    id: int
    number: str
    kind: TemplateKind
    provider_id: int
    recipient_id: int
    items: tuple[tuple[int, int], ...]
    terms: Terms = field(default_factory=Terms)
    executed_on: date | None = None
    first_day: date | None = None
    last_day: date | None = None
    ended_on: date | None = None
    third_id: int | None = None
    amends_id: int | None = None

    def position_of(self, line_id: int) -> int | None:
        """Which of its items is the line; None where none is."""
        return next((position for position, each in self.items if each == line_id), None)


@dataclass(frozen=True)
class HoldingFacts:
    """That an institution has a line for some days, given under an agreement; no agreement: none is on record."""

    line_id: int
    institution_id: int
    period: Period
    agreement_id: int | None = None


@dataclass(frozen=True)
class PaperFacts:
    """The papers put to an exchange: days of health reports, and days for which import is permitted."""

    health_reports: tuple[date, ...] = ()
    import_permits: tuple[Period, ...] = ()


@dataclass(frozen=True)
class Facts:
    """All that is known for the answer: the line with all it descends from, and what was signed about them."""

    lines: Mapping[int, LineFacts]
    parties: Mapping[int, PartyFacts]
    agreements: tuple[AgreementFacts, ...] = ()
    holdings: tuple[HoldingFacts, ...] = ()
    papers: PaperFacts = field(default_factory=PaperFacts)
