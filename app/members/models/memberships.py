"""Tables of classes, of memberships and of their steps."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Code, Id, Line, Name, linked
from app.core.history import Recorded, Versioned
from app.core.transaction import on_violation
from app.members.models.institutions import Institution
from app.members.rules import MembershipState, TermKind, TermRule


class MembershipClass(Versioned, Base):
    """A class of membership as data: what it is called, what it brings, and how its periods run."""

    __tablename__ = "membership_class"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    votes: Mapped[bool]
    is_billed: Mapped[bool] = mapped_column(default=True)
    seats: Mapped[int] = mapped_column(default=0)
    term_kind: Mapped[TermKind] = mapped_column(default=TermKind.OPEN)
    term_months: Mapped[int | None]
    rollover_month: Mapped[int | None]
    rollover_day: Mapped[int | None]
    grace_days: Mapped[int] = mapped_column(default=0)
    is_offered: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int]

    __table_args__ = (
        CheckConstraint("term_kind = 'open' OR term_months BETWEEN 1 AND 1200", name="term"),
        CheckConstraint(
            "term_kind <> 'fixed' OR (rollover_month BETWEEN 1 AND 12 AND rollover_day BETWEEN 1 AND 31)",
            name="rollover",
        ),
        CheckConstraint("grace_days BETWEEN 0 AND 365", name="grace"),
        CheckConstraint("seats BETWEEN 0 AND 99", name="seats"),
    )

    @property
    def term(self) -> TermRule:
        """How its periods run."""
        return TermRule(self.term_kind, self.term_months, self.rollover_month, self.rollover_day)


class Membership(Recorded, Versioned, Base):
    """An institution's membership in a class, from its first to its last day; its steps' changes count as its own."""

    __tablename__ = "membership"

    id: Mapped[Id]
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    class_id: Mapped[int] = mapped_column(ForeignKey("membership_class.id"), index=True)

    institution: Mapped[Institution] = linked()
    membership_class: Mapped[MembershipClass] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        Index("ix_membership_institution_id", "institution_id", "first_day"),
        Index("ix_membership_first_day", "first_day", "institution_id"),
    )


class MembershipStep(Recorded, Base):
    """The state of a membership from a first to a last day, who put it there and why.

    A withdrawal has `kept` what gave way to it: the last day there was, and the ids of the steps that were to follow.
    """

    __tablename__ = "membership_step"

    id: Mapped[Id]
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    state: Mapped[MembershipState]
    reason: Mapped[Line | None]
    recorded_by: Mapped[Name]
    kept: Mapped[dict[str, Any] | None]

    membership: Mapped[Membership] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        Index("ix_membership_step_membership_id", "membership_id", "first_day"),
        Index("ix_membership_step_valid", "membership_id", "superseded_at", "first_day", "last_day", "state"),
    )


on_violation("uq_membership_class_code", "There is a class of this name already.", "name")
