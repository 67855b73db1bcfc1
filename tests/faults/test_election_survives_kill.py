"""A result whose process is ended by kill -9 appoints nobody, and once it is recorded again appoints once."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from app.committees.commands.election_results import declare_elected
from app.committees.commands.elections import close_nominations
from app.committees.commands.nominations import nominate
from app.committees.models import Appointment, Election
from app.committees.rules.elections import ElectionState
from app.core.clock import clock_at
from app.core.database import db
from app.core.site import this_site
from app.core.transaction import transaction
from app.core.verification import run_checks
from tests.committees.ruled import as_user, called, done
from tests.committees.sitting import OFFICE, committee, person, seat

pytestmark = pytest.mark.faults
ROOT = Path(__file__).resolve().parents[2]
AFTER = datetime(2016, 7, 1, 11, tzinfo=UTC)


@pytest.fixture
def election(app):
    """An election whose nominations have ended with one candidate."""
    with app.app_context():
        with transaction():
            found = committee()
            made = called(found, seat(found))
            who = person()
            nominate(made.id, who.id, statement=None, actor=as_user(who))
        with clock_at(AFTER):
            done(lambda: close_nominations(made.id, actor=OFFICE))
        election_id = made.id
        db.session.remove()
    return election_id


def standing(election_id: int) -> tuple[ElectionState, int]:
    """How the election stands, and how many appointments there are."""
    state = db.session.scalars(select(Election.state).where(Election.id == election_id)).one()
    return state, len(db.session.scalars(select(Appointment.id)).all())


def test_a_killed_result_appoints_nobody_and_is_recorded_once_after(app, election, database_url, tmp_path):
    with app.app_context():
        documents = this_site().documents_url
    environment = {
        **os.environ,
        "SECRET_KEY": "k" * 40,
        "DATABASE_URL": database_url,
        "DOCUMENTS_URL": documents,
        "QUEUE_URL": f"sqlite:///{tmp_path}/queue.db",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "tests/faults/killed_election_site.py", str(election)]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    with app.app_context():
        assert standing(election) == (ElectionState.BALLOT, 0)
        with clock_at(AFTER):
            done(lambda: declare_elected(election, decision="FC-1", version=2, actor=OFFICE))
        assert standing(election) == (ElectionState.DECIDED, 1)
        assert [line for finding in run_checks() for line in finding.problems] == []
        db.session.remove()
