"""Imports of lines: the case, its rows, its questions, and what was said of spellings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COUNTS = ("rows", "done", "added", "changed", "unchanged", "refused", "asked", "left_out")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "line_import",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("file_id", BIG, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("notice", sa.Text(), nullable=True),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_by", sa.String(length=200), nullable=True),
        sa.Column("applied_by_id", BIG, nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("rows >= 0 AND done >= 0 AND done <= rows", name=op.f("ck_line_import_rows")),
        sa.CheckConstraint("(applied_at IS NULL) = (applied_by IS NULL)", name=op.f("ck_line_import_applied")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_line_import_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_import")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_line_import_created_at", "line_import", ["created_at"], unique=False)
    op.create_index("ix_line_import_file_id", "line_import", ["file_id"], unique=False)
    op.create_table(
        "line_import_row",
        sa.Column("import_id", BIG, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("record_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["line_import.id"], name=op.f("fk_line_import_row_import_id")),
        sa.PrimaryKeyConstraint("import_id", "line", name=op.f("pk_line_import_row")),
    )
    op.create_index("ix_line_import_row_outcome", "line_import_row", ["import_id", "outcome", "line"], unique=False)
    _questions()


def _questions() -> None:
    op.create_table(
        "line_import_question",
        sa.Column("id", BIG, nullable=False),
        sa.Column("import_id", BIG, nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("spelling", sa.String(length=200), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("suggested", sa.JSON(), nullable=False),
        sa.Column("answer", sa.String(length=40), nullable=True),
        sa.Column("meaning", sa.String(length=500), nullable=True),
        sa.Column("answered_by", sa.String(length=200), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_line_import_question_answered")),
        sa.ForeignKeyConstraint(["import_id"], ["line_import.id"], name=op.f("fk_line_import_question_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_import_question")),
        sa.UniqueConstraint("import_id", "topic", "key", name=op.f("uq_line_import_question_import_id_topic_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "line_spelling",
        sa.Column("id", BIG, nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("spelling", sa.String(length=200), nullable=False),
        sa.Column("institution_id", BIG, nullable=True),
        sa.Column("production_consortium_id", BIG, nullable=True),
        sa.Column("said_by", sa.String(length=200), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(institution_id IS NULL) <> (production_consortium_id IS NULL)", name=op.f("ck_line_spelling_meaning")
        ),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_line_spelling_institution_id")),
        sa.ForeignKeyConstraint(
            ["production_consortium_id"],
            ["production_consortium.id"],
            name=op.f("fk_line_spelling_production_consortium_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_spelling")),
        sa.UniqueConstraint("topic", "key", name=op.f("uq_line_spelling_topic_key")),
        sqlite_autoincrement=True,
    )
    for column in ("institution_id", "production_consortium_id"):
        op.create_index(op.f(f"ix_line_spelling_{column}"), "line_spelling", [column], unique=False)


def downgrade() -> None:
    """Drop them; what was imported stays."""
    for table in ("line_spelling", "line_import_question", "line_import_row", "line_import"):
        op.drop_table(table)
