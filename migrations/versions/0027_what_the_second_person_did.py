"""What the yes of a second person made, so that the rest counts against the limit of one person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COUNTED = {"sqlite_autoincrement": True}


def upgrade() -> None:
    """What was done until now names no yes: it counts as done by one person, which asks more, not less."""
    with op.batch_alter_table("approval", table_kwargs=COUNTED) as table:
        table.add_column(sa.Column("done_id", BIG_ID, nullable=True))
        table.create_check_constraint(op.f("ck_approval_done"), "done_id IS NULL OR state = 'done'")


def downgrade() -> None:
    """Forget it; after going up again `flask verify` names what was done by a yes: the trail still knows of it."""
    with op.batch_alter_table("approval", table_kwargs=COUNTED) as table:
        table.drop_constraint(op.f("ck_approval_done"), type_="check")
        table.drop_column("done_id")
