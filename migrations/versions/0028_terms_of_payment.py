"""By what invoices are due: so many days after their date, or at the end of the next month."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

USUAL_DAYS = 30
PROFILE = sa.table("consortium_profile", sa.column("due_by"), sa.column("terms_days"))
DUE_BY = "due_by = 'days' OR (due_by = 'end_of_next_month' AND terms_days = 0)"


def upgrade() -> None:
    """All profiles until now count days."""
    with op.batch_alter_table("consortium_profile") as table:
        table.add_column(sa.Column("due_by", sa.String(length=40), nullable=False, server_default="days"))
        table.create_check_constraint(op.f("ck_consortium_profile_due_by"), DUE_BY)
    with op.batch_alter_table("consortium_profile") as table:
        table.alter_column("due_by", server_default=None)


def downgrade() -> None:
    """Count the usual days where an invoice was due at the end of the next month."""
    by_month = PROFILE.c.due_by == "end_of_next_month"
    op.get_bind().execute(PROFILE.update().where(by_month).values(due_by="days", terms_days=USUAL_DAYS))
    with op.batch_alter_table("consortium_profile") as table:
        table.drop_constraint(op.f("ck_consortium_profile_due_by"), type_="check")
        table.drop_column("due_by")
