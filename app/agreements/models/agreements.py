"""Tables of agreements: what is agreed, the material, the frozen versions, each step, and each signature."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.agreements.rules.kinds import TemplateKind
from app.agreements.rules.states import AgreementState, Relation, Side
from app.agreements.rules.terms import AtEnd, Freedom, SignedHow
from app.core.database import Base, Code, Id, Line, Name, Prose, Sha256, linked
from app.core.history import Versioned
from app.core.transaction import on_violation
from app.members.models import Institution, Person

UNDECIDED = "state IN ('draft', 'in_review', 'changes_requested')"
EXECUTED = "state IN ('executed', 'amended', 'expired', 'terminated', 'superseded')"
ENDED = "state IN ('amended', 'expired', 'terminated', 'superseded')"
NUMBERED = "state IN ('approved', 'signed', 'executed', 'amended', 'expired', 'terminated', 'superseded')"


class Agreement(Versioned, Base):
    """What two institutions agree about material, from the first draft to its end.

    It holds from `first_day` (or the day it is executed, whichever is later) to `last_day`, or to `ended_on` where it
    ended earlier; all days included. `third_id` is to whom a consent lets the recipient pass the material on.
    """

    __tablename__ = "agreement"

    id: Mapped[Id]
    number: Mapped[Code | None] = mapped_column(unique=True)
    kind: Mapped[TemplateKind]
    template_version_id: Mapped[int | None] = mapped_column(ForeignKey("template_version.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id"), index=True)
    relation: Mapped[Relation | None]
    master_id: Mapped[int | None] = mapped_column(ForeignKey("agreement_template.id"))
    title: Mapped[Name]
    provider_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    third_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    provider_scientist_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    recipient_scientist_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    purpose: Mapped[Prose | None]
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    state: Mapped[AgreementState]
    proposed_by: Mapped[Side]
    onward: Mapped[Freedom]
    commercial: Mapped[Freedom]
    embargo_until: Mapped[date | None]
    embargo_to_publication: Mapped[bool] = mapped_column(default=False)
    published_on: Mapped[date | None]
    citation: Mapped[Prose | None]
    at_end: Mapped[AtEnd]
    fees: Mapped[Prose | None]
    law: Mapped[Name | None]
    body: Mapped[Prose | None]
    executed_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    end_reason: Mapped[Line | None]
    drafted_by: Mapped[Name]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    search_text: Mapped[Prose] = mapped_column(server_default="")

    parent: Mapped[Agreement | None] = linked(remote_side="Agreement.id")
    provider: Mapped[Institution] = linked(foreign_keys="Agreement.provider_id")
    recipient: Mapped[Institution] = linked(foreign_keys="Agreement.recipient_id")
    third: Mapped[Institution | None] = linked(foreign_keys="Agreement.third_id")
    provider_scientist: Mapped[Person | None] = linked(foreign_keys="Agreement.provider_scientist_id")
    recipient_scientist: Mapped[Person | None] = linked(foreign_keys="Agreement.recipient_scientist_id")

    __table_args__ = (
        CheckConstraint("provider_id <> recipient_id", name="parties"),
        CheckConstraint("(kind = 'consent') = (third_id IS NOT NULL)", name="third"),
        CheckConstraint("third_id IS NULL OR third_id NOT IN (provider_id, recipient_id)", name="third_other"),
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        CheckConstraint("(parent_id IS NULL) = (relation IS NULL)", name="relation"),
        CheckConstraint(f"number IS NOT NULL OR NOT ({NUMBERED})", name="numbered"),
        CheckConstraint(f"({EXECUTED}) = (executed_on IS NOT NULL)", name="executed"),
        CheckConstraint(f"({ENDED}) = (ended_on IS NOT NULL)", name="ended"),
        CheckConstraint("state <> 'terminated' OR end_reason IS NOT NULL", name="terminated"),
        Index("ix_agreement_provider_id", "provider_id", "recipient_id"),
        Index("ix_agreement_recipient_id", "recipient_id", "provider_id"),
        Index("ix_agreement_state", "state", "last_day"),
        Index("ix_agreement_changed_at", "changed_at", "id"),
    )


class AgreementItem(Base):
    """One thing an agreement is about: a line of the catalogue, or material in words."""

    __tablename__ = "agreement_item"

    id: Mapped[Id]
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"))
    position: Mapped[int]
    line_id: Mapped[int | None] = mapped_column(ForeignKey("line.id"))
    description: Mapped[Line | None]

    __table_args__ = (
        CheckConstraint("position >= 1", name="position"),
        CheckConstraint("line_id IS NOT NULL OR description IS NOT NULL", name="said"),
        UniqueConstraint("agreement_id", "position"),
        UniqueConstraint("agreement_id", "line_id"),
        Index("ix_agreement_item_line_id", "line_id", "agreement_id"),
    )


class AgreementVersion(Base):
    """The text both sides sign, frozen when it is approved: what it says, and the bytes of its PDF once pressed.

    `sealed_file_id` is the same PDF with the seals of the signatures given in the program. Once it is opened again
    (`reopened_at`) nobody signs this version any more.
    """

    __tablename__ = "agreement_version"

    id: Mapped[Id]
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    sha256: Mapped[Sha256]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    file_sha256: Mapped[Sha256 | None]
    sealed_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    approved_by: Mapped[Name]
    approved_at: Mapped[datetime]
    reopened_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("(file_id IS NULL) = (file_sha256 IS NULL)", name="pressed"),
        CheckConstraint("sealed_file_id IS NULL OR file_id IS NOT NULL", name="sealed"),
        UniqueConstraint("agreement_id", "number"),
    )


class AgreementStep(Base):
    """One step in the life of an agreement: from which state to which, by whom and for which side, and why.

    `changes` are the terms that it changed, each with what stood there before and after. Rows are only added.
    """

    __tablename__ = "agreement_step"

    id: Mapped[Id]
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"))
    from_state: Mapped[AgreementState | None]
    to_state: Mapped[AgreementState]
    at: Mapped[datetime]
    by: Mapped[Name]
    side: Mapped[Side]
    comment: Mapped[Prose | None]
    changes: Mapped[dict[str, Any] | None]

    __table_args__ = (Index("ix_agreement_step_agreement_id", "agreement_id", "id"),)


class AgreementSignature(Base):
    """One side's signature under a version: who, in which office, entitled by what, how, when, and of which bytes.

    `signed_on` is the day of the signature, `signed_at` when it came on record. `document_sha256` is the hash of the
    version's PDF that was signed; the file is the PDF with our seal, or the scan that was brought.
    """

    __tablename__ = "agreement_signature"

    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(ForeignKey("agreement_version.id"))
    side: Mapped[Side]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[Name]
    office: Mapped[Name]
    signatory_id: Mapped[int | None] = mapped_column(ForeignKey("signatory.id"), index=True)
    how: Mapped[SignedHow]
    signed_on: Mapped[date]
    signed_at: Mapped[datetime]
    recorded_by: Mapped[Name]
    consent: Mapped[Line | None]
    document_sha256: Mapped[Sha256]
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    file_sha256: Mapped[Sha256]

    __table_args__ = (
        CheckConstraint("side IN ('provider', 'recipient')", name="side"),
        CheckConstraint("how <> 'program' OR (consent IS NOT NULL AND person_id IS NOT NULL)", name="consented"),
        UniqueConstraint("version_id", "side"),
    )


class ConsortiumSeal(Base):
    """A key the consortium seals papers with, locked up with the secret of the site, and its certificate, in Base64.

    The newest that can be unlocked seals; by the certificates of all of them copies are known again.
    """

    __tablename__ = "consortium_seal"

    id: Mapped[Id]
    certificate: Mapped[Prose]
    locked_key: Mapped[Prose]
    made_at: Mapped[datetime]


on_violation("uq_agreement_number", "This number was taken a moment ago; send the form again.")
on_violation("ck_agreement_parties", "The provider and the recipient are two institutions.", "recipient_id")
on_violation("ck_agreement_third_other", "The third institution is neither of the two parties.", "third_id")
on_violation("uq_agreement_item_agreement_id_line_id", "This line is named twice.", "lines")
on_violation("uq_agreement_signature_version_id_side", "This side has signed already: nothing was changed.")
