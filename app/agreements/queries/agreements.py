"""Agreements as their list and their pages show them, to who may see them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, false, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.agreements.models import Agreement, AgreementItem, AgreementSignature, AgreementStep, AgreementVersion
from app.agreements.queries.entitled import signs_for
from app.agreements.rules.kinds import TemplateKind
from app.agreements.rules.states import (
    FROZEN_STATES,
    OPEN_STATES,
    PARTIES,
    AgreementState,
    Relation,
    Side,
    Standing,
    waits_on,
)
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.paging import AnySelect, fetch_page, matches
from app.core.permissions import Permission
from app.core.tables import Page, PageRequest
from app.members.models import Institution

Giver, Taker = aliased(Institution), aliased(Institution)
NO_SUCH = "There is no such agreement."


@dataclass(frozen=True)
class AgreementFilters:
    """Which agreements are wanted: words, state, kind, a party, a line, what ends soon, what has not moved for days.

    `waits_for` is a side whose turn it is; `is_mine` that it is the reader's own.
    """

    words: str = ""
    state: AgreementState | None = None
    kind: TemplateKind | None = None
    party_id: int | None = None
    line_id: int | None = None
    waits_for: Side | None = None
    is_mine: bool = False
    ends_within: int | None = None
    unmoved_days: int | None = None


@dataclass(frozen=True)
class AgreementRow:
    """An agreement as a line of a list, on a day."""

    id: int
    number: str | None
    title: str
    kind: TemplateKind
    state: AgreementState
    provider_id: int
    provider: str
    provider_short: str
    recipient_id: int
    recipient: str
    recipient_short: str
    first_day: date | None
    last_day: date | None
    ended_on: date | None
    items: int
    proposed_by: Side
    signed: frozenset[Side]
    changed_at: datetime

    @property
    def called(self) -> str:
        """Its number, or until it has one which draft it is."""
        return self.number or f"Draft {self.id}"

    @property
    def ends_on(self) -> date | None:
        """Its last day: that of its term, or the day it ended before."""
        return self.ended_on or self.last_day

    @property
    def waiting(self) -> frozenset[Side]:
        """Whose turn it is."""
        return waits_on(Standing(self.state, self.kind, self.proposed_by, self.signed))

    @property
    def waits_words(self) -> str:
        """On whom it waits, by their short names."""
        names = {Side.PROVIDER: self.provider_short, Side.RECIPIENT: self.recipient_short, Side.CONSORTIUM: "MTA group"}
        return ", ".join(names[side] for side in Side if side in self.waiting)


def search_agreements(
    filters: AgreementFilters, request: PageRequest, *, on: date | None = None, actor: Actor
) -> Page[AgreementRow]:
    """The agreements of a filter that the actor may see, each in the state it had on a day (default: today)."""
    day = on or clock.today()
    state = _state_on(day)
    asked = _rows(state).where(*_wanted(filters, state, actor), visible_to(actor))
    if day < clock.today():
        asked = asked.where(Agreement.created_at < clock.start_of(day + timedelta(days=1)))
    return fetch_page(
        asked,
        request,
        sorts={
            "changed": Agreement.changed_at,
            "number": Agreement.number,
            "title": Agreement.title,
            "provider": Giver.sort_name,
            "recipient": Taker.sort_name,
            "last_day": Agreement.last_day,
            "state": state,
        },
        key=Agreement.id,
        build=_row,
        total=func.count(Agreement.id),
    )


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition that the actor may see an agreement: as one of its parties, or as who signs for one.

    To whom a consent lets the material go sees it once it is in force.
    """
    if actor.has_all(Permission.AGREEMENT_READ):
        return Agreement.id.is_not(None)
    own = actor.own_institutions(Permission.AGREEMENT_READ)
    signs = signs_for(actor, clock.today()) if actor.user_id else frozenset[int]()
    of_party = _party(own)
    consented = and_(Agreement.third_id.in_(own), Agreement.executed_on.is_not(None)) if own else false()
    to_sign = and_(_party(signs), Agreement.state.in_(FROZEN_STATES))
    return or_(of_party, consented, to_sign)


def _party(institution_ids: frozenset[int]) -> ColumnElement[bool]:
    if not institution_ids:
        return false()
    return or_(Agreement.provider_id.in_(institution_ids), Agreement.recipient_id.in_(institution_ids))


def get_agreement(agreement_id: int, actor: Actor) -> Agreement:
    """An agreement with its parties and scientists, for who may see it; to others there is none."""
    asked = (
        select(Agreement)
        .options(
            joinedload(Agreement.provider),
            joinedload(Agreement.recipient),
            joinedload(Agreement.third),
            joinedload(Agreement.provider_scientist),
            joinedload(Agreement.recipient_scientist),
        )
        .where(Agreement.id == agreement_id, visible_to(actor))
        .execution_options(populate_existing=True)
    )
    found = db.session.scalar(asked)
    if found is None:
        raise NotFoundError(NO_SUCH)
    return found


def list_steps(agreement_id: int) -> Sequence[AgreementStep]:
    """Every step of an agreement, the newest first."""
    asked = select(AgreementStep).where(AgreementStep.agreement_id == agreement_id)
    return db.session.scalars(asked.order_by(AgreementStep.id.desc())).all()


def list_linked(agreement: Agreement, actor: Actor) -> Sequence[AgreementRow]:
    """What it hangs on, and what hangs on it, as far as the actor may see it, the oldest first."""
    linked = or_(Agreement.parent_id == agreement.id, Agreement.id == (agreement.parent_id or 0))
    asked = _rows(_state_on(clock.today())).where(linked, visible_to(actor))
    return [_row(row) for row in db.session.execute(asked.order_by(Agreement.created_at, Agreement.id))]


def list_ending(actor: Actor, *, until: date) -> Sequence[AgreementRow]:
    """What is in force and ends by a day, and what has expired, unless something renews or amends it already.

    Those that end first come first.
    """
    asked = _rows(_state_on(clock.today())).where(*_ending(until), visible_to(actor))
    return [_row(row) for row in db.session.execute(asked.order_by(Agreement.last_day, Agreement.id))]


def count_ending(actor: Actor, *, until: date) -> int:
    """How many agreements that list holds."""
    asked = select(func.count(Agreement.id)).where(*_ending(until), visible_to(actor))
    return db.session.scalar(asked.order_by(None)) or 0


def _ending(until: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    later = aliased(Agreement)
    renewed = select(later.id).where(
        later.parent_id == Agreement.id,
        later.relation.in_((Relation.RENEWAL, Relation.AMENDMENT)),
        later.state.not_in((AgreementState.REJECTED, AgreementState.WITHDRAWN)),
    )
    ends = or_(
        and_(Agreement.state == AgreementState.EXECUTED, Agreement.last_day <= until),
        Agreement.state == AgreementState.EXPIRED,
    )
    return ends, ~renewed.exists()


def list_waiting(actor: Actor, *, most: int) -> tuple[Sequence[AgreementRow], int]:
    """What waits for the actor's own side, or for their signature, the longest unmoved first; and how much it is.

    Only what is open is read: sorting in the database would read every agreement in the order of their last steps.
    """
    asked = select(Agreement.changed_at, Agreement.id).where(
        Agreement.state.in_(OPEN_STATES), _waits_for_actor(actor), visible_to(actor)
    )
    waiting = [agreement_id for _, agreement_id in sorted(map(tuple, db.session.execute(asked.order_by(None))))]
    if not waiting:
        return [], 0
    first = _rows(_state_on(clock.today())).where(Agreement.id.in_(waiting[:most]))
    rows = db.session.execute(first.order_by(Agreement.changed_at, Agreement.id))
    return [_row(row) for row in rows], len(waiting)


def _rows(state: SQLColumnExpression[Any]) -> AnySelect:
    items = select(func.count(AgreementItem.id)).where(AgreementItem.agreement_id == Agreement.id)
    columns: tuple[Any, ...] = (
        Agreement.id,
        Agreement.number,
        Agreement.title,
        Agreement.kind,
        state.label("state"),
        Agreement.provider_id,
        Giver.name.label("provider"),
        Giver.short_name.label("provider_short"),
        Agreement.recipient_id,
        Taker.name.label("recipient"),
        Taker.short_name.label("recipient_short"),
        Agreement.first_day,
        Agreement.last_day,
        Agreement.ended_on,
        items.scalar_subquery().label("items"),
        Agreement.proposed_by,
        Agreement.changed_at,
        has_signed(Side.PROVIDER).label("by_provider"),
        has_signed(Side.RECIPIENT).label("by_recipient"),
    )
    return (
        select(*columns).join(Giver, Giver.id == Agreement.provider_id).join(Taker, Taker.id == Agreement.recipient_id)
    )


def _row(row: Any) -> AgreementRow:
    values = dict(row._mapping)  # noqa: SLF001 - the public name of it in SQLAlchemy
    given = {Side.PROVIDER: values.pop("by_provider"), Side.RECIPIENT: values.pop("by_recipient")}
    values["state"] = AgreementState(values["state"])
    return AgreementRow(**values, signed=frozenset(side for side in PARTIES if given[side]))


def has_signed(side: Side) -> ColumnElement[bool]:
    """The condition that a side has signed the present version."""
    return (
        select(AgreementSignature.id)
        .join(AgreementVersion, AgreementVersion.id == AgreementSignature.version_id)
        .where(
            AgreementVersion.agreement_id == Agreement.id,
            AgreementVersion.reopened_at.is_(None),
            AgreementSignature.side == side,
        )
        .exists()
    )


def _state_on(day: date) -> SQLColumnExpression[Any]:
    """The state an agreement had at the end of a day, by its steps; today's own stands with it."""
    if day >= clock.today():
        return Agreement.state
    return (
        select(AgreementStep.to_state)
        .where(AgreementStep.agreement_id == Agreement.id, AgreementStep.at < clock.start_of(day + timedelta(days=1)))
        .order_by(AgreementStep.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _wanted(filters: AgreementFilters, state: SQLColumnExpression[Any], actor: Actor) -> list[ColumnElement[bool]]:
    today = clock.today()
    of_line = select(AgreementItem.agreement_id)
    rules: dict[str, Callable[[Any], ColumnElement[bool]]] = {
        "state": lambda value: state == value,
        "kind": lambda value: Agreement.kind == value,
        "party_id": lambda value: _party(frozenset({value})),
        "line_id": lambda value: Agreement.id.in_(of_line.where(AgreementItem.line_id == value)),
        "waits_for": waits_for,
        "is_mine": lambda _value: _waits_for_actor(actor),
        "ends_within": lambda value: and_(
            state == AgreementState.EXECUTED, Agreement.last_day <= today + timedelta(days=value)
        ),
        "unmoved_days": lambda value: and_(
            Agreement.state.in_(OPEN_STATES), Agreement.changed_at <= clock.now() - timedelta(days=value)
        ),
    }
    chosen = ((rule, getattr(filters, name)) for name, rule in rules.items())
    return [*matches(Agreement.search_text, filters.words), *(rule(value) for rule, value in chosen if value)]


def waits_for(side: Side) -> ColumnElement[bool]:
    """The condition that it is a side's turn; the same as `waits_on` of the rules says of one agreement."""
    of = Agreement
    drafts = and_(of.state.in_((AgreementState.DRAFT, AgreementState.CHANGES_REQUESTED)), of.proposed_by == side)
    if side is Side.CONSORTIUM:
        return drafts
    reviews = and_(of.state == AgreementState.IN_REVIEW, of.proposed_by != side)
    signs = and_(of.state.in_((AgreementState.APPROVED, AgreementState.SIGNED)), ~has_signed(side))
    if side is Side.RECIPIENT:
        signs = and_(signs, of.kind != TemplateKind.CONSENT)
    return or_(drafts, reviews, signs)


def _waits_for_actor(actor: Actor) -> ColumnElement[bool]:
    """The condition that it waits for the actor: for their side, their signature, or the consortium's own drafts."""
    own = actor.own_institutions(Permission.AGREEMENT_EDIT)
    signs = signs_for(actor, clock.today()) if actor.user_id else frozenset[int]()
    to_sign = Agreement.state.in_((AgreementState.APPROVED, AgreementState.SIGNED))
    found: list[ColumnElement[bool]] = [false()]
    for side, column in ((Side.PROVIDER, Agreement.provider_id), (Side.RECIPIENT, Agreement.recipient_id)):
        found.append(and_(waits_for(side), ~to_sign, column.in_(own)))
        found.append(and_(waits_for(side), to_sign, column.in_(signs)))
    if actor.has_all(Permission.AGREEMENT_EDIT) and not actor.is_system:
        found.append(waits_for(Side.CONSORTIUM))
    return or_(*found)
