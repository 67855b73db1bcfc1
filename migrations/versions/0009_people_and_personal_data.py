"""How people are reached, which languages they speak, and what is needed to erase them on their day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables of routes, photos and kept people, and widen people and the policy."""
    op.add_column("person", sa.Column("languages", sa.String(length=200), nullable=True))
    for table in ("person", "user"):
        op.add_column(table, sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "ALTER TABLE register_policy ADD COLUMN keeps_books_years INTEGER NOT NULL DEFAULT 10"
        " CONSTRAINT ck_register_policy_keeps_books_years CHECK (keeps_books_years BETWEEN 1 AND 100)"
    )
    op.create_index("ix_person_erased_at", "person", ["erased_at", "sort_name"])
    _create_contact_route()
    _create_leaver()
    op.create_table(
        "person_photo",
        sa.Column("person_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_photo_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_photo")),
    )
    op.create_table(
        "kept_person",
        sa.Column("person_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("kept_by", sa.String(length=200), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_kept_person_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_kept_person")),
    )


def _create_contact_route() -> None:
    op.create_table(
        "contact_route",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("last_day IS NULL OR last_day >= first_day", name=op.f("ck_contact_route_period")),
        sa.CheckConstraint("rank BETWEEN 1 AND 99", name=op.f("ck_contact_route_rank")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_contact_route_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_route")),
    )
    op.create_index("ix_contact_route_person_id", "contact_route", ["person_id", "first_day"])


def _create_leaver() -> None:
    op.create_table(
        "leaver",
        sa.Column("person_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("left_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_leaver_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_leaver")),
    )
    op.create_index("ix_leaver_left_on", "leaver", ["left_on", "person_id"])


def downgrade() -> None:
    """Take the tables and the columns away."""
    op.drop_table("leaver")
    op.drop_table("kept_person")
    op.drop_table("person_photo")
    op.drop_table("contact_route")
    op.drop_index("ix_person_erased_at", table_name="person")
    op.drop_column("register_policy", "keeps_books_years")
    for table in ("user", "person"):
        op.drop_column(table, "erased_at")
    op.drop_column("person", "languages")
