"""Tables of classes, of memberships and of their steps."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Code, Id, Line, Name, linked
from app.core.history import Recorded, Versioned
from app.members.models.institutions import Institution
from app.members.rules import MembershipState


class MembershipClass(Base):
    """A class of membership as data: what it is called and what it brings."""

    __tablename__ = "membership_class"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    votes: Mapped[bool]
    position: Mapped[int]


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
    )


class MembershipStep(Recorded, Base):
    """The state of a membership from a first to a last day, who put it there and why."""

    __tablename__ = "membership_step"

    id: Mapped[Id]
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    state: Mapped[MembershipState]
    reason: Mapped[Line | None]
    recorded_by: Mapped[Name]

    membership: Mapped[Membership] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        Index("ix_membership_step_membership_id", "membership_id", "first_day"),
    )
