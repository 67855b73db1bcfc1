"""Tables of how the consortium bills: its policy from a day on, and what second persons were asked and said."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.billing.rules import SALT, Act, ApprovalState
from app.core.database import Base, BigId, Code, Id, Line, Minor, Name, Sha256
from app.core.transaction import on_violation


class BillingPolicy(Base):
    """What holds for billing from a day on, until another follows; numbered as adopted and never rewritten."""

    __tablename__ = "billing_policy"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_day: Mapped[date] = mapped_column(index=True)
    year_month: Mapped[int]
    year_day: Mapped[int]
    second_above: Mapped[dict[str, Any]]
    adopted_by: Mapped[Name]
    adopted_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("year_month BETWEEN 1 AND 12 AND year_day BETWEEN 1 AND 31", name="year"),)


class Approval(Base):
    """A question to a second person about an act on a record as it stood: its digest says how.

    `values` is what was typed of an act that the yes of the second person does; it is forgotten once decided, and with
    it the salt that keeps anyone from guessing it by the seal of the row. `done_id` is then what the yes made, by the
    act: the id of a credit note, a void invoice, a write-off, a refund or a bank account; the number of a policy of
    billing; the first day of a profile of the consortium, as an ordinal.
    """

    __tablename__ = "approval"

    id: Mapped[Id]
    act: Mapped[Act]
    subject_kind: Mapped[Code]
    subject_id: Mapped[int] = mapped_column(BigId)
    words: Mapped[Line]
    digest: Mapped[Sha256]
    worth_minor: Mapped[Minor | None]
    state: Mapped[ApprovalState]
    asked_by: Mapped[Name]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime]
    decided_by: Mapped[Name | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[Line | None]
    values: Mapped[dict[str, Any] | None]
    done_id: Mapped[int | None] = mapped_column(BigId)

    __table_args__ = (
        CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("decided_by_id IS NULL OR asked_by_id IS NULL OR decided_by_id <> asked_by_id", name="two"),
        CheckConstraint("done_id IS NULL OR state = 'done'", name="done"),
        Index("ix_approval_subject_kind", "subject_kind", "subject_id", "act", "id"),
        Index("ix_approval_state", "state", "id"),
    )

    @property
    def typed(self) -> dict[str, Any]:
        """What was typed, without the salt."""
        return {name: value for name, value in (self.values or {}).items() if name != SALT}


on_violation("pk_billing_policy", "Someone else adopted a policy meanwhile: look at it first.")
