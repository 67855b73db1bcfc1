"""Indexes that hold the amounts of invoices and payments beside the words these are searched by."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

PAYER = "ix_payment_payer_id"


def upgrade() -> None:
    """Let what is found be added up without fetching a row."""
    op.create_index("ix_invoice_searched", "invoice", ["search_text", "currency", "gross_minor", "open_minor"])
    op.drop_index(PAYER, table_name="payment")
    op.create_index(PAYER, "payment", ["payer_id", "reference", "currency", "amount_minor", "unallocated_minor"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute("ANALYZE")


def downgrade() -> None:
    """Look for words in the rows."""
    op.drop_index("ix_invoice_searched", table_name="invoice")
    op.drop_index(PAYER, table_name="payment")
    op.create_index(PAYER, "payment", ["payer_id"])
