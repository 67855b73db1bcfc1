"""A version for appointments, memberships, representations and places, so that a stale form of them is refused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("affiliation", "appointment", "membership", "representation")


def upgrade() -> None:
    """Let what is on record be the first version of itself."""
    for table in TABLES:
        op.add_column(table, sa.Column("version", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    """Forget the versions."""
    for table in TABLES:
        op.drop_column(table, "version")
