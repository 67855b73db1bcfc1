"""What the permission check says of exchanges and of what is about to be asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.core.errors import DomainError
from app.exchange.models import Exchange, ExchangeItem
from app.exchange.queries.facts import NO_PAPERS, facts_of
from app.exchange.rules.answers import Answer
from app.exchange.rules.facts import PaperFacts, Transfer
from app.exchange.rules.permission import permission


def answers_of(transfers: Sequence[Transfer], papers: PaperFacts = NO_PAPERS) -> list[Answer]:
    """The answer for each transfer, in their order."""
    facts = facts_of(transfers, papers)
    if any(each.line_id not in facts.lines for each in transfers):
        raise DomainError("There is no such line.", "lines")
    return [permission(each, facts) for each in transfers]


def transfers_of(exchange: Exchange, items: Sequence[ExchangeItem], day: date) -> list[Transfer]:
    """What of an exchange would go on a day."""
    return [Transfer(each.line_id, exchange.giver_id, exchange.taker_id, each.form, day) for each in items]
