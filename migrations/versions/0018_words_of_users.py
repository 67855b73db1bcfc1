"""The words by which users are found and in whose order they are listed, in an index."""

from __future__ import annotations

from unicodedata import combining, normalize

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BLOCK = 5_000
LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "\u0131": "i", "æ": "ae"})


def upgrade() -> None:
    """Find users by name and address whatever their accents and capitals, without reading every row."""
    op.add_column("user", sa.Column("search_text", sa.Text(), nullable=False, server_default=""))
    _word_users()
    op.create_index("ix_user_searched", "user", ["search_text", "id"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute("ANALYZE")


def downgrade() -> None:
    """Look for words in the rows."""
    op.drop_index("ix_user_searched", table_name="user")
    op.drop_column("user", "search_text")


def _word_users() -> None:
    """Write the words of each user, some thousand at a time."""
    connection = op.get_bind()
    user = sa.table("user", *map(sa.column, ("id", "name", "email", "search_text")))
    asked = sa.select(user.c.id, user.c.name, user.c.email).order_by(user.c.id).limit(BLOCK)
    written = user.update().where(user.c.id == sa.bindparam("of")).values(search_text=sa.bindparam("words"))
    last = 0
    while found := connection.execute(asked.where(user.c.id > last)).all():
        connection.execute(
            written, [{"of": row.id, "words": _folded(f"{row.name} {row.email or ''}")} for row in found]
        )
        last = found[-1].id


def _folded(text: str) -> str:
    """Without accents and case, as the program folds what is searched at this revision."""
    plain = normalize("NFKD", normalize("NFKD", text).casefold()).casefold().translate(LETTERS)
    return " ".join("".join(letter for letter in plain if not combining(letter)).split())
