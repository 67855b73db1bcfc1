"""A worker is ended by kill -9 in the middle of writing an import: all of it is written once, or nothing."""

import signal
import time

import pytest
from sqlalchemy import func, select, update

from app.core import clock
from app.core.database import db
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
SITE = "tests/faults/slow_import_site.py"
PATIENCE = 60
ROWS = [{"Name": f"Centre {number}", "Kind": "Funder", "Country": "FR"} for number in range(20)]


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
