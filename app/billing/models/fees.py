"""Tables of fee schedules and fee runs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.billing.rules import FEE_INCOME, Proration, RunState, Scale, TaxCategory
from app.core.database import Base, Code, Currency, Id, Line, Minor, Name, linked
from app.core.history import Recorded, Versioned
from app.core.money import Money
from app.core.periods import Period
from app.members.models import MembershipClass


class FeeSchedule(Recorded, Base):
    """What a class of members pays a year, from a first to a last day: one amount, or one for each tier of a scale.

    `tiers` holds the amounts by tier in minor units, `amount_minor` the highest of them.
    """

    __tablename__ = "fee_schedule"

    id: Mapped[Id]
    name: Mapped[Name]
    class_id: Mapped[int] = mapped_column(ForeignKey("membership_class.id"), index=True)
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    proration: Mapped[Proration]
    tax_category: Mapped[TaxCategory]
    tax_basis_points: Mapped[int] = mapped_column(default=0)
    tax_reason: Mapped[Line | None]
    scale: Mapped[Scale | None]
    tiers: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    income_account: Mapped[Code] = mapped_column(default=FEE_INCOME, server_default=FEE_INCOME)
    decision: Mapped[Line | None]

    membership_class: Mapped[MembershipClass] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        CheckConstraint("amount_minor >= 0", name="amount"),
        CheckConstraint("tax_basis_points BETWEEN 0 AND 10000", name="tax"),
    )

    @property
    def amount(self) -> Money:
        """The fee of a whole year."""
        return Money(self.amount_minor, self.currency)


class FeeRun(Versioned, Base):
    """The billing of one fee year: drafts, then invoices. `done` of `planned` are issued."""

    __tablename__ = "fee_run"

    id: Mapped[Id]
    year: Mapped[int] = mapped_column(index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    state: Mapped[RunState]
    issue_day: Mapped[date | None]
    due_day: Mapped[date | None]
    planned: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    prepared_by: Mapped[Name]
    prepared_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    prepared_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("done BETWEEN 0 AND planned", name="progress"),)

    @property
    def period(self) -> Period:
        """The fee year."""
        return Period(self.first_day, self.last_day)
