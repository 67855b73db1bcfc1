"""The finance pack: the reports that the finance committee looks at together."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.actor import Actor
from app.reports.queries.catalogue import get_report
from app.reports.rules import Report

FINANCE_PACK = (
    "invoiced-and-collected",
    "fees-by-class",
    "fees-by-payer",
    "ageing",
    "concessions",
    "exchange-differences",
    "income-forecast",
    "trial-balance",
)


def list_pack(actor: Actor) -> Sequence[Report]:
    """The reports of the pack in their order; NotFoundError where one of them is not for the actor."""
    return [get_report(identity, actor) for identity in FINANCE_PACK]
