"""An index of what was charged for each membership: the desk of a fee run looks for it."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_invoice_line_membership_id", "invoice_line", ["membership_id"], unique=False)


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_invoice_line_membership_id", table_name="invoice_line")
