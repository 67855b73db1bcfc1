"""The table of who may sign agreements for an institution, and since when."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, Line, Name, linked
from app.core.history import Recorded, Versioned
from app.files.models import StoredFile
from app.members.models import Institution, Person


class Signatory(Recorded, Versioned, Base):
    """That a person may sign for an institution by their office, from a day on until they are withdrawn.

    The last day is the last on which they may sign; `withdrawn_because` says why there is one. The evidence is the
    paper by which the institution named them.
    """

    __tablename__ = "signatory"

    id: Mapped[Id]
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    office: Mapped[Name]
    evidence_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), index=True)
    withdrawn_because: Mapped[Line | None]

    institution: Mapped[Institution] = linked()
    person: Mapped[Person] = linked()
    evidence: Mapped[StoredFile | None] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        CheckConstraint("withdrawn_because IS NULL OR last_day IS NOT NULL", name="withdrawn"),
        Index("ix_signatory_institution_id", "institution_id", "person_id", "first_day"),
    )
