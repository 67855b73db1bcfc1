"""An index by which the list goes by the day of joining."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Find those who joined first, or last, without reading all memberships."""
    op.create_index("ix_membership_first_day", "membership", ["first_day", "institution_id"])


def downgrade() -> None:
    """Read them all again."""
    op.drop_index("ix_membership_first_day", table_name="membership")
