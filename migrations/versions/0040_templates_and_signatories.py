"""Templates of agreements, the rules that propose one, parties to masters, and signatories."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
PERIOD = "last_day IS NULL OR last_day >= first_day"
TABLES = ("agreement_template", "template_version", "template_rule", "master_party", "signatory")
INDEXES = (
    ("agreement_template", ["master_id"]),
    ("template_rule", ["position", "id"]),
    ("template_rule", ["provider_id"]),
    ("template_rule", ["repository_id"]),
    ("template_rule", ["template_id"]),
    ("master_party", ["template_id", "institution_id", "first_day"]),
    ("master_party", ["institution_id"]),
    ("master_party", ["evidence_file_id"]),
    ("signatory", ["institution_id", "person_id", "first_day"]),
    ("signatory", ["person_id"]),
    ("signatory", ["evidence_file_id"]),
)


def upgrade() -> None:
    """Make the tables, empty: no template is on record before."""
    _make_templates()
    _make_versions()
    _make_rules()
    _make_parties()
    _make_signatories()
    for table, columns in INDEXES:
        op.create_index(f"ix_{table}_{columns[0]}", table, columns, unique=False)


def downgrade() -> None:
    """Forget them; documents stay stored."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _points(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _dated() -> list[sa.Column[object]]:
    return [
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("superseded_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
    ]


def _make_templates() -> None:
    table = "agreement_template"
    op.create_table(
        table,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("master_id", BIG_ID, nullable=True),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(kind = 'letter') = (master_id IS NOT NULL)", name=op.f(f"ck_{table}_master")),
        sa.CheckConstraint("master_id IS NULL OR master_id <> id", name=op.f(f"ck_{table}_own_master")),
        _points(table, "master_id", table),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("code", name=op.f(f"uq_{table}_code")),
        sqlite_autoincrement=True,
    )


def _make_versions() -> None:
    table = "template_version"
    op.create_table(
        table,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("template_id", BIG_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("law", sa.String(length=200), nullable=True),
        sa.Column("fees", sa.Text(), nullable=True),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("decision", sa.String(length=500), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("adopted_by", sa.String(length=200), nullable=False),
        sa.Column("adopted_at", INSTANT, nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f(f"ck_{table}_number")),
        _points(table, "template_id", "agreement_template"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("template_id", "number", name=op.f(f"uq_{table}_template_id_number")),
        sqlite_autoincrement=True,
    )


def _make_rules() -> None:
    table = "template_rule"
    op.create_table(
        table,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("provider_id", BIG_ID, nullable=True),
        sa.Column("repository_id", BIG_ID, nullable=True),
        sa.Column("pipeline", sa.String(length=40), nullable=True),
        sa.Column("allele_class", sa.String(length=40), nullable=True),
        sa.Column("recipient_kind", sa.String(length=40), nullable=True),
        sa.Column("template_id", BIG_ID, nullable=False),
        *_dated(),
        sa.CheckConstraint(PERIOD, name=op.f(f"ck_{table}_period")),
        sa.CheckConstraint("position >= 1", name=op.f(f"ck_{table}_position")),
        _points(table, "provider_id", "institution"),
        _points(table, "repository_id", "repository"),
        _points(table, "template_id", "agreement_template"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sqlite_autoincrement=True,
    )


def _make_parties() -> None:
    table = "master_party"
    op.create_table(
        table,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("template_id", BIG_ID, nullable=False),
        sa.Column("institution_id", BIG_ID, nullable=False),
        sa.Column("evidence_file_id", BIG_ID, nullable=True),
        *_dated(),
        sa.CheckConstraint(PERIOD, name=op.f(f"ck_{table}_period")),
        _points(table, "template_id", "agreement_template"),
        _points(table, "institution_id", "institution"),
        _points(table, "evidence_file_id", "stored_file"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sqlite_autoincrement=True,
    )


def _make_signatories() -> None:
    table = "signatory"
    op.create_table(
        table,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("institution_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("office", sa.String(length=200), nullable=False),
        sa.Column("evidence_file_id", BIG_ID, nullable=True),
        sa.Column("withdrawn_because", sa.String(length=500), nullable=True),
        *_dated(),
        sa.CheckConstraint(PERIOD, name=op.f(f"ck_{table}_period")),
        sa.CheckConstraint("withdrawn_because IS NULL OR last_day IS NOT NULL", name=op.f(f"ck_{table}_withdrawn")),
        _points(table, "institution_id", "institution"),
        _points(table, "person_id", "person"),
        _points(table, "evidence_file_id", "stored_file"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sqlite_autoincrement=True,
    )
