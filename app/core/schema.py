"""Whether the database is the one this program was written for: reachable, and at the newest revision."""

from __future__ import annotations

from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from app.core.database import db, reading_only

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
UPGRADE = "Run `flask db upgrade`."


class SchemaError(Exception):
    """The program cannot work on this database; the message is one clear line."""


def check_schema() -> None:
    """Refuse a database that cannot be reached, is empty, is behind, or is ahead of this program."""
    found, wanted = found_revision(), wanted_revision()
    if found == wanted:
        return
    if found is None:
        message = f"The database has no tables yet. {UPGRADE}"
    elif found in known_revisions():
        message = f"The database is at revision {found}, this program needs {wanted}. {UPGRADE}"
    else:
        message = f"The database is at revision {found}, which is newer than this program. Start the newer program."
    raise SchemaError(message)


def found_revision() -> str | None:
    """The revision the database is at, None where it has none."""
    try:
        with reading_only(), db.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except DBAPIError as error:
        cause = str(error.orig).strip().splitlines()
        message = f"The database cannot be reached: {cause[0] if cause else error}"
        raise SchemaError(message) from error


def wanted_revision() -> str | None:
    """The newest revision this program knows."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def known_revisions() -> set[str]:
    """All revisions this program knows."""
    return {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
