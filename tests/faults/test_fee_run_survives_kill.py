"""A worker is ended by kill -9 in the middle of a fee run: nothing is lost, nothing is done twice."""

import signal
import time
from datetime import date

import pytest
from sqlalchemy import func, select, update

from app.billing.commands import IssueValues, start_issue
from app.billing.models import FeeRun, Invoice, LedgerEntry
from app.billing.rules import RunState
from app.core import clock
from app.core.actor import program
from app.core.database import db
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.outbox.models import Job
from app.outbox.rules import LEASE, JobState
from tests.billing.world import JUNE, MAY, World

pytestmark = pytest.mark.faults
SITE = "tests/faults/slow_run_site.py"
PATIENCE = 60
KILLS = 3


def wait_for(condition):
    """Wait until something is so."""
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


def forget_lease():
    """Let the lease of a worker that is gone run out, as it does by itself after two minutes."""
    with transaction():
        ended = clock.now() - 2 * LEASE
        db.session.execute(update(Job).where(Job.state == JobState.RUNNING).values(leased_until=ended))


def test_a_fee_run_goes_on_where_a_killed_worker_left_it(app, run_jobs, tmp_path):
    with app.app_context():
        world = World.found(program("test"), since=date(2011, 1, 1))
        run_id = world.prepare().id
        with transaction():
            start_issue(run_id, IssueValues(MAY, JUNE), actor=world.office)
        db.session.remove()
    for _ in range(KILLS):
        process = run_jobs()
        wait_for(lambda process=process: any(tmp_path.glob(f"half-{process.pid}-*")))
        process.send_signal(signal.SIGKILL)
        process.wait()
        with app.app_context():
            forget_lease()
            assert [line for finding in run_checks() for line in finding.problems] == []
            db.session.remove()
    (tmp_path / "go").touch()
    assert run_jobs().wait(PATIENCE) == 0
    with app.app_context():
        run = db.session.get_one(FeeRun, run_id)
        assert (run.state, run.done) == (RunState.ISSUED, 3)
        numbers = db.session.scalars(select(Invoice.number).order_by(Invoice.id)).all()
        assert numbers == ["INV-2016-0001", "INV-2016-0002", "INV-2016-0003"]
        assert db.session.scalar(select(func.count()).select_from(LedgerEntry)) == 3
        assert db.session.scalar(select(func.count()).where(Invoice.pdf_id.is_not(None))) == 3
        assert [line for finding in run_checks() for line in finding.problems] == []
        db.session.remove()
