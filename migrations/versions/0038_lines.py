"""The catalogue of lines: genes, alleles and clones, strains, repositories, and the lines with what hangs on them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql")
INDEXES = (
    ("marker", ["current_id"]),
    ("marker", ["symbol"]),
    ("allele", ["marker_id"]),
    ("allele", ["project_id"]),
    ("allele", ["symbol"]),
    ("strain_alias", ["strain_id"]),
    ("clone", ["allele_id"]),
    ("repository", ["institution_id"]),
    ("line", ["allele_id"]),
    ("line", ["attempt_id"]),
    ("line", ["centre_id", "sort_key", "id"]),
    ("line", ["clone_id"]),
    ("line", ["colony_key", "id"]),
    ("line", ["funder_id"]),
    ("line", ["gentar_id"]),
    ("line", ["owner_id"]),
    ("line", ["plan_id"]),
    ("line", ["production_consortium_id", "sort_key", "id"]),
    ("line", ["sort_key", "id"]),
    ("line", ["stage", "sort_key", "id"]),
    ("line", ["strain_id"]),
    ("line_deposit", ["line_id", "first_day"]),
    ("line_deposit", ["repository_id"]),
    ("line_deposit", ["stock_number"]),
    ("line_form", ["line_id", "first_day"]),
    ("line_parent", ["parent_id"]),
    ("line_stage", ["line_id", "day"]),
    ("line_word", ["line_id", "word"]),
)
TABLES = (
    "marker",
    "allele",
    "clone",
    "strain",
    "strain_alias",
    "production_consortium",
    "repository",
    "line",
    "line_parent",
    "line_word",
    "line_stage",
    "line_form",
    "line_deposit",
)


def upgrade() -> None:
    """Make the tables, empty."""
    _make_genes()
    _make_names()
    _make_lines()
    _make_words()
    _make_facts()
    for table, columns in INDEXES:
        op.create_index(f"ix_{table}_{columns[0]}", table, columns, unique=False)


def downgrade() -> None:
    """Forget the catalogue."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _make_genes() -> None:
    op.create_table(
        "marker",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("mgi_id", sa.String(length=40), nullable=False),
        sa.Column("symbol", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=True),
        sa.Column("chromosome", sa.String(length=40), nullable=True),
        sa.Column("current_id", BIG_ID, nullable=True),
        sa.CheckConstraint("current_id IS NULL OR current_id <> id", name=op.f("ck_marker_current")),
        sa.ForeignKeyConstraint(["current_id"], ["marker.id"], name=op.f("fk_marker_current_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marker")),
        sa.UniqueConstraint("mgi_id", name=op.f("uq_marker_mgi_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "allele",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("mgi_id", sa.String(length=40), nullable=True),
        sa.Column("symbol", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=True),
        sa.Column("marker_id", BIG_ID, nullable=True),
        sa.Column("allele_class", sa.String(length=40), nullable=False),
        sa.Column("pipeline", sa.String(length=40), nullable=True),
        sa.Column("project_id", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=200), nullable=True),
        sa.Column("synonyms", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["marker_id"], ["marker.id"], name=op.f("fk_allele_marker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allele")),
        sa.UniqueConstraint("mgi_id", name=op.f("uq_allele_mgi_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "clone",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("allele_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["allele_id"], ["allele.id"], name=op.f("fk_clone_allele_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clone")),
        sa.UniqueConstraint("name", name=op.f("uq_clone_name")),
        sqlite_autoincrement=True,
    )


def _make_names() -> None:
    op.create_table(
        "strain",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("folded", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strain")),
        sa.UniqueConstraint("folded", name=op.f("uq_strain_folded")),
        sa.UniqueConstraint("name", name=op.f("uq_strain_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "strain_alias",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("strain_id", BIG_ID, nullable=False),
        sa.Column("alias", sa.String(length=200), nullable=False),
        sa.Column("folded", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["strain_id"], ["strain.id"], name=op.f("fk_strain_alias_strain_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strain_alias")),
        sa.UniqueConstraint("folded", name=op.f("uq_strain_alias_folded")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "production_consortium",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_production_consortium")),
        sa.UniqueConstraint("code", name=op.f("uq_production_consortium_code")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "repository",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("institution_id", BIG_ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_repository_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repository")),
        sa.UniqueConstraint("code", name=op.f("uq_repository_code")),
        sqlite_autoincrement=True,
    )


def _make_lines() -> None:
    op.create_table(
        "line",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("colony", sa.String(length=200), nullable=False),
        sa.Column("colony_key", sa.String(length=200), nullable=False),
        sa.Column("allele_id", BIG_ID, nullable=False),
        sa.Column("strain_id", BIG_ID, nullable=True),
        sa.Column("clone_id", BIG_ID, nullable=True),
        sa.Column("centre_id", BIG_ID, nullable=False),
        sa.Column("production_consortium_id", BIG_ID, nullable=True),
        sa.Column("owner_id", BIG_ID, nullable=False),
        sa.Column("funder_id", BIG_ID, nullable=True),
        sa.Column("plan_id", sa.String(length=40), nullable=True),
        sa.Column("attempt_id", sa.String(length=40), nullable=True),
        sa.Column("gentar_id", sa.String(length=40), nullable=True),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("stage_day", sa.Date(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=True),
        sa.Column("sort_key", sa.String(length=200), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["allele_id"], ["allele.id"], name=op.f("fk_line_allele_id")),
        sa.ForeignKeyConstraint(["centre_id"], ["institution.id"], name=op.f("fk_line_centre_id")),
        sa.ForeignKeyConstraint(["clone_id"], ["clone.id"], name=op.f("fk_line_clone_id")),
        sa.ForeignKeyConstraint(["funder_id"], ["institution.id"], name=op.f("fk_line_funder_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["institution.id"], name=op.f("fk_line_owner_id")),
        sa.ForeignKeyConstraint(
            ["production_consortium_id"], ["production_consortium.id"], name=op.f("fk_line_production_consortium_id")
        ),
        sa.ForeignKeyConstraint(["strain_id"], ["strain.id"], name=op.f("fk_line_strain_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line")),
        sa.UniqueConstraint("centre_id", "colony_key", name=op.f("uq_line_centre_id_colony_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "line_parent",
        sa.Column("line_id", BIG_ID, nullable=False),
        sa.Column("parent_id", BIG_ID, nullable=False),
        sa.CheckConstraint("line_id <> parent_id", name=op.f("ck_line_parent_other")),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_line_parent_line_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["line.id"], name=op.f("fk_line_parent_parent_id")),
        sa.PrimaryKeyConstraint("line_id", "parent_id", name=op.f("pk_line_parent")),
    )


def _make_words() -> None:
    op.create_table(
        "line_word",
        sa.Column("word", WORD, nullable=False),
        sa.Column("line_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_line_word_line_id")),
        sa.PrimaryKeyConstraint("word", "line_id", name=op.f("pk_line_word")),
        sqlite_with_rowid=False,
    )


def _make_facts() -> None:
    op.create_table(
        "line_stage",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("line_id", BIG_ID, nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("noted_by", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_line_stage_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_stage")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "line_form",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("line_id", BIG_ID, nullable=False),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint("last_day IS NULL OR last_day >= first_day", name=op.f("ck_line_form_period")),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_line_form_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_form")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "line_deposit",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("line_id", BIG_ID, nullable=False),
        sa.Column("repository_id", BIG_ID, nullable=False),
        sa.Column("stock_number", sa.String(length=40), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint("last_day IS NULL OR last_day >= first_day", name=op.f("ck_line_deposit_period")),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_line_deposit_line_id")),
        sa.ForeignKeyConstraint(["repository_id"], ["repository.id"], name=op.f("fk_line_deposit_repository_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_deposit")),
        sqlite_autoincrement=True,
    )
