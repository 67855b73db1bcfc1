"""A step of joining whose process is ended by kill -9 leaves nothing behind, and is then taken once."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from app.core.database import db
from app.core.site import this_site
from app.core.verification import run_checks
from app.members.commands import Admission, InstitutionFacts, give_term, take_up_applicant
from app.members.models import CaseTask, Membership
from app.members.rules import InstitutionKind
from tests.at_once import at_once
from tests.conftest import TODAY
from tests.members.applying import admitted, officer
from tests.members.world import OFFICE, do

pytestmark = pytest.mark.faults
ROOT = Path(__file__).resolve().parents[2]
FJORD = InstitutionFacts("Fjord Mouse Clinic", "FMC", InstitutionKind.RESEARCH_CENTRE, "NO")


@pytest.fixture
def case(app):
    """The ids of an admitted applicant that is taken up, and of its class."""
    with app.app_context():
        found = admitted(officer())
        do(take_up_applicant, found.id, FJORD)
        ids = found.id, found.class_id
        db.session.remove()
    return ids


def standing() -> tuple[int, list[bool]]:
    """How many memberships there are, and whether the step that gives the term is done."""
    done = db.session.scalars(select(CaseTask.done_at).where(CaseTask.kind == "term")).all()
    return len(db.session.scalars(select(Membership.id)).all()), [at is not None for at in done]


def test_a_killed_step_of_joining_leaves_nothing_and_is_taken_once_after(app, case, database_url, tmp_path):
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
    command = [sys.executable, "tests/faults/killed_joining_site.py", str(case[0])]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    with app.app_context():
        assert standing() == (0, [False])
        do(give_term, case[0], Admission(case[1], TODAY))
        assert standing() == (1, [True])
        assert [line for finding in run_checks() for line in finding.problems] == []
        db.session.remove()


def test_of_two_browsers_that_take_a_step_at_once_one_is_told_it_is_done(app, case):
    told = at_once(app, *[lambda: give_term(case[0], Admission(case[1], TODAY), actor=OFFICE)] * 2)
    assert [outcome.partition(",")[0] for outcome in told] == ["done", "This was done already"]
    with app.app_context():
        assert standing() == (1, [True])
        db.session.remove()
