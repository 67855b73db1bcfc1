"""Mails to many, with their templates and recipients; indexes by which large registers are listed and searched."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INDEXES = (
    (
        "ix_institution_name_listed",
        "institution_name",
        ["sort_name", "institution_id", "superseded_at", "first_day", "last_day"],
    ),
    (
        "ix_membership_step_valid",
        "membership_step",
        ["membership_id", "superseded_at", "first_day", "last_day", "state"],
    ),
    ("ix_affiliation_valid", "affiliation", ["person_id", "superseded_at", "first_day", "last_day"]),
    ("ix_representation_purpose", "representation", ["purpose", "superseded_at", "person_id", "first_day", "last_day"]),
    ("ix_person_searched", "person", ["sort_name", "id", "search_text", "email"]),
)
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "mail_template",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_template")),
        sa.UniqueConstraint("name", name=op.f("uq_mail_template_name")),
    )
    op.create_table(
        "mailing",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_by", sa.String(length=200), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing")),
    )
    op.create_index(op.f("ix_mailing_sent_at"), "mailing", ["sent_at"])
    op.create_table(
        "mailing_recipient",
        sa.Column("id", ID, nullable=False),
        sa.Column("mailing_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("institution_id", ID, nullable=True),
        sa.Column("mail_id", ID, nullable=True),
        sa.Column("left_out", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "person_id IS NOT NULL OR institution_id IS NOT NULL", name=op.f("ck_mailing_recipient_somebody")
        ),
        sa.CheckConstraint(
            "(mail_id IS NULL) <> (left_out IS NULL)", name=op.f("ck_mailing_recipient_sent_or_left_out")
        ),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name=op.f("fk_mailing_recipient_mailing_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mailing_recipient_person_id")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_mailing_recipient_institution_id")
        ),
        sa.ForeignKeyConstraint(["mail_id"], ["mail.id"], name=op.f("fk_mailing_recipient_mail_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing_recipient")),
        sa.UniqueConstraint("mailing_id", "person_id", name=op.f("uq_mailing_recipient_mailing_id_person_id")),
    )
    for column in ("person_id", "institution_id", "mail_id"):
        op.create_index(op.f(f"ix_mailing_recipient_{column}"), "mailing_recipient", [column])
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)
    op.drop_index("ix_person_sort_name", table_name="person")  # The last of them begins as it does.


def downgrade() -> None:
    """Take the tables away; what was sent stays among the mails."""
    op.create_index("ix_person_sort_name", "person", ["sort_name"])
    for name, table, _ in INDEXES:
        op.drop_index(name, table_name=table)
    op.drop_table("mailing_recipient")
    op.drop_table("mailing")
    op.drop_table("mail_template")
