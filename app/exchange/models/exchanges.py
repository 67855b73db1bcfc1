"""Tables of exchanges: who asked for what from whom, what of it was sent and received, and its papers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.agreements.models import Agreement
from app.core.database import Base, Code, Id, Line, Name, Prose, linked
from app.core.history import Versioned
from app.core.transaction import on_violation
from app.exchange.rules.exchanges import ExchangeState, PaperKind, Payer
from app.files.models import StoredFile
from app.lines.models import MouseLine
from app.lines.rules import MaterialForm
from app.members.models import Institution, Person

SENT = "state IN ('shipped', 'received', 'lost')"
CLOSED_FOR_A_REASON = "state IN ('declined', 'withdrawn', 'lost')"


class Exchange(Versioned, Base):
    """That a taker asks a giver for material, from the request to its receipt.

    Its number is taken at approval. `agreement_id` is what it was sent under, that of its first item; `outlived_on`
    the last day of an agreement that ended while the material was on its way.
    """

    __tablename__ = "exchange"

    id: Mapped[Id]
    number: Mapped[Code | None] = mapped_column(unique=True)
    giver_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    taker_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    giver_contact_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    taker_contact_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    purpose: Mapped[Prose]
    state: Mapped[ExchangeState]
    payer: Mapped[Payer]
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id"), index=True)
    requested_by: Mapped[Name]
    requested_at: Mapped[datetime]
    decided_by: Mapped[Name | None]
    decided_at: Mapped[datetime | None]
    carrier: Mapped[Name | None]
    tracking: Mapped[Name | None]
    shipped_on: Mapped[date | None]
    shipped_by: Mapped[Name | None]
    received_on: Mapped[date | None]
    received_by: Mapped[Name | None]
    outlived_on: Mapped[date | None]
    closed_because: Mapped[Line | None]
    search_text: Mapped[Prose]

    giver: Mapped[Institution] = linked(foreign_keys="Exchange.giver_id")
    taker: Mapped[Institution] = linked(foreign_keys="Exchange.taker_id")
    person: Mapped[Person] = linked(foreign_keys="Exchange.person_id")
    giver_contact: Mapped[Person | None] = linked(foreign_keys="Exchange.giver_contact_id")
    taker_contact: Mapped[Person | None] = linked(foreign_keys="Exchange.taker_contact_id")
    agreement: Mapped[Agreement | None] = linked()
    items: Mapped[list[ExchangeItem]] = linked(order_by="ExchangeItem.position", viewonly=True)

    __table_args__ = (
        CheckConstraint("giver_id <> taker_id", name="parties"),
        CheckConstraint(f"number IS NOT NULL OR NOT (state = 'approved' OR {SENT})", name="numbered"),
        CheckConstraint(
            f"({SENT}) = (shipped_on IS NOT NULL) AND (shipped_on IS NULL) = (shipped_by IS NULL)", name="shipped"
        ),
        CheckConstraint(f"NOT ({SENT}) OR agreement_id IS NOT NULL", name="covered"),
        CheckConstraint("(state = 'received') = (received_on IS NOT NULL)", name="received"),
        CheckConstraint("received_on IS NULL OR received_on >= shipped_on", name="order"),
        CheckConstraint(f"({CLOSED_FOR_A_REASON}) = (closed_because IS NOT NULL)", name="closed"),
        Index("ix_exchange_giver_id", "giver_id", "shipped_on"),
        Index("ix_exchange_taker_id", "taker_id", "shipped_on"),
        Index("ix_exchange_state", "state", "requested_at"),
        Index("ix_exchange_shipped_on", "shipped_on"),
        Index("ix_exchange_requested_at", "requested_at", "id"),
    )


class ExchangeItem(Base):
    """Material of one line in one form: how much was asked for, and how much arrived.

    `answer` is what the permission check said when it left, and `agreement_id` the agreement it left under.
    """

    __tablename__ = "exchange_item"

    id: Mapped[Id]
    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id"))
    position: Mapped[int]
    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"))
    form: Mapped[MaterialForm]
    quantity: Mapped[int]
    received_quantity: Mapped[int | None]
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id"), index=True)
    answer: Mapped[dict[str, Any] | None]

    exchange: Mapped[Exchange] = linked()
    line: Mapped[MouseLine] = linked()

    __table_args__ = (
        CheckConstraint("quantity >= 1", name="quantity"),
        CheckConstraint("received_quantity IS NULL OR received_quantity BETWEEN 0 AND quantity", name="received"),
        CheckConstraint("(agreement_id IS NULL) = (answer IS NULL)", name="answered"),
        UniqueConstraint("exchange_id", "line_id", "form"),
        Index("ix_exchange_item_line_id", "line_id", "exchange_id"),
    )


class ExchangePaper(Base):
    """A paper put to an exchange: a health report of a day, a permit for days; withdrawn, it stays on record."""

    __tablename__ = "exchange_paper"

    id: Mapped[Id]
    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id"), index=True)
    kind: Mapped[PaperKind]
    reference: Mapped[Name | None]
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    added_by: Mapped[Name]
    added_at: Mapped[datetime]
    withdrawn_by: Mapped[Name | None]
    withdrawn_at: Mapped[datetime | None]

    file: Mapped[StoredFile | None] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        CheckConstraint("kind <> 'import_permit' OR last_day IS NOT NULL", name="permit"),
        CheckConstraint("reference IS NOT NULL OR file_id IS NOT NULL", name="said"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn"),
    )


on_violation("uq_exchange_number", "This number was taken a moment ago; send the form again.")
on_violation("ck_exchange_parties", "The giver and the taker are two institutions.", "giver_id")
on_violation("uq_exchange_item_exchange_id_line_id_form", "This line is asked for twice in one form.", "lines")
