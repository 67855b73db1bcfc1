"""Agreements: what is agreed, the material, frozen versions, steps, and signatures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
EXECUTED = "state IN ('executed', 'amended', 'expired', 'terminated', 'superseded')"
ENDED = "state IN ('amended', 'expired', 'terminated', 'superseded')"
NUMBERED = "state IN ('approved', 'signed', 'executed', 'amended', 'expired', 'terminated', 'superseded')"


def upgrade() -> None:
    """No agreement is on record before."""
    _make_agreement()
    _make_item()
    _make_version()
    _make_step()
    _make_signature()
    op.create_table(
        "consortium_seal",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("locked_key", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consortium_seal")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Forget all agreements, and that numbers were given to them; documents stay stored."""
    for table in (
        "consortium_seal",
        "agreement_signature",
        "agreement_step",
        "agreement_version",
        "agreement_item",
        "agreement",
    ):
        op.drop_table(table)
    op.execute("DELETE FROM number_series WHERE kind = 'agreement'")


def _points(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _make_agreement() -> None:
    checks = {
        "parties": "provider_id <> recipient_id",
        "third": "(kind = 'consent') = (third_id IS NOT NULL)",
        "third_other": "third_id IS NULL OR third_id NOT IN (provider_id, recipient_id)",
        "period": "last_day IS NULL OR last_day >= first_day",
        "relation": "(parent_id IS NULL) = (relation IS NULL)",
        "numbered": f"number IS NOT NULL OR NOT ({NUMBERED})",
        "executed": f"({EXECUTED}) = (executed_on IS NOT NULL)",
        "ended": f"({ENDED}) = (ended_on IS NOT NULL)",
        "terminated": "state <> 'terminated' OR end_reason IS NOT NULL",
    }
    points = {
        "template_version_id": "template_version",
        "parent_id": "agreement",
        "master_id": "agreement_template",
        "provider_id": "institution",
        "recipient_id": "institution",
        "third_id": "institution",
        "provider_scientist_id": "person",
        "recipient_scientist_id": "person",
    }
    op.create_table(
        "agreement",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("template_version_id", BIG_ID, nullable=True),
        sa.Column("parent_id", BIG_ID, nullable=True),
        sa.Column("relation", sa.String(length=40), nullable=True),
        sa.Column("master_id", BIG_ID, nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("provider_id", BIG_ID, nullable=False),
        sa.Column("recipient_id", BIG_ID, nullable=False),
        sa.Column("third_id", BIG_ID, nullable=True),
        sa.Column("provider_scientist_id", BIG_ID, nullable=True),
        sa.Column("recipient_scientist_id", BIG_ID, nullable=True),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("proposed_by", sa.String(length=40), nullable=False),
        sa.Column("onward", sa.String(length=40), nullable=False),
        sa.Column("commercial", sa.String(length=40), nullable=False),
        sa.Column("embargo_until", sa.Date(), nullable=True),
        sa.Column("embargo_to_publication", sa.Boolean(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("citation", sa.Text(), nullable=True),
        sa.Column("at_end", sa.String(length=40), nullable=False),
        sa.Column("fees", sa.Text(), nullable=True),
        sa.Column("law", sa.String(length=200), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("executed_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.String(length=500), nullable=True),
        sa.Column("drafted_by", sa.String(length=200), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("search_text", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.CheckConstraint(said, name=op.f(f"ck_agreement_{name}")) for name, said in checks.items()),
        *(_points("agreement", column, to) for column, to in points.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("number", name=op.f("uq_agreement_number")),
        sqlite_autoincrement=True,
    )
    for column in ("template_version_id", "parent_id", "third_id", "provider_scientist_id", "recipient_scientist_id"):
        op.create_index(op.f(f"ix_agreement_{column}"), "agreement", [column], unique=False)
    for columns in (
        ["provider_id", "recipient_id"],
        ["recipient_id", "provider_id"],
        ["state", "last_day"],
        ["changed_at", "id"],
    ):
        op.create_index(f"ix_agreement_{columns[0]}", "agreement", columns, unique=False)


def _make_item() -> None:
    op.create_table(
        "agreement_item",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("agreement_id", BIG_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("line_id", BIG_ID, nullable=True),
        sa.Column("description", sa.String(length=500), nullable=True),
        sa.CheckConstraint("position >= 1", name=op.f("ck_agreement_item_position")),
        sa.CheckConstraint("line_id IS NOT NULL OR description IS NOT NULL", name=op.f("ck_agreement_item_said")),
        _points("agreement_item", "agreement_id", "agreement"),
        _points("agreement_item", "line_id", "line"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_item")),
        sa.UniqueConstraint("agreement_id", "position", name=op.f("uq_agreement_item_agreement_id_position")),
        sa.UniqueConstraint("agreement_id", "line_id", name=op.f("uq_agreement_item_agreement_id_line_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_agreement_item_line_id", "agreement_item", ["line_id", "agreement_id"], unique=False)


def _make_version() -> None:
    op.create_table(
        "agreement_version",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("agreement_id", BIG_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_id", BIG_ID, nullable=True),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("sealed_file_id", BIG_ID, nullable=True),
        sa.Column("approved_by", sa.String(length=200), nullable=False),
        sa.Column("approved_at", INSTANT, nullable=False),
        sa.Column("reopened_at", INSTANT, nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_agreement_version_number")),
        sa.CheckConstraint("(file_id IS NULL) = (file_sha256 IS NULL)", name=op.f("ck_agreement_version_pressed")),
        sa.CheckConstraint("sealed_file_id IS NULL OR file_id IS NOT NULL", name=op.f("ck_agreement_version_sealed")),
        _points("agreement_version", "agreement_id", "agreement"),
        _points("agreement_version", "file_id", "stored_file"),
        _points("agreement_version", "sealed_file_id", "stored_file"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_version")),
        sa.UniqueConstraint("agreement_id", "number", name=op.f("uq_agreement_version_agreement_id_number")),
        sqlite_autoincrement=True,
    )


def _make_step() -> None:
    op.create_table(
        "agreement_step",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("agreement_id", BIG_ID, nullable=False),
        sa.Column("from_state", sa.String(length=40), nullable=True),
        sa.Column("to_state", sa.String(length=40), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("side", sa.String(length=40), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=True),
        _points("agreement_step", "agreement_id", "agreement"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_step")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_agreement_step_agreement_id", "agreement_step", ["agreement_id", "id"], unique=False)


def _make_signature() -> None:
    points = {"version_id": "agreement_version", "person_id": "person", "signatory_id": "signatory"}
    consented = "how <> 'program' OR (consent IS NOT NULL AND person_id IS NOT NULL)"
    op.create_table(
        "agreement_signature",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("version_id", BIG_ID, nullable=False),
        sa.Column("side", sa.String(length=40), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("office", sa.String(length=200), nullable=False),
        sa.Column("signatory_id", BIG_ID, nullable=True),
        sa.Column("how", sa.String(length=40), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("signed_at", INSTANT, nullable=False),
        sa.Column("recorded_by", sa.String(length=200), nullable=False),
        sa.Column("consent", sa.String(length=500), nullable=True),
        sa.Column("document_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_id", BIG_ID, nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.CheckConstraint("side IN ('provider', 'recipient')", name=op.f("ck_agreement_signature_side")),
        sa.CheckConstraint(consented, name=op.f("ck_agreement_signature_consented")),
        *(_points("agreement_signature", column, to) for column, to in points.items()),
        _points("agreement_signature", "file_id", "stored_file"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_signature")),
        sa.UniqueConstraint("version_id", "side", name=op.f("uq_agreement_signature_version_id_side")),
        sqlite_autoincrement=True,
    )
    for column in ("person_id", "signatory_id"):
        op.create_index(op.f(f"ix_agreement_signature_{column}"), "agreement_signature", [column], unique=False)
