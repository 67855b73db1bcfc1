"""Tables of templates, of the rules that propose one, and of who is a party to a master agreement."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.agreements.rules.kinds import TemplateKind
from app.core.database import Base, Code, Id, Line, Name, Prose, Sha256, linked
from app.core.history import Recorded, Versioned
from app.core.transaction import on_violation
from app.files.models import StoredFile
from app.lines.models import Repository
from app.lines.rules import AlleleClass
from app.members.models import Institution
from app.members.rules import InstitutionKind


class AgreementTemplate(Versioned, Base):
    """A text that agreements are drafted from, in versions; an implementing letter names its master agreement.

    From `retired_on` on nothing is drafted from it.
    """

    __tablename__ = "agreement_template"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    title: Mapped[Name]
    kind: Mapped[TemplateKind]
    master_id: Mapped[int | None] = mapped_column(ForeignKey("agreement_template.id"), index=True)
    retired_on: Mapped[date | None]
    created_at: Mapped[datetime]

    master: Mapped[AgreementTemplate | None] = linked(remote_side="AgreementTemplate.id")

    __table_args__ = (
        CheckConstraint("(kind = 'letter') = (master_id IS NOT NULL)", name="master"),
        CheckConstraint("master_id IS NULL OR master_id <> id", name="own_master"),
    )


class TemplateVersion(Base):
    """What a template says from a day on, until the next version is in force; never rewritten.

    `terms` are the restrictions that an agreement drafted from it begins with; `sha256` is of all that it says.
    """

    __tablename__ = "template_version"

    id: Mapped[Id]
    template_id: Mapped[int] = mapped_column(ForeignKey("agreement_template.id"))
    number: Mapped[int]
    first_day: Mapped[date]
    body: Mapped[Prose]
    law: Mapped[Name | None]
    fees: Mapped[Prose | None]
    terms: Mapped[dict[str, Any]]
    decision: Mapped[Line | None]
    sha256: Mapped[Sha256]
    adopted_by: Mapped[Name]
    adopted_at: Mapped[datetime]

    template: Mapped[AgreementTemplate] = linked()

    __table_args__ = (
        CheckConstraint("number >= 1", name="number"),
        UniqueConstraint("template_id", "number"),
    )


class TemplateRule(Recorded, Versioned, Base):
    """A row of the table that proposes a template: what is given must match, what is empty matches anything.

    Rows are tried in the order of `position`, the first that matches wins; no two on record have the same position.
    """

    __tablename__ = "template_rule"

    id: Mapped[Id]
    position: Mapped[int]
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    repository_id: Mapped[int | None] = mapped_column(ForeignKey("repository.id"), index=True)
    pipeline: Mapped[Code | None]
    allele_class: Mapped[AlleleClass | None]
    recipient_kind: Mapped[InstitutionKind | None]
    template_id: Mapped[int] = mapped_column(ForeignKey("agreement_template.id"), index=True)

    provider: Mapped[Institution | None] = linked()
    repository: Mapped[Repository | None] = linked()
    template: Mapped[AgreementTemplate] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        CheckConstraint("position >= 1", name="position"),
        Index("ix_template_rule_position", "position", "id"),
    )


class MasterParty(Recorded, Versioned, Base):
    """That an institution is a party to a master agreement from the day it joined to the day it left, and the proof."""

    __tablename__ = "master_party"

    id: Mapped[Id]
    template_id: Mapped[int] = mapped_column(ForeignKey("agreement_template.id"))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    evidence_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), index=True)

    template: Mapped[AgreementTemplate] = linked()
    institution: Mapped[Institution] = linked()
    evidence: Mapped[StoredFile | None] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        Index("ix_master_party_template_id", "template_id", "institution_id", "first_day"),
    )


on_violation("uq_agreement_template_code", "There is already a template of this code.", "code")
on_violation(
    "uq_template_version_template_id_number", "Somebody adopted a version a moment ago: look at it, then send yours."
)
