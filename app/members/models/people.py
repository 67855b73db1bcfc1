"""Tables of people, of where they work, and of what they represent institutions for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import User
from app.core.database import Base, Code, Id, Name, Prose, linked
from app.core.history import Recorded, Versioned
from app.core.transaction import on_violation
from app.members.models.institutions import Institution
from app.members.rules import Purpose


class Person(Versioned, Base):
    """Someone the consortium deals with; their user holds their rights. `languages` are codes, the best first."""

    __tablename__ = "person"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), unique=True)
    title: Mapped[Code | None]
    given_name: Mapped[Name]
    family_name: Mapped[Name]
    email: Mapped[Name | None]
    phone: Mapped[Code | None]
    orcid: Mapped[Code | None] = mapped_column(unique=True)
    languages: Mapped[Name | None]
    sort_name: Mapped[Name]
    search_text: Mapped[Prose]
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]

    user: Mapped[User] = linked()

    # Words are looked for in the index, in the order of the list; rows are fetched only where they are found.
    __table_args__ = (Index("ix_person_searched", "sort_name", "id", "search_text", "email", "erased_at"),)

    @property
    def name(self) -> str:
        """Given and family name, without title."""
        return f"{self.given_name} {self.family_name}"


class Affiliation(Recorded, Versioned, Base):
    """A person's place at an institution."""

    __tablename__ = "affiliation"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    position: Mapped[Name | None]

    person: Mapped[Person] = linked()
    institution: Mapped[Institution] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        Index("ix_affiliation_person_id", "person_id", "first_day"),
        Index("ix_affiliation_valid", "person_id", "superseded_at", "first_day", "last_day"),
        Index("ix_affiliation_institution_id", "institution_id", "first_day"),
    )


class Representation(Recorded, Versioned, Base):
    """A person who votes, stands in (in the order of `rank`), is billed or signs for an institution."""

    __tablename__ = "representation"

    id: Mapped[Id]
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    purpose: Mapped[Purpose]
    rank: Mapped[int] = mapped_column(default=1)

    person: Mapped[Person] = linked()
    institution: Mapped[Institution] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        CheckConstraint("rank BETWEEN 1 AND 99", name="rank"),
        Index("ix_representation_institution_id", "institution_id", "purpose", "first_day"),
        Index("ix_representation_person_id", "person_id", "first_day"),
        Index("ix_representation_purpose", "purpose", "superseded_at", "person_id", "first_day", "last_day"),
    )


on_violation("uq_person_orcid", "Another person has this ORCID.", "orcid")
