"""How the register is open to the public, and how long it keeps people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; without a policy both doors are shut."""
    op.create_table(
        "register_policy",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("accepts_applications", sa.Boolean(), nullable=False),
        sa.Column("has_public_directory", sa.Boolean(), nullable=False),
        sa.Column("keeps_people_months", sa.Integer(), nullable=False),
        sa.Column("keeps_applications_months", sa.Integer(), nullable=False),
        sa.Column("adopted_by", sa.String(length=200), nullable=False),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "keeps_people_months BETWEEN 1 AND 1200", name=op.f("ck_register_policy_keeps_people_months")
        ),
        sa.CheckConstraint(
            "keeps_applications_months BETWEEN 1 AND 1200", name=op.f("ck_register_policy_keeps_applications_months")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_register_policy")),
    )
    op.create_index(op.f("ix_register_policy_first_day"), "register_policy", ["first_day"])


def downgrade() -> None:
    """Shut both doors."""
    op.drop_table("register_policy")
