"""Own bank accounts; the one that the profile names becomes the first."""

from __future__ import annotations

import os
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the table of own accounts and take up the account that members are asked to pay into."""
    op.create_table(
        "bank_account",
        sa.Column("id", BIG_ID, nullable=False),
        *(sa.Column(name, sa.String(length=200), nullable=False) for name in ("name", "holder", "bank_name")),
        *(sa.Column(name, sa.String(length=40), nullable=False) for name in ("number", "bic", "account_code")),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("last_day IS NULL OR last_day >= first_day", name=op.f("ck_bank_account_period")),
        sa.CheckConstraint("number <> ''", name=op.f("ck_bank_account_number")),
        sa.ForeignKeyConstraint(["account_code"], ["ledger_account.code"], name=op.f("fk_bank_account_account_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_account")),
        sa.UniqueConstraint("account_code", name=op.f("uq_bank_account_account_code")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_bank_account_currency", "bank_account", ["currency"])
    _take_up_account()


def downgrade() -> None:
    """Leave the account to the profile, which has kept it."""
    op.drop_table("bank_account")


def _take_up_account() -> None:
    """The account of the newest profile, in force since the first profile that names it."""
    names = ("first_day", "short_name", "bank_name", "bank_holder", "iban", "bic")
    profile = sa.table("consortium_profile", sa.column("first_day", sa.Date()), *map(sa.column, names[1:]))
    asked = sa.select(*(profile.c[name] for name in names)).order_by(profile.c.first_day.desc()).limit(1)
    found = op.get_bind().execute(asked).one_or_none()
    if found is None or not found.iban:
        return
    since = sa.select(sa.func.min(profile.c.first_day)).where(profile.c.iban == found.iban)
    account = {
        "name": f"{found.short_name} account",
        "holder": found.bank_holder,
        "number": found.iban,
        "bic": found.bic or "",
        "bank_name": found.bank_name,
        "currency": _currency(),
        "account_code": "1200",
        "first_day": op.get_bind().scalar(since),
        "version": 1,
    }
    op.bulk_insert(_account_table(account), [account])


def _account_table(account: dict[str, Any]) -> Any:
    columns = (sa.column(name, sa.Date() if name == "first_day" else None) for name in account)
    return sa.table("bank_account", *columns)


def _currency() -> str:
    """The currency most invoices are in; where there is none yet, that of the books."""
    invoice = sa.table("invoice", sa.column("currency"))
    asked = sa.select(invoice.c.currency).group_by(invoice.c.currency).order_by(sa.func.count().desc()).limit(1)
    return op.get_bind().scalar(asked) or os.environ.get("HOME_CURRENCY", "GBP")
