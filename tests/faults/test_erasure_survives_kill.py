"""A worker is ended by kill -9 in the middle of the daily erasure: nobody is half erased, nobody erased twice."""

import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core.database import db
from app.core.site import this_site
from app.core.verification import run_checks
from app.members.models import Affiliation, Person
from app.outbox.models import Job
from app.outbox.rules import JobState
from tests.faults.test_fee_run_survives_kill import PATIENCE, forget_lease, wait_for
from tests.members.test_commands_retention import left
from tests.members.world import institution

pytestmark = pytest.mark.faults
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run_jobs(app, database_url, tmp_path):
    """Starts a process that does what is due; what is left of it is ended after the test."""
    with app.app_context():
        site = this_site()
    environment = {
        **os.environ,
        "SECRET_KEY": "k" * 40,
        "DATABASE_URL": database_url,
        "DOCUMENTS_URL": site.documents_url,
        "QUEUE_URL": f"sqlite:///{tmp_path}/queue.db",
        "SIGNS": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "flask", "--app", "tests/faults/slow_erasure_site.py", "run-jobs"]
    begun: list[subprocess.Popen[bytes]] = []

    def begin():
        begun.append(subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL))
        return begun[-1]

    yield begin
    for process in begun:
        process.kill()
        process.wait()


def kill_in_the_middle(app, run_jobs, tmp_path, halves):
    """Let a worker begin, and kill it when it has come to the middle of so many people."""
    process = run_jobs()
    wait_for(lambda: len(list(tmp_path.glob(f"half-{process.pid}-*"))) == halves)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with app.app_context():
        forget_lease()
        assert [line for finding in run_checks() for line in finding.problems] == []
        erased = db.session.scalar(select(func.count()).where(Person.erased_at.is_not(None)))
        db.session.remove()
    return erased


def test_the_daily_erasure_goes_on_where_a_killed_worker_left_it(app, run_jobs, tmp_path):
    with app.app_context():
        at = institution()
        people = [left(at, date(2014, 1, day), f"Leaver{day}").id for day in (10, 20, 30)]
        assert len(db.session.scalars(select(Affiliation)).all()) > len(people)
        db.session.remove()
    assert kill_in_the_middle(app, run_jobs, tmp_path, 1) == 0
    (tmp_path / f"one-{people[0]}").touch()
    assert kill_in_the_middle(app, run_jobs, tmp_path, 2) == 1
    (tmp_path / "go").touch()
    assert run_jobs().wait(PATIENCE) == 0
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(Person.erased_at.is_not(None))) == 3
        erasures = select(AuditEntry.subject_id).where(AuditEntry.action == "members.erase_person")
        assert sorted(db.session.scalars(erasures)) == people
        waiting = select(Job.kind).where(Job.state == JobState.WAITING)
        assert "members.erase_due" in db.session.scalars(waiting).all()
        assert [line for finding in run_checks() for line in finding.problems] == []
        db.session.remove()
