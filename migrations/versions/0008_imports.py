"""Imports of the register: the case, its rows, its effects, and remembered columns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "register_import",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("file_id", BIG, nullable=False),
        sa.Column("head", sa.JSON(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("rows", "done")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("added", "changed", "unchanged", "refused")),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("notice", sa.Text(), nullable=True),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_by", sa.String(length=200), nullable=True),
        sa.Column("applied_by_id", BIG, nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=200), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("rows >= 0 AND done >= 0 AND done <= rows", name=op.f("ck_register_import_rows")),
        sa.CheckConstraint("(applied_at IS NULL) = (applied_by IS NULL)", name=op.f("ck_register_import_applied")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_register_import_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_import")),
    )
    op.create_index("ix_register_import_created_at", "register_import", ["created_at"], unique=False)
    op.create_table(
        "import_row",
        sa.Column("import_id", BIG, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=500), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("record_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["register_import.id"], name=op.f("fk_import_row_import_id")),
        sa.PrimaryKeyConstraint("import_id", "line", name=op.f("pk_import_row")),
    )
    op.create_index("ix_import_row_outcome", "import_row", ["import_id", "outcome", "line"], unique=False)
    op.create_table(
        "import_effect",
        sa.Column("import_id", BIG, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("record_id", BIG, nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["register_import.id"], name=op.f("fk_import_effect_import_id")),
        sa.PrimaryKeyConstraint("import_id", "line", "subject", name=op.f("pk_import_effect")),
    )
    op.create_index("ix_import_effect_subject", "import_effect", ["subject", "record_id"], unique=False)
    op.create_table(
        "import_mapping",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("heads", sa.String(length=64), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "heads", name=op.f("pk_import_mapping")),
    )


def downgrade() -> None:
    """Drop them; what was imported stays."""
    for table in ("import_mapping", "import_effect", "import_row", "register_import"):
        op.drop_table(table)
