"""The register of agreements on a day: who agreed what with whom, how it stood that day, and whose turn it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from app.agreements.models import Agreement, AgreementItem, AgreementSignature, AgreementStep, AgreementVersion
from app.agreements.rules.kinds import TemplateKind
from app.agreements.rules.states import ENDED, PARTIES, AgreementState, Relation, Side, Standing, waits_on
from app.agreements.rules.terms import AtEnd, Freedom
from app.core import clock
from app.core.database import db
from app.core.paging import AnySelect
from app.core.periods import ONE_DAY
from app.lines.models import Allele, MouseLine
from app.members.models import Institution
from app.members.queries.institutions import named_on


@dataclass(frozen=True)
class RegisterRow:
    """An agreement as it stood on a day: its state since when, and whose turn it was, by their names of that day."""

    id: int
    number: str | None
    title: str
    kind: TemplateKind
    provider: str
    recipient: str
    third: str | None
    material: str
    state: AgreementState
    since: date
    begun: date
    waits_on: tuple[str, ...]
    executed_on: date | None
    first_day: date | None
    last_day: date | None
    ended_on: date | None
    onward: Freedom
    at_end: AtEnd
    renewed_by: str | None = None

    @property
    def called(self) -> str:
        """Its number, or as a draft is called that has none."""
        return self.number or f"Draft {self.id}"

    @property
    def ends(self) -> date | None:
        """The last day it holds: an earlier end, or that of its term."""
        return self.ended_on or self.last_day


@dataclass(frozen=True)
class _Told:
    """What was on record of one agreement: all its steps in their order, and who had signed by the day."""

    steps: Sequence[AgreementStep]
    signed: frozenset[Side]


@dataclass(frozen=True)
class _Stood:
    """How an agreement stood on a day, since which day, and after which it was known to end early."""

    state: AgreementState
    since: date
    ended_on: date | None = None


def list_register(
    *, on: date, known: datetime | None = None, institution_ids: Collection[int] | None = None
) -> list[RegisterRow]:
    """All agreements drafted by the end of a day, as they stood then and as known at an instant; five statements.

    `institution_ids` narrows it to those of which one of these is a party, or whom a consent names. An agreement that
    comes on record later than it was signed is in force from the day of the last signature on.
    """
    told = min(known or clock.now(), clock.now())
    seen = min(told, clock.end_of(on))
    agreements = db.session.scalars(_asked(institution_ids, told)).all()
    steps, signed, material = _steps(told), _signed(seen), _material()
    names = {row.id: row.short_name for row in db.session.execute(named_on(on, known).order_by(Institution.id))}
    renewals = {each.parent_id: each.number or f"Draft {each.id}" for each in agreements if _renews(each)}
    rows = []
    for each in agreements:
        past = _Told(steps[each.id], signed[each.id])
        stood = _stood(each, past, on, seen)
        if stood is not None:
            renewed_by = renewals.get(each.id)
            rows.append(_row(each, past, stood, names, (material[each.id], renewed_by)))
    return rows


def _asked(institution_ids: Collection[int] | None, told: datetime) -> AnySelect:
    asked = select(Agreement).where(Agreement.created_at <= told)
    if institution_ids is not None:
        parties = (Agreement.provider_id, Agreement.recipient_id, Agreement.third_id)
        asked = asked.where(or_(*(each.in_(sorted(institution_ids)) for each in parties)))
    return asked.order_by(Agreement.number.is_(None), Agreement.number, Agreement.id)


def _renews(agreement: Agreement) -> bool:
    gone = (AgreementState.REJECTED, AgreementState.WITHDRAWN)
    return agreement.relation is Relation.RENEWAL and agreement.state not in gone


def _steps(told: datetime) -> Mapping[int, list[AgreementStep]]:
    found: dict[int, list[AgreementStep]] = defaultdict(list)
    asked = select(AgreementStep).where(AgreementStep.at <= told).order_by(AgreementStep.agreement_id, AgreementStep.id)
    for step in db.session.scalars(asked):
        found[step.agreement_id].append(step)
    return found


def _signed(seen: datetime) -> Mapping[int, frozenset[Side]]:
    """Who had signed the version that was to be signed at an instant."""
    of = AgreementVersion
    asked = (
        select(of.agreement_id, AgreementSignature.side)
        .join(AgreementSignature, AgreementSignature.version_id == of.id)
        .where(AgreementSignature.signed_at <= seen, or_(of.reopened_at.is_(None), of.reopened_at > seen))
        .order_by(AgreementSignature.id)
    )
    found: dict[int, frozenset[Side]] = defaultdict(frozenset)
    for agreement_id, side in db.session.execute(asked):
        found[agreement_id] |= {side}
    return found


def _material() -> Mapping[int, str]:
    """What each agreement is about: its first item, and how many others."""
    asked = (
        select(AgreementItem.agreement_id, Allele.symbol, AgreementItem.description)
        .outerjoin(MouseLine, MouseLine.id == AgreementItem.line_id)
        .outerjoin(Allele, Allele.id == MouseLine.allele_id)
        .order_by(AgreementItem.agreement_id, AgreementItem.position, AgreementItem.id)
    )
    said: dict[int, list[str]] = defaultdict(list)
    for agreement_id, symbol, description in db.session.execute(asked):
        said[agreement_id].append(symbol or description or "")
    more = {each: f" and {len(words) - 1} more" if len(words) > 1 else "" for each, words in said.items()}
    return defaultdict(str, {each: words[0] + more[each] for each, words in said.items()})


def _stood(agreement: Agreement, past: _Told, on: date, seen: datetime) -> _Stood | None:
    """How it stood on a day; None where it was not drafted yet."""
    if agreement.executed_on is not None and agreement.executed_on <= on and _reached(past, AgreementState.EXECUTED):
        return _lived(agreement, agreement.executed_on, past, on)
    seen_steps = [each for each in past.steps if each.at <= seen]
    if not seen_steps:
        return None
    return _Stood(seen_steps[-1].to_state, clock.local(seen_steps[-1].at).date())


def _lived(agreement: Agreement, executed_on: date, past: _Told, on: date) -> _Stood:
    """How an agreement stood that everyone had signed by a day: in force, or over since when."""
    ended = next((each.to_state for each in past.steps if each.to_state in ENDED), None)
    ended_on = agreement.ended_on if ended is not None else None
    if ended is not None and ended_on is not None and ended_on < on:
        return _Stood(ended, ended_on + ONE_DAY, ended_on)
    if agreement.last_day is not None and agreement.last_day < on:
        return _Stood(AgreementState.EXPIRED, agreement.last_day + ONE_DAY)
    return _Stood(AgreementState.EXECUTED, executed_on, ended_on)


def _reached(past: _Told, state: AgreementState) -> bool:
    return any(each.to_state is state for each in past.steps)


def _row(
    agreement: Agreement, past: _Told, stood: _Stood, names: Mapping[int, str], told: tuple[str, str | None]
) -> RegisterRow:
    is_executed = stood.state in (AgreementState.EXECUTED, *ENDED)
    is_numbered = is_executed or stood.state in (AgreementState.APPROVED, AgreementState.SIGNED)
    material, renewed_by = told
    return RegisterRow(
        id=agreement.id,
        number=agreement.number if is_numbered else None,
        title=agreement.title,
        kind=agreement.kind,
        provider=names.get(agreement.provider_id, ""),
        recipient=names.get(agreement.recipient_id, ""),
        third=names.get(agreement.third_id or 0),
        material=material,
        state=stood.state,
        since=stood.since,
        begun=clock.local(past.steps[0].at).date(),
        waits_on=_waits_on(agreement, past, stood, names),
        executed_on=agreement.executed_on if is_executed else None,
        first_day=agreement.first_day,
        last_day=agreement.last_day,
        ended_on=stood.ended_on,
        onward=agreement.onward,
        at_end=agreement.at_end,
        renewed_by=renewed_by,
    )


def _waits_on(agreement: Agreement, past: _Told, stood: _Stood, names: Mapping[int, str]) -> tuple[str, ...]:
    """Whose turn it was, by their names; the MTA group is the consortium's."""
    standing = Standing(stood.state, agreement.kind, _proposed_by(past, stood), past.signed)
    parties = {Side.PROVIDER: agreement.provider_id, Side.RECIPIENT: agreement.recipient_id}
    waiting = [each for each in Side if each in waits_on(standing)]
    return tuple(names.get(parties[each], "") if each in PARTIES else "MTA group" for each in waiting)


def _proposed_by(past: _Told, stood: _Stood) -> Side:
    """Who sent the text for review last by that day, or drafted it."""
    sent = [
        each.side
        for each in past.steps
        if each.to_state is AgreementState.IN_REVIEW and clock.local(each.at).date() <= stood.since
    ]
    return sent[-1] if sent else past.steps[0].side
