"""Writing jobs and mails with the change that causes them."""

import json
import sqlite3

import pytest
from sqlalchemy import select

from app.core.actor import Actor, Granted
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError
from app.core.permissions import Role
from app.core.site import this_site
from app.core.transaction import transaction
from app.outbox import queue
from app.outbox.commands import Address, Order, enqueue, enqueue_many, send_mail, try_again, try_many_again
from app.outbox.models import Job, Mail
from app.outbox.rules import MOST_TRIES, JobState, MailState, pause_after

ODILE = Address("Odile Fennimore", "odile@muster.example")


def jobs():
    return list(db.session.scalars(select(Job).order_by(Job.id)))


def rung():
    """Ids in the queue."""
    waiting = queue.open_queue(this_site().queue_url)
    return [json.loads(message)["args"][0] for message in waiting.storage.enqueued_items()]


@pytest.fixture(autouse=True)
def empty_queue(context):
    waiting = queue.open_queue(this_site().queue_url)
    waiting.flush()
    yield
    waiting.flush()


def test_a_job_is_handed_over_only_after_the_commit(context):
    with transaction():
        job_id = enqueue("test.count", {"n": 1})
        assert rung() == []
    assert rung() == [job_id]
    assert [(job.kind, job.payload, job.state, job.tries) for job in jobs()] == [
        ("test.count", {"n": 1}, JobState.WAITING, 0)
    ]


def test_a_job_of_a_change_that_failed_never_was(context):
    with pytest.raises(ZeroDivisionError), transaction():
        enqueue("test.count", {})
        raise ZeroDivisionError
    assert jobs() == []
    assert rung() == []


def test_two_jobs_of_one_key_do_not_wait_at_once(context):
    with transaction():
        first = enqueue("test.count", {"n": 1}, unique_key="invoice 1")
    with transaction():
        assert enqueue("test.count", {"n": 2}, unique_key="invoice 1") == first
        assert enqueue("test.count", {"n": 3}, unique_key="invoice 2") != first
    assert [job.payload["n"] for job in jobs()] == [1, 3]


def test_many_jobs_are_written_at_once_and_few_are_handed_over(context):
    with transaction():
        ids = enqueue_many("test.count", [Order({"n": number}) for number in range(3000)])
    assert len(ids) == len(set(ids)) == 3000
    assert [job.payload["n"] for job in jobs()] == list(range(3000))
    assert len(rung()) == queue.ROOM


def test_many_jobs_with_keys_keep_their_order_and_their_keys(context):
    with transaction():
        orders = [Order({"n": number}, unique_key=f"key {number}") for number in range(100)]
        ids = enqueue_many("test.count", orders)
    assert [job.id for job in jobs()] == sorted(ids)
    assert len({job.unique_key for job in jobs()}) == 100


def test_a_queue_that_cannot_be_reached_fails_nothing(context, monkeypatch, caplog):
    def broken(_url):
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(queue, "open_queue", broken)
    with transaction():
        enqueue("test.count", {})
    assert len(jobs()) == 1
    assert "wait for the sweep" in caplog.text


@pytest.mark.parametrize(
    "url", ["redis://127.0.0.1:1/0", "postgresql://nobody@127.0.0.1:1/none", "sqlite:////nowhere/at/all.db", "x://y"]
)
def test_no_queue_that_is_away_raises(context, url, caplog):
    queue.ring(url, [1, 2])
    assert "wait for the sweep" in caplog.text


def test_messages_in_the_queue_are_plain_json(context):
    with transaction():
        enqueue("test.count", {"secret": "x"})
    (message,) = queue.open_queue(this_site().queue_url).storage.enqueued_items()
    assert b"secret" not in message
    assert json.loads(message)["args"] == [jobs()[0].id]


def test_without_a_mail_server_mails_are_kept(context):
    with transaction():
        mail = send_mail(ODILE, "Welcome", "Hello Odile")
    assert mail.state is MailState.KEPT
    assert mail.message_id.endswith("@localhost>")
    assert jobs() == []


@pytest.mark.parametrize(
    ("to", "subject"),
    [
        (ODILE, "Hello\nBcc: all@muster.example"),
        (ODILE, "Hello\r\n\r\nText"),
        (Address("Odile\nBcc: x", "odile@muster.example"), "Hello"),
        (Address("Odile", "odile@muster.example\nBcc: x@muster.example"), "Hello"),
        (Address("Odile\u2028", "odile@muster.example"), "Hello"),
    ],
)
def test_a_mail_with_more_than_one_line_on_top_is_refused(context, to, subject):
    with pytest.raises(DomainError), transaction():
        send_mail(to, subject, "Text")
    assert db.session.scalars(select(Mail)).all() == []


def dead_job():
    with transaction():
        job_id = enqueue("test.count", {})
        job = db.session.get_one(Job, job_id)
        job.state, job.tries, job.last_error = JobState.DEAD, MOST_TRIES, "It failed."
    return job


def test_a_dead_letter_is_tried_again_from_the_first_try(context, office):
    job = dead_job()
    with transaction():
        try_again(job.id, actor=office)
    assert (job.state, job.tries) == (JobState.WAITING, 0)


def test_many_dead_letters_are_tried_again_and_others_left_alone(context, office):
    first, second = dead_job(), dead_job()
    with transaction():
        waiting = enqueue("test.count", {})
        assert try_many_again([first.id, second.id, waiting, 999], actor=office) == 2
    assert {job.state for job in jobs()} == {JobState.WAITING}


def test_only_dead_letters_are_tried_again_and_only_by_the_secretariat(context, office):
    job = dead_job()
    with pytest.raises(AccessDeniedError), transaction():
        try_again(job.id, actor=Actor("F", 1, (Granted(Role.FINANCE),)))
    with transaction():
        try_again(job.id, actor=office)
    with pytest.raises(DomainError), transaction():
        try_again(job.id, actor=office)


def test_pauses_grow_and_are_bounded():
    pauses = [pause_after(tries).total_seconds() for tries in range(1, 20)]
    assert pauses[:4] == [15, 30, 60, 120]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 6 * 3600
