"""The invoices of a fee run in their order, and which are printed, in an index."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Show the first of a run without passing all that were made before it; count the printed in the index alone."""
    op.create_index("ix_invoice_of_run", "invoice", ["run_id", "id", "pdf_id"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute("ANALYZE")


def downgrade() -> None:
    """Look for them in the order of all invoices."""
    op.drop_index("ix_invoice_of_run", table_name="invoice")
