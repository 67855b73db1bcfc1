"""What schedules, charges and runs keep besides: the account a line is income of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

INCOME = "4000"


def upgrade() -> None:
    """All there is so far is income of membership fees."""
    for table in ("fee_schedule", "invoice_line"):
        op.add_column(table, sa.Column("income_account", sa.String(length=40), nullable=False, server_default=INCOME))


def downgrade() -> None:
    """Forget the accounts."""
    for table in ("invoice_line", "fee_schedule"):
        op.drop_column(table, "income_account")
