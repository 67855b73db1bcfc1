"""Institutions that are merged into others, and what each merge changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0015"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nothing is merged yet."""
    with op.batch_alter_table("institution") as batch:
        batch.add_column(sa.Column("merged_into_id", BIG_ID, nullable=True))
        batch.add_column(sa.Column("merged_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_foreign_key(op.f("fk_institution_merged_into_id"), "institution", ["merged_into_id"], ["id"])
        batch.create_check_constraint(op.f("ck_institution_merged"), "(merged_into_id IS NULL) = (merged_at IS NULL)")
        batch.create_check_constraint(op.f("ck_institution_merged_into_another"), "merged_into_id <> id")
    op.create_index(op.f("ix_institution_merged_into_id"), "institution", ["merged_into_id"])
    op.create_table(
        "merge",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("survivor_id", BIG_ID, nullable=False),
        sa.Column("merged_id", BIG_ID, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("merged_by", sa.String(length=200), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.String(length=200), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_because", sa.String(length=500), nullable=True),
        sa.CheckConstraint("survivor_id <> merged_id", name=op.f("ck_merge_two")),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by IS NULL) AND (undone_at IS NULL) = (undone_because IS NULL)",
            name=op.f("ck_merge_undone"),
        ),
        sa.ForeignKeyConstraint(["merged_id"], ["institution.id"], name=op.f("fk_merge_merged_id")),
        sa.ForeignKeyConstraint(["survivor_id"], ["institution.id"], name=op.f("fk_merge_survivor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge")),
    )
    op.create_index(op.f("ix_merge_merged_id"), "merge", ["merged_id"])
    op.create_index(op.f("ix_merge_survivor_id"), "merge", ["survivor_id"])
    op.create_table(
        "merge_change",
        sa.Column("merge_id", BIG_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(length=40), nullable=False),
        sa.Column("row_id", BIG_ID, nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["merge_id"], ["merge.id"], name=op.f("fk_merge_change_merge_id")),
        sa.PrimaryKeyConstraint("merge_id", "position", name=op.f("pk_merge_change")),
    )


def downgrade() -> None:
    """Forget what was merged; the rows stay where they point."""
    op.drop_table("merge_change")
    op.drop_table("merge")
    op.drop_index(op.f("ix_institution_merged_into_id"), table_name="institution")
    with op.batch_alter_table("institution") as batch:
        batch.drop_constraint(op.f("ck_institution_merged_into_another"), type_="check")
        batch.drop_constraint(op.f("ck_institution_merged"), type_="check")
        batch.drop_constraint(op.f("fk_institution_merged_into_id"), type_="foreignkey")
        batch.drop_column("merged_at")
        batch.drop_column("merged_into_id")
