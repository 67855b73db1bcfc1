"""The words of a table that waits to be written, by which it is told at once whom it names."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Let an import point to its words; one brought before has none, and its table is read instead."""
    with op.batch_alter_table("register_import") as batch:
        batch.add_column(sa.Column("words_id", BIG, nullable=True))
        batch.create_foreign_key(op.f("fk_register_import_words_id"), "stored_file", ["words_id"], ["id"])


def downgrade() -> None:
    """Forget which words are whose."""
    with op.batch_alter_table("register_import") as batch:
        batch.drop_constraint(op.f("fk_register_import_words_id"), type_="foreignkey")
        batch.drop_column("words_id")
