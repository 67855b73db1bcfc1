"""The table of receipts and statements of account as they were given out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Code, Id, Sha256
from app.core.transaction import on_violation


class GivenPaper(Base):
    """A receipt as it was first handed out, or a statement of account as it was sent: what it says, and its bytes.

    A receipt is that of an allocation. A statement went to a person by a mail, once for each order (`order_key`).
    `day` is the one it is about. Rows are only added.
    """

    __tablename__ = "given_paper"

    id: Mapped[Id]
    payer_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    allocation_id: Mapped[int | None] = mapped_column(ForeignKey("allocation.id"), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mail.id"))
    order_key: Mapped[Code | None] = mapped_column(unique=True)
    day: Mapped[date]
    content: Mapped[dict[str, Any]]
    content_sha256: Mapped[Sha256]
    pdf_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    pdf_sha256: Mapped[Sha256]
    given_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("(allocation_id IS NULL) <> (mail_id IS NULL)", name="receipt_or_statement"),
        CheckConstraint(
            "(mail_id IS NULL) = (person_id IS NULL) AND (mail_id IS NULL) = (order_key IS NULL)", name="sent"
        ),
    )


on_violation("uq_given_paper_allocation_id", "This receipt was given out a moment ago; nothing was changed.")
