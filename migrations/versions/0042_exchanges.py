"""Exchanges of material with their items and papers, who holds which line, and how young health reports must be."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STANDS = sa.text("superseded_at IS NULL AND exchange_item_id IS NOT NULL")


def upgrade() -> None:
    """No exchange is on record before."""
    _make_health_limit()
    _make_exchange()
    _make_exchange_item()
    _make_exchange_paper()
    _make_holding()


def downgrade() -> None:
    """Forget all exchanges, and that numbers were given to them; documents stay stored."""
    for table in ("holding", "exchange_paper", "exchange_item", "exchange", "health_limit"):
        op.drop_table(table)
    op.execute("DELETE FROM number_series WHERE kind = 'exchange'")


def _make_health_limit() -> None:
    op.create_table(
        "health_limit",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("institution_id", BIG_ID, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("noted_by", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint("days BETWEEN 1 AND 730", name=op.f("ck_health_limit_days")),
        sa.CheckConstraint("last_day IS NULL OR last_day >= first_day", name=op.f("ck_health_limit_period")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_health_limit_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_health_limit")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("health_limit", schema=None) as batch_op:
        batch_op.create_index("ix_health_limit_institution_id", ["institution_id", "first_day"], unique=False)


def _make_exchange() -> None:
    op.create_table(
        "exchange",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("giver_id", BIG_ID, nullable=False),
        sa.Column("taker_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("giver_contact_id", BIG_ID, nullable=True),
        sa.Column("taker_contact_id", BIG_ID, nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("payer", sa.String(length=40), nullable=False),
        sa.Column("agreement_id", BIG_ID, nullable=True),
        sa.Column("requested_by", sa.String(length=200), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("carrier", sa.String(length=200), nullable=True),
        sa.Column("tracking", sa.String(length=200), nullable=True),
        sa.Column("shipped_on", sa.Date(), nullable=True),
        sa.Column("shipped_by", sa.String(length=200), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("received_by", sa.String(length=200), nullable=True),
        sa.Column("outlived_on", sa.Date(), nullable=True),
        sa.Column("closed_because", sa.String(length=500), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'received') = (received_on IS NOT NULL)", name=op.f("ck_exchange_received")),
        sa.CheckConstraint(
            "(state IN ('declined', 'withdrawn', 'lost')) = (closed_because IS NOT NULL)",
            name=op.f("ck_exchange_closed"),
        ),
        sa.CheckConstraint(
            "(state IN ('shipped', 'received', 'lost')) = (shipped_on IS NOT NULL) AND (shipped_on IS NULL) = (shipped_by IS NULL)",
            name=op.f("ck_exchange_shipped"),
        ),
        sa.CheckConstraint(
            "NOT (state IN ('shipped', 'received', 'lost')) OR agreement_id IS NOT NULL",
            name=op.f("ck_exchange_covered"),
        ),
        sa.CheckConstraint(
            "number IS NOT NULL OR NOT (state = 'approved' OR state IN ('shipped', 'received', 'lost'))",
            name=op.f("ck_exchange_numbered"),
        ),
        sa.CheckConstraint("giver_id <> taker_id", name=op.f("ck_exchange_parties")),
        sa.CheckConstraint("received_on IS NULL OR received_on >= shipped_on", name=op.f("ck_exchange_order")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_exchange_agreement_id")),
        sa.ForeignKeyConstraint(["giver_contact_id"], ["person.id"], name=op.f("fk_exchange_giver_contact_id")),
        sa.ForeignKeyConstraint(["giver_id"], ["institution.id"], name=op.f("fk_exchange_giver_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_exchange_person_id")),
        sa.ForeignKeyConstraint(["taker_contact_id"], ["person.id"], name=op.f("fk_exchange_taker_contact_id")),
        sa.ForeignKeyConstraint(["taker_id"], ["institution.id"], name=op.f("fk_exchange_taker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange")),
        sa.UniqueConstraint("number", name=op.f("uq_exchange_number")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("exchange", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exchange_agreement_id"), ["agreement_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_exchange_giver_contact_id"), ["giver_contact_id"], unique=False)
        batch_op.create_index("ix_exchange_giver_id", ["giver_id", "shipped_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_exchange_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_exchange_requested_at", ["requested_at", "id"], unique=False)
        batch_op.create_index("ix_exchange_shipped_on", ["shipped_on"], unique=False)
        batch_op.create_index("ix_exchange_state", ["state", "requested_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_exchange_taker_contact_id"), ["taker_contact_id"], unique=False)
        batch_op.create_index("ix_exchange_taker_id", ["taker_id", "shipped_on"], unique=False)


def _make_exchange_item() -> None:
    op.create_table(
        "exchange_item",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("exchange_id", BIG_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("line_id", BIG_ID, nullable=False),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("received_quantity", sa.Integer(), nullable=True),
        sa.Column("agreement_id", BIG_ID, nullable=True),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.CheckConstraint("(agreement_id IS NULL) = (answer IS NULL)", name=op.f("ck_exchange_item_answered")),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_exchange_item_quantity")),
        sa.CheckConstraint(
            "received_quantity IS NULL OR received_quantity BETWEEN 0 AND quantity",
            name=op.f("ck_exchange_item_received"),
        ),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_exchange_item_agreement_id")),
        sa.ForeignKeyConstraint(["exchange_id"], ["exchange.id"], name=op.f("fk_exchange_item_exchange_id")),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_exchange_item_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_item")),
        sa.UniqueConstraint("exchange_id", "line_id", "form", name=op.f("uq_exchange_item_exchange_id_line_id_form")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("exchange_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exchange_item_agreement_id"), ["agreement_id"], unique=False)
        batch_op.create_index("ix_exchange_item_line_id", ["line_id", "exchange_id"], unique=False)


def _make_exchange_paper() -> None:
    op.create_table(
        "exchange_paper",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("exchange_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("file_id", BIG_ID, nullable=True),
        sa.Column("added_by", sa.String(length=200), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.String(length=200), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind <> 'import_permit' OR last_day IS NOT NULL", name=op.f("ck_exchange_paper_permit")),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f("ck_exchange_paper_withdrawn")),
        sa.CheckConstraint("last_day IS NULL OR last_day >= first_day", name=op.f("ck_exchange_paper_period")),
        sa.CheckConstraint("reference IS NOT NULL OR file_id IS NOT NULL", name=op.f("ck_exchange_paper_said")),
        sa.ForeignKeyConstraint(["exchange_id"], ["exchange.id"], name=op.f("fk_exchange_paper_exchange_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_exchange_paper_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_paper")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("exchange_paper", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exchange_paper_exchange_id"), ["exchange_id"], unique=False)


def _make_holding() -> None:
    op.create_table(
        "holding",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("line_id", BIG_ID, nullable=False),
        sa.Column("institution_id", BIG_ID, nullable=False),
        sa.Column("form", sa.String(length=40), nullable=True),
        sa.Column("exchange_item_id", BIG_ID, nullable=True),
        sa.Column("agreement_id", BIG_ID, nullable=True),
        sa.Column("noted_by", sa.String(length=200), nullable=False),
        sa.Column("ended_how", sa.String(length=40), nullable=True),
        sa.Column("end_reason", sa.String(length=500), nullable=True),
        sa.Column("end_evidence_id", BIG_ID, nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(ended_how IS NULL) = (last_day IS NULL) AND (ended_how IS NULL) = (end_reason IS NULL)",
            name=op.f("ck_holding_ended"),
        ),
        sa.CheckConstraint("end_evidence_id IS NULL OR ended_how IS NOT NULL", name=op.f("ck_holding_evidence")),
        sa.CheckConstraint("exchange_item_id IS NULL OR agreement_id IS NOT NULL", name=op.f("ck_holding_received")),
        sa.CheckConstraint("last_day IS NULL OR last_day >= first_day", name=op.f("ck_holding_period")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_holding_agreement_id")),
        sa.ForeignKeyConstraint(["end_evidence_id"], ["stored_file.id"], name=op.f("fk_holding_end_evidence_id")),
        sa.ForeignKeyConstraint(["exchange_item_id"], ["exchange_item.id"], name=op.f("fk_holding_exchange_item_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_holding_institution_id")),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_holding_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("holding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_holding_agreement_id"), ["agreement_id"], unique=False)
        batch_op.create_index("ix_holding_institution_id", ["institution_id", "first_day"], unique=False)
        batch_op.create_index("ix_holding_line_id", ["line_id", "institution_id", "first_day"], unique=False)
        batch_op.create_index(
            "uq_holding_received", ["exchange_item_id"], unique=True, sqlite_where=STANDS, postgresql_where=STANDS
        )
