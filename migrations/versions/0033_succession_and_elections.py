"""Seats have plans of succession and elections with nominations; users choose how often they get a digest."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SAID_YES = sa.text("state IN ('accepted', 'requested')")
TABLES = (
    "answer_link",
    "succession_plan",
    "nomination",
    "election_voter",
    "election_seat",
    "election",
    "digest_round",
    "digest_choice",
)


def upgrade() -> None:
    """Create the tables; nothing is planned or called, and who has chosen nothing gets the digest every Monday."""
    op.create_table(
        "digest_choice",
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("frequency", sa.String(length=40), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_digest_choice_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_digest_choice")),
    )
    op.create_table(
        "digest_round",
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("done_for", sa.Date(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_digest_round_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_digest_round")),
    )
    op.create_table(
        "election",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("committee_id", BIG_ID, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("nominators", sa.String(length=40), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline_text", sa.String(length=200), nullable=False),
        sa.Column("deadline_zone", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("called_by", sa.String(length=200), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(length=500), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.String(length=200), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_because", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_at IS NOT NULL) AND (cancelled_at IS NULL) = (cancelled_by IS NULL) AND (cancelled_at IS NULL) = (cancelled_because IS NULL)",
            name=op.f("ck_election_cancelled"),
        ),
        sa.CheckConstraint(
            "(state = 'decided') = (decided_at IS NOT NULL) AND (decided_at IS NULL) = (decided_by IS NULL) AND (decided_at IS NULL) = (decision IS NULL)",
            name=op.f("ck_election_decided"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('ballot', 'decided') OR closed_at IS NOT NULL", name=op.f("ck_election_closed")
        ),
        sa.ForeignKeyConstraint(["committee_id"], ["committee.id"], name=op.f("fk_election_committee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_election")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("election", schema=None) as batch_op:
        batch_op.create_index("ix_election_committee_id", ["committee_id", "state"], unique=False)

    op.create_table(
        "election_seat",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("election_id", BIG_ID, nullable=False),
        sa.Column("seat_id", BIG_ID, nullable=False),
        sa.Column("office", sa.String(length=40), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint("last_day IS NULL OR last_day >= first_day", name=op.f("ck_election_seat_period")),
        sa.ForeignKeyConstraint(["election_id"], ["election.id"], name=op.f("fk_election_seat_election_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_election_seat_seat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_election_seat")),
        sa.UniqueConstraint("election_id", "seat_id", name=op.f("uq_election_seat_election_id_seat_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("election_seat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_election_seat_seat_id"), ["seat_id"], unique=False)

    op.create_table(
        "election_voter",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("election_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=True),
        sa.Column("institution_id", BIG_ID, nullable=True),
        sa.Column("seat_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("institution_name", sa.String(length=200), nullable=True),
        sa.Column("barred", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["election_id"], ["election.id"], name=op.f("fk_election_voter_election_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_election_voter_institution_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_election_voter_person_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_election_voter_seat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_election_voter")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("election_voter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_election_voter_election_id"), ["election_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_election_voter_institution_id"), ["institution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_election_voter_person_id"), ["person_id"], unique=False)

    op.create_table(
        "nomination",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("election_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("statement", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("nominated_by", sa.String(length=200), nullable=False),
        sa.Column("nominated_by_id", BIG_ID, nullable=True),
        sa.Column("nominated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("struck_because", sa.String(length=500), nullable=True),
        sa.Column("votes", sa.Integer(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("election_seat_id", BIG_ID, nullable=True),
        sa.Column("appointment_id", BIG_ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'elected') = (appointment_id IS NOT NULL) AND (appointment_id IS NULL) = (election_seat_id IS NULL)",
            name=op.f("ck_nomination_elected"),
        ),
        sa.CheckConstraint("(state = 'struck') = (struck_because IS NOT NULL)", name=op.f("ck_nomination_struck")),
        sa.CheckConstraint(
            "(state = 'substitute') = (rank IS NOT NULL) AND (rank IS NULL OR rank > 0)",
            name=op.f("ck_nomination_rank"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'unanswered', 'struck') OR answered_at IS NOT NULL",
            name=op.f("ck_nomination_answered"),
        ),
        sa.CheckConstraint("votes IS NULL OR votes >= 0", name=op.f("ck_nomination_votes")),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointment.id"], name=op.f("fk_nomination_appointment_id")),
        sa.ForeignKeyConstraint(["election_id"], ["election.id"], name=op.f("fk_nomination_election_id")),
        sa.ForeignKeyConstraint(
            ["election_seat_id"], ["election_seat.id"], name=op.f("fk_nomination_election_seat_id")
        ),
        sa.ForeignKeyConstraint(["nominated_by_id"], ["user.id"], name=op.f("fk_nomination_nominated_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_nomination_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination")),
        sa.UniqueConstraint("appointment_id", name=op.f("uq_nomination_appointment_id")),
        sa.UniqueConstraint("election_id", "person_id", name=op.f("uq_nomination_election_id_person_id")),
        sa.UniqueConstraint("election_id", "rank", name=op.f("uq_nomination_election_id_rank")),
        sa.UniqueConstraint("election_seat_id", name=op.f("uq_nomination_election_seat_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("nomination", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_nomination_nominated_by_id"), ["nominated_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_nomination_person_id"), ["person_id"], unique=False)

    op.create_table(
        "succession_plan",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("committee_id", BIG_ID, nullable=False),
        sa.Column("seat_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=True),
        sa.Column("given_name", sa.String(length=200), nullable=True),
        sa.Column("family_name", sa.String(length=200), nullable=True),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("institution_id", BIG_ID, nullable=True),
        sa.Column("office", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("limit_waived", sa.String(length=500), nullable=True),
        sa.Column("decision", sa.String(length=500), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_by", sa.String(length=200), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("requested_by", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("appointment_id", BIG_ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(state = 'appointed') = (appointment_id IS NOT NULL)", name=op.f("ck_succession_plan_appointed")
        ),
        sa.CheckConstraint("state <> 'appointed' OR person_id IS NOT NULL", name=op.f("ck_succession_plan_on_record")),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'declined') OR answered_at IS NOT NULL", name=op.f("ck_succession_plan_answered")
        ),
        sa.CheckConstraint(
            "state NOT IN ('refused', 'dropped') OR reason IS NOT NULL", name=op.f("ck_succession_plan_reason")
        ),
        sa.CheckConstraint(
            "state NOT IN ('requested', 'refused') OR requested_by IS NOT NULL",
            name=op.f("ck_succession_plan_requested"),
        ),
        sa.CheckConstraint("last_day IS NULL OR last_day >= first_day", name=op.f("ck_succession_plan_period")),
        sa.CheckConstraint(
            "person_id IS NOT NULL OR (given_name IS NOT NULL AND family_name IS NOT NULL AND email IS NOT NULL)",
            name=op.f("ck_succession_plan_who"),
        ),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointment.id"], name=op.f("fk_succession_plan_appointment_id")),
        sa.ForeignKeyConstraint(["committee_id"], ["committee.id"], name=op.f("fk_succession_plan_committee_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_succession_plan_institution_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_succession_plan_person_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_succession_plan_seat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_succession_plan")),
        sa.UniqueConstraint("appointment_id", name=op.f("uq_succession_plan_appointment_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("succession_plan", schema=None) as batch_op:
        batch_op.create_index("ix_succession_plan_committee_id", ["committee_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_succession_plan_institution_id"), ["institution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_succession_plan_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_succession_plan_seat_id", ["seat_id", "state"], unique=False)
        batch_op.create_index(
            "uq_succession_plan_taken",
            ["seat_id"],
            unique=True,
            sqlite_where=SAID_YES,
            postgresql_where=SAID_YES,
        )

    op.create_table(
        "answer_link",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("plan_id", BIG_ID, nullable=True),
        sa.Column("nomination_id", BIG_ID, nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(plan_id IS NULL) <> (nomination_id IS NULL)", name=op.f("ck_answer_link_about_one")),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_answer_link_nomination_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["succession_plan.id"], name=op.f("fk_answer_link_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_answer_link_token_hash")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("answer_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_link_nomination_id"), ["nomination_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_answer_link_plan_id"), ["plan_id"], unique=False)


def downgrade() -> None:
    """Forget plans, elections and who wants a digest; appointments that came of them stay."""
    for table in TABLES:
        op.drop_table(table)
