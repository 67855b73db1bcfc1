"""Reminders with their settings, disputes and blocks; and what counts as good standing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = (
    "standing_policy",
    "reminder_charge",
    "reminder_item",
    "reminder",
    "reminder_block",
    "invoice_dispute",
    "reminder_level",
    "reminder_policy",
)


def upgrade() -> None:
    """Create the tables; nothing is adopted, so nobody is reminded yet."""
    _create_settings()
    _create_disputes()
    _create_reminders()


def downgrade() -> None:
    """Take the tables away."""
    for table in TABLES:
        op.drop_table(table)


def _create_settings() -> None:
    op.create_table(
        "reminder_policy",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("sends_daily", sa.Boolean(), nullable=False),
        sa.Column("interest_basis_points", sa.Integer(), nullable=False),
        sa.Column("interest_from_level", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("adopted_by", sa.String(length=200), nullable=False),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("interest_basis_points BETWEEN 0 AND 10000", name=op.f("ck_reminder_policy_interest")),
        sa.CheckConstraint("interest_from_level >= 1", name=op.f("ck_reminder_policy_interest_from_level")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_reminder_policy")),
    )
    op.create_index(op.f("ix_reminder_policy_first_day"), "reminder_policy", ["first_day"])
    op.create_table(
        "reminder_level",
        sa.Column("policy_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("days_after_due", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("level >= 1", name=op.f("ck_reminder_level_level")),
        sa.CheckConstraint("days_after_due BETWEEN 1 AND 3650", name=op.f("ck_reminder_level_days")),
        sa.CheckConstraint("fee_minor >= 0", name=op.f("ck_reminder_level_fee")),
        sa.ForeignKeyConstraint(
            ["policy_number"],
            ["reminder_policy.number"],
            name=op.f("fk_reminder_level_policy_number_reminder_policy"),
        ),
        sa.PrimaryKeyConstraint("policy_number", "level", name=op.f("pk_reminder_level")),
    )
    op.create_table(
        "standing_policy",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("warns_after", sa.Integer(), nullable=False),
        sa.Column("votes_after", sa.Integer(), nullable=True),
        sa.Column("seats_after", sa.Integer(), nullable=True),
        sa.Column("forgiven_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("counts_disputed", sa.Boolean(), nullable=False),
        sa.Column("adopted_by", sa.String(length=200), nullable=False),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("warns_after >= 0", name=op.f("ck_standing_policy_warns")),
        sa.CheckConstraint("votes_after IS NULL OR votes_after >= warns_after", name=op.f("ck_standing_policy_votes")),
        sa.CheckConstraint("seats_after IS NULL OR seats_after >= warns_after", name=op.f("ck_standing_policy_seats")),
        sa.CheckConstraint("forgiven_minor >= 0", name=op.f("ck_standing_policy_forgiven")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_standing_policy")),
    )


def _create_disputes() -> None:
    op.create_table(
        "invoice_dispute",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("invoice_id", BIG_ID, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("noted_by", sa.String(length=200), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=500), nullable=True),
        sa.Column("settled_by", sa.String(length=200), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("settled_on IS NULL OR settled_on >= first_day", name=op.f("ck_invoice_dispute_period")),
        sa.CheckConstraint("(settled_on IS NULL) = (outcome IS NULL)", name=op.f("ck_invoice_dispute_settled")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_dispute_invoice_id_invoice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_dispute")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_invoice_dispute_invoice_id"), "invoice_dispute", ["invoice_id"])
    still_open = sa.text("settled_on IS NULL")
    op.create_index(
        "uq_invoice_dispute_open",
        "invoice_dispute",
        ["invoice_id"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_table(
        "reminder_block",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("payer_id", BIG_ID, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("noted_by", sa.String(length=200), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_on", sa.Date(), nullable=True),
        sa.CheckConstraint("until_day >= first_day", name=op.f("ck_reminder_block_period")),
        sa.ForeignKeyConstraint(["payer_id"], ["institution.id"], name=op.f("fk_reminder_block_payer_id_institution")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_block")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_reminder_block_payer_id"), "reminder_block", ["payer_id"])


def _create_reminders() -> None:
    op.create_table(
        "reminder",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("payer_id", BIG_ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("policy_number", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_currency", sa.String(length=3), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("pdf_id", BIG_ID, nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("mail_id", BIG_ID, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("level >= 1", name=op.f("ck_reminder_level")),
        sa.CheckConstraint("fee_minor >= 0", name=op.f("ck_reminder_fee")),
        sa.ForeignKeyConstraint(["payer_id"], ["institution.id"], name=op.f("fk_reminder_payer_id_institution")),
        sa.ForeignKeyConstraint(
            ["policy_number"], ["reminder_policy.number"], name=op.f("fk_reminder_policy_number_reminder_policy")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reminder_person_id_person")),
        sa.ForeignKeyConstraint(["pdf_id"], ["stored_file.id"], name=op.f("fk_reminder_pdf_id_stored_file")),
        sa.ForeignKeyConstraint(["mail_id"], ["mail.id"], name=op.f("fk_reminder_mail_id_mail")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_reminder_payer_id"), "reminder", ["payer_id"])
    op.create_index(op.f("ix_reminder_person_id"), "reminder", ["person_id"])
    op.create_index(op.f("ix_reminder_day"), "reminder", ["day"])
    op.create_table(
        "reminder_item",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("reminder_id", BIG_ID, nullable=False),
        sa.Column("invoice_id", BIG_ID, nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("days_late", sa.Integer(), nullable=False),
        sa.Column("open_minor", sa.BigInteger(), nullable=False),
        sa.Column("interest_minor", sa.BigInteger(), nullable=False),
        sa.Column("interest_days", sa.Integer(), nullable=False),
        sa.CheckConstraint("open_minor > 0", name=op.f("ck_reminder_item_open")),
        sa.CheckConstraint("days_late > 0", name=op.f("ck_reminder_item_late")),
        sa.CheckConstraint(
            "(interest_minor = 0 AND interest_days = 0)"
            " OR (interest_minor > 0 AND interest_days > 0 AND level IS NOT NULL)",
            name=op.f("ck_reminder_item_interest"),
        ),
        sa.ForeignKeyConstraint(["reminder_id"], ["reminder.id"], name=op.f("fk_reminder_item_reminder_id_reminder")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_reminder_item_invoice_id_invoice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_item")),
        sa.UniqueConstraint("invoice_id", "level", name=op.f("uq_reminder_item_invoice_id_level")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_reminder_item_reminder_id"), "reminder_item", ["reminder_id"])
    op.create_table(
        "reminder_charge",
        sa.Column("invoice_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("reminder_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_reminder_charge_invoice_id_invoice")),
        sa.ForeignKeyConstraint(["reminder_id"], ["reminder.id"], name=op.f("fk_reminder_charge_reminder_id_reminder")),
        sa.PrimaryKeyConstraint("invoice_id", name=op.f("pk_reminder_charge")),
    )
    op.create_index(op.f("ix_reminder_charge_reminder_id"), "reminder_charge", ["reminder_id"])
