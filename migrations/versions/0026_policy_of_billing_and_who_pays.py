"""The policy of billing, what second persons were asked, what is not asked of fees, and who pays them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COUNTED = {"sqlite_autoincrement": True}


def upgrade() -> None:
    """Fee years go on as the newest run began its own; nothing needs a second person yet."""
    _create_policy()
    _create_approvals()
    with op.batch_alter_table("fee_run", table_kwargs=COUNTED) as table:
        table.add_column(sa.Column("prepared_by_id", BIG_ID, nullable=True))
        table.create_foreign_key(op.f("fk_fee_run_prepared_by_id"), "user", ["prepared_by_id"], ["id"])
    _create_concessions()
    _create_payers()
    relief = sa.Column("relief_minor", sa.BigInteger(), nullable=False, server_default="0")
    op.add_column("invoice_line", relief)
    _create_tiers()
    _keep_fee_year()


def downgrade() -> None:
    """Forget them."""
    op.drop_table("country_group")
    op.drop_table("member_tier")
    for column in ("tiers", "scale"):
        op.drop_column("fee_schedule", column)
    op.drop_column("invoice_line", "relief_minor")
    op.drop_table("fee_payer")
    op.drop_table("fee_concession")
    with op.batch_alter_table("fee_run", table_kwargs=COUNTED) as table:
        table.drop_constraint(op.f("fk_fee_run_prepared_by_id"), type_="foreignkey")
        table.drop_column("prepared_by_id")
    op.drop_table("approval")
    op.drop_table("billing_policy")


def _create_policy() -> None:
    op.create_table(
        "billing_policy",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("year_month", sa.Integer(), nullable=False),
        sa.Column("year_day", sa.Integer(), nullable=False),
        sa.Column("second_above", sa.JSON(), nullable=False),
        sa.Column("adopted_by", sa.String(length=200), nullable=False),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "year_month BETWEEN 1 AND 12 AND year_day BETWEEN 1 AND 31", name=op.f("ck_billing_policy_year")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_billing_policy")),
    )
    op.create_index(op.f("ix_billing_policy_first_day"), "billing_policy", ["first_day"])


def _create_approvals() -> None:
    op.create_table(
        "approval",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", BIG_ID, nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("worth_minor", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("asked_by_id", BIG_ID, nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("decided_by_id", BIG_ID, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("values", sa.JSON(), nullable=True),
        sa.CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name=op.f("ck_approval_decided")),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR asked_by_id IS NULL OR decided_by_id <> asked_by_id",
            name=op.f("ck_approval_two"),
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_approval_asked_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_approval_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_approval_subject_kind", "approval", ["subject_kind", "subject_id", "act", "id"])
    op.create_index("ix_approval_state", "approval", ["state", "id"])


def _dated() -> list[sa.Column[Any]]:
    return [
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
    ]


def _create_concessions() -> None:
    op.create_table(
        "fee_concession",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("institution_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("basis_points", sa.Integer(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("approved_by", sa.String(length=200), nullable=False),
        sa.Column("decision", sa.String(length=500), nullable=True),
        *_dated(),
        sa.CheckConstraint("last_day IS NULL OR last_day >= first_day", name=op.f("ck_fee_concession_period")),
        sa.CheckConstraint(
            "basis_points IS NULL OR basis_points BETWEEN 1 AND 10000", name=op.f("ck_fee_concession_rate")
        ),
        sa.CheckConstraint(
            "amount_minor IS NULL OR (amount_minor > 0 AND currency IS NOT NULL)", name=op.f("ck_fee_concession_amount")
        ),
        sa.CheckConstraint(
            "(kind = 'waiver' AND basis_points IS NULL AND amount_minor IS NULL)"
            " OR (kind = 'in_kind' AND basis_points IS NULL AND amount_minor IS NOT NULL)"
            " OR (kind = 'discount' AND (basis_points IS NULL) <> (amount_minor IS NULL))",
            name=op.f("ck_fee_concession_kind"),
        ),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_fee_concession_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_concession")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_fee_concession_institution_id"), "fee_concession", ["institution_id"])


def _create_payers() -> None:
    op.create_table(
        "fee_payer",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("member_id", BIG_ID, nullable=False),
        sa.Column("payer_id", BIG_ID, nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("is_separate", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        *_dated(),
        sa.CheckConstraint("last_day IS NULL OR last_day >= first_day", name=op.f("ck_fee_payer_period")),
        sa.CheckConstraint("weight BETWEEN 1 AND 10000", name=op.f("ck_fee_payer_weight")),
        sa.ForeignKeyConstraint(["member_id"], ["institution.id"], name=op.f("fk_fee_payer_member_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["institution.id"], name=op.f("fk_fee_payer_payer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_payer")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_fee_payer_member_id", "fee_payer", ["member_id", "first_day"])
    op.create_index(op.f("ix_fee_payer_payer_id"), "fee_payer", ["payer_id"])


def _create_tiers() -> None:
    op.add_column("fee_schedule", sa.Column("scale", sa.String(length=40), nullable=True))
    op.add_column("fee_schedule", sa.Column("tiers", sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "member_tier",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("institution_id", BIG_ID, nullable=False),
        sa.Column("tier", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        *_dated(),
        sa.CheckConstraint("last_day IS NULL OR last_day >= first_day", name=op.f("ck_member_tier_period")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_member_tier_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_tier")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_member_tier_institution_id"), "member_tier", ["institution_id"])
    op.create_table(
        "country_group",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("tier", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        *_dated(),
        sa.CheckConstraint("last_day IS NULL OR last_day >= first_day", name=op.f("ck_country_group_period")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_country_group")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_country_group_country"), "country_group", ["country"])


def _keep_fee_year() -> None:
    """Where runs billed years that begin on another day than 1 January, the policy says so from the start."""
    run = sa.table("fee_run", sa.column("id"), sa.column("first_day", sa.Date()))
    newest = op.get_bind().execute(sa.select(run.c.first_day).order_by(run.c.id.desc()).limit(1)).scalar()
    if newest is None or (newest.month, newest.day) == (1, 1) or (newest.month, newest.day) == (2, 29):
        return
    policy = sa.table(
        "billing_policy",
        sa.column("number", sa.Integer()),
        sa.column("first_day", sa.Date()),
        sa.column("year_month", sa.Integer()),
        sa.column("year_day", sa.Integer()),
        sa.column("second_above", sa.JSON()),
        sa.column("adopted_by", sa.String()),
        sa.column("adopted_at", sa.DateTime(timezone=True)),
    )
    row = {
        "number": 1,
        "first_day": date(2000, newest.month, newest.day),
        "year_month": newest.month,
        "year_day": newest.day,
        "second_above": {},
        "adopted_by": "Muster",
        "adopted_at": datetime.now(UTC),
    }
    op.bulk_insert(policy, [row])
