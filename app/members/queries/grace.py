"""Whose memberships have all ended, with their days of grace."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.core.actor import Actor
from app.core.database import db
from app.core.history import as_known, beyond, valid
from app.core.paging import AnySelect
from app.core.periods import ONE_DAY
from app.core.permissions import Permission
from app.members.models import CaseTask, Departure, Membership, MembershipClass, MembershipStep
from app.members.rules import TERM_STEP, LeavingState, MembershipState, freed_on


@dataclass(frozen=True)
class MembershipEnd:
    """When seats and access of an institution end, with its days of grace, and the last day on which it is a member.

    None of that for one whose membership never began; `leaves` that it has given notice, so that nothing renews it.
    """

    institution_id: int
    freed_on: date
    member_until: date | None
    leaves: bool


def list_past_grace(day: date) -> list[int]:
    """Institutions that were to be members, and whose grace was over before a day, without those that are leaving."""
    ended = (
        select(Membership.institution_id)
        .where(as_known(Membership))
        .group_by(Membership.institution_id)
        .having(func.count() == func.count(Membership.last_day), func.max(Membership.last_day) < day)
    )
    withdrawn = _never_begun().with_only_columns(Membership.institution_id).where(MembershipStep.first_day <= day)
    either = (Membership.institution_id.in_(each.correlate(None)) for each in (ended, withdrawn))
    whose = or_(*either)
    return sorted(_ends_of_grace(whose, day))


def grace_over_on(institution_id: int, day: date) -> date | None:
    """The last day of grace of an institution, where that is past; None for a member and for one that is leaving."""
    return _ends_of_grace(Membership.institution_id == institution_id, day).get(institution_id)


def list_ends_ahead(first: date, last: date) -> list[MembershipEnd]:
    """Whose seats and access are known to end, by a notice or with all memberships, from a first to a last day."""
    ended = select(Membership.institution_id).where(as_known(Membership)).group_by(Membership.institution_id)
    lapsing = ended.having(func.count() == func.count(Membership.last_day))
    withdrawn = _never_begun().with_only_columns(Membership.institution_id)
    whose = or_(*(Membership.institution_id.in_(each.correlate(None)) for each in (lapsing, withdrawn)))
    found = [*_last_ends(whose).values(), *_noticed()]
    return sorted((each for each in found if first <= each.freed_on <= last), key=lambda each: each.institution_id)


def most_grace_days(institution_id: int, day: date, actor: Actor) -> int:
    """The most days of grace that a class gives of which an institution is a member on a day; 0 for none."""
    actor.require(Permission.MEMBERSHIP_EDIT)
    asked = (
        select(func.max(MembershipClass.grace_days))
        .join(Membership, Membership.class_id == MembershipClass.id)
        .where(Membership.institution_id == institution_id, valid(Membership, day))
    )
    return db.session.scalar(asked) or 0


def _never_begun() -> AnySelect:
    """Memberships that were withdrawn before they began: of whom, the first day after, the days of grace."""
    return (
        select(Membership.institution_id, MembershipStep.first_day, MembershipClass.grace_days)
        .join(MembershipClass, MembershipClass.id == Membership.class_id)
        .join(MembershipStep, MembershipStep.membership_id == Membership.id)
        .where(
            Membership.superseded_at.is_not(None),
            as_known(MembershipStep),
            MembershipStep.state == MembershipState.WITHDRAWN,
        )
    )


def _ends_of_grace(whose: ColumnElement[bool], day: date) -> dict[int, date]:
    """The last days of grace before a day, by institution."""
    return {institution_id: end.freed_on for institution_id, end in _last_ends(whose).items() if end.freed_on < day}


def _noticed() -> list[MembershipEnd]:
    """The ends of those that are leaving; one that turns out to be a member after it keeps what it has."""
    member_after = select(Membership.id).where(
        Membership.institution_id == Departure.institution_id,
        beyond(Membership, Departure.last_day),
        as_known(Membership),
    )
    withdrawn = select(CaseTask.id).where(
        CaseTask.departure_id == Departure.id, CaseTask.kind == TERM_STEP, CaseTask.done_at.is_not(None)
    )
    asked = (
        select(Departure.institution_id, Departure.last_day, Departure.grace_days)
        .where(Departure.state == LeavingState.NOTICE_GIVEN, ~and_(withdrawn.exists(), member_after.exists()))
        .order_by(Departure.id)
    )
    return [
        MembershipEnd(institution_id, freed_on(last_day, grace_days), last_day, leaves=True)
        for institution_id, last_day, grace_days in db.session.execute(asked)
    ]


def _last_ends(whose: ColumnElement[bool]) -> dict[int, MembershipEnd]:
    """The last end of each institution that is not leaving now, `date.max` for a member that stays.

    That of a departure that is done is its own.
    """
    is_leaving = select(Departure.id).where(
        Departure.institution_id == Membership.institution_id, Departure.state == LeavingState.NOTICE_GIVEN
    )
    asked = (
        select(Membership.institution_id, Membership.last_day, MembershipClass.grace_days)
        .join(MembershipClass, MembershipClass.id == Membership.class_id)
        .where(as_known(Membership), whose, ~is_leaving.exists())
    )
    left = select(Departure.institution_id, Departure.last_day, Departure.grace_days).where(
        Departure.institution_id.in_(select(Membership.institution_id).where(whose)),
        Departure.state == LeavingState.DONE,
    )
    ends: dict[int, list[MembershipEnd]] = defaultdict(list)
    for institution_id, last_day, grace_days in db.session.execute(asked):
        freed = freed_on(last_day, grace_days) if last_day else date.max
        ends[institution_id].append(MembershipEnd(institution_id, freed, last_day, leaves=False))
    for institution_id, day_after, grace_days in db.session.execute(_never_begun().where(whose, ~is_leaving.exists())):
        freed = freed_on(day_after - ONE_DAY, grace_days)
        ends[institution_id].append(MembershipEnd(institution_id, freed, None, leaves=False))
    for institution_id, last_day, grace_days in db.session.execute(left):
        if institution_id in ends:
            freed = freed_on(last_day, grace_days)
            ends[institution_id].append(MembershipEnd(institution_id, freed, last_day, leaves=True))
    return {each: max(found, key=lambda end: (end.freed_on, end.leaves)) for each, found in ends.items()}
