"""Committees are dissolved for a reason and by a decision, and what ended with them can be told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CALLED_OFF = (
    "(called_off_at IS NULL) = (called_off_by IS NULL) AND (called_off_at IS NULL) = (called_off_because IS NULL)"
)


def upgrade() -> None:
    """No committee was dissolved by a command before."""
    op.create_table(
        "committee_dissolution",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("committee_id", BIG_ID, nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("decision", sa.String(length=500), nullable=True),
        sa.Column("ended", sa.JSON(), nullable=False),
        sa.Column("dissolved_by", sa.String(length=200), nullable=False),
        sa.Column("dissolved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_off_by", sa.String(length=200), nullable=True),
        sa.Column("called_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_off_because", sa.String(length=500), nullable=True),
        sa.CheckConstraint(CALLED_OFF, name=op.f("ck_committee_dissolution_called_off")),
        sa.ForeignKeyConstraint(["committee_id"], ["committee.id"], name=op.f("fk_committee_dissolution_committee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committee_dissolution")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("committee_dissolution", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_committee_dissolution_committee_id"), ["committee_id"], unique=False)


def downgrade() -> None:
    """Forget why committees were dissolved; their last days stay."""
    with op.batch_alter_table("committee_dissolution", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_committee_dissolution_committee_id"))

    op.drop_table("committee_dissolution")
