"""The papers of an agreement: the PDF of a version as it was approved or with its seals, and a preview of a draft."""

from __future__ import annotations

from sqlalchemy import select

from app.agreements.documents.pressed import version_pdf
from app.agreements.models import AgreementVersion
from app.agreements.queries.agreements import get_agreement
from app.agreements.queries.contents import frozen_content
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.files.queries import OpenedFile, open_file


def get_version_file(agreement_id: int, number: int, actor: Actor, *, unsealed: bool = False) -> OpenedFile:
    """The PDF of a version, with the seals it has unless it is wanted without."""
    get_agreement(agreement_id, actor)
    asked = select(AgreementVersion).where(
        AgreementVersion.agreement_id == agreement_id, AgreementVersion.number == number
    )
    version = db.session.scalar(asked)
    file_id = None if version is None else (None if unsealed else version.sealed_file_id) or version.file_id
    if file_id is None:
        raise NotFoundError("There is no such document.")
    return open_file(file_id)


def draft_content(agreement_id: int, actor: Actor) -> tuple[bytes, str]:
    """How the present text of an agreement would be printed, and what the file is called."""
    found = get_agreement(agreement_id, actor)
    content = {**frozen_content(found, 0, clock.now()), "number": None}
    return version_pdf(content, ""), f"{found.number or f'Draft {found.id}'} draft.pdf"
