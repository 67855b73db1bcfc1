"""What `flask verify` proves of exchanges: who holds what was received, how much arrived, and no gap in custody."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from app.core.database import db
from app.core.verification import verifies
from app.exchange.models import Exchange, ExchangeItem, Holding
from app.exchange.rules.exchanges import ExchangeState
from app.lines.models import MouseLine


@verifies("Whatever was received is held by its taker since that day, and nothing else is held by a receipt")
def check_receipts() -> Iterator[str]:
    """Compare the items that were received with the holdings that name them."""
    standing = (Holding.exchange_item_id == ExchangeItem.id) & Holding.superseded_at.is_(None)
    asked = (
        select(Exchange.number, ExchangeItem.position, Exchange.state, ExchangeItem.received_quantity, Holding.id)
        .join(Exchange, Exchange.id == ExchangeItem.exchange_id)
        .outerjoin(Holding, standing)
        .where(
            or_(
                Holding.id.is_(None)
                & (Exchange.state == ExchangeState.RECEIVED)
                & (ExchangeItem.received_quantity > 0),
                Holding.id.is_not(None) & (func.coalesce(ExchangeItem.received_quantity, 0) == 0),
                Holding.institution_id != Exchange.taker_id,
                Holding.line_id != ExchangeItem.line_id,
                Holding.first_day != Exchange.received_on,
                Holding.agreement_id != ExchangeItem.agreement_id,
            )
        )
        .order_by(Exchange.id, ExchangeItem.position)
    )
    for row in db.session.execute(asked):
        yield f"{row.number}, item {row.position}: who holds it is not what was received."


@verifies("Nothing was sent but what its giver had that day, under an agreement, with the answer of that moment")
def check_custody() -> Iterator[str]:
    """Look for shipments of a day on which the giver did not have the line, and for items without an answer."""
    holds = aliased(Holding)
    on_record = select(holds.id).where(
        holds.line_id == ExchangeItem.line_id,
        holds.institution_id == Exchange.giver_id,
        holds.superseded_at.is_(None),
        holds.first_day <= Exchange.shipped_on,
        or_(holds.last_day.is_(None), holds.last_day >= Exchange.shipped_on),
    )
    origin = or_(MouseLine.owner_id == Exchange.giver_id, MouseLine.centre_id == Exchange.giver_id)
    asked = (
        select(Exchange.number, MouseLine.colony)
        .join(ExchangeItem, ExchangeItem.exchange_id == Exchange.id)
        .join(MouseLine, MouseLine.id == ExchangeItem.line_id)
        .where(
            Exchange.shipped_on.is_not(None),
            or_(ExchangeItem.answer.is_(None), ~origin & ~on_record.exists()),
        )
        .order_by(Exchange.id, ExchangeItem.id)
    )
    for row in db.session.execute(asked):
        yield f"{row.number}: its giver did not have {row.colony} that day, or nothing was answered of it."


@verifies("Whatever arrived is counted, and no more than was sent")
def check_quantities() -> Iterator[str]:
    """Look for items of exchanges that are over and are not counted, and for others that are."""
    over = Exchange.state.in_((ExchangeState.RECEIVED, ExchangeState.LOST))
    asked = (
        select(Exchange.number, ExchangeItem.position)
        .join(Exchange, Exchange.id == ExchangeItem.exchange_id)
        .where(
            or_(
                over & ExchangeItem.received_quantity.is_(None),
                ~over & ExchangeItem.received_quantity.is_not(None),
                ExchangeItem.received_quantity > ExchangeItem.quantity,
            )
        )
        .order_by(Exchange.id, ExchangeItem.position)
    )
    for row in db.session.execute(asked):
        yield f"{row.number}, item {row.position}: what arrived of it is not counted as it should be."
