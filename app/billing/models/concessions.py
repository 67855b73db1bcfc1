"""Tables of what is not asked of a member's fee, of who pays it, and in which tier it is."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.billing.rules import ConcessionKind, Tier
from app.core.database import Base, Country, Currency, Id, Line, Minor, Name, linked
from app.core.history import Recorded
from app.core.money import Money
from app.members.models import Institution


class FeeConcession(Recorded, Base):
    """What of a member's fee is not asked, from a first to a last day: why, and who approved it by which decision."""

    __tablename__ = "fee_concession"

    id: Mapped[Id]
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    kind: Mapped[ConcessionKind]
    basis_points: Mapped[int | None]
    amount_minor: Mapped[Minor | None]
    currency: Mapped[Currency | None]
    reason: Mapped[Line]
    approved_by: Mapped[Name]
    decision: Mapped[Line | None]

    institution: Mapped[Institution] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        CheckConstraint("basis_points IS NULL OR basis_points BETWEEN 1 AND 10000", name="rate"),
        CheckConstraint("amount_minor IS NULL OR (amount_minor > 0 AND currency IS NOT NULL)", name="amount"),
        CheckConstraint(
            "(kind = 'waiver' AND basis_points IS NULL AND amount_minor IS NULL)"
            " OR (kind = 'in_kind' AND basis_points IS NULL AND amount_minor IS NOT NULL)"
            " OR (kind = 'discount' AND (basis_points IS NULL) <> (amount_minor IS NULL))",
            name="kind",
        ),
    )

    @property
    def amount(self) -> Money | None:
        """What is taken off a fee year, where it is an amount."""
        return None if self.amount_minor is None else Money(self.amount_minor, str(self.currency))


class FeePayer(Recorded, Base):
    """One of those who pay the fee of a member, by shares; all with the same first day are one arrangement.

    `is_separate`: the payer wants an invoice for each member it pays for; otherwise one with a line for each.
    """

    __tablename__ = "fee_payer"

    id: Mapped[Id]
    member_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    payer_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    weight: Mapped[int]
    is_separate: Mapped[bool]
    reason: Mapped[Line]

    payer: Mapped[Institution] = linked(foreign_keys=[payer_id])
    member: Mapped[Institution] = linked(foreign_keys=[member_id])

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        CheckConstraint("weight BETWEEN 1 AND 10000", name="weight"),
        Index("ix_fee_payer_member_id", "member_id", "first_day"),
    )


class MemberTier(Recorded, Base):
    """In which tier of its scale a member is, from a first to a last day, and by what."""

    __tablename__ = "member_tier"

    id: Mapped[Id]
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    tier: Mapped[Tier]
    reason: Mapped[Line]

    institution: Mapped[Institution] = linked()

    __table_args__ = (CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),)


class CountryGroup(Recorded, Base):
    """In which income group a country is, from a first to a last day, and by whose list."""

    __tablename__ = "country_group"

    id: Mapped[Id]
    country: Mapped[Country] = mapped_column(index=True)
    tier: Mapped[Tier]
    reason: Mapped[Line]

    __table_args__ = (CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),)
