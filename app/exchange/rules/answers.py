"""The answer of the permission check: allowed under a paper until a day, or all that forbids it, each with its code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from app.members.rules import day_words


class Obstacle(StrEnum):
    """What forbids a transfer."""

    NO_CUSTODY = "no_custody"
    NO_AGREEMENT = "no_agreement"
    AGREEMENT_UNSIGNED = "agreement_unsigned"
    AGREEMENT_NOT_BEGUN = "agreement_not_begun"
    AGREEMENT_EXPIRED = "agreement_expired"
    AGREEMENT_ENDED = "agreement_ended"
    CONSENT_MISSING = "consent_missing"
    ONWARD_FORBIDDEN = "onward_forbidden"
    EMBARGO = "embargo"
    COMMERCIAL = "commercial"
    HEALTH_REPORT_MISSING = "health_report_missing"
    HEALTH_REPORT_OLD = "health_report_old"
    IMPORT_PERMIT_MISSING = "import_permit_missing"
    IMPORT_PERMIT_OUT_OF_DATE = "import_permit_out_of_date"


class Remedy(StrEnum):
    """The paper that would take an obstacle away."""

    AGREEMENT = "agreement"
    CONSENT = "consent"
    HEALTH_REPORT = "health_report"
    IMPORT_PERMIT = "import_permit"


REMEDIES: Mapping[Obstacle, Remedy] = {
    Obstacle.NO_AGREEMENT: Remedy.AGREEMENT,
    Obstacle.AGREEMENT_EXPIRED: Remedy.AGREEMENT,
    Obstacle.AGREEMENT_ENDED: Remedy.AGREEMENT,
    Obstacle.CONSENT_MISSING: Remedy.CONSENT,
    Obstacle.ONWARD_FORBIDDEN: Remedy.CONSENT,
    Obstacle.HEALTH_REPORT_MISSING: Remedy.HEALTH_REPORT,
    Obstacle.HEALTH_REPORT_OLD: Remedy.HEALTH_REPORT,
    Obstacle.IMPORT_PERMIT_MISSING: Remedy.IMPORT_PERMIT,
    Obstacle.IMPORT_PERMIT_OUT_OF_DATE: Remedy.IMPORT_PERMIT,
}
# What is put to an exchange after it was requested; the rest is asked before.
PAPERS_OF_SHIPMENT = frozenset({Remedy.HEALTH_REPORT, Remedy.IMPORT_PERMIT})


@dataclass(frozen=True)
class Reason:
    """One thing that forbids a transfer: of which line, by which agreement, and whose consent would lift it."""

    obstacle: Obstacle
    said: str
    line_id: int
    agreement_id: int | None = None
    provider_id: int | None = None

    @property
    def remedy(self) -> Remedy | None:
        """The paper that would take it away; None where none does."""
        return REMEDIES.get(self.obstacle)


@dataclass(frozen=True)
class Cover:
    """The agreement a transfer goes under: its item, and the last day a shipment may start as things stand."""

    agreement_id: int
    number: str
    position: int
    until: date | None


@dataclass(frozen=True)
class Answer:
    """What the check says of one line, giver, taker and day; it is allowed where nothing forbids it."""

    cover: Cover | None
    consents: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether it may leave."""
        return not self.reasons

    @property
    def but_for_papers(self) -> bool:
        """Whether nothing is missing but what is put to the exchange itself before it leaves."""
        return all(reason.remedy in PAPERS_OF_SHIPMENT for reason in self.reasons)

    @property
    def said(self) -> str:
        """The whole answer in a sentence."""
        if self.reasons or self.cover is None:
            return f"Refused: {'; '.join(reason.said for reason in self.reasons)}."
        consents = f", with the consent {' and '.join(self.consents)}" if self.consents else ""
        until = f", until {day_words(self.cover.until)}" if self.cover.until else ", without an end"
        return f"Allowed under {self.cover.number}, item {self.cover.position}{consents}{until}."

    def kept(self) -> dict[str, Any]:
        """The answer as it is kept with a shipment."""
        cover = self.cover
        return {
            "said": self.said,
            "allowed": self.allowed,
            "agreement": cover.number if cover else None,
            "item": cover.position if cover else None,
            "until": cover.until.isoformat() if cover and cover.until else None,
            "consents": list(self.consents),
            "reasons": [{"code": reason.obstacle.value, "said": reason.said} for reason in self.reasons],
        }
