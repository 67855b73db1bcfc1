"""Eight processes that issue ten thousand invoices at once: how long, and whether their numbers have a gap."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from app import create_app
from app.billing.commands import IssueValues, issue_run, start_issue
from app.billing.commands.runs import bill_alone
from app.billing.models import Invoice
from app.billing.queries.charges import preview_run
from app.billing.queries.contents import read_contents
from app.billing.queries.verification import check_numbers
from app.billing.rules import InvoiceState
from app.core import clock
from app.core.database import db
from app.core.periods import Period, year_of
from app.core.transaction import transaction
from benchmarks.consortium.payers import make_payers
from benchmarks.consortium.world import OFFICE
from benchmarks.figures.issuing import INVOICES
from benchmarks.output import Figure
from benchmarks.site import Site
from benchmarks.timing import Timing
from config import Config

PROCESSES = 8


def measure_crowding(site: Site, scale: float) -> Iterator[Figure]:
    """Issue as many fee runs as there are processes, each by one of them, all begun at the same moment.

    The floor is one process that issues as many runs of as many invoices, those of the year before, one by one.
    """
    count, today = max(100, round(INVOICES * scale)), clock.today()
    alone, crowded = Timing(), Timing()
    with site.app.app_context():
        this_year = year_of(today)
        last_year = year_of(this_year.first - timedelta(1))
        make_payers(count, last_year.first)
        before, runs = _runs(last_year, today), _runs(this_year, today)
        db.session.remove()
        with alone.lap():
            for run_id in before:
                issue_run({"run_id": run_id})
        db.session.remove()
        processes = [_begun(site, run_id) for run_id in runs]
        for process in processes:
            process.stdout.readline()  # type: ignore[union-attr]
        with crowded.lap():
            again = _issued_at_once(processes)
        issued = select(func.count()).where(Invoice.state == InvoiceState.ISSUED)
        missing = 2 * count - (db.session.scalar(issued) or 0)
        gaps = len(list(check_numbers()))
        db.session.remove()
    yield Figure(
        f"{count:,} invoices issued by {PROCESSES} processes at once on {site.database}",
        f"{crowded.seconds:.2f} s, {gaps} gaps, {again} tries again, {missing} invoices left",
        "no gap",
        not gaps and not missing,
        f"{alone.seconds:.2f} s ({alone.cpu_seconds:.2f})",
        "one process that issues as many, one run after the other",
    )


def _runs(year: Period, today: date) -> list[int]:
    """Fee runs of a year with an equal part of its drafts each, whose issue has begun."""
    charges = preview_run(year, actor=OFFICE).charges
    run_ids = []
    for part in range(PROCESSES):
        with transaction():
            some = [each for each in charges if each.member.institution_id % PROCESSES == part]
            run_ids.append(bill_alone(year, some, actor=OFFICE).id)
    for run_id in run_ids:
        with transaction():
            start_issue(run_id, IssueValues(today, today), actor=OFFICE)
    return run_ids


def _begun(site: Site, run_id: int) -> subprocess.Popen[str]:
    """A process that says when it is ready, and issues a run as soon as it is told to."""
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.figures.crowding", str(run_id)],
        env={**site.environment, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _issued_at_once(processes: Sequence[subprocess.Popen[str]]) -> int:
    """Tell all to begin and wait for the last; how often one of them had to try again."""
    for process in processes:
        process.stdin.close()  # type: ignore[union-attr]
        process.stdin = None  # It is closed; communicate() would flush it.
    told: list[str] = [process.communicate()[0] for process in processes]
    return sum(each.count("again") for each in told)


def _issued(run_id: int) -> bool:
    """Whether a run went through; kept waiting too long for the others it goes on later, as a job does."""
    try:
        issue_run({"run_id": run_id})
    except OperationalError:
        db.session.remove()
        return False
    return True


def main() -> None:
    """Issue the run that is named once the input ends; what a process does only the first time is done before."""
    run_id = int(sys.argv[1])
    with create_app(Config.from_environment()).app_context():
        read_contents(db.session.scalars(select(Invoice.id).where(Invoice.run_id == run_id)).all(), clock.today())
        db.session.remove()
        print("ready", flush=True)
        sys.stdin.read()
        while not _issued(run_id):
            print("again", flush=True)


if __name__ == "__main__":
    main()
