"""Fee schedules: in force, to come, past; and as they were known at an earlier time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.billing.models import FeeSchedule
from app.billing.rules import Proration, Scale, TaxCategory, state_on
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.history import as_known
from app.core.money import Money
from app.core.periods import Period
from app.core.permissions import Permission
from app.members.models import MembershipClass


@dataclass(frozen=True)
class ScheduleRow:
    """A fee schedule as the page of fees shows it on a day."""

    id: int
    name: str
    class_name: str
    amount: Money
    period: Period
    proration: Proration
    tax_category: TaxCategory
    tax_basis_points: int
    decision: str | None
    scale: Scale | None
    on: date

    @property
    def state(self) -> str:
        """In force, planned or ended on the day."""
        return state_on(self.period, self.on)


def list_schedules(on: date | None = None, *, known: datetime | None = None, actor: Actor) -> Sequence[ScheduleRow]:
    """All fee schedules by class, the newest first, as they stand on a day and were known at an instant."""
    actor.require(Permission.FEE_READ)
    day = on or clock.today()
    rows = db.session.execute(
        select(FeeSchedule, MembershipClass.name)
        .join(MembershipClass, MembershipClass.id == FeeSchedule.class_id)
        .where(as_known(FeeSchedule, known))
        .order_by(MembershipClass.position, MembershipClass.id, FeeSchedule.first_day.desc(), FeeSchedule.id)
    )
    return [
        ScheduleRow(
            id=schedule.id,
            name=schedule.name,
            class_name=class_name,
            amount=schedule.amount,
            period=schedule.period,
            proration=schedule.proration,
            tax_category=schedule.tax_category,
            tax_basis_points=schedule.tax_basis_points,
            decision=schedule.decision,
            scale=schedule.scale,
            on=day,
        )
        for schedule, class_name in rows
    ]


def get_schedule(schedule_id: int, actor: Actor) -> FeeSchedule:
    """A fee on record, with its class."""
    actor.require(Permission.FEE_READ)
    asked = select(FeeSchedule).where(FeeSchedule.id == schedule_id, as_known(FeeSchedule))
    found = db.session.scalars(asked.options(selectinload(FeeSchedule.membership_class))).one_or_none()
    if found is None:
        raise NotFoundError("There is no such fee.")
    return found


def list_classes(actor: Actor) -> Sequence[tuple[int, str]]:
    """The classes of membership a fee can be adopted for: those whose members pay one."""
    actor.require(Permission.FEE_READ)
    rows = db.session.execute(
        select(MembershipClass.id, MembershipClass.name)
        .where(MembershipClass.is_billed)
        .order_by(MembershipClass.position, MembershipClass.id)
    )
    return [(row.id, row.name) for row in rows]
