"""What was booked to each account on each day: kept sums, so that a balance reads days and not postings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, and add up what is booked already."""
    day = op.create_table(
        "account_day",
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("account_code", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("debit_minor", sa.BigInteger(), nullable=False),
        sa.Column("credit_minor", sa.BigInteger(), nullable=False),
        sa.Column("postings", sa.Integer(), nullable=False),
        sa.CheckConstraint("debit_minor >= 0 AND credit_minor >= 0", name=op.f("ck_account_day_sides")),
        sa.CheckConstraint("postings > 0", name=op.f("ck_account_day_postings")),
        sa.ForeignKeyConstraint(["account_code"], ["ledger_account.code"], name=op.f("fk_account_day_account_code")),
        sa.PrimaryKeyConstraint("currency", "account_code", "day", name=op.f("pk_account_day")),
        sqlite_with_rowid=False,  # kept in the order of its key, in which a balance reads it
    )
    entry = sa.table("ledger_entry", sa.column("id"), sa.column("day"))
    posting = sa.table(
        "posting", sa.column("entry_id"), sa.column("currency"), sa.column("account_code"), sa.column("amount_minor")
    )
    amount = posting.c.amount_minor
    booked = (
        sa.select(
            posting.c.currency,
            posting.c.account_code,
            entry.c.day,
            sa.func.sum(sa.case((amount > 0, amount), else_=0)),
            sa.func.sum(sa.case((amount < 0, -amount), else_=0)),
            sa.func.count(),
        )
        .select_from(posting.join(entry, entry.c.id == posting.c.entry_id))
        .group_by(posting.c.currency, posting.c.account_code, entry.c.day)
    )
    columns = ["currency", "account_code", "day", "debit_minor", "credit_minor", "postings"]
    op.execute(day.insert().from_select(columns, booked))


def downgrade() -> None:
    """The postings say it all."""
    op.drop_table("account_day")
