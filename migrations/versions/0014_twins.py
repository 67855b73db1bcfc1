"""Records that are likely the same, and those of which somebody said that they are not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0015"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables; the first look fills the one of suggestions."""
    op.create_table(
        "likely_twins",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("one_id", BIG_ID, nullable=False),
        sa.Column("other_id", BIG_ID, nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("grounds", sa.String(length=500), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("one_id < other_id", name=op.f("ck_likely_twins_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_likely_twins")),
    )
    op.create_index("ix_likely_twins_kind", "likely_twins", ["kind", "one_id", "other_id"], unique=True)
    op.create_index(op.f("ix_likely_twins_weight"), "likely_twins", ["weight"])
    op.create_table(
        "distinct_pair",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("one_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("other_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("said_by", sa.String(length=200), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("one_id < other_id", name=op.f("ck_distinct_pair_order")),
        sa.PrimaryKeyConstraint("kind", "one_id", "other_id", name=op.f("pk_distinct_pair")),
    )


def downgrade() -> None:
    """Forget both."""
    op.drop_table("distinct_pair")
    op.drop_table("likely_twins")
