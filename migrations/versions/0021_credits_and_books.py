"""Credit notes, voided invoices, refunds and write-offs, allocations that can be undone, and books in one currency."""

from __future__ import annotations

import os

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COUNTED = {"sqlite_autoincrement": True}
ACCOUNTS = (
    ("3000", "Accumulated surplus", "equity"),
    ("4900", "Reminder fees and interest", "income"),
    ("6000", "Claims written off", "expense"),
    ("6100", "Bank charges", "expense"),
    ("6900", "Exchange differences", "expense"),
)
OPEN = (
    "(kind = 'invoice' AND open_minor BETWEEN 0 AND gross_minor)"
    " OR (kind = 'credit_note' AND open_minor BETWEEN gross_minor AND 0)"
)
INVOICE_CHECKS = {
    "ck_invoice_credit_note_names_invoice": "(kind = 'credit_note') = (credits_id IS NOT NULL)",
    "ck_invoice_credit_note_is_issued": "kind = 'invoice' OR state = 'issued'",
    "ck_invoice_void_has_day": "(state = 'void') = (voided_on IS NOT NULL)",
}
ALLOCATED = (
    "(undoes_id IS NULL AND amount_minor > 0 AND taken_minor > 0)"
    " OR (undoes_id IS NOT NULL AND amount_minor < 0 AND taken_minor < 0)"
)
ONE_SOURCE = (
    "(CASE WHEN payment_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN credit_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN write_off_id IS NULL THEN 0 ELSE 1 END) = 1"
)
ONE_TARGET = "(invoice_id IS NULL) <> (refund_id IS NULL)"


def upgrade() -> None:
    """Value what is booked in the currency of the books; amounts in others had no rate, and are worth nothing there."""
    home = os.environ.get("HOME_CURRENCY") or "GBP"
    _make_tables()
    _change_ledger(home)
    _change_invoices(home)
    _change_payments(home)
    accounts = sa.table("ledger_account", *map(sa.column, ("code", "name", "kind")))
    op.bulk_insert(accounts, [dict(zip(("code", "name", "kind"), each, strict=True)) for each in ACCOUNTS])
    if op.get_bind().dialect.name == "sqlite":
        op.execute("ANALYZE")


def _make_tables() -> None:
    op.create_table(
        "exchange_rate",
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rate_billionths", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("recorded_by", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rate_billionths > 0", name=op.f("ck_exchange_rate_rate")),
        sa.PrimaryKeyConstraint("currency", "day", name=op.f("pk_exchange_rate")),
    )
    op.create_table(
        "closed_year",
        sa.Column("id", BIG, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("entry_id", BIG, nullable=True),
        sa.Column("closed_by", sa.String(length=200), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_closed_year_period")),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("fk_closed_year_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_year")),
        sa.UniqueConstraint("last_day", name=op.f("uq_closed_year_last_day")),
        **COUNTED,
    )
    op.create_table(
        "write_off",
        sa.Column("id", BIG, nullable=False),
        sa.Column("invoice_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("recorded_by", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_write_off_amount")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_write_off_invoice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_write_off")),
        **COUNTED,
    )
    op.create_index(op.f("ix_write_off_invoice_id"), "write_off", ["invoice_id"])
    op.create_table(
        "refund",
        sa.Column("id", BIG, nullable=False),
        sa.Column("payer_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("home_minor", sa.BigInteger(), nullable=False),
        sa.Column("account_code", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("recorded_by", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_refund_amount")),
        sa.ForeignKeyConstraint(["account_code"], ["ledger_account.code"], name=op.f("fk_refund_account_code")),
        sa.ForeignKeyConstraint(["payer_id"], ["institution.id"], name=op.f("fk_refund_payer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        **COUNTED,
    )
    op.create_index(op.f("ix_refund_payer_id"), "refund", ["payer_id"])


def _change_ledger(home: str) -> None:
    """Say of each entry what it books, and of each amount what it is worth."""
    op.add_column("ledger_entry", sa.Column("kind", sa.String(length=40), server_default="invoice", nullable=False))
    entry = sa.table("ledger_entry", *map(sa.column, ("kind", "payment_id", "text")))
    is_applied = entry.c.text.like("% applied")
    kind = sa.case((is_applied, "allocation"), else_="payment")
    op.execute(entry.update().where(entry.c.payment_id.is_not(None)).values(kind=kind))
    for name in ("posting", "account_day"):
        op.add_column(name, sa.Column("home_minor", sa.BigInteger(), server_default="0", nullable=False))
    posting = sa.table("posting", *map(sa.column, ("currency", "amount_minor", "home_minor")))
    op.execute(posting.update().where(posting.c.currency == home).values(home_minor=posting.c.amount_minor))
    day = sa.table("account_day", *map(sa.column, ("currency", "debit_minor", "credit_minor", "home_minor")))
    worth = day.c.debit_minor - day.c.credit_minor
    op.execute(day.update().where(day.c.currency == home).values(home_minor=worth))


def _change_invoices(home: str) -> None:
    with op.batch_alter_table("invoice", table_kwargs=COUNTED) as batch:
        batch.add_column(sa.Column("kind", sa.String(length=40), server_default="invoice", nullable=False))
        batch.add_column(sa.Column("home_minor", sa.BigInteger(), server_default="0", nullable=False))
        batch.add_column(sa.Column("rate_billionths", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("rate_day", sa.Date(), nullable=True))
        batch.add_column(sa.Column("voided_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("reason", sa.String(length=500), nullable=True))
        batch.add_column(sa.Column("credits_id", BIG, nullable=True))
        batch.add_column(sa.Column("replaces_id", BIG, nullable=True))
        batch.create_foreign_key(op.f("fk_invoice_credits_id"), "invoice", ["credits_id"], ["id"])
        batch.create_foreign_key(op.f("fk_invoice_replaces_id"), "invoice", ["replaces_id"], ["id"])
        batch.create_index(op.f("ix_invoice_credits_id"), ["credits_id"])
        batch.create_index(op.f("ix_invoice_replaces_id"), ["replaces_id"])
        batch.drop_constraint(op.f("ck_invoice_open"), type_="check")
        batch.create_check_constraint(op.f("ck_invoice_open"), OPEN)
        for name, condition in INVOICE_CHECKS.items():
            batch.create_check_constraint(op.f(name), condition)
    invoice = sa.table("invoice", *map(sa.column, ("currency", "gross_minor", "home_minor")))
    op.execute(invoice.update().where(invoice.c.currency == home).values(home_minor=invoice.c.gross_minor))
    with op.batch_alter_table("invoice_line", table_kwargs=COUNTED) as batch:
        batch.add_column(sa.Column("credits_line_id", BIG, nullable=True))
        batch.create_foreign_key(op.f("fk_invoice_line_credits_line_id"), "invoice_line", ["credits_line_id"], ["id"])
        batch.create_index(op.f("ix_invoice_line_credits_line_id"), ["credits_line_id"])
        batch.drop_constraint(op.f("ck_invoice_line_net"), type_="check")
        batch.create_check_constraint(
            op.f("ck_invoice_line_net"), "(credits_line_id IS NULL AND net_minor >= 0) OR net_minor < 0"
        )


def _change_payments(home: str) -> None:
    with op.batch_alter_table("payment", table_kwargs=COUNTED) as batch:
        batch.add_column(sa.Column("home_minor", sa.BigInteger(), server_default="0", nullable=False))
        batch.add_column(sa.Column("account_code", sa.String(length=40), server_default="1200", nullable=False))
        batch.create_foreign_key(op.f("fk_payment_account_code"), "ledger_account", ["account_code"], ["code"])
    payment = sa.table("payment", *map(sa.column, ("currency", "amount_minor", "home_minor")))
    op.execute(payment.update().where(payment.c.currency == home).values(home_minor=payment.c.amount_minor))
    with op.batch_alter_table("allocation", table_kwargs=COUNTED) as batch:
        batch.alter_column("payment_id", existing_type=BIG, nullable=True)
        batch.alter_column("invoice_id", existing_type=BIG, nullable=True)
        batch.add_column(sa.Column("taken_minor", sa.BigInteger(), server_default="0", nullable=False))
        for name, target in TARGETS.items():
            batch.add_column(sa.Column(name, BIG, nullable=True))
            batch.create_foreign_key(op.f(f"fk_allocation_{name}"), target, [name], ["id"])
        for name in ("credit_id", "write_off_id", "refund_id"):
            batch.create_index(op.f(f"ix_allocation_{name}"), [name])
        batch.create_unique_constraint(op.f("uq_allocation_undoes_id"), ["undoes_id"])
        batch.drop_constraint(op.f("ck_allocation_amount"), type_="check")
    allocation = sa.table("allocation", *map(sa.column, ("amount_minor", "taken_minor")))
    op.execute(allocation.update().values(taken_minor=allocation.c.amount_minor))
    with op.batch_alter_table("allocation", table_kwargs=COUNTED) as batch:
        batch.create_check_constraint(op.f("ck_allocation_amount"), ALLOCATED)
        batch.create_check_constraint(op.f("ck_allocation_one_source"), ONE_SOURCE)
        batch.create_check_constraint(op.f("ck_allocation_one_target"), ONE_TARGET)


TARGETS = {
    "credit_id": "invoice",
    "write_off_id": "write_off",
    "refund_id": "refund",
    "undoes_id": "allocation",
}


def downgrade() -> None:
    """Keep what the version before knows: it refuses to go where credit notes, refunds or write-offs are booked."""
    _refuse_what_would_be_lost()
    with op.batch_alter_table("allocation", table_kwargs=COUNTED) as batch:
        for name in ("one_source", "one_target", "amount"):
            batch.drop_constraint(op.f(f"ck_allocation_{name}"), type_="check")
        batch.create_check_constraint(op.f("ck_allocation_amount"), "amount_minor > 0")
        batch.drop_constraint(op.f("uq_allocation_undoes_id"), type_="unique")
        for name in ("credit_id", "write_off_id", "refund_id"):
            batch.drop_index(op.f(f"ix_allocation_{name}"))
        for name in TARGETS:
            batch.drop_constraint(op.f(f"fk_allocation_{name}"), type_="foreignkey")
            batch.drop_column(name)
        batch.drop_column("taken_minor")
        batch.alter_column("payment_id", existing_type=BIG, nullable=False)
        batch.alter_column("invoice_id", existing_type=BIG, nullable=False)
    with op.batch_alter_table("payment", table_kwargs=COUNTED) as batch:
        batch.drop_constraint(op.f("fk_payment_account_code"), type_="foreignkey")
        batch.drop_column("account_code")
        batch.drop_column("home_minor")
    with op.batch_alter_table("invoice_line", table_kwargs=COUNTED) as batch:
        batch.drop_constraint(op.f("ck_invoice_line_net"), type_="check")
        batch.create_check_constraint(op.f("ck_invoice_line_net"), "net_minor >= 0")
        batch.drop_index(op.f("ix_invoice_line_credits_line_id"))
        batch.drop_constraint(op.f("fk_invoice_line_credits_line_id"), type_="foreignkey")
        batch.drop_column("credits_line_id")
    _restore_invoices()
    for name in ("account_day", "posting"):
        op.drop_column(name, "home_minor")
    op.drop_column("ledger_entry", "kind")
    for name in ("refund", "write_off", "closed_year", "exchange_rate"):
        op.drop_table(name)
    accounts = sa.table("ledger_account", sa.column("code"))
    op.execute(accounts.delete().where(accounts.c.code.in_([code for code, *_ in ACCOUNTS])))
    if op.get_bind().dialect.name == "sqlite":
        op.execute("ANALYZE")


def _restore_invoices() -> None:
    with op.batch_alter_table("invoice", table_kwargs=COUNTED) as batch:
        for name in INVOICE_CHECKS:
            batch.drop_constraint(op.f(name), type_="check")
        batch.drop_constraint(op.f("ck_invoice_open"), type_="check")
        batch.create_check_constraint(op.f("ck_invoice_open"), "open_minor BETWEEN 0 AND gross_minor")
        for name in ("credits_id", "replaces_id"):
            batch.drop_index(op.f(f"ix_invoice_{name}"))
            batch.drop_constraint(op.f(f"fk_invoice_{name}"), type_="foreignkey")
        for name in ("credits_id", "replaces_id", "reason", "voided_on", "rate_day", "rate_billionths"):
            batch.drop_column(name)
        for name in ("home_minor", "kind"):
            batch.drop_column(name)


def _refuse_what_would_be_lost() -> None:
    """Credit notes are frozen papers, and closed years closed: they are never thrown away by going back."""
    connection = op.get_bind()
    invoice, allocation = (sa.table("invoice", sa.column("kind"), sa.column("state"))), _sources()
    asked = [
        sa.select(sa.func.count()).select_from(invoice).where(sa.or_(invoice.c.kind != "invoice", _is_void(invoice))),
        sa.select(sa.func.count()).select_from(allocation).where(allocation.c.undoes_id.is_not(None)),
        *(sa.select(sa.func.count()).select_from(sa.table(name)) for name in ("refund", "write_off", "closed_year")),
    ]
    if any(connection.scalar(each) for each in asked):
        message = "Credit notes, voided invoices, refunds, write-offs or closed years would be lost: restore a backup."
        raise RuntimeError(message)


def _sources() -> sa.TableClause:
    return sa.table("allocation", sa.column("undoes_id"))


def _is_void(invoice: sa.TableClause) -> sa.ColumnElement[bool]:
    return invoice.c.state == "void"
