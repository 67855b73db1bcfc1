"""Sending material, and what becomes of it: received, or lost on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.exchange.commands.reaching import answers_under_lock, hold_lines, items_of, locked_exchange, tell, told_of
from app.exchange.commands.requesting import note
from app.exchange.documents.messages import lost, received, shipped
from app.exchange.models import Exchange, ExchangeItem, Holding
from app.exchange.queries.addresses import addresses_of_giver, addresses_of_taker
from app.exchange.queries.answers import transfers_of
from app.exchange.queries.outliving import outlived_on
from app.exchange.rules.answers import Answer
from app.exchange.rules.exchanges import Verb, after
from app.members.rules import day_words


@dataclass(frozen=True)
class Shipment:
    """When something was sent, by whom it is carried, and the number under which it can be followed."""

    shipped_on: date
    carrier: str | None = None
    tracking: str | None = None


@dataclass(frozen=True)
class Receipt:
    """When something arrived, and how much of each item, by the item's id."""

    received_on: date
    quantities: Mapping[int, int]


def ship(exchange_id: int, shipment: Shipment, *, version: int, actor: Actor) -> Exchange:
    """Send what was approved: every item must be permitted that day, and what the papers said of it is kept."""
    exchange = locked_exchange(exchange_id, Verb.SHIP, version=version, actor=actor)
    _check_day(shipment.shipped_on, exchange)
    items = items_of(exchange.id)
    answers = answers_under_lock(transfers_of(exchange, items, shipment.shipped_on), exchange.id)
    refused = list(dict.fromkeys(each.said for each in answers if not each.allowed))
    if refused:
        raise DomainError(" ".join(refused), "shipped_on")
    for item, answer in zip(items, answers, strict=True):
        _keep(item, answer, shipment.shipped_on)
    exchange.agreement_id = items[0].agreement_id
    exchange.state = after(exchange.state, Verb.SHIP)
    exchange.shipped_on, exchange.shipped_by = shipment.shipped_on, actor.name
    exchange.carrier, exchange.tracking = shipment.carrier, shipment.tracking
    db.session.flush()
    said = {"shipped_on": shipment.shipped_on.isoformat(), "answers": [each.said for each in answers]}
    note(exchange, "ship", "Sent.", actor, after=said)
    _tell_of_shipment(exchange, answers)
    return exchange


def receive(exchange_id: int, receipt: Receipt, *, version: int, actor: Actor) -> Exchange:
    """Put on record what arrived: the taker has it from that day, under the agreement it was sent under.

    It may arrive after that agreement has ended; then the exchange says so.
    """
    exchange = locked_exchange(exchange_id, Verb.RECEIVE, version=version, actor=actor)
    day = receipt.received_on
    _check_receipt(day, exchange)
    items = items_of(exchange.id)
    hold_lines(each.line_id for each in items)
    _count(items, receipt.quantities)
    exchange.state = after(exchange.state, Verb.RECEIVE)
    exchange.received_on, exchange.received_by = day, actor.name
    exchange.outlived_on = outlived_on([each.agreement_id for each in items if each.agreement_id], day)
    held = [_hold(exchange, each, day, actor) for each in items if each.received_quantity]
    db.session.flush()
    for holding in held:
        note_holding(holding, "receive", f"Received by {exchange.number}.", actor)
    counted = {"received_on": day.isoformat(), "received": [each.received_quantity for each in items]}
    note(exchange, "receive", "Received.", actor, after=counted)
    tell(addresses_of_giver(exchange), received(told_of(exchange), day, _outlived_words(exchange)))
    return exchange


def report_lost(exchange_id: int, *, reason: str, version: int, actor: Actor) -> Exchange:
    """Put on record that nothing of a shipment arrived; both sides are told."""
    exchange = locked_exchange(exchange_id, Verb.LOSE, version=version, actor=actor)
    exchange.state = after(exchange.state, Verb.LOSE)
    exchange.closed_because = reason
    for item in items_of(exchange.id):
        item.received_quantity = 0
    db.session.flush()
    note(exchange, "lose", "Lost on the way.", actor, reason=reason)
    both = dict.fromkeys([*addresses_of_giver(exchange), *addresses_of_taker(exchange)])
    tell(both, lost(told_of(exchange), reason))
    return exchange


def note_holding(holding: Holding, verb: str, what: str, actor: Actor, **change: Any) -> None:
    """Put a change of who has a line on record."""
    said = {
        "line_id": holding.line_id,
        "institution_id": holding.institution_id,
        "first_day": holding.first_day.isoformat(),
        "last_day": holding.last_day.isoformat() if holding.last_day else None,
    }
    subject = Subject("holding", holding.id)
    record(f"exchange.{verb}_holding", subject, summary=what, actor=actor, after=said, **change)


def _check_receipt(day: date, exchange: Exchange) -> None:
    if day < (exchange.shipped_on or day):
        raise DomainError("It was not sent before that day.", "received_on")
    if day > clock.today():
        raise DomainError("Put on record what has arrived: choose today or an earlier day.", "received_on")


def _outlived_words(exchange: Exchange) -> str:
    outlived = exchange.outlived_on
    return f"The agreement it was sent under ended on the way, on {day_words(outlived)}." if outlived else ""


def _check_day(day: date, exchange: Exchange) -> None:
    if day > clock.today():
        raise DomainError("Put on record what has left: choose today or an earlier day.", "shipped_on")
    decided = clock.local(exchange.decided_at).date() if exchange.decided_at else day
    if day < decided:
        raise DomainError(f"It was approved on {day_words(decided)}: nothing left before.", "shipped_on")


def _keep(item: ExchangeItem, answer: Answer, day: date) -> None:
    """Keep with an item what was said of it when it left."""
    if answer.cover is not None:
        item.agreement_id = answer.cover.agreement_id
        item.answer = {**answer.kept(), "day": day.isoformat()}


def _count(items: Sequence[ExchangeItem], quantities: Mapping[int, int]) -> None:
    for item in items:
        counted = quantities.get(item.id, 0)
        if not 0 <= counted <= item.quantity:
            raise DomainError(f"Of item {item.position} between 0 and {item.quantity} can have arrived.", "quantities")
        item.received_quantity = counted
    if not any(each.received_quantity for each in items):
        raise DomainError("Nothing arrived: report the shipment as lost.", "quantities")


def _hold(exchange: Exchange, item: ExchangeItem, day: date, actor: Actor) -> Holding:
    holding = Holding(
        line_id=item.line_id,
        institution_id=exchange.taker_id,
        form=item.form,
        exchange_item_id=item.id,
        agreement_id=item.agreement_id,
        first_day=day,
        last_day=None,
        noted_by=actor.name,
        recorded_at=clock.now(),
    )
    db.session.add(holding)
    return holding


def _tell_of_shipment(exchange: Exchange, answers: Sequence[Answer]) -> None:
    carried = f", carried by {exchange.carrier}" if exchange.carrier else ""
    followed = f" ({exchange.tracking})" if exchange.tracking else ""
    day = exchange.shipped_on or clock.today()
    message = shipped(told_of(exchange), day, carried + followed, list(dict.fromkeys(each.said for each in answers)))
    tell(addresses_of_taker(exchange), message)
