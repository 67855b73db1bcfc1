"""Own bank accounts, the first that of the profile; statements of banks, their entries and what they book."""

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
    _create_files()
    _create_statement()
    _create_entry()
    _create_match()


def downgrade() -> None:
    """Leave the account to the profile, which has kept it; what was booked stays booked."""
    for table in ("bank_match", "bank_entry", "bank_statement", "bank_mapping", "bank_file", "bank_account"):
        op.drop_table(table)


def _id() -> sa.Column[int]:
    return sa.Column("id", BIG_ID, nullable=False)


def _key(table: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _to(table: str, *columns: tuple[str, str]) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}")) for name, other in columns
    ]


def _texts(length: int, *names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(length=length), nullable=False) for name in names]


def _instants(*names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=nullable) for name in names]


def _create_files() -> None:
    op.create_table(
        "bank_file",
        _id(),
        sa.Column("file_id", BIG_ID, nullable=False),
        *_texts(200, "brought_by"),
        *_instants("brought_at"),
        *_instants("read_at", nullable=True),
        *_to("bank_file", ("file_id", "stored_file")),
        _key("bank_file"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "bank_mapping",
        sa.Column("account_id", BIG_ID, autoincrement=False, nullable=False),
        *_texts(64, "heads"),
        sa.Column("mapping", sa.JSON(), nullable=False),
        *_instants("used_at"),
        *_to("bank_mapping", ("account_id", "bank_account")),
        sa.PrimaryKeyConstraint("account_id", "heads", name=op.f("pk_bank_mapping")),
    )


def _create_statement() -> None:
    op.create_table(
        "bank_statement",
        _id(),
        *(sa.Column(name, BIG_ID, nullable=False) for name in ("account_id", "bank_file_id")),
        *_texts(200, "number", "imported_by"),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("first_day", "last_day")),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in ("opening_minor", "closing_minor")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("lines", "added")),
        *_texts(64, "digest"),
        *_instants("imported_at"),
        sa.CheckConstraint("added BETWEEN 0 AND lines", name=op.f("ck_bank_statement_added")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_bank_statement_period")),
        *_to("bank_statement", ("account_id", "bank_account"), ("bank_file_id", "bank_file")),
        _key("bank_statement"),
        sa.UniqueConstraint("account_id", "digest", name=op.f("uq_bank_statement_account_id_digest")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_bank_statement_account_id", "bank_statement", ["account_id", "last_day", "id"])
    op.create_index("ix_bank_statement_bank_file_id", "bank_statement", ["bank_file_id"])


def _create_entry() -> None:
    op.create_table(
        "bank_entry",
        _id(),
        *(sa.Column(name, BIG_ID, nullable=False) for name in ("account_id", "statement_id")),
        *_texts(64, "identity"),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("booking_day", "value_day")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("amount_minor", "charges_minor")),
        *_texts(200, "bank_reference", "end_to_end", "creditor_reference", "counterparty"),
        *_texts(40, "counterparty_number", "state"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_reversal", sa.Boolean(), nullable=False),
        sa.Column("foreign_minor", sa.BigInteger(), nullable=True),
        sa.Column("foreign_currency", sa.String(length=3), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        *_instants("decided_at", nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state <> 'ignored' OR reason IS NOT NULL", name=op.f("ck_bank_entry_reason")),
        *_to("bank_entry", ("account_id", "bank_account"), ("statement_id", "bank_statement")),
        _key("bank_entry"),
        sa.UniqueConstraint("account_id", "identity", name=op.f("uq_bank_entry_account_id_identity")),
        sqlite_autoincrement=True,
    )
    for name, columns in (
        ("state", ["state", "account_id", "id"]),
        ("account_id", ["account_id", "booking_day", "state", "amount_minor"]),
        ("counterparty_number", ["counterparty_number"]),
        ("statement_id", ["statement_id"]),
    ):
        op.create_index(f"ix_bank_entry_{name}", "bank_entry", columns)


def _create_match() -> None:
    records = ("payment_id", "refund_id", "ledger_entry_id")
    is_given = " + ".join(f"(CASE WHEN {name} IS NULL THEN 0 ELSE 1 END)" for name in records)
    op.create_table(
        "bank_match",
        _id(),
        sa.Column("entry_id", BIG_ID, nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        *(sa.Column(name, BIG_ID, nullable=True) for name in (*records, "write_off_id")),
        sa.Column("is_made", sa.Boolean(), nullable=False),
        *_texts(200, "matched_by"),
        *_instants("matched_at"),
        *_instants("undone_at", nullable=True),
        sa.CheckConstraint(f"{is_given} = 1", name=op.f("ck_bank_match_one_record")),
        *_to("bank_match", ("entry_id", "bank_entry"), ("payment_id", "payment"), ("refund_id", "refund")),
        *_to("bank_match", ("ledger_entry_id", "ledger_entry"), ("write_off_id", "write_off")),
        _key("bank_match"),
        sqlite_autoincrement=True,
    )
    for name in ("entry_id", *records):
        op.create_index(f"ix_bank_match_{name}", "bank_match", [name])


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
