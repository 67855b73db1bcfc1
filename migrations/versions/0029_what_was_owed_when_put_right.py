"""What a membership owed when a line of an invoice or a credit note followed a change of the register."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

OWED = "(owed_days IS NULL) = (owed_minor IS NULL)"
COUNTED = {"sqlite_autoincrement": True}


def upgrade() -> None:
    """No line until now says so."""
    with op.batch_alter_table("invoice_line", table_kwargs=COUNTED) as table:
        table.add_column(sa.Column("owed_days", sa.Text(), nullable=True))
        table.add_column(sa.Column("owed_minor", sa.BigInteger(), nullable=True))
        table.create_check_constraint(op.f("ck_invoice_line_owed"), OWED)


def downgrade() -> None:
    """Forget it."""
    with op.batch_alter_table("invoice_line", table_kwargs=COUNTED) as table:
        table.drop_constraint(op.f("ck_invoice_line_owed"), type_="check")
        table.drop_column("owed_minor")
        table.drop_column("owed_days")
