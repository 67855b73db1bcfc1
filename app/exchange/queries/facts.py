"""What the permission check is told, read for transfers: a constant number of statements, however much is on record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select

from app.agreements.models import Agreement, AgreementItem
from app.agreements.rules import AgreementState, Relation, TemplateKind
from app.core.database import db, prepared
from app.core.history import as_known, valid
from app.core.paging import AnySelect
from app.core.periods import Period
from app.exchange.models import ExchangePaper, HealthLimit, Holding
from app.exchange.rules.exchanges import PaperKind
from app.exchange.rules.facts import (
    HEALTH_LIMIT_DAYS,
    AgreementFacts,
    Facts,
    HoldingFacts,
    LineFacts,
    PaperFacts,
    PartyFacts,
    Terms,
    Transfer,
)
from app.lines.models import LineParent, LineStage, MouseLine
from app.lines.rules import Stage
from app.members.models import Institution
from app.members.rules import InstitutionKind

MADE = (Stage.FOUNDERS, Stage.CONFIRMED, Stage.PHENOTYPING, Stage.PHENOTYPED)
DROPPED = (AgreementState.REJECTED, AgreementState.WITHDRAWN)
NO_PAPERS = PaperFacts()
AGREED = (
    Agreement.id,
    Agreement.number,
    Agreement.kind,
    Agreement.provider_id,
    Agreement.recipient_id,
    Agreement.third_id,
    Agreement.parent_id,
    Agreement.relation,
    Agreement.onward,
    Agreement.commercial,
    Agreement.embargo_until,
    Agreement.embargo_to_publication,
    Agreement.published_on,
    Agreement.executed_on,
    Agreement.first_day,
    Agreement.last_day,
    Agreement.ended_on,
)


def facts_of(transfers: Sequence[Transfer], papers: PaperFacts = NO_PAPERS, known: datetime | None = None) -> Facts:
    """All that decides about transfers of one day, as it is on record now or was at an instant."""
    lines = lines_with_ancestors({each.line_id for each in transfers})
    givers, takers = {each.giver_id for each in transfers}, {each.taker_id for each in transfers}
    makers = {line.centre_id for line in lines.values() if line.parent_ids}
    holdings = _holdings(lines, givers | makers, known)
    agreements = _agreements(lines, givers, takers, {each.agreement_id for each in holdings if each.agreement_id})
    owners = {line.owner_id for line in lines.values()}
    day = max((each.day for each in transfers), default=date.min)
    parties = parties_of(givers | takers | owners, day)
    return Facts(lines, parties, tuple(agreements), tuple(holdings), papers)


def lines_with_ancestors(line_ids: Collection[int]) -> Mapping[int, LineFacts]:
    """Lines, and all they descend from, by id."""
    found: dict[int, LineFacts] = {}
    for row in db.session.execute(_descent(), {"line_ids": list(line_ids)}):
        line = found.get(row.id) or LineFacts(row.id, row.colony, row.owner_id, row.centre_id, row.made_on)
        parents = line.parent_ids | ({row.parent_id} if row.parent_id else frozenset())
        found[row.id] = replace(line, parent_ids=parents)
    return found


@prepared
def _descent() -> AnySelect:
    start = select(MouseLine.id).where(MouseLine.id.in_(_several("line_ids"))).cte("descent", recursive=True)
    descent = start.union(select(LineParent.parent_id).join(start, LineParent.line_id == start.c.id))
    made_on = (
        select(func.min(LineStage.day))
        .where(LineStage.line_id == MouseLine.id, LineStage.stage.in_(MADE), as_known_stage())
        .correlate(MouseLine)
        .scalar_subquery()
    )
    return (
        select(
            MouseLine.id,
            MouseLine.colony,
            MouseLine.owner_id,
            MouseLine.centre_id,
            made_on.label("made_on"),
            LineParent.parent_id,
        )
        .join(descent, descent.c.id == MouseLine.id)
        .outerjoin(LineParent, LineParent.line_id == MouseLine.id)
        .order_by(MouseLine.id, LineParent.parent_id)
    )


def _several(name: str) -> Any:
    """A place for ids that are given when the statement runs: it is built once, which takes longer than running."""
    return bindparam(name, expanding=True)


def as_known_stage() -> Any:
    """The condition that a stage of a line stands."""
    return LineStage.superseded_at.is_(None)


def parties_of(institution_ids: Collection[int], on: date) -> Mapping[int, PartyFacts]:
    """Institutions as they give and take, with the limit of health reports of a day."""
    return {
        row.id: PartyFacts(
            row.id,
            row.short_name,
            row.country,
            row.kind is InstitutionKind.CORPORATION,
            HEALTH_LIMIT_DAYS if row.days is None else row.days,
        )
        for row in db.session.execute(_parties(on), {"institution_ids": list(institution_ids)})
    }


@prepared
def _parties(on: date) -> AnySelect:
    return (
        select(Institution.id, Institution.short_name, Institution.country, Institution.kind, HealthLimit.days)
        .outerjoin(HealthLimit, and_(HealthLimit.institution_id == Institution.id, valid(HealthLimit, on)))
        .where(Institution.id.in_(_several("institution_ids")))
        .order_by(Institution.id)
    )


def papers_of(exchange_id: int) -> PaperFacts:
    """The papers that are put to an exchange."""
    asked = (
        select(ExchangePaper.kind, ExchangePaper.first_day, ExchangePaper.last_day)
        .where(ExchangePaper.exchange_id == exchange_id, ExchangePaper.withdrawn_at.is_(None))
        .order_by(ExchangePaper.first_day, ExchangePaper.id)
    )
    rows = db.session.execute(asked).all()
    return PaperFacts(
        tuple(row.first_day for row in rows if row.kind is PaperKind.HEALTH_REPORT),
        tuple(Period(row.first_day, row.last_day) for row in rows if row.kind is PaperKind.IMPORT_PERMIT),
    )


def _holdings(
    lines: Mapping[int, LineFacts], holder_ids: Collection[int], known: datetime | None
) -> list[HoldingFacts]:
    given = {"line_ids": list(lines), "holder_ids": list(holder_ids)}
    return [
        HoldingFacts(row.line_id, row.institution_id, Period(row.first_day, row.last_day), row.agreement_id)
        for row in db.session.execute(_held(known), given)
    ]


@prepared
def _held(known: datetime | None) -> AnySelect:
    return (
        select(Holding.line_id, Holding.institution_id, Holding.first_day, Holding.last_day, Holding.agreement_id)
        .where(
            Holding.line_id.in_(_several("line_ids")),
            Holding.institution_id.in_(_several("holder_ids")),
            as_known(Holding, known),
        )
        .order_by(Holding.first_day, Holding.id)
    )


def _agreements(
    lines: Mapping[int, LineFacts], givers: Collection[int], takers: Collection[int], held_under: Collection[int]
) -> list[AgreementFacts]:
    """The agreements between the parties about the lines, the consents, those lines are held under; amendments, too."""
    given = {"line_ids": list(lines), "givers": list(givers), "takers": list(takers), "held_under": list(held_under)}
    rows = db.session.execute(_chain(), given).all()
    items = _items([row.id for row in rows], lines)
    return [_agreement(row, items[row.id]) for row in rows]


@prepared
def _chain() -> AnySelect:
    between = and_(Agreement.provider_id.in_(_several("givers")), Agreement.recipient_id.in_(_several("takers")))
    consents = and_(
        Agreement.kind == TemplateKind.CONSENT,
        Agreement.recipient_id.in_(_several("givers")),
        Agreement.third_id.in_(_several("takers")),
    )
    about = (
        select(AgreementItem.agreement_id)
        .join(Agreement, Agreement.id == AgreementItem.agreement_id)
        .where(AgreementItem.line_id.in_(_several("line_ids")), or_(between, consents))
    )
    start = select(Agreement.id).where(or_(Agreement.id.in_(about), Agreement.id.in_(_several("held_under"))))
    chain = start.cte("chain", recursive=True)
    amending = select(Agreement.id).join(chain, Agreement.parent_id == chain.c.id)
    chain = chain.union(amending.where(Agreement.relation == Relation.AMENDMENT))
    return (
        select(*AGREED)
        .join(chain, chain.c.id == Agreement.id)
        .where(Agreement.state.not_in(DROPPED))
        .order_by(Agreement.id)
    )


def _items(agreement_ids: Collection[int], lines: Mapping[int, LineFacts]) -> Mapping[int, list[tuple[int, int]]]:
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    given = {"agreement_ids": list(agreement_ids), "line_ids": list(lines)}
    for row in db.session.execute(_named(), given):
        found[row.agreement_id].append((row.position, int(row.line_id or 0)))
    return found


@prepared
def _named() -> AnySelect:
    return (
        select(AgreementItem.agreement_id, AgreementItem.position, AgreementItem.line_id)
        .where(
            AgreementItem.agreement_id.in_(_several("agreement_ids")),
            AgreementItem.line_id.in_(_several("line_ids")),
        )
        .order_by(AgreementItem.agreement_id, AgreementItem.position)
    )


def _agreement(row: Any, items: Sequence[tuple[int, int]]) -> AgreementFacts:
    return AgreementFacts(
        id=row.id,
        number=row.number or "",
        kind=row.kind,
        provider_id=row.provider_id,
        recipient_id=row.recipient_id,
        items=tuple(items),
        terms=Terms(row.onward, row.commercial, row.embargo_until, row.embargo_to_publication, row.published_on),
        executed_on=row.executed_on,
        first_day=row.first_day,
        last_day=row.last_day,
        ended_on=row.ended_on,
        third_id=row.third_id,
        amends_id=row.parent_id if row.relation is Relation.AMENDMENT else None,
    )
