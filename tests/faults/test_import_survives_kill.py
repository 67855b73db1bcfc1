"""A worker is ended by kill -9 in the middle of writing an import: all of it is written once, or nothing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from app.core import clock
from app.core.database import db
from app.core.site import this_site
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.members.commands.imports import apply_import
from app.members.models import Institution
from app.members.rules.imports import ImportKind
from app.outbox.models import Job
from app.outbox.rules import LEASE, JobState
from tests.members.importing import case_of, tried
from tests.members.world import do

pytestmark = pytest.mark.faults
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60
ROWS = [{"Name": f"Centre {number}", "Kind": "Funder", "Country": "FR"} for number in range(20)]


@pytest.fixture
def run_jobs(app, database_url, tmp_path):
    """Starts a process that does what is due; what is left of it is ended after the test."""
    with app.app_context():
        documents = this_site().documents_url
    environment = {
        **os.environ,
        "SECRET_KEY": "k" * 40,
        "DATABASE_URL": database_url,
        "DOCUMENTS_URL": documents,
        "QUEUE_URL": f"sqlite:///{tmp_path}/queue.db",
        "SIGNS": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "flask", "--app", "tests/faults/slow_import_site.py", "run-jobs"]
    begun: list[subprocess.Popen[bytes]] = []

    def begin():
        begun.append(subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL))
        return begun[-1]

    yield begin
    for process in begun:
        process.kill()
        process.wait()


def count_institutions():
    with db.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(Institution))


def test_an_import_killed_in_the_middle_is_written_whole_and_once(app, run_jobs, tmp_path):
    with app.app_context():
        import_id = tried(ImportKind.INSTITUTIONS, ROWS)
        do(apply_import, import_id, version=case_of(import_id).version)
        db.session.remove()
    process = run_jobs()
    until = time.monotonic() + PATIENCE
    while not (tmp_path / "half").exists():
        assert time.monotonic() < until, "it did not come that far"
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with app.app_context():
        assert count_institutions() == 0
        assert case_of(import_id).state == "applying"
        db.session.rollback()
        with transaction():
            ended = clock.now() - 2 * LEASE
            db.session.execute(update(Job).where(Job.state == JobState.RUNNING).values(leased_until=ended))
        db.session.remove()
    (tmp_path / "go").touch()
    assert run_jobs().wait(PATIENCE) == 0
    assert run_jobs().wait(PATIENCE) == 0
    with app.app_context():
        assert count_institutions() == len(ROWS)
        assert case_of(import_id).state == "applied"
        assert [line for finding in run_checks() for line in finding.problems] == []
        db.session.remove()
