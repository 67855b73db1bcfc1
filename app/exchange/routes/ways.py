"""Tabs of exchanges, and the ways to the papers that are missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import request

from app.core.permissions import Permission
from app.exchange.rules.answers import Answer, Reason, Remedy
from app.web.access import the_actor
from app.web.addresses import url
from app.web.navigation import has_page

DRAFT = "agreements.draft"
Tabs = list[tuple[str, str, None, bool]]


@dataclass(frozen=True)
class Way:
    """A button that starts a missing paper: its words and its address."""

    label: str
    href: str


def tabs_of_exchanges(current: str) -> Tabs:
    """The pages beside the list of exchanges."""
    found = [("Exchanges", "exchange.exchanges"), ("Holdings", "exchange.holdings")]
    return [(label, url(endpoint), None, request.endpoint == current == endpoint) for label, endpoint in found]


def ways_out(answers: Iterable[Answer], giver_id: int, taker_id: int) -> list[Way]:
    """The papers that would take the obstacles away, each once, where the reader may start them."""
    if not has_page(DRAFT):
        return []
    reasons = [reason for answer in answers for reason in answer.reasons]
    lines = list(dict.fromkeys(each.line_id for each in reasons if each.remedy is Remedy.AGREEMENT))
    found = []
    if lines and _may_start(giver_id, taker_id):
        found.append(Way("Start the agreement", url(DRAFT, provider=giver_id, recipient=taker_id, line=lines)))
    found += _consents([each for each in reasons if each.remedy is Remedy.CONSENT], giver_id, taker_id)
    return list({each.href: each for each in found}.values())


def _consents(reasons: list[Reason], giver_id: int, taker_id: int) -> list[Way]:
    """The consents that are missing, one for each provider."""
    of: dict[int, list[int]] = {}
    for reason in reasons:
        if reason.provider_id is not None and reason.line_id not in of.setdefault(reason.provider_id, []):
            of[reason.provider_id].append(reason.line_id)
    return [
        Way("Start the consent", url(DRAFT, provider=provider, recipient=giver_id, third=taker_id, line=lines))
        for provider, lines in of.items()
        if _may_start(provider, giver_id)
    ]


def _may_start(*party_ids: int) -> bool:
    return any(the_actor().may(Permission.AGREEMENT_EDIT, institution_id=each) for each in party_ids)
