"""What a change of class of many members would do, and whom it would leave out."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select

from app.core.actor import Actor
from app.core.bulk import among
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import as_known, overlapping
from app.core.periods import Period
from app.core.permissions import Permission
from app.members.models import Institution, Membership, MembershipClass, MembershipStep
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
    """An institution of the choice with its classes of the day: its membership that would change, or why none does."""

    institution_id: int
    name: str
    classes: tuple[str, ...]
    membership_id: int | None
    left_out: str | None

    @property
    def kept(self) -> str:
        """What one who is left out keeps."""
        return f"keeps {', '.join(self.classes)}" if self.classes else "no class"


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


class Held(NamedTuple):
    """A membership of an institution on the day."""

    membership_id: int
    class_id: int
    class_name: str


def plan_class_change(institution_ids: Sequence[int], change: ClassChange, actor: Actor) -> ClassPlan:
    """What the change would do to each of these institutions, by name."""
    actor.require(Permission.MEMBERSHIP_EDIT)
    if change.from_id == change.to_id:
        raise DomainError("The two classes are the same.", "class_id")
    held = _held(institution_ids, change.first_day)
    taken = _taken(institution_ids, change)
    asked = select(Institution.id, Institution.name).where(among(Institution.id, institution_ids))
    rows = db.session.execute(asked.order_by(Institution.sort_name, Institution.id))
    plan = ClassPlan(change, tuple(_line(row, held.get(row.id, []), change, row.id in taken) for row in rows))
    if all(line.membership_id is None for line in plan.lines):
        raise DomainError("None of the chosen institutions is a member of that class on the day.", "from_id")
    if not plan.changing:
        told = "Whoever of them is a member of that class has a membership in the new one already, then or later."
        raise DomainError(told, "class_id")
    return plan


def _line(row: Any, held: Sequence[Held], change: ClassChange, taken: bool) -> ChangeLine:  # noqa: FBT001
    membership_id = next((each.membership_id for each in held if each.class_id == change.from_id), None)
    left_out = NOT_IN_CLASS if membership_id is None else ALREADY if taken else None
    return ChangeLine(row.id, row.name, tuple(each.class_name for each in held), membership_id, left_out)


def _held(institution_ids: Sequence[int], day: date) -> dict[int, list[Held]]:
    """The memberships of each on the day."""
    asked = (
        select(Membership.institution_id, Membership.id, MembershipClass.id, MembershipClass.name)
        .join(MembershipStep, MembershipStep.membership_id == Membership.id)
        .join(MembershipClass, MembershipClass.id == Membership.class_id)
        .where(
            among(Membership.institution_id, institution_ids),
            as_known(Membership),
            as_known(MembershipStep),
            overlapping(MembershipStep, Period(day, day)),
            MembershipStep.state.not_in(ENDED_STATES),
        )
        .order_by(MembershipClass.position, Membership.id)
    )
    found: dict[int, list[Held]] = defaultdict(list)
    for institution_id, membership_id, class_id, class_name in db.session.execute(asked):
        found[institution_id].append(Held(membership_id, class_id, class_name))
    return found


def _taken(institution_ids: Sequence[int], change: ClassChange) -> set[int]:
    """Those that have a membership in the new class from the day on."""
    asked = select(Membership.institution_id).where(
        among(Membership.institution_id, institution_ids),
        Membership.class_id == change.to_id,
        as_known(Membership),
        overlapping(Membership, Period(change.first_day)),
    )
    return set(db.session.scalars(asked))
