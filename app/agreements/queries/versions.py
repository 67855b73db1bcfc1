"""The frozen versions of an agreement, and the signatures under each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.agreements.models import AgreementSignature, AgreementVersion
from app.core.database import db


@dataclass(frozen=True)
class VersionRow:
    """A version as it is listed: its number, when it was approved, its hashes, and whether it is to be signed."""

    id: int
    number: int
    approved_by: str
    approved_at: datetime
    sha256: str
    file_sha256: str | None
    file_id: int | None
    sealed_file_id: int | None
    reopened_at: datetime | None


def newest_number(agreement_id: int) -> int:
    """The number of the newest version, 0 before the first."""
    asked = select(func.max(AgreementVersion.number)).where(AgreementVersion.agreement_id == agreement_id)
    return db.session.scalar(asked.order_by(None)) or 0


def list_versions(agreement_id: int) -> Sequence[VersionRow]:
    """All versions of an agreement, the newest first."""
    of = AgreementVersion
    columns = (
        of.id,
        of.number,
        of.approved_by,
        of.approved_at,
        of.sha256,
        of.file_sha256,
        of.file_id,
        of.sealed_file_id,
        of.reopened_at,
    )
    asked = select(*columns).where(of.agreement_id == agreement_id).order_by(of.number.desc(), of.id)
    return [VersionRow(*row) for row in db.session.execute(asked)]


def list_signatures(version_id: int) -> Sequence[AgreementSignature]:
    """The signatures under a version, in their order."""
    asked = select(AgreementSignature).where(AgreementSignature.version_id == version_id)
    return db.session.scalars(asked.order_by(AgreementSignature.id)).all()
