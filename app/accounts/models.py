"""Tables of users, their sessions, links, sign-in attempts and grants, and of the consortium's profile."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, validates

from app.accounts.rules import GrantSource, LinkPurpose, words_of_user
from app.core.addresses import PostalAddress
from app.core.database import Base, BigId, Code, Country, Id, Line, Name, Prose, Sha256, linked
from app.core.history import Dated, Versioned
from app.core.languages import Language
from app.core.numbering import NumberFormat
from app.core.periods import DueBy
from app.core.permissions import Role
from app.core.transaction import on_violation


class User(Versioned, Base):
    """Anyone who may hold rights; without a password nobody can sign in as them."""

    __tablename__ = "user"

    id: Mapped[Id]
    name: Mapped[Name]
    email: Mapped[Name | None] = mapped_column(unique=True)
    password_hash: Mapped[Line | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    search_text: Mapped[Prose] = mapped_column(server_default="")

    # Users are listed in its order, and words are looked for in it.
    __table_args__ = (Index("ix_user_searched", "search_text", "id"),)

    @validates("name", "email")
    def _word_user(self, key: str, value: str | None) -> str | None:
        self.search_text = words_of_user(**({"name": self.name, "email": self.email} | {key: value}))
        return value


class SignInSession(Base):
    """One browser signed in; it ends by itself, by its user, or with the user's password."""

    __tablename__ = "sign_in_session"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    token_hash: Mapped[Sha256] = mapped_column(unique=True)
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    browser: Mapped[Name]
    address: Mapped[Code]


class AccessLink(Base):
    """A timed link that sets a password once."""

    __tablename__ = "access_link"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    purpose: Mapped[LinkPurpose]
    token_hash: Mapped[Sha256] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    user: Mapped[User] = linked()


class SignInAttempt(Base):
    """A try to sign in, by a hash of the address typed and of the machine it came from."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_subject_at", "subject", "at"),)

    id: Mapped[Id]
    subject: Mapped[Sha256]
    at: Mapped[datetime]
    succeeded: Mapped[bool]


class Grant(Dated, Base):
    """A role from a first to a last day, for one institution or committee, or for all."""

    __tablename__ = "grant"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[Role]
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    committee_id: Mapped[int | None] = mapped_column(ForeignKey("committee.id"))
    source: Mapped[GrantSource]
    source_id: Mapped[int | None] = mapped_column(BigId)
    reason: Mapped[Line | None]
    granted_at: Mapped[datetime]

    user: Mapped[User] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        Index("ix_grant_source_source_id", "source", "source_id"),
    )


class ConsortiumProfile(Base):
    """What the consortium says of itself from a day on: on its pages and its papers."""

    __tablename__ = "consortium_profile"

    first_day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[Name]
    short_name: Mapped[Code]
    unit: Mapped[Name]
    street: Mapped[Prose]
    postcode: Mapped[Code]
    city: Mapped[Name]
    country: Mapped[Country]
    email: Mapped[Name]
    website: Mapped[Name]
    legal_id: Mapped[Code]
    tax_number: Mapped[Code]
    vat_number: Mapped[Code | None]
    tax_note: Mapped[Line]
    tax_note_de: Mapped[Line]
    tax_note_fr: Mapped[Line]
    bank_name: Mapped[Name]
    bank_holder: Mapped[Name]
    iban: Mapped[Code]
    bic: Mapped[Code]
    due_by: Mapped[DueBy]
    terms_days: Mapped[int]
    language: Mapped[Language]
    invoice_intro: Mapped[Prose]
    invoice_intro_de: Mapped[Prose]
    invoice_intro_fr: Mapped[Prose]
    invoice_note: Mapped[Prose]
    invoice_note_de: Mapped[Prose]
    invoice_note_fr: Mapped[Prose]
    invoice_numbers: Mapped[Code]
    credit_note_numbers: Mapped[Code]
    number_digits: Mapped[int]
    logo_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    adopted_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("terms_days BETWEEN 0 AND 365", name="terms_days"),
        CheckConstraint(
            "due_by = 'days' OR (due_by = 'end_of_next_month' AND terms_days = 0)",
            name="due_by",
        ),
        CheckConstraint("number_digits BETWEEN 1 AND 9", name="number_digits"),
    )

    @property
    def postal(self) -> PostalAddress:
        """Where it is."""
        return PostalAddress(tuple(self.street.splitlines()), self.postcode, self.city, self.country)

    @property
    def invoice_format(self) -> NumberFormat:
        """How its invoices are numbered."""
        return NumberFormat(self.invoice_numbers, self.number_digits)

    @property
    def credit_note_format(self) -> NumberFormat:
        """How its credit notes are numbered."""
        return NumberFormat(self.credit_note_numbers, self.number_digits)

    def worded(self, name: str, language: Language) -> str:
        """One of its texts in a language; in English where it has none in that."""
        own: str = getattr(self, name if language is Language.ENGLISH else f"{name}_{language.value}")
        return own or str(getattr(self, name))


on_violation("uq_user_email", "This address already belongs to someone.", "email")
on_violation("pk_consortium_profile", "There is already a profile from this day on.", "first_day")
