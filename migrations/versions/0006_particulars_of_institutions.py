"""What is on record of institutions on any day, and their units, aliases, documents and notes."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

EVER = date(1800, 1, 1)
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COLUMNS = (
    "kind",
    "is_composite",
    "parent_id",
    "country",
    "ror",
    "vat_number",
    "website",
    "unit",
    "postal_address",
    "billing_address",
    "purchase_order",
)


def upgrade() -> None:
    """Let today's particulars hold since ever, and make the notes of each institution its first note."""
    _create_particulars()
    _create_units_and_aliases()
    _create_documents()
    _create_notes()
    institution = sa.table("institution", *(sa.column(name) for name in ("id", "notes", "created_at", *COLUMNS)))
    own = [institution.c[name] for name in COLUMNS]
    ever = sa.literal(EVER, sa.Date())
    copied = sa.select(institution.c.id, *own, ever, institution.c.created_at)
    particulars = sa.table(
        "institution_particulars",
        *(sa.column(name) for name in ("institution_id", *COLUMNS, "first_day", "recorded_at")),
    )
    names = [column.name for column in particulars.columns]
    op.execute(particulars.insert().from_select(names, copied))
    note = sa.table(
        "institution_note", *(sa.column(name) for name in ("institution_id", "text", "noted_by", "noted_at"))
    )
    kept = sa.select(institution.c.id, institution.c.notes, sa.literal("Muster"), institution.c.created_at)
    written = kept.where(institution.c.notes.is_not(None), institution.c.notes != "")
    op.execute(note.insert().from_select([column.name for column in note.columns], written))
    with op.batch_alter_table("institution") as batch:
        batch.drop_column("notes")
        batch.add_column(sa.Column("logo_id", BIG_ID, nullable=True))
        batch.create_foreign_key(op.f("fk_institution_logo_id"), "stored_file", ["logo_id"], ["id"])


def downgrade() -> None:
    """Keep what holds today, and the newest note of each institution."""
    with op.batch_alter_table("institution") as batch:
        batch.drop_constraint(op.f("fk_institution_logo_id"), type_="foreignkey")
        batch.drop_column("logo_id")
        batch.add_column(sa.Column("notes", sa.Text(), nullable=True))
    institution = sa.table("institution", sa.column("id"), sa.column("notes"))
    note = sa.table("institution_note", *(sa.column(name) for name in ("id", "institution_id", "text", "struck_at")))
    newest = (
        sa.select(note.c.text)
        .where(note.c.institution_id == institution.c.id, note.c.struck_at.is_(None))
        .order_by(note.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    op.execute(institution.update().values(notes=newest))
    for table in (
        "institution_note",
        "institution_document",
        "institution_alias",
        "institution_unit",
        "institution_particulars",
    ):
        op.drop_table(table)


def _create_particulars() -> None:
    op.create_table(
        "institution_particulars",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("institution_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("is_composite", sa.Boolean(), nullable=False),
        sa.Column("parent_id", BIG_ID, nullable=True),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("ror", sa.String(length=40), nullable=True),
        sa.Column("vat_number", sa.String(length=40), nullable=True),
        sa.Column("website", sa.String(length=200), nullable=True),
        sa.Column("unit", sa.String(length=200), nullable=True),
        sa.Column("postal_address", sa.Text(), nullable=True),
        sa.Column("billing_address", sa.Text(), nullable=True),
        sa.Column("purchase_order", sa.String(length=40), nullable=True),
        sa.Column("logo_id", BIG_ID, nullable=True),
        *_recorded("institution_particulars"),
        sa.ForeignKeyConstraint(["logo_id"], ["stored_file.id"], name=op.f("fk_institution_particulars_logo_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["institution.id"], name=op.f("fk_institution_particulars_parent_id")),
        *_of_institution("institution_particulars"),
    )
    op.create_index(op.f("ix_institution_particulars_parent_id"), "institution_particulars", ["parent_id"])
    op.create_index(
        "ix_institution_particulars_institution_id", "institution_particulars", ["institution_id", "first_day"]
    )


def _create_units_and_aliases() -> None:
    op.create_table(
        "institution_unit",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("institution_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        *_recorded("institution_unit"),
        sa.Column("version", sa.Integer(), nullable=False),
        *_of_institution("institution_unit"),
    )
    op.create_index("ix_institution_unit_institution_id", "institution_unit", ["institution_id", "first_day"])
    op.create_table(
        "institution_alias",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("institution_id", BIG_ID, nullable=False),
        sa.Column("alias", sa.String(length=200), nullable=False),
        sa.Column("folded", sa.String(length=200), nullable=False),
        sa.Column("added_by", sa.String(length=200), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("folded", name=op.f("uq_institution_alias_folded")),
        *_of_institution("institution_alias"),
    )
    op.create_index(op.f("ix_institution_alias_institution_id"), "institution_alias", ["institution_id"])


def _create_documents() -> None:
    op.create_table(
        "institution_document",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("institution_id", BIG_ID, nullable=False),
        sa.Column("file_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("added_by", sa.String(length=200), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.String(length=200), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_because", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL) AND (withdrawn_at IS NULL) = (withdrawn_because IS NULL)",
            name=op.f("ck_institution_document_withdrawn"),
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_institution_document_file_id")),
        *_of_institution("institution_document"),
    )
    op.create_index(op.f("ix_institution_document_institution_id"), "institution_document", ["institution_id"])


def _create_notes() -> None:
    op.create_table(
        "institution_note",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("institution_id", BIG_ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("noted_by", sa.String(length=200), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("struck_by", sa.String(length=200), nullable=True),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(struck_at IS NULL) = (struck_by IS NULL)", name=op.f("ck_institution_note_struck")),
        *_of_institution("institution_note"),
    )
    op.create_index(op.f("ix_institution_note_institution_id"), "institution_note", ["institution_id"])


def _recorded(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint("last_day IS NULL OR last_day >= first_day", name=op.f(f"ck_{table}_period")),
    ]


def _of_institution(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f(f"fk_{table}_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]
