"""Shell commands of the outbox: the worker, and a single round of work without one."""

from __future__ import annotations

import logging
import os

import click
from flask import Flask, current_app

from app.core.database import db
from app.core.site import this_site
from app.outbox.duties import resume_duties
from app.outbox.queue import UNREACHABLE
from app.outbox.work import ring_next, run_due_jobs, run_job, sweep
from app.outbox.workers import Duties, serve
from app.web.shell import shell_command


@shell_command("worker")
@click.option("--processes", type=click.IntRange(1, 64), default=None, help="Worker processes; one for each core.")
def worker(processes: int | None) -> None:
    """Carry out jobs and send mails until told to stop."""
    url = this_site().queue_url
    if not url:
        message = "QUEUE_URL is empty: there is no queue to work from."
        raise click.ClickException(message)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("app").setLevel(logging.INFO)
    application: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's own way
    _forget_connections()
    try:
        serve(url, duties_in(application), processes or os.cpu_count() or 1)
    except UNREACHABLE as error:
        message = f"The queue cannot be reached: {error}"
        raise click.ClickException(message) from error


@shell_command("run-jobs")
def run_jobs() -> None:
    """Carry out in this process everything that is due."""
    resume_duties()
    tally = run_due_jobs()
    click.echo(f"{tally.done} done, {tally.postponed} to be tried again, {tally.dead} dead")
    if tally.dead:
        message = f"{tally.dead} failed for good; see Background work."
        raise click.ClickException(message)


def duties_in(application: Flask) -> Duties:
    """What a worker process of this application does, each time in a context of its own."""

    def begin() -> None:
        with application.app_context():
            db.engine.dispose(close=False)

    def run(job_id: int) -> None:
        with application.app_context():
            if run_job(job_id) is not None:
                ring_next()

    def sweep_once() -> None:
        with application.app_context():
            resume_duties()
            sweep()

    return Duties(begin, run, sweep_once)


def _forget_connections() -> None:
    """Close what this process has open, so that no connection is shared with the processes it starts."""
    db.session.remove()
    db.engine.dispose()


COMMANDS = (worker, run_jobs)
