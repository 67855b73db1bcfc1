"""Receipts and statements of account are kept as they were given out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = "(allocation_id IS NULL) <> (mail_id IS NULL)"
SENT = "(mail_id IS NULL) = (person_id IS NULL) AND (mail_id IS NULL) = (order_key IS NULL)"


def upgrade() -> None:
    """What was given out until now was printed for the moment, and not kept."""
    op.create_table(
        "given_paper",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("payer_id", BIG_ID, nullable=False),
        sa.Column("allocation_id", BIG_ID, nullable=True),
        sa.Column("person_id", BIG_ID, nullable=True),
        sa.Column("mail_id", BIG_ID, nullable=True),
        sa.Column("order_key", sa.String(length=40), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("pdf_id", BIG_ID, nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_given_paper_receipt_or_statement")),
        sa.CheckConstraint(SENT, name=op.f("ck_given_paper_sent")),
        sa.ForeignKeyConstraint(["payer_id"], ["institution.id"], name=op.f("fk_given_paper_payer_id_institution")),
        sa.ForeignKeyConstraint(
            ["allocation_id"], ["allocation.id"], name=op.f("fk_given_paper_allocation_id_allocation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_given_paper_person_id_person")),
        sa.ForeignKeyConstraint(["mail_id"], ["mail.id"], name=op.f("fk_given_paper_mail_id_mail")),
        sa.ForeignKeyConstraint(["pdf_id"], ["stored_file.id"], name=op.f("fk_given_paper_pdf_id_stored_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_given_paper")),
        sa.UniqueConstraint("allocation_id", name=op.f("uq_given_paper_allocation_id")),
        sa.UniqueConstraint("order_key", name=op.f("uq_given_paper_order_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_given_paper_payer_id"), "given_paper", ["payer_id"])
    op.create_index(op.f("ix_given_paper_person_id"), "given_paper", ["person_id"])


def downgrade() -> None:
    """Forget what was kept; the stored files stay."""
    op.drop_table("given_paper")
