"""Tables of applications for membership, and of all that belongs to one: people, notes, documents, findings, links."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import User
from app.core.database import Base, Code, Country, Id, Line, Name, Prose, Sha256, linked
from app.core.history import Dated, Versioned
from app.files.models import StoredFile
from app.members.models.institutions import Institution
from app.members.models.memberships import MembershipClass
from app.members.models.people import Person
from app.members.rules import CaseState, Check, CriterionKind, InstitutionKind, Purpose


class Application(Versioned, Base):
    """Somebody's wish to become a member, from the form to the last step of joining.

    It gets its number when it is confirmed; `entered_by` names who of the secretariat typed it, None where the
    applicant did.
    """

    __tablename__ = "application"

    id: Mapped[Id]
    number: Mapped[Code | None] = mapped_column(unique=True)
    state: Mapped[CaseState] = mapped_column(index=True)
    state_since: Mapped[date]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    entered_by: Mapped[Name | None]
    name: Mapped[Name]
    short_name: Mapped[Code]
    kind: Mapped[InstitutionKind]
    country: Mapped[Country | None]
    ror: Mapped[Code | None]
    website: Mapped[Name | None]
    postal_address: Mapped[Prose | None]
    vat_number: Mapped[Code | None]
    class_id: Mapped[int] = mapped_column(ForeignKey("membership_class.id"))
    message: Mapped[Prose | None]
    contact_name: Mapped[Name]
    contact_email: Mapped[Name]
    consented_at: Mapped[datetime]
    received_on: Mapped[date]
    question: Mapped[Prose | None]
    decision: Mapped[Line | None]
    decision_reason: Mapped[Line | None]
    member_from: Mapped[date | None]
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    search_text: Mapped[Prose]

    owner: Mapped[User | None] = linked()
    membership_class: Mapped[MembershipClass] = linked()
    institution: Mapped[Institution | None] = linked()


class Applicant(Base):
    """A person an application names, for what, and who they became in the register."""

    __tablename__ = "applicant"

    id: Mapped[Id]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    purpose: Mapped[Purpose]
    given_name: Mapped[Name]
    family_name: Mapped[Name]
    email: Mapped[Name]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person | None] = linked()

    __table_args__ = (UniqueConstraint("application_id", "purpose"),)

    @property
    def name(self) -> str:
        """Given and family name."""
        return f"{self.given_name} {self.family_name}"


class ApplicationStep(Base):
    """A state an application came to: when, by whom, why, and whose it was then."""

    __tablename__ = "application_step"

    id: Mapped[Id]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    state: Mapped[CaseState]
    taken_at: Mapped[datetime]
    taken_by: Mapped[Name]
    reason: Mapped[Line | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    owner: Mapped[User | None] = linked()


class ApplicationNote(Base):
    """What someone noted in the course of a case, the applicant's answers among it; the applicant reads none of it."""

    __tablename__ = "application_note"

    id: Mapped[Id]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    text: Mapped[Prose]
    written_by: Mapped[Name]
    written_at: Mapped[datetime]


class ApplicationDocument(Base):
    """A stored file that belongs to an application."""

    __tablename__ = "application_document"

    id: Mapped[Id]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    added_by: Mapped[Name]
    added_at: Mapped[datetime]

    file: Mapped[StoredFile] = linked()


class ApplicationLink(Base):
    """A single-use timed link sent to an applicant, known by the hash of its token."""

    __tablename__ = "application_link"

    id: Mapped[Id]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    token_hash: Mapped[Sha256] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ApplicationMail(Base):
    """A mail written to an applicant, so that it can go with the application."""

    __tablename__ = "application_mail"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    mail_id: Mapped[int] = mapped_column(ForeignKey("mail.id"), primary_key=True)


class Criterion(Dated, Base):
    """What an applicant has to fulfil for a class (or for all, where none is named), from a first to a last day."""

    __tablename__ = "criterion"

    id: Mapped[Id]
    class_id: Mapped[int | None] = mapped_column(ForeignKey("membership_class.id"), index=True)
    text: Mapped[Line]
    kind: Mapped[CriterionKind]
    check: Mapped[Check | None]
    adopted_by: Mapped[Name]

    membership_class: Mapped[MembershipClass | None] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        CheckConstraint("""(kind = 'computed') = ("check" IS NOT NULL)""", name="check"),
    )


class CriterionFinding(Base):
    """What the applicant said, or a reviewer judged, of a criterion; the newest stands."""

    __tablename__ = "criterion_finding"

    id: Mapped[Id]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"))
    is_met: Mapped[bool]
    reason: Mapped[Line | None]
    found_by: Mapped[Name]
    found_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_criterion_finding_application_id", "application_id", "criterion_id"),
        Index("ix_criterion_finding_criterion_id", "criterion_id"),
    )
