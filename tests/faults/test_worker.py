"""A real worker, ended in the middle: no job is lost, none is left undone, and nothing outlives its parent."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.audit.checks import check_chain
from app.audit.models import AuditEntry
from app.core import clock
from app.core.database import db
from app.core.site import this_site
from app.core.transaction import transaction
from app.outbox.commands import enqueue
from app.outbox.models import Job
from app.outbox.rules import LEASE, JobState

pytestmark = pytest.mark.faults
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30


@pytest.fixture
def start(app, database_url, tmp_path):
    """Starts workers; whatever of them is left is ended after the test."""
    with app.app_context():
        site = this_site()
    environment = {
        **os.environ,
        "SECRET_KEY": "k" * 40,
        "DATABASE_URL": database_url,
        "DOCUMENTS_URL": site.documents_url,
        "QUEUE_URL": database_url if database_url.startswith("postgresql") else f"sqlite:///{tmp_path}/queue.db",
        "SIGNS": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "flask", "--app", "tests/faults/patient_site.py", "worker", "--processes", "2"]
    begun: list[subprocess.Popen[bytes]] = []

    def begin():
        process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
        begun.append(process)
        return process

    yield begin
    for process in begun:
        if group(process):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def group(process) -> list[int]:
    """The processes of a worker that still run."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == process.pid and fields[0] != "Z":
            found.append(int(path.parent.name))
    return found


def until(condition):
    """Wait for something to come true."""
    latest = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < latest, "It did not happen in time."
        time.sleep(0.05)
    return found


def write(app, count=1) -> list[int]:
    with app.app_context():
        with transaction():
            ids = [enqueue("test.patient", {"n": number}) for number in range(count)]
        db.session.remove()
    return ids


def states(app):
    """The states of the jobs written here; the daily duties that the sweep writes are not asked for."""
    with app.app_context():
        found = list(db.session.scalars(select(Job.state).where(Job.kind == "test.patient").order_by(Job.id)))
        db.session.remove()
    return found


def works(app):
    """How often each job had its effect."""
    with app.app_context():
        asked = select(AuditEntry.subject_id).where(AuditEntry.action == "test.work").order_by(AuditEntry.subject_id)
        found = list(db.session.scalars(asked))
        assert list(check_chain()) == []
        db.session.remove()
    return found


def end_leases(app):
    """Let the time of the leases pass."""
    with app.app_context():
        with transaction():
            db.session.execute(update(Job).values(leased_until=clock.now() - LEASE))
        db.session.remove()


def all_done(app):
    return set(states(app)) == {JobState.DONE}


def test_a_job_whose_worker_was_killed_is_done_by_the_next_one(app, start, tmp_path):
    write(app)
    first = start()
    until(lambda: list(tmp_path.glob("begun-*")))
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert states(app) == [JobState.RUNNING]
    (tmp_path / "go").touch()
    end_leases(app)
    start()
    until(lambda: all_done(app))
    assert works(app) == [0]


def test_a_killed_worker_process_is_replaced_and_its_job_done(app, start, tmp_path):
    write(app)
    start()
    (sign,) = until(lambda: list(tmp_path.glob("begun-*")))
    os.kill(int(sign.name.rpartition("-")[2]), signal.SIGKILL)
    (tmp_path / "go").touch()
    end_leases(app)
    until(lambda: all_done(app))
    assert works(app) == [0]


def test_a_worker_told_to_stop_ends_its_job_first(app, start, tmp_path):
    write(app)
    process = start()
    until(lambda: list(tmp_path.glob("begun-*")))
    process.terminate()
    time.sleep(0.5)
    assert process.poll() is None
    (tmp_path / "go").touch()
    assert process.wait(PATIENCE) == 0
    assert all_done(app)
    assert group(process) == []


def test_processes_end_when_the_worker_that_started_them_is_gone(app, start, tmp_path):
    process = start()
    until(lambda: len(group(process)) == 4)
    process.kill()
    process.wait()
    until(lambda: group(process) == [])


def test_many_jobs_are_each_done_once_by_two_workers_ended_again_and_again(app, start, tmp_path):
    (tmp_path / "go").touch()
    write(app, 60)
    for _ in range(3):
        first, second = start(), start()
        time.sleep(2.5)
        for process in (first, second):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        end_leases(app)
    start()
    until(lambda: all_done(app))
    done = works(app)
    assert set(done) == set(range(60))
    # A handler that had worked but was not settled may work twice; that handlers allow for it is their own promise.
    assert len(done) <= 60 + 3 * 4
