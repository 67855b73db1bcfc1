"""What a change of class of many members would do, and whom it would leave out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.core.actor import Actor
from app.core.bulk import among
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import as_known, overlapping
from app.core.periods import Period
from app.core.permissions import Permission
from app.members.models import Institution, Membership, MembershipStep
from app.members.rules import ENDED_STATES

NOT_IN_CLASS = "it is no member of that class on the day"
ALREADY = "it has a membership in the new class on or after the day"


@dataclass(frozen=True)
class ClassChange:
    """From which class to which, and from when."""

    from_id: int
    to_id: int
    first_day: date


@dataclass(frozen=True)
class ChangeLine:
    """An institution of the choice: its membership that would change, or why it is left out."""

    institution_id: int
    name: str
    membership_id: int | None
    left_out: str | None


@dataclass(frozen=True)
class ClassPlan:
    """What would change, and who is left out; the same plan has the same digest."""

    change: ClassChange
    lines: tuple[ChangeLine, ...]

    @property
    def changing(self) -> list[ChangeLine]:
        """Those whose class would change."""
        return [line for line in self.lines if line.left_out is None]

    @property
    def membership_ids(self) -> list[int]:
        """Their memberships."""
        return [line.membership_id for line in self.changing if line.membership_id is not None]

    @property
    def digest(self) -> str:
        """Known again by this: who has seen it agrees to it and to nothing else."""
        return hashlib.sha256(repr((self.change, self.lines)).encode()).hexdigest()


def plan_class_change(institution_ids: Sequence[int], change: ClassChange, actor: Actor) -> ClassPlan:
    """What the change would do to each of these institutions, by name."""
    actor.require(Permission.MEMBERSHIP_EDIT)
    if change.from_id == change.to_id:
        raise DomainError("The two classes are the same.", "class_id")
    present = _present(institution_ids, change)
    taken = _taken(institution_ids, change)
    asked = select(Institution.id, Institution.name).where(among(Institution.id, institution_ids))
    rows = db.session.execute(asked.order_by(Institution.sort_name, Institution.id))
    plan = ClassPlan(change, tuple(_line(row.id, row.name, present.get(row.id), row.id in taken) for row in rows))
    if not plan.changing:
        raise DomainError("None of the chosen institutions is a member of that class on the day.", "from_id")
    return plan


def _line(institution_id: int, name: str, membership_id: int | None, taken: bool) -> ChangeLine:  # noqa: FBT001
    left_out = NOT_IN_CLASS if membership_id is None else ALREADY if taken else None
    return ChangeLine(institution_id, name, membership_id, left_out)


def _present(institution_ids: Sequence[int], change: ClassChange) -> dict[int, int]:
    """The membership of each in the class that it has on the day."""
    day = Period(change.first_day, change.first_day)
    asked = (
        select(Membership.institution_id, Membership.id)
        .join(MembershipStep, MembershipStep.membership_id == Membership.id)
        .where(
            among(Membership.institution_id, institution_ids),
            Membership.class_id == change.from_id,
            as_known(Membership),
            as_known(MembershipStep),
            overlapping(MembershipStep, day),
            MembershipStep.state.not_in(ENDED_STATES),
        )
    )
    return {row.institution_id: row.id for row in db.session.execute(asked.order_by(Membership.id))}


def _taken(institution_ids: Sequence[int], change: ClassChange) -> set[int]:
    """Those that have a membership in the new class from the day on."""
    asked = select(Membership.institution_id).where(
        among(Membership.institution_id, institution_ids),
        Membership.class_id == change.to_id,
        as_known(Membership),
        overlapping(Membership, Period(change.first_day)),
    )
    return set(db.session.scalars(asked))
