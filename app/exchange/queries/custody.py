"""Who has had a line: the chain of custody from who made it on, and what an institution holds on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, null, or_, select, type_coerce, union_all
from sqlalchemy.orm import aliased

from app.agreements.models import Agreement, AgreementItem
from app.agreements.rules import AtEnd, Freedom
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.history import as_known, valid
from app.core.paging import AnySelect, fetch_page, matches
from app.core.permissions import Permission
from app.core.tables import Page, PageRequest
from app.exchange.models import Exchange, ExchangeItem, Holding
from app.exchange.queries.facts import MADE, as_known_stage, lines_with_ancestors
from app.exchange.rules.exchanges import EndedHow
from app.exchange.rules.facts import LineFacts
from app.lines.models import Allele, LineStage, MouseLine
from app.lines.rules import MaterialForm
from app.members.models import Institution

Giver = aliased(Institution)


@dataclass(frozen=True)
class CustodyRow:
    """That an institution had a line for some days: how it came there, under which agreement, and how it ended."""

    holding_id: int | None
    institution_id: int
    institution: str
    form: MaterialForm | None
    first_day: date
    last_day: date | None
    giver_id: int | None = None
    giver: str | None = None
    exchange_id: int | None = None
    exchange_number: str | None = None
    quantity: int | None = None
    agreement_id: int | None = None
    agreement_number: str | None = None
    ended_how: EndedHow | None = None
    end_reason: str | None = None
    version: int | None = None

    @property
    def is_origin(self) -> bool:
        """Whether the institution owns or made the line, or is on record without a paper."""
        return self.agreement_id is None


@dataclass(frozen=True)
class HeldRow:
    """A line that an institution has on a day, under which terms, and until when these run."""

    institution_id: int
    line_id: int
    symbol: str
    colony: str
    holding_id: int | None
    form: MaterialForm | None
    first_day: date
    agreement_id: int | None
    agreement_number: str | None
    item: int | None
    until: date | None
    onward: Freedom | None
    at_end: AtEnd | None
    giver: str | None
    exchange_id: int | None
    exchange_number: str | None


@dataclass(frozen=True)
class CustodyLine:
    """A line as its chain of custody names it."""

    id: int
    symbol: str
    colony: str
    facts: LineFacts
    parents: tuple[tuple[int, str], ...]


def get_custody_line(line_id: int) -> CustodyLine:
    """A line with what it was crossed from; NotFoundError where there is none."""
    lines = lines_with_ancestors([line_id])
    if line_id not in lines:
        raise NotFoundError("There is no such line.")
    symbol = select(Allele.symbol).join(MouseLine, MouseLine.allele_id == Allele.id).where(MouseLine.id == line_id)
    facts = lines[line_id]
    parents = tuple((each, lines[each].name) for each in sorted(facts.parent_ids))
    return CustodyLine(line_id, db.session.scalar(symbol) or "", facts.name, facts, parents)


def custody_of(line: LineFacts, actor: Actor, *, known: datetime | None = None) -> list[CustodyRow]:
    """Who has had a line, in the order of the days it came there; of others' custody only who may see all is told."""
    asked = (
        select(
            Holding.id.label("holding_id"),
            Holding.institution_id,
            Institution.short_name.label("institution"),
            Holding.form,
            Holding.first_day,
            Holding.last_day,
            Exchange.giver_id,
            Giver.short_name.label("giver"),
            Exchange.id.label("exchange_id"),
            Exchange.number.label("exchange_number"),
            ExchangeItem.received_quantity.label("quantity"),
            Holding.agreement_id,
            Agreement.number.label("agreement_number"),
            Holding.ended_how,
            Holding.end_reason,
            Holding.version,
        )
        .join(Institution, Institution.id == Holding.institution_id)
        .outerjoin(ExchangeItem, ExchangeItem.id == Holding.exchange_item_id)
        .outerjoin(Exchange, Exchange.id == ExchangeItem.exchange_id)
        .outerjoin(Giver, Giver.id == Exchange.giver_id)
        .outerjoin(Agreement, Agreement.id == Holding.agreement_id)
        .where(Holding.line_id == line.id, as_known(Holding, known))
        .order_by(Holding.first_day, Holding.id)
    )
    rows = [CustodyRow(**row._mapping) for row in db.session.execute(asked)]  # noqa: SLF001 - its public name
    return [row for row in [*_origins(line, rows), *rows] if _may_see(row, actor)]


def holdings_on(
    institution_id: int,
    words: str,
    request: PageRequest,
    actor: Actor,
    *,
    on: date,
    known: datetime | None = None,
) -> Page[HeldRow]:
    """What an institution holds on a day, under which terms and until when; its own lines go under none."""
    if not actor.may(Permission.EXCHANGE_READ, institution_id=institution_id):
        raise NotFoundError("There is no such institution.")
    held = _held(institution_id, on, known).subquery()
    asked: AnySelect = _told(held).where(*matches(MouseLine.search_text, words))
    sorts: dict[str, Any] = {
        "line": MouseLine.sort_key,
        "since": held.c.first_day,
        "until": func.coalesce(Agreement.ended_on, Agreement.last_day),
        "under": Agreement.number,
    }
    return fetch_page(asked, request, sorts=sorts, key=held.c.sorted_by, build=partial(_held_row, institution_id))


def _told(held: Any) -> AnySelect:
    ends = func.coalesce(Agreement.ended_on, Agreement.last_day)
    return (
        select(
            MouseLine.id.label("line_id"),
            Allele.symbol,
            MouseLine.colony,
            held.c.holding_id,
            held.c.form,
            held.c.first_day,
            Agreement.id.label("agreement_id"),
            Agreement.number.label("agreement_number"),
            AgreementItem.position.label("item"),
            ends.label("until"),
            Agreement.onward,
            Agreement.at_end,
            Giver.short_name.label("giver"),
            Exchange.id.label("exchange_id"),
            Exchange.number.label("exchange_number"),
        )
        .join(held, held.c.line_id == MouseLine.id)
        .join(Allele, Allele.id == MouseLine.allele_id)
        .outerjoin(Agreement, Agreement.id == held.c.agreement_id)
        .outerjoin(
            AgreementItem, (AgreementItem.agreement_id == Agreement.id) & (AgreementItem.line_id == MouseLine.id)
        )
        .outerjoin(ExchangeItem, ExchangeItem.id == held.c.exchange_item_id)
        .outerjoin(Exchange, Exchange.id == ExchangeItem.exchange_id)
        .outerjoin(Giver, Giver.id == Exchange.giver_id)
    )


def _held_row(institution_id: int, row: Any) -> HeldRow:
    values = dict(row._mapping)  # noqa: SLF001 - the public name of it in SQLAlchemy
    return HeldRow(institution_id=institution_id, **values | {"form": MaterialForm(row.form) if row.form else None})


def _held(institution_id: int, on: date, known: datetime | None) -> Any:
    """What is on record as held on a day, and the lines an institution owns or made of which no record says more."""
    recorded = select(
        Holding.id.label("holding_id"),
        Holding.line_id,
        type_coerce(Holding.form, String).label("form"),
        Holding.first_day,
        Holding.agreement_id,
        Holding.exchange_item_id,
        Holding.id.label("sorted_by"),
    ).where(Holding.institution_id == institution_id, valid(Holding, on, known))
    own = aliased(Holding)
    said = select(own.id).where(
        own.line_id == MouseLine.id,
        own.institution_id == institution_id,
        own.agreement_id.is_(None),
        as_known(own, known),
    )
    made_on = (
        select(func.min(LineStage.day))
        .where(LineStage.line_id == MouseLine.id, LineStage.stage.in_(MADE), as_known_stage())
        .correlate(MouseLine)
        .scalar_subquery()
    )
    origin = select(
        cast(null(), Holding.id.type).label("holding_id"),
        MouseLine.id.label("line_id"),
        cast(null(), String).label("form"),
        made_on.label("first_day"),
        cast(null(), Holding.id.type).label("agreement_id"),
        cast(null(), Holding.id.type).label("exchange_item_id"),
        (-MouseLine.id).label("sorted_by"),
    ).where(_is_origin(institution_id), made_on <= on, ~said.exists())
    return union_all(recorded, origin)


def _is_origin(institution_id: int) -> ColumnElement[bool]:
    return or_(MouseLine.owner_id == institution_id, MouseLine.centre_id == institution_id)


def _origins(line: LineFacts, rows: Sequence[CustodyRow]) -> list[CustodyRow]:
    """Who owns or made the line, where no record of theirs says more."""
    if line.made_on is None:
        return []
    said = {row.institution_id for row in rows if row.is_origin}
    missing = [each for each in sorted(line.origin_ids) if each not in said]
    asked = select(Institution.id, Institution.short_name).where(Institution.id.in_(missing)).order_by(Institution.id)
    return [CustodyRow(None, row.id, row.short_name, None, line.made_on, None) for row in db.session.execute(asked)]


def _may_see(row: CustodyRow, actor: Actor) -> bool:
    sides = (row.institution_id, row.giver_id or row.institution_id)
    return any(actor.may(Permission.EXCHANGE_READ, institution_id=each) for each in sides)
