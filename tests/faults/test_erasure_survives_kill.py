"""A worker is ended by kill -9 in the middle of the daily erasure: nobody is half erased, nobody erased twice."""

import signal
from datetime import date

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core.database import db
from app.core.verification import run_checks
from app.members.models import Affiliation, Person
from app.outbox.models import Job
from app.outbox.rules import JobState
from tests.faults.test_fee_run_survives_kill import PATIENCE, forget_lease, wait_for
from tests.members.test_commands_retention import left
from tests.members.world import institution

pytestmark = pytest.mark.faults
SITE = "tests/faults/slow_erasure_site.py"


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
