"""Tables of committees, seats and appointments."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.committees.rules import CommitteeKind, Office, SeatKind
from app.core.database import Base, Id, Line, Name, Prose, linked
from app.core.history import Dated, Recorded, Versioned
from app.core.permissions import Role
from app.core.transaction import on_violation
from app.members.models import Institution, Person


class Committee(Versioned, Base):
    """A body of the consortium; `grants_role` is what its members may do in the program."""

    __tablename__ = "committee"

    id: Mapped[Id]
    name: Mapped[Name] = mapped_column(unique=True)
    kind: Mapped[CommitteeKind]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("committee.id"), index=True)
    remit: Mapped[Prose | None]
    founded_on: Mapped[date]
    dissolved_on: Mapped[date | None]
    grants_role: Mapped[Role | None]
    contact_email: Mapped[Name | None]
    sort_name: Mapped[Name] = mapped_column(index=True)
    search_text: Mapped[Prose]
    created_at: Mapped[datetime]

    parent: Mapped[Committee | None] = linked(remote_side="Committee.id")

    __table_args__ = (CheckConstraint("dissolved_on IS NULL OR dissolved_on >= founded_on", name="period"),)


class Seat(Dated, Base):
    """A place on a committee."""

    __tablename__ = "seat"

    id: Mapped[Id]
    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"), index=True)
    position: Mapped[int]
    kind: Mapped[SeatKind]
    label: Mapped[Name]
    votes: Mapped[bool]
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)

    committee: Mapped[Committee] = linked()
    institution: Mapped[Institution | None] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        CheckConstraint("kind <> 'institution' OR institution_id IS NOT NULL", name="institution"),
    )


class Appointment(Recorded, Versioned, Base):
    """A person on a seat from a first to a last day. `decision` names what appointed them."""

    __tablename__ = "appointment"

    id: Mapped[Id]
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    office: Mapped[Office]
    decision: Mapped[Line | None]
    end_reason: Mapped[Line | None]

    seat: Mapped[Seat] = linked()
    committee: Mapped[Committee] = linked()
    person: Mapped[Person] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        Index("ix_appointment_seat_id", "seat_id", "first_day"),
        Index("ix_appointment_committee_id", "committee_id", "first_day"),
        Index("ix_appointment_person_id", "person_id", "first_day"),
    )


on_violation("uq_committee_name", "There is already a committee of this name.", "name")
