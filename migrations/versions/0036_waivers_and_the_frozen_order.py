"""A frozen electorate keeps its alternates and its rules, deadlines move, days of a seat are taken, limits are waived."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEEPS_IDS = {"sqlite_autoincrement": True}
SAID_YES = sa.text("state IN ('accepted', 'requested')")
STANDS = sa.text("state IN ('asked', 'granted')")
BARRED = "(rule IN ('leave', 'lapsed', 'suspended', 'late', 'nobody')) = (barred IS NOT NULL)"


def upgrade() -> None:
    """Of electorates frozen before, nobody stood in, and who was barred was late with fees: nothing else was asked."""
    with op.batch_alter_table("election_voter", schema=None, table_kwargs=KEEPS_IDS) as batch_op:
        batch_op.add_column(sa.Column("rank", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("rule", sa.String(length=40), nullable=False, server_default="standing"))
    op.execute("UPDATE election_voter SET rule = 'late' WHERE barred IS NOT NULL")
    with op.batch_alter_table("election_voter", schema=None, table_kwargs=KEEPS_IDS) as batch_op:
        batch_op.alter_column("rank", existing_type=sa.Integer(), server_default=None)
        batch_op.alter_column("rule", existing_type=sa.String(length=40), server_default=None)
        batch_op.create_check_constraint(op.f("ck_election_voter_rank"), "rank >= 0")
        batch_op.create_check_constraint(op.f("ck_election_voter_barred"), BARRED)
        batch_op.create_unique_constraint(
            op.f("uq_election_voter_election_id_seat_id_rank"), ["election_id", "seat_id", "rank"]
        )
    with op.batch_alter_table("election", schema=None, table_kwargs=KEEPS_IDS) as batch_op:
        batch_op.add_column(sa.Column("moved_because", sa.String(length=500), nullable=True))
    with op.batch_alter_table("election_seat", schema=None, table_kwargs=KEEPS_IDS) as batch_op:
        batch_op.add_column(sa.Column("dropped_because", sa.String(length=500), nullable=True))
    _take("seat_id", "first_day")
    _create_waivers()


def _take(*columns: str) -> None:
    """Let the plans somebody has said yes to differ in these columns."""
    op.drop_index("uq_succession_plan_taken", table_name="succession_plan")
    op.create_index(
        "uq_succession_plan_taken",
        "succession_plan",
        list(columns),
        unique=True,
        sqlite_where=SAID_YES,
        postgresql_where=SAID_YES,
    )


def _create_waivers() -> None:
    op.create_table(
        "limit_waiver",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("committee_id", BIG_ID, nullable=False),
        sa.Column("seat_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(length=500), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint("last_day IS NULL OR last_day >= first_day", name=op.f("ck_limit_waiver_period")),
        sa.CheckConstraint(
            "(state IN ('granted', 'revoked')) = (decision IS NOT NULL)", name=op.f("ck_limit_waiver_granted")
        ),
        sa.CheckConstraint(
            "(state IN ('declined', 'withdrawn', 'revoked')) = (answer IS NOT NULL)",
            name=op.f("ck_limit_waiver_answer"),
        ),
        sa.CheckConstraint(
            "(state = 'asked') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)",
            name=op.f("ck_limit_waiver_decided"),
        ),
        sa.ForeignKeyConstraint(["committee_id"], ["committee.id"], name=op.f("fk_limit_waiver_committee_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_limit_waiver_person_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_limit_waiver_seat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_limit_waiver")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("limit_waiver", schema=None) as batch_op:
        batch_op.create_index("ix_limit_waiver_committee_id", ["committee_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_limit_waiver_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_limit_waiver_seat_id"), ["seat_id"], unique=False)
        batch_op.create_index(
            "uq_limit_waiver_standing",
            ["seat_id", "person_id", "first_day"],
            unique=True,
            sqlite_where=STANDS,
            postgresql_where=STANDS,
        )


def downgrade() -> None:
    """Forget waivers and alternates of electorates; where several said yes to a seat, the first days are kept asked."""
    op.drop_table("limit_waiver")
    op.execute(
        "UPDATE succession_plan SET state = 'invited' WHERE state IN ('accepted', 'requested') AND EXISTS"
        " (SELECT 1 FROM succession_plan AS other WHERE other.seat_id = succession_plan.seat_id"
        " AND other.state IN ('accepted', 'requested') AND other.first_day < succession_plan.first_day)"
    )
    _take("seat_id")
    op.execute("DELETE FROM election_seat WHERE dropped_because IS NOT NULL")
    with op.batch_alter_table("election_seat", schema=None, table_kwargs=KEEPS_IDS) as batch_op:
        batch_op.drop_column("dropped_because")
    with op.batch_alter_table("election", schema=None, table_kwargs=KEEPS_IDS) as batch_op:
        batch_op.drop_column("moved_because")
    op.execute("DELETE FROM election_voter WHERE rank > 0")
    with op.batch_alter_table("election_voter", schema=None, table_kwargs=KEEPS_IDS) as batch_op:
        batch_op.drop_constraint(op.f("uq_election_voter_election_id_seat_id_rank"), type_="unique")
        batch_op.drop_constraint(op.f("ck_election_voter_barred"), type_="check")
        batch_op.drop_constraint(op.f("ck_election_voter_rank"), type_="check")
        batch_op.drop_column("rule")
        batch_op.drop_column("rank")
