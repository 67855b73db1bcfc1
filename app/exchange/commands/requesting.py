"""Asking for material, and what the giver's side says to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.audit.commands import Personal, Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.folding import folded
from app.core.permissions import Permission
from app.core.series import take_numbers
from app.exchange.commands.reaching import items_of, locked_exchange, tell, told_of
from app.exchange.documents.messages import approved, not_approved, requested, withdrawn
from app.exchange.models import Exchange, ExchangeItem
from app.exchange.queries.addresses import addresses_of_giver, addresses_of_taker
from app.exchange.queries.answers import answers_of, transfers_of
from app.exchange.rules.answers import Answer, Obstacle
from app.exchange.rules.exchanges import NUMBERS, ExchangeState, Payer, Verb, after
from app.exchange.rules.facts import Transfer
from app.lines.models import Allele, MouseLine
from app.lines.rules import MaterialForm
from app.members.commands import hold_institution
from app.members.models import Institution, Person
from app.members.queries.belonging import institutions_of_people

MOST_ITEMS = 50


@dataclass(frozen=True)
class ItemValues:
    """What is asked for of a line: in which form, and how much."""

    line_id: int
    form: MaterialForm
    quantity: int = 1


@dataclass(frozen=True)
class RequestValues:
    """Who asks whom for what, for which scientist, what for, and who pays."""

    giver_id: int
    taker_id: int
    person_id: int
    purpose: str
    payer: Payer
    items: Sequence[ItemValues]


def request_material(values: RequestValues, *, actor: Actor) -> Exchange:
    """Ask a giver for material of lines that it has; the giver's side is told, with what the papers say today."""
    actor.require(Permission.EXCHANGE_EDIT, institution_id=values.taker_id)
    _check(values)
    for institution_id in sorted({values.giver_id, values.taker_id}):
        hold_institution(institution_id)
    answers = answers_of(_transfers(values))
    _refuse_what_is_not_held(answers)
    person = db.session.get_one(Person, values.person_id)
    exchange = Exchange(
        giver_id=values.giver_id,
        taker_id=values.taker_id,
        person_id=person.id,
        purpose=values.purpose,
        payer=values.payer,
        state=ExchangeState.REQUESTED,
        requested_by=actor.name,
        requested_at=clock.now(),
        search_text="",
    )
    db.session.add(exchange)
    db.session.flush()
    db.session.add_all(
        ExchangeItem(
            exchange_id=exchange.id, position=position, line_id=each.line_id, form=each.form, quantity=each.quantity
        )
        for position, each in enumerate(values.items, 1)
    )
    db.session.flush()
    exchange.search_text = search_text_of(exchange)
    db.session.flush()
    _note_request(exchange, person, values, actor)
    message = requested(told_of(exchange), person.name, values.purpose, [each.said for each in answers])
    tell(addresses_of_giver(exchange), message)
    return exchange


def approve_exchange(exchange_id: int, *, version: int, actor: Actor) -> Exchange:
    """Approve a request, which takes its number; the taker's side is told what is still missing."""
    exchange = locked_exchange(exchange_id, Verb.APPROVE, version=version, actor=actor)
    day = clock.today()
    (number,) = take_numbers("exchange", year=day.year, count=1, day=day)
    exchange.number = NUMBERS.number(day.year, number)
    _decide(exchange, Verb.APPROVE, actor)
    exchange.search_text = search_text_of(exchange)
    db.session.flush()
    note(exchange, "approve", f"Approved as {exchange.number}.", actor, after={"number": exchange.number})
    answers = answers_of(transfers_of(exchange, items_of(exchange.id), day))
    message = approved(told_of(exchange), [each.said for each in answers if not each.allowed])
    tell(addresses_of_taker(exchange), message)
    return exchange


def decline_exchange(exchange_id: int, *, reason: str, version: int, actor: Actor) -> Exchange:
    """Send nothing, for a reason that the taker's side is told."""
    exchange = locked_exchange(exchange_id, Verb.DECLINE, version=version, actor=actor)
    exchange.closed_because = reason
    _decide(exchange, Verb.DECLINE, actor)
    db.session.flush()
    note(exchange, "decline", "Declined.", actor, reason=reason)
    tell(addresses_of_taker(exchange), not_approved(told_of(exchange), reason))
    return exchange


def withdraw_exchange(exchange_id: int, *, reason: str, version: int, actor: Actor) -> Exchange:
    """Take a request back before it is sent; the giver's side is told why."""
    exchange = locked_exchange(exchange_id, Verb.WITHDRAW, version=version, actor=actor)
    exchange.closed_because = reason
    exchange.state = after(exchange.state, Verb.WITHDRAW)
    db.session.flush()
    note(exchange, "withdraw", "Taken back.", actor, reason=reason)
    tell(addresses_of_giver(exchange), withdrawn(told_of(exchange), reason))
    return exchange


def note(exchange: Exchange, verb: str, what: str, actor: Actor, **change: Any) -> None:
    """Put a step of an exchange on record."""
    name = exchange.number or f"Request {exchange.id}"
    record(
        f"exchange.{verb}_exchange", Subject("exchange", exchange.id), summary=f"{name}: {what}", actor=actor, **change
    )


def search_text_of(exchange: Exchange) -> str:
    """What an exchange is found by: its number, the two sides, and its lines."""
    sides = select(Institution.name, Institution.short_name).where(
        Institution.id.in_((exchange.giver_id, exchange.taker_id))
    )
    lines = (
        select(MouseLine.colony, Allele.symbol)
        .join(Allele, Allele.id == MouseLine.allele_id)
        .join(ExchangeItem, ExchangeItem.line_id == MouseLine.id)
        .where(ExchangeItem.exchange_id == exchange.id)
    )
    named = db.session.execute(sides.order_by(Institution.id)).all()
    things = db.session.execute(lines.order_by(ExchangeItem.position, MouseLine.id)).all()
    return folded(exchange.number, *(word for row in (*named, *things) for word in row))


def _check(values: RequestValues) -> None:
    if values.giver_id == values.taker_id:
        raise DomainError("The giver and the taker are two institutions.", "giver_id")
    if not values.items:
        raise DomainError("Name at least one line.", "lines")
    if len(values.items) > MOST_ITEMS:
        raise DomainError(f"At most {MOST_ITEMS} lines go in one exchange.", "lines")
    if len({(each.line_id, each.form) for each in values.items}) < len(values.items):
        raise DomainError("This line is asked for twice in one form.", "lines")
    if values.taker_id not in institutions_of_people([values.person_id], on=clock.today())[values.person_id]:
        raise DomainError("Choose somebody of the institution that asks.", "person_id")


def _transfers(values: RequestValues) -> list[Transfer]:
    day = clock.today()
    return [Transfer(each.line_id, values.giver_id, values.taker_id, each.form, day) for each in values.items]


def _refuse_what_is_not_held(answers: Sequence[Answer]) -> None:
    """Nobody is asked for what they do not have; what else is missing can still be signed."""
    for answer in answers:
        for reason in answer.reasons:
            if reason.obstacle is Obstacle.NO_CUSTODY:
                raise DomainError(f"{reason.said[0].upper()}{reason.said[1:]}: ask somebody who does.", "giver_id")


def _decide(exchange: Exchange, verb: Verb, actor: Actor) -> None:
    exchange.state = after(exchange.state, verb)
    exchange.decided_by, exchange.decided_at = actor.name, clock.now()


def _note_request(exchange: Exchange, person: Person, values: RequestValues, actor: Actor) -> None:
    said = {
        "giver_id": values.giver_id,
        "taker_id": values.taker_id,
        "person": Personal(person.name, person.id),
        "payer": values.payer.value,
        "items": [[each.line_id, each.form.value, each.quantity] for each in values.items],
    }
    note(exchange, "request", "Asked for material.", actor, after=said)
