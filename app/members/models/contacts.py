"""Tables of how people are reached, of their photos, of who has left, and of who of them is kept for longer."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, Line, Name, Prose, linked
from app.core.history import Recorded, Versioned
from app.members.models.people import Person
from app.members.rules import RouteFacts, RouteKind, RoutePurpose


class ContactRoute(Recorded, Versioned, Base):
    """A way to reach a person for a purpose, from a first to a last day; alternates in the order of `rank`."""

    __tablename__ = "contact_route"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[RouteKind]
    purpose: Mapped[RoutePurpose]
    rank: Mapped[int] = mapped_column(default=1)
    text: Mapped[Prose]

    person: Mapped[Person] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        CheckConstraint("rank BETWEEN 1 AND 99", name="rank"),
        Index("ix_contact_route_person_id", "person_id", "first_day"),
    )

    @property
    def facts(self) -> RouteFacts:
        """What it says."""
        return RouteFacts(self.kind, self.purpose, self.text, self.first_day, self.last_day, self.rank)


class PersonPhoto(Base):
    """A photo of a person as a JPEG in base 64. It is no stored document: those are for ever, a photo can be erased."""

    __tablename__ = "person_photo"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    content: Mapped[Prose]
    added_at: Mapped[datetime]


class KeptPerson(Base):
    """Someone the secretariat keeps, for a reason, until the end of a day on which they would be erased by then."""

    __tablename__ = "kept_person"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    last_day: Mapped[date]
    reason: Mapped[Line]
    kept_by: Mapped[Name]
    kept_at: Mapped[datetime]


class Leaver(Base):
    """Somebody whom nothing ties any more, since which day, and when that was last recorded: found anew each night."""

    __tablename__ = "leaver"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    left_on: Mapped[date]
    recorded_at: Mapped[datetime]

    person: Mapped[Person] = linked()

    __table_args__ = (Index("ix_leaver_left_on", "left_on", "person_id"),)
