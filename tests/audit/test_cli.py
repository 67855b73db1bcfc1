"""The trail and the start of commands from the shell: one clear line where something is wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, update

from app.audit.commands import Subject, record
from app.audit.models import AuditEntry
from app.core.database import db
from app.core.transaction import transaction

ROOT = Path(__file__).resolve().parents[2]
KEY = "k" * 40


def write(app, office, count=3):
    with app.app_context():
        for number in range(count):
            with transaction():
                record("test.write", Subject("test_record", number), summary="Wrote", actor=office)
        db.session.remove()


def flask(app, *arguments):
    return app.test_cli_runner().invoke(args=list(arguments))


def test_the_head_is_printed_as_the_last_line_and_verified_later(app, office):
    write(app, office)
    head = flask(app, "audit-head").stdout.splitlines()[-1]
    assert head.startswith("3:")
    write(app, office)
    result = flask(app, "verify", "--head", head)
    assert result.exit_code == 0, result.output
    assert "The audit trail is one unbroken chain: ok" in result.stdout
    assert "still goes through entry 3" in result.stdout


def test_every_check_has_its_line_and_what_is_wrong_goes_to_stderr(app, office):
    write(app, office)
    with app.app_context():
        with transaction():
            db.session.execute(update(AuditEntry).where(AuditEntry.sequence == 2).values(summary="Changed"))
        db.session.remove()
    result = flask(app, "verify")
    assert result.exit_code == 1
    assert "The audit trail is one unbroken chain: 1 wrong" in result.stdout
    assert "Every stored document is there and unchanged: ok" in result.stdout
    assert "Entry 2 was changed" in result.stderr
    assert "1 of" in result.stderr


def test_a_head_that_is_none_is_refused(app):
    result = flask(app, "verify", "--head", "nonsense")
    assert result.exit_code == 2
    assert "SEQUENCE:HASH" in result.stderr


@pytest.fixture
def shell(tmp_path):
    """Runs `flask` as an administrator does, with this environment."""

    def run(*arguments, **environment):
        given = {"PATH": os.environ["PATH"], "SECRET_KEY": KEY, "DATABASE_URL": f"sqlite:///{tmp_path}/m.db"}
        given |= {"DOCUMENTS_URL": f"file://{tmp_path}/d", "QUEUE_URL": f"sqlite:///{tmp_path}/q.db"}
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        return subprocess.run(command, cwd=ROOT, env=given | environment, capture_output=True, text=True, check=False)

    return run


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY is missing or shorter than 32 characters."),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL must begin with sqlite:/// or postgresql:// and be whole."),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "The database cannot be reached"),
    ],
)
def test_a_site_that_cannot_start_says_so_in_one_line(shell, environment, line):
    result = shell("verify", **environment)
    assert result.returncode != 0
    assert line in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert result.stdout == ""


def test_a_database_without_tables_or_newer_than_the_program_is_refused(shell, tmp_path):
    assert "has no tables yet. Run `flask db upgrade`." in shell("audit-head").stderr
    assert shell("db", "upgrade").returncode == 0
    engine = create_engine(f"sqlite:///{tmp_path}/m.db")
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    result = shell("run-jobs")
    assert result.returncode == 1
    assert "newer than this program" in result.stderr
