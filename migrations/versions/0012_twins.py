"""Records that are likely the same, those said not to be, and mergers with every row they moved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
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
    _create_mergers()


def _create_mergers() -> None:
    op.create_table(
        "merger",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("merged_id", BIG_ID, nullable=False),
        sa.Column("survivor_id", BIG_ID, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("merged_by", sa.String(length=200), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.String(length=200), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("standing", sa.JSON(), nullable=False),
        sa.CheckConstraint("merged_id <> survivor_id", name=op.f("ck_merger_two")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merger")),
    )
    op.create_index("ix_merger_merged_id", "merger", ["kind", "merged_id"])
    op.create_index("ix_merger_survivor_id", "merger", ["kind", "survivor_id"])
    op.create_table(
        "merger_move",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("merger_id", BIG_ID, nullable=False),
        sa.Column("table_name", sa.String(length=40), nullable=False),
        sa.Column("row_id", BIG_ID, nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("copy_id", BIG_ID, nullable=True),
        sa.ForeignKeyConstraint(["merger_id"], ["merger.id"], name=op.f("fk_merger_move_merger_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merger_move")),
    )
    op.create_index(op.f("ix_merger_move_merger_id"), "merger_move", ["merger_id"])


def downgrade() -> None:
    """Forget all of it."""
    op.drop_table("merger_move")
    op.drop_table("merger")
    op.drop_table("distinct_pair")
    op.drop_table("likely_twins")
