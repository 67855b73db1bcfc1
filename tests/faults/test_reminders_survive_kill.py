"""A worker is ended by kill -9 in the middle of a reminder: every payer is reminded and charged in the end, once."""

import signal
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from app.billing.commands import adopt_reminders, queue_reminders
from app.billing.models import Invoice, Reminder, ReminderCharge, ReminderItem
from app.billing.rules import USUAL_LEVELS, ReminderTerms
from app.core import clock
from app.core.actor import program
from app.core.database import db
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.outbox.models import Mail
from tests.billing.world import World
from tests.faults.test_fee_run_survives_kill import forget_lease, wait_for

pytestmark = pytest.mark.faults
SITE = "tests/faults/slow_reminder_site.py"
PATIENCE = 60
KILLS = 2


def test_a_reminder_killed_in_the_middle_is_sent_and_charged_once(app, run_jobs, tmp_path):
    with app.app_context():
        world = World.found(program("test"), since=date(2011, 1, 1))
        with transaction():
            levels = tuple(replace(each, fee_minor=2500) for each in USUAL_LEVELS)
            adopt_reminders(clock.today(), ReminderTerms(levels, "GBP"), actor=world.office)
        world.issue(day=date(2016, 4, 1), due=date(2016, 5, 1))
        with transaction():
            assert queue_reminders(actor=world.office) == 3
        db.session.remove()
    for _ in range(KILLS):
        process = run_jobs()
        wait_for(lambda process=process: any(tmp_path.glob(f"half-{process.pid}-*")))
        process.send_signal(signal.SIGKILL)
        process.wait()
        with app.app_context():
            forget_lease()
            assert db.session.scalar(select(func.count()).select_from(Reminder)) == 0
            assert db.session.scalars(select(ReminderCharge.invoice_id)).all() == []
            db.session.remove()
    (tmp_path / "go").touch()
    assert run_jobs().wait(PATIENCE) == 0
    with app.app_context():
        assert db.session.scalars(select(Reminder.level)).all() == [1, 1, 1]
        assert len(set(db.session.scalars(select(ReminderItem.invoice_id)))) == 3
        charges = select(Invoice.number).join(ReminderCharge, ReminderCharge.invoice_id == Invoice.id)
        assert sorted(str(number)[-4:] for number in db.session.scalars(charges)) == ["0001", "0002", "0003"]
        letters = select(Mail.to_address).where(Mail.subject.startswith("Reminder"))
        assert len(set(db.session.scalars(letters))) == len(db.session.scalars(letters).all()) == 3
        assert [line for finding in run_checks() for line in finding.problems] == []
        db.session.remove()
