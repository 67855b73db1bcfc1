"""Committees have bylaws, former names and papers; seats follow offices and cycles; terms say how they came and went."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

# Else SQLite would give ids of rows that are gone once more.
KEEPS_IDS = {"sqlite_autoincrement": True}
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
HOW = """
UPDATE appointment SET how = (
    SELECT CASE seat.kind
        WHEN 'elected' THEN 'election' WHEN 'ex_officio' THEN 'ex_officio' WHEN 'institution' THEN 'named'
        ELSE 'appointment'
    END
    FROM seat WHERE seat.id = appointment.seat_id
)
"""
NAMES = """
INSERT INTO committee_name (committee_id, name, first_day, last_day, recorded_at)
SELECT id, name, founded_on, NULL, created_at FROM committee ORDER BY id
"""
FOLLOWS = (
    "(follows_committee_id IS NULL) = (follows_office IS NULL) AND (follows_office IS NULL OR kind = 'ex_officio')"
)


def upgrade() -> None:
    """Each committee is on record by the name it has; each term came as its seat is filled."""
    op.create_table(
        "bylaws",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("committee_id", BIG_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("voters", sa.String(length=40), nullable=False),
        sa.Column("quorum_numerator", sa.Integer(), nullable=False),
        sa.Column("quorum_denominator", sa.Integer(), nullable=False),
        sa.Column("quorum_more_than", sa.Boolean(), nullable=False),
        sa.Column("quorum_base", sa.String(length=40), nullable=False),
        sa.Column("majority_numerator", sa.Integer(), nullable=False),
        sa.Column("majority_denominator", sa.Integer(), nullable=False),
        sa.Column("majority_more_than", sa.Boolean(), nullable=False),
        sa.Column("majority_base", sa.String(length=40), nullable=False),
        sa.Column("casting_vote", sa.Boolean(), nullable=False),
        sa.Column("proxies", sa.Integer(), nullable=False),
        sa.Column("term_months", sa.Integer(), nullable=True),
        sa.Column("limit_kind", sa.String(length=40), nullable=False),
        sa.Column("limit_terms", sa.Integer(), nullable=True),
        sa.Column("break_months", sa.Integer(), nullable=False),
        sa.Column("part_terms", sa.String(length=40), nullable=False),
        sa.Column("replacement", sa.String(length=40), nullable=False),
        sa.Column("holds_over", sa.Boolean(), nullable=False),
        sa.Column("warning_days", sa.Integer(), nullable=False),
        sa.Column("appointer", sa.String(length=40), nullable=False),
        sa.Column("decision", sa.String(length=500), nullable=True),
        sa.Column("adopted_by", sa.String(length=200), nullable=False),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(limit_kind = 'none') = (limit_terms IS NULL)", name=op.f("ck_bylaws_limit")),
        sa.CheckConstraint(
            "quorum_numerator > 0 AND quorum_numerator <= quorum_denominator AND majority_numerator > 0 AND majority_numerator <= majority_denominator",
            name=op.f("ck_bylaws_fractions"),
        ),
        sa.CheckConstraint(
            "term_months IS NOT NULL OR (limit_terms IS NULL AND NOT holds_over)", name=op.f("ck_bylaws_term")
        ),
        sa.ForeignKeyConstraint(["committee_id"], ["committee.id"], name=op.f("fk_bylaws_committee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bylaws")),
        sa.UniqueConstraint("committee_id", "number", name=op.f("uq_bylaws_committee_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "committee_name",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("committee_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint("last_day IS NULL OR last_day >= first_day", name=op.f("ck_committee_name_period")),
        sa.ForeignKeyConstraint(["committee_id"], ["committee.id"], name=op.f("fk_committee_name_committee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committee_name")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("committee_name", schema=None) as batch_op:
        batch_op.create_index("ix_committee_name_committee_id", ["committee_id", "first_day"], unique=False)

    op.create_table(
        "committee_paper",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("committee_id", BIG_ID, nullable=False),
        sa.Column("file_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("decision", sa.String(length=500), nullable=True),
        sa.Column("added_by", sa.String(length=200), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.String(length=200), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_because", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL) AND (withdrawn_at IS NULL) = (withdrawn_because IS NULL)",
            name=op.f("ck_committee_paper_withdrawn"),
        ),
        sa.ForeignKeyConstraint(["committee_id"], ["committee.id"], name=op.f("fk_committee_paper_committee_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_committee_paper_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committee_paper")),
        sa.UniqueConstraint("committee_id", "kind", "title", "number", name="uq_committee_paper_version"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("committee_paper", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_committee_paper_file_id"), ["file_id"], unique=False)

    op.create_table(
        "seat_alternate",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("seat_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint("last_day IS NULL OR last_day >= first_day", name=op.f("ck_seat_alternate_period")),
        sa.CheckConstraint("rank > 0", name=op.f("ck_seat_alternate_rank")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_seat_alternate_person_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_seat_alternate_seat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_alternate")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("seat_alternate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seat_alternate_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_seat_alternate_seat_id", ["seat_id", "first_day"], unique=False)

    op.create_table(
        "appointment_leave",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("appointment_id", BIG_ID, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint("last_day IS NULL OR last_day >= first_day", name=op.f("ck_appointment_leave_period")),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_appointment_leave_appointment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_leave")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("appointment_leave", schema=None) as batch_op:
        batch_op.create_index("ix_appointment_leave_appointment_id", ["appointment_id", "first_day"], unique=False)

    with op.batch_alter_table("appointment", schema=None, table_kwargs=KEEPS_IDS) as batch_op:
        batch_op.add_column(sa.Column("how", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("term_ends", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("limit_waived", sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column("continues_id", BIG_ID, nullable=True))
        batch_op.add_column(sa.Column("follows_id", BIG_ID, nullable=True))
        batch_op.add_column(sa.Column("ended_how", sa.String(length=40), nullable=True))
        batch_op.create_index(batch_op.f("ix_appointment_continues_id"), ["continues_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_appointment_follows_id"), ["follows_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_appointment_continues_id"), "appointment", ["continues_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_appointment_follows_id"), "appointment", ["follows_id"], ["id"])
        batch_op.create_check_constraint(
            op.f("ck_appointment_term_ends"), "term_ends IS NULL OR term_ends >= first_day"
        )
        batch_op.create_check_constraint(op.f("ck_appointment_ended"), "ended_how IS NULL OR last_day IS NOT NULL")
    op.execute(HOW)
    with op.batch_alter_table("appointment", schema=None, table_kwargs=KEEPS_IDS) as batch_op:
        batch_op.alter_column("how", existing_type=sa.String(length=40), nullable=False)

    with op.batch_alter_table("seat", schema=None, table_kwargs=KEEPS_IDS) as batch_op:
        batch_op.add_column(sa.Column("constituency", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("follows_committee_id", BIG_ID, nullable=True))
        batch_op.add_column(sa.Column("follows_office", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("cycle_end", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch_op.create_check_constraint(
            op.f("ck_seat_constituency"), "kind <> 'constituency' OR constituency IS NOT NULL"
        )
        batch_op.create_check_constraint(op.f("ck_seat_follows"), FOLLOWS)
        batch_op.create_index(batch_op.f("ix_seat_follows_committee_id"), ["follows_committee_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_seat_follows_committee_id"), "committee", ["follows_committee_id"], ["id"]
        )
    with op.batch_alter_table("seat", schema=None, table_kwargs=KEEPS_IDS) as batch_op:
        batch_op.alter_column("version", existing_type=sa.Integer(), server_default=None)
    op.execute(NAMES)


def downgrade() -> None:
    """Forget bylaws, former names, papers, alternates and leave; a seat of a constituency is an elected one."""
    op.execute("UPDATE seat SET kind = 'elected' WHERE kind = 'constituency'")
    with op.batch_alter_table("seat", schema=None, table_kwargs=KEEPS_IDS) as batch_op:
        batch_op.drop_constraint(op.f("ck_seat_follows"), type_="check")
        batch_op.drop_constraint(op.f("ck_seat_constituency"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_seat_follows_committee_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_seat_follows_committee_id"))
        batch_op.drop_column("version")
        batch_op.drop_column("cycle_end")
        batch_op.drop_column("follows_office")
        batch_op.drop_column("follows_committee_id")
        batch_op.drop_column("constituency")

    with op.batch_alter_table("appointment", schema=None, table_kwargs=KEEPS_IDS) as batch_op:
        batch_op.drop_constraint(op.f("ck_appointment_ended"), type_="check")
        batch_op.drop_constraint(op.f("ck_appointment_term_ends"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_appointment_follows_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_appointment_continues_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_appointment_follows_id"))
        batch_op.drop_index(batch_op.f("ix_appointment_continues_id"))
        batch_op.drop_column("ended_how")
        batch_op.drop_column("follows_id")
        batch_op.drop_column("continues_id")
        batch_op.drop_column("limit_waived")
        batch_op.drop_column("term_ends")
        batch_op.drop_column("how")

    with op.batch_alter_table("appointment_leave", schema=None) as batch_op:
        batch_op.drop_index("ix_appointment_leave_appointment_id")

    op.drop_table("appointment_leave")
    with op.batch_alter_table("seat_alternate", schema=None) as batch_op:
        batch_op.drop_index("ix_seat_alternate_seat_id")
        batch_op.drop_index(batch_op.f("ix_seat_alternate_person_id"))

    op.drop_table("seat_alternate")
    with op.batch_alter_table("committee_paper", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_committee_paper_file_id"))

    op.drop_table("committee_paper")
    with op.batch_alter_table("committee_name", schema=None) as batch_op:
        batch_op.drop_index("ix_committee_name_committee_id")

    op.drop_table("committee_name")
    op.drop_table("bylaws")
