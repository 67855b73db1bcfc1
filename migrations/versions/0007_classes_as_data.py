"""What a class of membership brings, and how its periods run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

CHECKS = {
    "ck_membership_class_term": "term_kind = 'open' OR term_months BETWEEN 1 AND 1200",
    "ck_membership_class_rollover": (
        "term_kind <> 'fixed' OR (rollover_month BETWEEN 1 AND 12 AND rollover_day BETWEEN 1 AND 31)"
    ),
    "ck_membership_class_grace": "grace_days BETWEEN 0 AND 365",
    "ck_membership_class_seats": "seats BETWEEN 0 AND 99",
}


def upgrade() -> None:
    """Let the classes that are there run without an end; an observer pays nothing, the others bring a seat."""
    with op.batch_alter_table("membership_class") as batch:
        batch.add_column(sa.Column("is_billed", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch.add_column(sa.Column("seats", sa.Integer(), server_default="0", nullable=False))
        batch.add_column(sa.Column("term_kind", sa.String(length=40), server_default="open", nullable=False))
        batch.add_column(sa.Column("term_months", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("rollover_month", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("rollover_day", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("grace_days", sa.Integer(), server_default="0", nullable=False))
        batch.add_column(sa.Column("is_offered", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        for name, condition in CHECKS.items():
            batch.create_check_constraint(op.f(name), condition)
    known = sa.table("membership_class", sa.column("code"), sa.column("seats"), sa.column("is_billed"))
    op.execute(known.update().where(known.c.code.in_(["funder", "partner"])).values(seats=1))
    op.execute(known.update().where(known.c.code == "observer").values(is_billed=sa.false()))


def downgrade() -> None:
    """Forget what the classes bring, but for their votes."""
    with op.batch_alter_table("membership_class") as batch:
        for name in CHECKS:
            batch.drop_constraint(op.f(name), type_="check")
        for name in (
            "version",
            "is_offered",
            "grace_days",
            "rollover_day",
            "rollover_month",
            "term_months",
            "term_kind",
            "seats",
            "is_billed",
        ):
            batch.drop_column(name)
