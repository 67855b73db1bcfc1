"""Constituencies have members by rules, and seats point to theirs."""

from __future__ import annotations

from unicodedata import combining, normalize

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEEPS_IDS = {"sqlite_autoincrement": True}
LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "\u0131": "i", "æ": "ae"})
ONE_RULE = (
    "CASE WHEN country IS NULL THEN 0 ELSE 1 END + CASE WHEN institution_kind IS NULL THEN 0 ELSE 1 END"
    " + CASE WHEN class_id IS NULL THEN 0 ELSE 1 END + CASE WHEN institution_id IS NULL THEN 0 ELSE 1 END = 1"
)
VOTE_OF_MEMBER = "uq_election_voter_institution_id"
WITHOUT_SEAT = sa.text("seat_id IS NULL")
NAMED = "UPDATE seat SET constituency = (SELECT name FROM constituency WHERE constituency.id = seat.constituency_id)"
POINTED = "UPDATE seat SET constituency_id = (SELECT id FROM constituency WHERE constituency.name = seat.constituency)"
# A voter without a seat votes for an institution of a constituency: before, each voted by a seat.
SEATED = (
    "UPDATE election_voter SET seat_id = (SELECT min(seat_id) FROM election_seat"
    " WHERE election_seat.election_id = election_voter.election_id),"
    " rank = (SELECT count(*) FROM election_voter AS other"
    " WHERE other.election_id = election_voter.election_id AND other.id < election_voter.id) WHERE seat_id IS NULL"
)


def upgrade() -> None:
    """Each text that seats had becomes a constituency without rules, and the seats point to it."""
    _make_tables()
    with op.batch_alter_table("seat", table_kwargs=KEEPS_IDS) as batch_op:
        batch_op.drop_constraint(op.f("ck_seat_constituency"), type_="check")
        batch_op.add_column(sa.Column("constituency_id", BIG_ID, nullable=True))
        batch_op.create_index(batch_op.f("ix_seat_constituency_id"), ["constituency_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_seat_constituency_id"), "constituency", ["constituency_id"], ["id"])
    _take_names()
    op.execute(POINTED)
    with op.batch_alter_table("seat", table_kwargs=KEEPS_IDS) as batch_op:
        batch_op.drop_column("constituency")
        batch_op.create_check_constraint(
            op.f("ck_seat_constituency"), "kind <> 'constituency' OR constituency_id IS NOT NULL"
        )
    with op.batch_alter_table("election_voter", table_kwargs=KEEPS_IDS) as batch_op:
        batch_op.alter_column("seat_id", existing_type=BIG_ID, nullable=True)
    op.create_index(
        VOTE_OF_MEMBER,
        "election_voter",
        ["election_id", "institution_id", "rank"],
        unique=True,
        sqlite_where=WITHOUT_SEAT,
        postgresql_where=WITHOUT_SEAT,
    )


def downgrade() -> None:
    """Write the names back to the seats; who belonged is forgotten, and in 0036 all but one who voted for a member."""
    op.drop_index(VOTE_OF_MEMBER, table_name="election_voter")
    op.execute(SEATED)
    with op.batch_alter_table("election_voter", table_kwargs=KEEPS_IDS) as batch_op:
        batch_op.alter_column("seat_id", existing_type=BIG_ID, nullable=False)
    with op.batch_alter_table("seat", table_kwargs=KEEPS_IDS) as batch_op:
        batch_op.drop_constraint(op.f("ck_seat_constituency"), type_="check")
        batch_op.add_column(sa.Column("constituency", sa.String(length=200), nullable=True))
    op.execute(NAMED)
    with op.batch_alter_table("seat", table_kwargs=KEEPS_IDS) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_seat_constituency_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_seat_constituency_id"))
        batch_op.drop_column("constituency_id")
        batch_op.create_check_constraint(
            op.f("ck_seat_constituency"), "kind <> 'constituency' OR constituency IS NOT NULL"
        )
    op.drop_table("constituency_rule")
    op.drop_table("constituency")


def _make_tables() -> None:
    op.create_table(
        "constituency",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sort_name", sa.String(length=200), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_constituency")),
        sa.UniqueConstraint("name", name=op.f("uq_constituency_name")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_constituency_sort_name"), "constituency", ["sort_name"], unique=False)
    op.create_table(
        "constituency_rule",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("constituency_id", BIG_ID, nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("institution_kind", sa.String(length=40), nullable=True),
        sa.Column("class_id", BIG_ID, nullable=True),
        sa.Column("institution_id", BIG_ID, nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint("last_day IS NULL OR last_day >= first_day", name=op.f("ck_constituency_rule_period")),
        sa.CheckConstraint(ONE_RULE, name=op.f("ck_constituency_rule_one")),
        sa.ForeignKeyConstraint(
            ["constituency_id"], ["constituency.id"], name=op.f("fk_constituency_rule_constituency_id")
        ),
        sa.ForeignKeyConstraint(["class_id"], ["membership_class.id"], name=op.f("fk_constituency_rule_class_id")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_constituency_rule_institution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_constituency_rule")),
        sqlite_autoincrement=True,
    )
    for columns in (["constituency_id", "first_day"], ["class_id"], ["institution_id"]):
        op.create_index(op.f(f"ix_constituency_rule_{columns[0]}"), "constituency_rule", columns, unique=False)


def _take_names() -> None:
    """Each name is known as long as one of the committees that have a seat of it."""
    connection = op.get_bind()
    seat = sa.table("seat", sa.column("constituency"), sa.column("committee_id"))
    instant = sa.DateTime(timezone=True)
    committee = sa.table("committee", sa.column("id"), sa.column("created_at", instant))
    since = sa.func.min(committee.c.created_at, type_=instant)
    asked = (
        sa.select(seat.c.constituency, since)
        .join_from(seat, committee, committee.c.id == seat.c.committee_id)
        .where(seat.c.constituency.is_not(None))
        .group_by(seat.c.constituency)
    )
    constituency = sa.table(
        "constituency",
        sa.column("name"),
        sa.column("sort_name"),
        sa.column("created_at", instant),
        sa.column("version"),
    )
    for name, known in connection.execute(asked.order_by(seat.c.constituency)).all():
        values = {"name": name, "sort_name": _folded(name)[:200], "created_at": known, "version": 1}
        connection.execute(constituency.insert().values(values))


def _folded(text: str) -> str:
    """Without accents and case, as the program folds what is sorted at this revision."""
    plain = normalize("NFKD", normalize("NFKD", text).casefold()).casefold().translate(LETTERS)
    return " ".join("".join(letter for letter in plain if not combining(letter)).split())
