"""Tables of departures, and of the steps by which an institution joins or leaves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import User
from app.core.database import Base, Code, Id, Line, Name, linked
from app.core.history import Versioned
from app.core.transaction import on_violation
from app.files.models import StoredFile
from app.members.models.institutions import Institution
from app.members.rules import LeavingState


class Departure(Versioned, Base):
    """An institution's leaving, from its notice to the closing letter."""

    __tablename__ = "departure"

    id: Mapped[Id]
    number: Mapped[Code] = mapped_column(unique=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    state: Mapped[LeavingState]
    state_since: Mapped[date]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    noticed_on: Mapped[date]
    last_day: Mapped[date]
    grace_days: Mapped[int]
    reason: Mapped[Line]

    institution: Mapped[Institution] = linked()
    owner: Mapped[User | None] = linked()

    __table_args__ = (CheckConstraint("grace_days BETWEEN 0 AND 365", name="grace_days"),)


class CaseTask(Base):
    """One step of joining or leaving: whose it is, since when, and what it did, once.

    `kept` is what calling it off needs to put things back as they were.
    """

    __tablename__ = "case_task"

    id: Mapped[Id]
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))
    departure_id: Mapped[int | None] = mapped_column(ForeignKey("departure.id"))
    kind: Mapped[Code]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    opened_on: Mapped[date]
    done_at: Mapped[datetime | None]
    done_by: Mapped[Name | None]
    outcome: Mapped[Line | None]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    kept: Mapped[dict[str, Any] | None]

    owner: Mapped[User | None] = linked()
    file: Mapped[StoredFile | None] = linked()

    __table_args__ = (
        CheckConstraint("(application_id IS NULL) <> (departure_id IS NULL)", name="case"),
        CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name="done"),
        UniqueConstraint("application_id", "kind"),
        UniqueConstraint("departure_id", "kind"),
    )


on_violation("uq_case_task_application_id_kind", "This step is there already.")
on_violation("uq_case_task_departure_id_kind", "This step is there already.")
