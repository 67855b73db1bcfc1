"""Reaching an exchange for a step: who may take it, under which locks, and telling the two sides of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import select

from app.agreements.models import Agreement
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import AccessDeniedError, NotFoundError
from app.core.history import check_version, lock
from app.core.permissions import Permission
from app.core.site import this_site
from app.exchange.documents.messages import ExchangeMessage, Told
from app.exchange.models import Exchange, ExchangeItem
from app.exchange.queries.facts import facts_of, papers_of
from app.exchange.rules.answers import Answer
from app.exchange.rules.exchanges import Verb, after, may_take
from app.exchange.rules.facts import Transfer
from app.exchange.rules.permission import permission
from app.lines.models import Allele, MouseLine
from app.lines.rules import FORM_WORDS
from app.members.models import Institution
from app.outbox.commands import Address, send_mail


def locked_exchange(exchange_id: int, verb: Verb, *, version: int, actor: Actor) -> Exchange:
    """An exchange locked for a step that its state allows and the actor may take."""
    found = lock_own(exchange_id, version=version, actor=actor)
    after(found.state, verb)
    gives = actor.may(Permission.EXCHANGE_EDIT, institution_id=found.giver_id)
    takes = actor.may(Permission.EXCHANGE_EDIT, institution_id=found.taker_id)
    if not may_take(verb, found.state, gives=gives, takes=takes):
        raise AccessDeniedError("This is for the other side to do.")
    return found


def lock_own(exchange_id: int, *, version: int, actor: Actor) -> Exchange:
    """An exchange of the actor's own side, locked; to others there is none."""
    found = db.session.get(Exchange, exchange_id)
    sides = () if found is None else (found.giver_id, found.taker_id)
    if not any(actor.may(Permission.EXCHANGE_EDIT, institution_id=each) for each in sides):
        raise NotFoundError("There is no such exchange.")
    exchange = lock(Exchange, exchange_id)
    check_version(exchange, version)
    return exchange


def items_of(exchange_id: int) -> Sequence[ExchangeItem]:
    """The items of an exchange in their order."""
    asked = select(ExchangeItem).where(ExchangeItem.exchange_id == exchange_id).order_by(ExchangeItem.position)
    return db.session.scalars(asked.execution_options(populate_existing=True)).all()


def hold_lines(line_ids: Iterable[int]) -> None:
    """Lock lines, in the order of their ids: who has them changes under this lock alone."""
    asked = select(MouseLine.id).where(MouseLine.id.in_(sorted(set(line_ids)))).order_by(MouseLine.id)
    db.session.execute(asked.with_for_update()).all()


def hold_agreements(agreement_ids: Iterable[int]) -> None:
    """Keep agreements as they are until the transaction ends."""
    asked = select(Agreement.id).where(Agreement.id.in_(sorted(set(agreement_ids)))).order_by(Agreement.id)
    db.session.execute(asked.with_for_update(read=True)).all()


def answers_under_lock(transfers: Sequence[Transfer], exchange_id: int) -> list[Answer]:
    """What the permission check says of transfers, with the lines and the agreements it reads held meanwhile."""
    facts = facts_of(transfers)
    hold_lines(facts.lines)
    hold_agreements(each.id for each in facts.agreements)
    facts = facts_of(transfers, papers_of(exchange_id))
    return [permission(each, facts) for each in transfers]


def told_of(exchange: Exchange) -> Told:
    """An exchange as mails say it."""
    named = select(Institution.id, Institution.short_name).where(
        Institution.id.in_((exchange.giver_id, exchange.taker_id))
    )
    names = {row.id: row.short_name for row in db.session.execute(named.order_by(Institution.id))}
    asked = (
        select(ExchangeItem.form, ExchangeItem.quantity, MouseLine.colony, Allele.symbol)
        .join(MouseLine, MouseLine.id == ExchangeItem.line_id)
        .join(Allele, Allele.id == MouseLine.allele_id)
        .where(ExchangeItem.exchange_id == exchange.id)
        .order_by(ExchangeItem.position, ExchangeItem.id)
    )
    items = tuple(
        f"{row.quantity} × {FORM_WORDS[row.form].lower()} of {row.symbol} ({row.colony})"
        for row in db.session.execute(asked)
    )
    link = this_site().address(f"/exchanges/{exchange.id}")
    return Told(exchange.number or "Your request", names[exchange.giver_id], names[exchange.taker_id], items, link)


def tell(addresses: Collection[Address], message: ExchangeMessage) -> None:
    """Write a mail to each."""
    for address in addresses:
        send_mail(address, message.subject, message.body)
