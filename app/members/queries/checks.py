"""What `flask verify` proves about members, from the raw rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from app.core.database import db
from app.core.history import beyond
from app.core.verification import verifies
from app.members.models import (
    Affiliation,
    Institution,
    InstitutionName,
    InstitutionParticulars,
    Membership,
    MembershipStep,
    Merger,
    Representation,
)
from app.members.queries.followers import followers_of, rows_of
from app.members.rules import MEMBER_STATES, PARTICULARS, Purpose, is_part_of_itself


@verifies("No two memberships of one institution in one class share a day")
def check_memberships() -> Iterator[str]:
    """Memberships on record that overlap."""
    yield from _overlaps(Membership, "institution_id", "class_id")


@verifies("A membership has one state a day")
def check_steps() -> Iterator[str]:
    """Steps of one membership that overlap."""
    yield from _overlaps(MembershipStep, "membership_id")


@verifies("An institution is active or suspended from the first day of its membership, and only within its days")
def check_days_of_steps() -> Iterator[str]:
    """Steps as a member beyond the days of the membership they belong to, or of none on record; days without a step.

    A membership that never began leaves no such step on record.
    """
    member = MembershipStep.superseded_at.is_(None), MembershipStep.state.in_(MEMBER_STATES)
    goes_on = beyond(MembershipStep, Membership.last_day)
    outside = or_(
        Membership.superseded_at.is_not(None),
        MembershipStep.first_day < Membership.first_day,
        and_(Membership.last_day.is_not(None), goes_on),
    )
    steps = select(MembershipStep.id).join(Membership, Membership.id == MembershipStep.membership_id)
    for identity in db.session.scalars(steps.where(*member, outside).order_by(MembershipStep.id)):
        yield f"Membership step {identity} reaches beyond the days of its membership."
    first = select(MembershipStep.id).where(
        *member, MembershipStep.membership_id == Membership.id, MembershipStep.first_day == Membership.first_day
    )
    without = select(Membership.id).where(Membership.superseded_at.is_(None), ~first.exists())
    for identity in db.session.scalars(without.order_by(Membership.id)):
        yield f"Membership {identity} does not begin with a step as a member."


@verifies("One person votes for an institution at a time")
def check_voices() -> Iterator[str]:
    """Voting representatives of one institution that overlap."""
    yield from _overlaps(Representation, "institution_id", only=Purpose.VOTING)


@verifies("A person has one place at an institution at a time")
def check_places() -> Iterator[str]:
    """Affiliations of one person with one institution that overlap."""
    yield from _overlaps(Affiliation, "person_id", "institution_id")


@verifies("An institution has one name on any day, the last one today's")
def check_names() -> Iterator[str]:
    """Names of one institution that overlap, and institutions whose present name is another one than theirs."""
    yield from _overlaps(InstitutionName, "institution_id")
    present = and_(
        InstitutionName.institution_id == Institution.id,
        InstitutionName.superseded_at.is_(None),
        InstitutionName.last_day.is_(None),
        InstitutionName.name == Institution.name,
        InstitutionName.short_name == Institution.short_name,
    )
    asked = select(Institution.account_number).where(~select(InstitutionName.id).where(present).exists())
    for number in db.session.scalars(asked.order_by(Institution.id)):
        yield f"Institution {number} has no present name like its own."


@verifies("What is on record of an institution today is what its own row says")
def check_particulars() -> Iterator[str]:
    """Particulars of one institution that overlap, and institutions whose present ones differ from their own row."""
    yield from _overlaps(InstitutionParticulars, "institution_id")
    same = [
        getattr(InstitutionParticulars, name).is_not_distinct_from(getattr(Institution, name)) for name in PARTICULARS
    ]
    present = and_(
        InstitutionParticulars.institution_id == Institution.id,
        InstitutionParticulars.superseded_at.is_(None),
        InstitutionParticulars.last_day.is_(None),
        *same,
    )
    asked = select(Institution.account_number).where(~select(InstitutionParticulars.id).where(present).exists())
    for number in db.session.scalars(asked.order_by(Institution.id)):
        yield f"Institution {number} has no present particulars like its own."


@verifies("No institution is a part of itself")
def check_wholes() -> Iterator[str]:
    """Institutions that are a part of themselves, over however many others."""
    asked = select(Institution.id, Institution.parent_id).order_by(Institution.id)
    parents = {row.id: row.parent_id for row in db.session.execute(asked)}
    for identity, parent_id in parents.items():
        if parent_id is not None and is_part_of_itself(identity, parents):
            yield f"Institution {identity} is a part of itself."


def _overlaps(model: Any, *same: str, only: Purpose | None = None) -> Iterator[str]:
    """Pairs of rows on record, alike in the named columns, that share a day."""
    other = aliased(model)
    alike = [getattr(model, name) == getattr(other, name) for name in same]
    if only is not None:
        alike += [model.purpose == only, other.purpose == only]
    asked = (
        select(model.id, other.id)
        .join(other, and_(model.id < other.id, *alike))
        .where(model.superseded_at.is_(None), other.superseded_at.is_(None), *_share_a_day(model, other))
    )
    for one, two in db.session.execute(asked.order_by(model.id, other.id)):
        yield f"{model.__tablename__.replace('_', ' ').capitalize()} {one} and {two} share days."


def _share_a_day(one: Any, two: Any) -> list[ColumnElement[bool]]:
    return [
        or_(one.last_day.is_(None), two.first_day <= one.last_day),
        or_(two.last_day.is_(None), one.first_day <= two.last_day),
    ]


@verifies("A merged record has one survivor, which is not merged itself")
def check_mergers() -> Iterator[str]:
    """Mergers in force of which the record has two, or the survivor is merged too."""
    other = aliased(Merger)
    twice = or_(other.merged_id == Merger.merged_id, other.merged_id == Merger.survivor_id)
    asked = select(Merger.id).join(
        other, and_(other.id != Merger.id, other.kind == Merger.kind, other.undone_at.is_(None), twice)
    )
    for identity in db.session.scalars(asked.where(Merger.undone_at.is_(None)).order_by(Merger.id)):
        yield f"Merger {identity} is one of two, or its survivor is merged too."


@verifies("No row points to a record that was merged into another")
def check_merged_records() -> Iterator[str]:
    """Rows that should have followed to the survivor."""
    for merger in db.session.scalars(select(Merger).where(Merger.undone_at.is_(None)).order_by(Merger.id)):
        for follower in followers_of(merger.kind):
            for row in rows_of(follower, merger.merged_id):
                yield f"{follower.words[0].capitalize()} {row.id} points to merged {merger.kind} {merger.merged_id}."
