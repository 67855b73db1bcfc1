"""Tables of who has which line since when, and of how young health reports must be that an institution accepts."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from app.agreements.models import Agreement
from app.core.database import Base, Id, Line, Name, linked
from app.core.history import Recorded, Versioned
from app.exchange.models.exchanges import ExchangeItem
from app.exchange.rules.exchanges import EndedHow
from app.lines.models import MouseLine
from app.lines.rules import MaterialForm
from app.members.models import Institution

STANDS = "superseded_at IS NULL AND exchange_item_id IS NOT NULL"


class Holding(Recorded, Versioned, Base):
    """That an institution has a line, from a first to a last day, and the agreement it has it under.

    Who owns or made a line has it without a row, until a row without an agreement says since when and until when.
    No form: in any. One that was received names the item of its exchange.
    """

    __tablename__ = "holding"

    id: Mapped[Id]
    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    form: Mapped[MaterialForm | None]
    exchange_item_id: Mapped[int | None] = mapped_column(ForeignKey("exchange_item.id"))
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id"), index=True)
    noted_by: Mapped[Name]
    ended_how: Mapped[EndedHow | None]
    end_reason: Mapped[Line | None]
    end_evidence_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))

    line: Mapped[MouseLine] = linked()
    institution: Mapped[Institution] = linked()
    agreement: Mapped[Agreement | None] = linked()
    item: Mapped[ExchangeItem | None] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        CheckConstraint("exchange_item_id IS NULL OR agreement_id IS NOT NULL", name="received"),
        CheckConstraint(
            "(ended_how IS NULL) = (last_day IS NULL) AND (ended_how IS NULL) = (end_reason IS NULL)", name="ended"
        ),
        CheckConstraint("end_evidence_id IS NULL OR ended_how IS NOT NULL", name="evidence"),
        Index("ix_holding_line_id", "line_id", "institution_id", "first_day"),
        Index("ix_holding_institution_id", "institution_id", "first_day"),
        Index(
            "uq_holding_received",
            "exchange_item_id",
            unique=True,
            sqlite_where=literal_column(STANDS),
            postgresql_where=literal_column(STANDS),
        ),
    )


class HealthLimit(Recorded, Base):
    """How young, in days, a health report must be with which an institution accepts live animals, from a day on."""

    __tablename__ = "health_limit"

    id: Mapped[Id]
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    days: Mapped[int]
    noted_by: Mapped[Name]

    institution: Mapped[Institution] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        CheckConstraint("days BETWEEN 1 AND 730", name="days"),
        Index("ix_health_limit_institution_id", "institution_id", "first_day"),
    )
