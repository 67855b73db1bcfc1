"""Exchanges: the list an actor may see, and one with its items, what the papers say of each, and its papers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.paging import AnySelect, fetch_page, matches
from app.core.permissions import Permission
from app.core.tables import Page, PageRequest
from app.exchange.models import Exchange, ExchangeItem, ExchangePaper
from app.exchange.queries.answers import answers_of, transfers_of
from app.exchange.queries.facts import papers_of
from app.exchange.rules.answers import Answer
from app.exchange.rules.exchanges import BEFORE_SHIPMENT, OPEN_STATES, ExchangeState
from app.lines.models import Allele, MouseLine
from app.lines.rules import MaterialForm
from app.members.models import Institution

Giver, Taker = aliased(Institution), aliased(Institution)


@dataclass(frozen=True)
class ExchangeFilters:
    """What the list of exchanges is narrowed to; empty for all."""

    words: str = ""
    state: ExchangeState | None = None
    party_id: int | None = None
    line_id: int | None = None
    form: MaterialForm | None = None
    since: date | None = None
    until: date | None = None
    is_open: bool = False
    is_outlived: bool = False


@dataclass(frozen=True)
class ExchangeRow:
    """An exchange in a list."""

    id: int
    number: str | None
    giver: str
    taker: str
    state: ExchangeState
    items: int
    first_line: str | None
    quantity: int
    requested_at: datetime
    shipped_on: date | None
    received_on: date | None
    outlived_on: date | None


@dataclass(frozen=True)
class ItemView:
    """An item with its line, and what the papers say of it: as kept when it left, or today."""

    item: ExchangeItem
    symbol: str
    colony: str
    answer: Answer | None

    @property
    def said(self) -> str:
        """The answer in a sentence."""
        if self.item.answer is not None:
            return str(self.item.answer["said"])
        return self.answer.said if self.answer else ""

    @property
    def allowed(self) -> bool:
        """Whether it may leave, or might."""
        return self.item.answer is not None or (self.answer is not None and self.answer.allowed)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition that an actor may see an exchange: all, or those their institution gives or takes."""
    if actor.has_all(Permission.EXCHANGE_READ):
        return Exchange.id.is_not(None)
    own = actor.own_institutions(Permission.EXCHANGE_READ)
    return or_(Exchange.giver_id.in_(own), Exchange.taker_id.in_(own))


def search_exchanges(filters: ExchangeFilters, request: PageRequest, actor: Actor) -> Page[ExchangeRow]:
    """The exchanges an actor may see, those asked for last first."""
    asked = _rows().where(visible_to(actor), *_conditions(filters))
    sorts: dict[str, Any] = {
        "asked": Exchange.requested_at,
        "number": Exchange.number,
        "giver": Giver.sort_name,
        "taker": Taker.sort_name,
        "state": Exchange.state,
        "shipped": Exchange.shipped_on,
        "received": Exchange.received_on,
    }
    total: AnySelect = select(func.count(Exchange.id)).where(visible_to(actor), *_conditions(filters))
    return fetch_page(asked, request, sorts=sorts, key=Exchange.id, build=_row, total=total)


def list_rows(*conditions: ColumnElement[bool]) -> list[ExchangeRow]:
    """The exchanges of some conditions, in the order of the days they were sent."""
    asked = _rows().where(*conditions).order_by(Exchange.shipped_on, Exchange.id)
    return [_row(row) for row in db.session.execute(asked)]


def get_exchange(exchange_id: int, actor: Actor) -> Exchange:
    """An exchange with its sides and people, for who may see it; to others there is none."""
    asked = (
        select(Exchange)
        .where(Exchange.id == exchange_id, visible_to(actor))
        .options(
            joinedload(Exchange.giver),
            joinedload(Exchange.taker),
            joinedload(Exchange.person),
            joinedload(Exchange.giver_contact),
            joinedload(Exchange.taker_contact),
            joinedload(Exchange.agreement),
        )
        .execution_options(populate_existing=True)
    )
    found = db.session.scalar(asked)
    if found is None:
        raise NotFoundError("There is no such exchange.")
    return found


def items_with_answers(exchange: Exchange) -> Sequence[ItemView]:
    """The items of an exchange; before it leaves, with what the papers say today."""
    asked = (
        select(ExchangeItem, Allele.symbol, MouseLine.colony)
        .join(MouseLine, MouseLine.id == ExchangeItem.line_id)
        .join(Allele, Allele.id == MouseLine.allele_id)
        .where(ExchangeItem.exchange_id == exchange.id)
        .order_by(ExchangeItem.position, ExchangeItem.id)
    )
    rows = db.session.execute(asked).all()
    answers: Sequence[Answer | None] = [None] * len(rows)
    if exchange.state in BEFORE_SHIPMENT:
        transfers = transfers_of(exchange, [row[0] for row in rows], clock.today())
        answers = answers_of(transfers, papers_of(exchange.id))
    return [ItemView(row[0], row[1], row[2], answer) for row, answer in zip(rows, answers, strict=True)]


def list_papers(exchange_id: int) -> Sequence[ExchangePaper]:
    """The papers put to an exchange, also those taken back, in the order of their days."""
    asked = select(ExchangePaper).where(ExchangePaper.exchange_id == exchange_id)
    asked = asked.options(joinedload(ExchangePaper.file)).order_by(ExchangePaper.first_day, ExchangePaper.id)
    return db.session.scalars(asked).all()


def get_paper(paper_id: int, actor: Actor) -> ExchangePaper:
    """A paper of an exchange the actor may see."""
    asked = (
        select(ExchangePaper)
        .join(Exchange, Exchange.id == ExchangePaper.exchange_id)
        .where(ExchangePaper.id == paper_id, visible_to(actor))
        .options(joinedload(ExchangePaper.file))
    )
    found = db.session.scalar(asked)
    if found is None:
        raise NotFoundError("There is no such paper.")
    return found


def _rows() -> AnySelect:
    first = (
        select(MouseLine.colony)
        .join(ExchangeItem, ExchangeItem.line_id == MouseLine.id)
        .where(ExchangeItem.exchange_id == Exchange.id, ExchangeItem.position == 1)
        .correlate(Exchange)
        .scalar_subquery()
    )
    of = select(func.count(ExchangeItem.id)).where(ExchangeItem.exchange_id == Exchange.id).correlate(Exchange)
    sent = of.with_only_columns(func.coalesce(func.sum(ExchangeItem.quantity), 0))
    return (
        select(
            Exchange.id,
            Exchange.number,
            Giver.short_name.label("giver"),
            Taker.short_name.label("taker"),
            Exchange.state,
            of.scalar_subquery().label("items"),
            first.label("first_line"),
            sent.scalar_subquery().label("quantity"),
            Exchange.requested_at,
            Exchange.shipped_on,
            Exchange.received_on,
            Exchange.outlived_on,
        )
        .join(Giver, Giver.id == Exchange.giver_id)
        .join(Taker, Taker.id == Exchange.taker_id)
    )


def _row(row: Any) -> ExchangeRow:
    return ExchangeRow(**row._mapping)  # noqa: SLF001 - the public name of it in SQLAlchemy


def _conditions(filters: ExchangeFilters) -> list[ColumnElement[bool]]:
    of = select(ExchangeItem.id).where(ExchangeItem.exchange_id == Exchange.id).correlate(Exchange)
    party = or_(Exchange.giver_id == filters.party_id, Exchange.taker_id == filters.party_id)
    asked: list[tuple[object, Callable[[], ColumnElement[bool]]]] = [
        (filters.state, lambda: Exchange.state == filters.state),
        (filters.party_id, lambda: party),
        (filters.line_id, lambda: exists(of.where(ExchangeItem.line_id == filters.line_id))),
        (filters.form, lambda: exists(of.where(ExchangeItem.form == filters.form))),
        (filters.since, lambda: Exchange.shipped_on >= filters.since),
        (filters.until, lambda: Exchange.shipped_on <= filters.until),
        (filters.is_open or None, lambda: Exchange.state.in_(OPEN_STATES)),
        (filters.is_outlived or None, lambda: Exchange.outlived_on.is_not(None)),
    ]
    return [*matches(Exchange.search_text, filters.words), *(rule() for value, rule in asked if value is not None)]
