"""Carrying out jobs: one worker at a time, tried again with growing pauses, put aside when hopeless."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.exc import OperationalError

from app.core import clock
from app.core.clock import clock_at
from app.core.database import db
from app.core.errors import UnavailableError
from app.core.transaction import transaction
from app.outbox import commands, work
from app.outbox.commands import enqueue, handles
from app.outbox.models import Job
from app.outbox.rules import LEASE, MOST_TRIES, HopelessError, JobState, pause_after
from app.outbox.work import Tally, due_ids, run_due_jobs, run_job, sweep


@pytest.fixture
def ran(context, monkeypatch):
    """What the handlers of this test were given, in order."""
    monkeypatch.setattr(commands, "_handlers", dict(commands._handlers))  # noqa: SLF001 - put back after the test
    given = []
    handles("test.note")(lambda payload: given.append(payload["n"]))
    return given


def write(kind="test.note", n=1, **options):
    with transaction():
        return enqueue(kind, {"n": n}, **options)


def job(job_id):
    return db.session.execute(select(*Job.__table__.c).where(Job.id == job_id)).one()


def fail_with(error):
    def handler(_payload):
        raise error

    handles("test.fail")(handler)


def test_due_jobs_run_once_in_their_order(ran):
    for number in range(3):
        write(n=number)
    assert run_due_jobs() == Tally(done=3)
    assert ran == [0, 1, 2]
    assert run_due_jobs() == Tally()


def test_a_job_that_is_done_is_not_run_again(ran):
    job_id = write()
    assert run_job(job_id) is JobState.DONE
    assert run_job(job_id) is None
    assert ran == [1]
    assert job(job_id).finished_at == clock.now()


def test_a_job_waits_for_its_time(ran):
    job_id = write(run_at=clock.now() + timedelta(hours=1))
    assert run_due_jobs() == Tally()
    assert run_job(job_id) is None
    with clock_at(clock.now() + timedelta(hours=1)):
        assert run_due_jobs() == Tally(done=1)


def test_jobs_written_by_a_job_are_run_too(ran):
    handles("test.more")(lambda payload: write(n=payload["n"] + 1) and None)
    write("test.more", n=1)
    assert run_due_jobs() == Tally(done=2)
    assert ran == [2]


def test_a_job_held_by_a_worker_is_left_alone_until_its_lease_ends(ran):
    job_id = write()
    held = {"state": JobState.RUNNING, "leased_by": "another", "leased_until": clock.now() + LEASE, "tries": 1}
    with transaction():
        db.session.execute(update(Job).where(Job.id == job_id).values(held))
    assert run_job(job_id) is None
    assert due_ids(10) == []
    with clock_at(clock.now() + LEASE + timedelta(seconds=1)):
        assert due_ids(10) == [job_id]
        assert run_job(job_id) is JobState.DONE
    assert ran == [1]
    assert job(job_id).tries == 2


def test_a_job_that_fails_is_tried_again_after_growing_pauses_and_then_put_aside(ran):
    fail_with(RuntimeError("The printer burns.\0"))
    job_id = write("test.fail")
    moment = clock.now()
    for tries in range(1, MOST_TRIES):
        with clock_at(moment):
            assert run_due_jobs() == Tally(postponed=1)
        assert job(job_id).run_at == moment + pause_after(tries)
        moment = job(job_id).run_at
    with clock_at(moment):
        assert run_due_jobs() == Tally(dead=1)
    found = job(job_id)
    assert (found.state, found.tries, found.last_error) == (
        JobState.DEAD,
        MOST_TRIES,
        "RuntimeError: The printer burns.",
    )


def test_a_job_that_cannot_run_now_waits_and_never_dies(ran):
    fail_with(UnavailableError("No Pango here."))
    job_id = write("test.fail")
    moment = clock.now()
    for _ in range(MOST_TRIES * 2):
        with clock_at(moment):
            assert run_due_jobs() == Tally(postponed=1)
        moment = job(job_id).run_at
    assert job(job_id).state is JobState.WAITING


def test_a_job_in_whose_middle_the_database_went_away_waits_and_never_dies(ran):
    fail_with(
        OperationalError("SELECT 1", {}, OSError("The server closed the connection."), connection_invalidated=True)
    )
    job_id = write("test.fail")
    moment = clock.now()
    for _ in range(MOST_TRIES * 2):
        with clock_at(moment):
            assert run_due_jobs() == Tally(postponed=1)
        moment = job(job_id).run_at
    assert job(job_id).state is JobState.WAITING


def test_a_job_is_settled_as_soon_as_the_database_is_back(ran, monkeypatch):
    monkeypatch.setattr(work, "SETTLE_SECONDS", 0.01)
    refused = []

    def refuse(_connection):
        refused.append(1)
        if len(refused) == 3:
            event.remove(db.engine, "begin", refuse)
        raise OperationalError(None, None, OSError("There is no server."))

    handles("test.outage")(lambda _payload: event.listen(db.engine, "begin", refuse))
    job_id = write("test.outage")
    assert run_job(job_id) is JobState.DONE
    assert len(refused) == 3
    assert job(job_id).state is JobState.DONE


def test_a_hopeless_job_is_put_aside_at_once(ran):
    fail_with(HopelessError("Refused."))
    job_id = write("test.fail")
    assert run_due_jobs() == Tally(dead=1)
    assert job(job_id).last_error == "Refused."


def test_a_job_of_an_unknown_kind_is_put_aside(ran):
    job_id = write("test.unknown")
    assert run_due_jobs() == Tally(dead=1)
    assert "test.unknown" in job(job_id).last_error


def test_a_job_whose_every_worker_ended_is_put_aside(ran):
    job_id = write()
    lost = {"state": JobState.RUNNING, "leased_until": clock.now() - LEASE, "tries": MOST_TRIES}
    with transaction():
        db.session.execute(update(Job).where(Job.id == job_id).values(lost))
    assert run_due_jobs() == Tally(dead=1)
    assert job(job_id).state is JobState.DEAD
    assert ran == []


def test_a_handler_that_failed_leaves_nothing_half_done(ran):
    def handler(_payload):
        with transaction():
            enqueue("test.note", {"n": 5})
            raise RuntimeError("In the middle.")

    handles("test.half")(handler)
    write("test.half")
    assert run_due_jobs() == Tally(postponed=1)
    assert ran == []


def test_a_change_while_a_job_runs_is_worth_another_job(ran):
    def handler(payload):
        if payload["n"] == 1:
            write("test.once", n=2, unique_key="one")
        ran.append(payload["n"])

    handles("test.once")(handler)
    write("test.once", n=1, unique_key="one")
    assert run_due_jobs() == Tally(done=2)
    assert ran == [1, 2]


def test_a_worker_that_lost_its_lease_does_not_settle_the_job(ran, caplog):
    def handler(_payload):
        with transaction():
            db.session.execute(update(Job).values(leased_by="another"))

    handles("test.slow")(handler)
    job_id = write("test.slow")
    run_job(job_id)
    assert job(job_id).state is JobState.RUNNING
    assert "another worker has it" in caplog.text


def test_a_worker_told_to_stop_in_the_middle_gives_the_job_back(ran):
    def handler(_payload):
        raise KeyboardInterrupt

    handles("test.stop")(handler)
    job_id = write("test.stop")
    with pytest.raises(KeyboardInterrupt):
        run_job(job_id)
    assert (job(job_id).state, job(job_id).tries) == (JobState.WAITING, 0)


def test_the_lease_is_renewed_while_a_job_runs(ran, monkeypatch):
    monkeypatch.setattr(work, "HEARTBEAT", timedelta(milliseconds=20))
    seen = []

    def handler(_payload):
        from time import sleep

        sleep(0.3)
        seen.append(job(job_id).leased_until)
        db.session.rollback()

    handles("test.slow")(handler)
    job_id = write("test.slow")
    begun = clock.now() + LEASE
    assert run_job(job_id) is JobState.DONE
    assert seen[0] > begun


def test_the_sweep_hands_over_what_the_queue_lost(ran):
    from app.core.site import this_site
    from app.outbox.queue import open_queue

    job_id = write()
    waiting = open_queue(this_site().queue_url)
    waiting.flush()
    sweep()
    assert waiting.pending_count() == 1
    assert due_ids(5) == [job_id]
    waiting.flush()


def test_run_jobs_tells_how_it_went_and_fails_where_something_died(app, ran):
    fail_with(HopelessError("Refused."))
    write()
    db.session.remove()
    result = app.test_cli_runner().invoke(args=["run-jobs"])
    assert (result.exit_code, result.output.strip()) == (
        0,
        "11 done, 0 to be tried again, 0 dead",
    )  # and what each day asks for
    write("test.fail")
    db.session.remove()
    result = app.test_cli_runner().invoke(args=["run-jobs"])
    assert result.exit_code == 1
    assert "failed for good" in result.stderr
