"""A worker is ended by kill -9 in the middle of writing or undoing an import: all of it is done once, or nothing."""

import signal
import time

import pytest
from sqlalchemy import func, select, update

from app.core import clock
from app.core.database import db
from app.core.transaction import transaction
from app.members.commands.imports import apply_import, undo_import
from app.members.models import Institution
from app.members.rules.imports import ImportKind
from app.outbox.models import Job
from app.outbox.rules import LEASE, JobState
from tests.members.importing import case_of, tried, written
from tests.members.world import do, problems

pytestmark = pytest.mark.faults
SITE = "tests/faults/slow_import_site.py"
PATIENCE = 60
ROWS = [{"Name": f"Centre {number}", "Kind": "Funder", "Country": "FR"} for number in range(20)]


def count_institutions():
    with db.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(Institution))


def killed_in_the_middle(app, run_jobs, tmp_path, seen):
    """End a worker where it has nearly done its work, look at what there is then, and let others do it."""
    process = run_jobs()
    until = time.monotonic() + PATIENCE
    while not (tmp_path / "half").exists():
        assert time.monotonic() < until, "it did not come that far"
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with app.app_context():
        seen()
        db.session.rollback()
        with transaction():
            ended = clock.now() - 2 * LEASE
            db.session.execute(update(Job).where(Job.state == JobState.RUNNING).values(leased_until=ended))
        db.session.remove()
    (tmp_path / "go").touch()
    assert run_jobs().wait(PATIENCE) == 0
    assert run_jobs().wait(PATIENCE) == 0


def how_it_stands(import_id):
    """How many institutions there are, and in which state the import is."""
    return count_institutions(), case_of(import_id).state


def test_an_import_killed_in_the_middle_is_written_whole_and_once(app, run_jobs, tmp_path):
    with app.app_context():
        import_id = tried(ImportKind.INSTITUTIONS, ROWS)
        do(apply_import, import_id, version=case_of(import_id).version)
        db.session.remove()

    def nothing_is_written():
        assert how_it_stands(import_id) == (0, "applying")

    killed_in_the_middle(app, run_jobs, tmp_path, nothing_is_written)
    with app.app_context():
        assert how_it_stands(import_id) == (len(ROWS), "applied")
        assert problems() == []


def test_an_import_killed_while_it_is_undone_is_undone_whole_and_once(app, run_jobs, tmp_path):
    with app.app_context():
        import_id = written(ImportKind.INSTITUTIONS, ROWS)
        do(undo_import, import_id)
        db.session.remove()

    def all_is_there():
        assert how_it_stands(import_id) == (len(ROWS), "undoing")

    killed_in_the_middle(app, run_jobs, tmp_path, all_is_there)
    with app.app_context():
        assert how_it_stands(import_id) == (0, "undone")
        assert problems() == []
