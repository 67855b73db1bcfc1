"""What `flask verify` proves of receipts and statements that were given out, each from the raw rows."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from app.billing.models import GivenPaper
from app.billing.rules import content_hash
from app.core.database import db
from app.core.verification import verifies
from app.files.models import StoredFile

BLOCK = 500


@verifies("Receipts and statements that were given out say what they said, with the bytes that were kept")
def check_given() -> Iterator[str]:
    """Hash what each says again, and hold the hash of its PDF against the stored file's."""
    asked = (
        select(GivenPaper.id, GivenPaper.content, GivenPaper.content_sha256, GivenPaper.pdf_sha256, StoredFile.sha256)
        .outerjoin(StoredFile, StoredFile.id == GivenPaper.pdf_id)
        .order_by(GivenPaper.id)
    )
    for paper_id, content, sha256, pdf_sha256, stored in db.session.execute(asked.execution_options(yield_per=BLOCK)):
        if content_hash(content) != sha256:
            yield f"Given paper {paper_id} does not say what it said when it was given out."
        if stored != pdf_sha256:
            yield f"Given paper {paper_id} names another paper than it keeps."
