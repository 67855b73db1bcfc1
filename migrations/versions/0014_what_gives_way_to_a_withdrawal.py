"""What a withdrawal keeps of the membership it ends, for when it is called off."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of withdrawals recorded before, nothing was kept."""
    op.add_column("membership_step", sa.Column("kept", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("membership_step", "kept")
