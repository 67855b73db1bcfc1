"""Seats and committees are kept on both axes of time: what held on which days, and when that was known."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# What is known now was known since the committee was put on record, but for the end of one that was dissolved.
FACTS = """
INSERT INTO committee_facts (committee_id, kind, parent_id, remit, first_day, last_day, recorded_at, superseded_at)
SELECT committee.id, kind, parent_id, remit, founded_on, NULL, created_at, dissolved_at
FROM committee JOIN committee_dissolution ON committee_dissolution.committee_id = committee.id
WHERE called_off_at IS NULL AND dissolved_on IS NOT NULL ORDER BY committee.id
"""
FACTS_OF_TODAY = """
INSERT INTO committee_facts (committee_id, kind, parent_id, remit, first_day, last_day, recorded_at, superseded_at)
SELECT committee.id, kind, parent_id, remit, founded_on, dissolved_on, COALESCE(MAX(dissolved_at), created_at), NULL
FROM committee LEFT JOIN committee_dissolution ON committee_dissolution.committee_id = committee.id
    AND called_off_at IS NULL AND dissolved_on IS NOT NULL
GROUP BY committee.id, kind, parent_id, remit, founded_on, dissolved_on, created_at ORDER BY committee.id
"""
SEATS = """
SELECT seat.id, committee_id, position, label, first_day, last_day, created_at
FROM seat JOIN committee ON committee.id = seat.committee_id ORDER BY seat.id
"""


def upgrade() -> None:
    """What stands on record is what was known of it until now."""
    op.create_table(
        "committee_facts",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("committee_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("parent_id", BIG_ID, nullable=True),
        sa.Column("remit", sa.Text(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("last_day IS NULL OR last_day >= first_day", name=op.f("ck_committee_facts_period")),
        sa.ForeignKeyConstraint(["committee_id"], ["committee.id"], name=op.f("fk_committee_facts_committee_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["committee.id"], name=op.f("fk_committee_facts_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committee_facts")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "seat_facts",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("seat_id", BIG_ID, nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("last_day IS NULL OR last_day >= first_day", name=op.f("ck_seat_facts_period")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_seat_facts_seat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_facts")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("committee_facts", schema=None) as batch_op:
        batch_op.create_index("ix_committee_facts_committee_id", ["committee_id", "first_day"], unique=False)
        batch_op.create_index(batch_op.f("ix_committee_facts_parent_id"), ["parent_id"], unique=False)
    with op.batch_alter_table("seat_facts", schema=None) as batch_op:
        batch_op.create_index("ix_seat_facts_seat_id", ["seat_id", "recorded_at"], unique=False)
    op.execute(FACTS)
    op.execute(FACTS_OF_TODAY)
    _put_seats_on_record()


def downgrade() -> None:
    """Keep what is known now, which stands on the committees and seats themselves; what was known before is lost."""
    with op.batch_alter_table("seat_facts", schema=None) as batch_op:
        batch_op.drop_index("ix_seat_facts_seat_id")
    with op.batch_alter_table("committee_facts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_committee_facts_parent_id"))
        batch_op.drop_index("ix_committee_facts_committee_id")
    op.drop_table("seat_facts")
    op.drop_table("committee_facts")


def _put_seats_on_record() -> None:
    """Each seat as it is, known since the trail says that it was added; else since its committee was put on record.

    Not since the first appointment to it: a seat was there, and vacant, before anybody was put on it. What a seat was
    called and when it ended before it was changed is not told apart: nobody kept it but in words of the trail.
    """
    connection = op.get_bind()
    added = _added(connection)
    facts = sa.table(
        "seat_facts",
        sa.column("seat_id"),
        sa.column("label"),
        sa.column("first_day", sa.Date()),
        sa.column("last_day", sa.Date()),
        sa.column("recorded_at", sa.DateTime(timezone=True)),
    )
    asked = sa.text(SEATS).columns(first_day=sa.Date(), last_day=sa.Date(), created_at=sa.DateTime(timezone=True))
    rows = [
        {
            "seat_id": row.id,
            "label": row.label,
            "first_day": row.first_day,
            "last_day": row.last_day,
            "recorded_at": added.get((row.committee_id, row.position), row.created_at),
        }
        for row in connection.execute(asked)
    ]
    if rows:
        connection.execute(facts.insert(), rows)


def _added(connection: sa.Connection) -> dict[tuple[int, Any], datetime]:
    """When seats were added by the trail, by their committee and number."""
    entry = sa.table(
        "audit_entry",
        sa.column("sequence"),
        sa.column("subject_id"),
        sa.column("action"),
        sa.column("after", sa.JSON()),
        sa.column("at", sa.DateTime(timezone=True)),
    )
    asked = sa.select(entry.c.subject_id, entry.c.after, entry.c.at).where(entry.c.action == "committees.add_seat")
    found = connection.execute(asked.order_by(entry.c.sequence.desc()))
    return {(row.subject_id, row.after.get("seat")): row.at for row in found}
