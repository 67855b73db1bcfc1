"""A worker is ended by kill -9 in a batch of PDFs: each invoice is printed and sent in the end, once."""

import signal
from datetime import date

import pytest
from sqlalchemy import func, select

from app.billing.commands import IssueValues, issue_run, start_issue
from app.billing.models import Invoice
from app.core.actor import program
from app.core.database import db
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.files.models import StoredFile
from app.outbox.models import Mail
from tests.billing.world import JUNE, MAY, World
from tests.faults.test_fee_run_survives_kill import forget_lease, wait_for

pytestmark = pytest.mark.faults
SITE = "tests/faults/slow_print_site.py"
PATIENCE = 60
STAGES = ("drawn", "stored")


def printed():
    """The numbers of the invoices whose PDF is kept."""
    return db.session.scalars(select(Invoice.number).where(Invoice.pdf_id.is_not(None)).order_by(Invoice.id)).all()


def test_a_batch_of_pdfs_goes_on_where_a_killed_worker_left_it(app, run_jobs, tmp_path):
    with app.app_context():
        world = World.found(program("test"), since=date(2011, 1, 1))
        run_id = world.prepare().id
        with transaction():
            start_issue(run_id, IssueValues(MAY, JUNE, sends_mails=True), actor=world.office)
        issue_run({"run_id": run_id, "sends_mails": True})
        db.session.remove()
    for stage in STAGES:
        process = run_jobs()
        wait_for((tmp_path / stage).exists)
        process.send_signal(signal.SIGKILL)
        process.wait()
        (tmp_path / f"{stage}-go").touch()
        with app.app_context():
            forget_lease()
            assert "INV-2016-0002" not in printed()
            assert [line for finding in run_checks() for line in finding.problems] == []
            db.session.remove()
    assert run_jobs().wait(PATIENCE) == 0
    with app.app_context():
        assert printed() == ["INV-2016-0001", "INV-2016-0002", "INV-2016-0003"]
        assert db.session.scalar(select(func.count()).select_from(StoredFile)) == len(printed())
        mails = db.session.scalars(select(Mail.to_address).order_by(Mail.id)).all()
        assert len(mails) == len(set(mails)) == len(printed())
        assert [line for finding in run_checks() for line in finding.problems] == []
        db.session.remove()
