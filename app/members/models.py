"""Tables of institutions and their names, people, affiliations, memberships and representations."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import User
from app.core.database import Base, Code, Country, Id, Line, Name, Prose, linked
from app.core.history import Recorded, Versioned
from app.core.transaction import on_violation
from app.members.rules import InstitutionKind, MembershipState, Purpose


class Institution(Versioned, Base):
    """A centre, funder or corporation. `name` and `short_name` are today's; InstitutionName has those of any day."""

    __tablename__ = "institution"

    id: Mapped[Id]
    account_number: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    short_name: Mapped[Code]
    kind: Mapped[InstitutionKind]
    is_composite: Mapped[bool] = mapped_column(default=False)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    country: Mapped[Country] = mapped_column(index=True)
    ror: Mapped[Code | None] = mapped_column(unique=True)
    vat_number: Mapped[Code | None]
    website: Mapped[Name | None]
    unit: Mapped[Name | None]
    postal_address: Mapped[Prose | None]
    billing_address: Mapped[Prose | None]
    purchase_order: Mapped[Code | None]
    notes: Mapped[Prose | None]
    sort_name: Mapped[Name] = mapped_column(index=True)
    search_text: Mapped[Prose]
    created_at: Mapped[datetime]

    parent: Mapped[Institution | None] = linked(remote_side="Institution.id")


class InstitutionName(Recorded, Base):
    """What an institution was called from a first to a last day."""

    __tablename__ = "institution_name"

    id: Mapped[Id]
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    name: Mapped[Name]
    short_name: Mapped[Code]
    sort_name: Mapped[Name]

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        Index("ix_institution_name_institution_id", "institution_id", "first_day"),
    )


class Person(Versioned, Base):
    """Someone the consortium deals with; their user holds their rights."""

    __tablename__ = "person"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), unique=True)
    title: Mapped[Code | None]
    given_name: Mapped[Name]
    family_name: Mapped[Name]
    email: Mapped[Name | None]
    phone: Mapped[Code | None]
    orcid: Mapped[Code | None] = mapped_column(unique=True)
    sort_name: Mapped[Name] = mapped_column(index=True)
    search_text: Mapped[Prose]
    created_at: Mapped[datetime]

    user: Mapped[User] = linked()

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
        Index("ix_affiliation_institution_id", "institution_id", "first_day"),
    )


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
    )


on_violation("uq_institution_ror", "Another institution has this ROR.", "ror")
on_violation("uq_person_orcid", "Another person has this ORCID.", "orcid")
FIRST_DAY_OF_NAMES = date(1800, 1, 1)
