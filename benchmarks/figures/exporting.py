"""Exports of all invoices, and the proof of everything."""

from __future__ import annotations

import csv
import gc
import io
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import xlsxwriter
from sqlalchemy import Engine, func, select

from app import create_app
from app.billing.models import Invoice
from app.core.database import Base, db
from app.core.transaction import snapshot
from app.core.verification import run_checks
from benchmarks.figures.pages import find_path
from benchmarks.output import Figure
from benchmarks.timing import Timing, megabytes_of, timed
from benchmarks.visitor import Visitor
from config import Config

ALL_INVOICES, MOST_SECONDS = 30_000, 1.5
MOST_MEGABYTES = 100
MEGABYTE, OK = 1024 * 1024, 200
HIGHEST, FORGET = Path("/proc/self/clear_refs"), "5"  # Lets Linux forget the highest memory so far.
TIMES = 3
Rows = Sequence[Sequence[str]]


def measure_exports(visitor: Visitor) -> Iterator[Figure]:
    """All invoices as CSV and as XLSX, and the memory of it; the mark is for 30,000 rows and shrinks with them."""
    path = find_path(visitor, "billing.invoices")
    if path is None:
        return
    text = visitor.fetch(f"{path}?format=csv").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    wanted = MOST_SECONDS * (len(rows) - 1) / ALL_INVOICES
    for kind, floor in (("csv", _write_csv), ("xlsx", _write_xlsx)):
        timing, least = timed(_fetching(visitor, f"{path}?format={kind}"), _writing(floor, rows), times=TIMES, warm=1)
        seconds, is_csv = min(timing.wall) / 1000, kind == "csv"
        yield Figure(
            f"{len(rows) - 1:,} invoices as {kind.upper()}",
            f"{seconds:.2f} s ({min(timing.cpu) / 1000:.2f})",
            f"≤ {wanted:.2f} s" if is_csv else "",
            seconds <= wanted if is_csv else None,
            f"{min(least.wall) / 1000:.2f} s",
            f"the {'csv module' if is_csv else 'xlsxwriter library'} alone on the same rows",
        )

    yield _memory(visitor, f"{path}?format=csv", len(rows) - 1)


def _memory(visitor: Visitor, path: str, count: int) -> Figure:
    """What handing out a file takes more of the memory at its height than there was before.

    It is measured in a process of its own that has only opened the list: this one holds memory that would serve again.
    """
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.figures.exporting", path],
        env={**visitor.site.environment, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        input=visitor.cookie,
        capture_output=True,
        text=True,
        check=True,
    )
    taken, sent = map(float, done.stdout.split())
    return Figure(
        f"memory that handing out {count:,} invoices as CSV takes",
        f"{taken:.0f} MB for {sent:.1f} MB sent",
        f"≤ {MOST_MEGABYTES} MB",
        taken <= MOST_MEGABYTES,
    )


def main() -> None:
    """Open the list of a file, hand the file out piece by piece, and print what that took and how much it was."""
    path, config = sys.argv[1], Config.from_environment()
    client = create_app(config).test_client(use_cookies=False)
    asked = {"base_url": config.base_url, "headers": {"Cookie": sys.stdin.read()}}
    client.get(path.partition("?")[0], **asked).close()
    gc.collect()
    HIGHEST.write_text(FORGET)
    before, sent = megabytes_of("self"), 0
    response = client.get(path, **asked)
    for piece in response.iter_encoded():
        sent += len(piece)
    if response.status_code != OK:
        message = f"GET {path} answers {response.status_code}"
        raise LookupError(message)
    response.close()
    print(megabytes_of("self", "VmHWM") - before, sent / MEGABYTE)


def _fetching(visitor: Visitor, path: str) -> Callable[[], object]:
    return lambda: visitor.fetch(path)


def _writing(write: Callable[[Rows], object], rows: Rows) -> Callable[[], object]:
    return lambda: write(rows)


def _write_csv(rows: Rows) -> str:
    target = io.StringIO()
    csv.writer(target).writerows(rows)
    return target.getvalue()


def _write_xlsx(rows: Rows) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet()
    for line, row in enumerate(rows):
        for place, cell in enumerate(row):
            sheet.write_string(line, place, cell)
    book.close()
    return target.getvalue()


def measure_verification(visitor: Visitor) -> Iterator[Figure]:
    """Every check over every row, as `flask verify` runs them."""
    with visitor.site.app.app_context():
        checking, reading = Timing(), Timing()
        with snapshot(), checking.lap():
            findings = list(run_checks())
        with reading.lap():
            count = _read_everything(db.engine)
        invoices = db.session.scalar(select(func.count()).select_from(Invoice))
        db.session.remove()
    wrong = sum(len(finding.problems) for finding in findings)
    yield Figure(
        f"flask verify: {len(findings)} checks, {count:,} rows, {invoices:,} invoices",
        f"{checking.seconds:.1f} s ({checking.cpu_seconds:.1f})",
        "finds nothing",
        wrong == 0,
        f"{reading.seconds:.1f} s",
        "every row of every table read once by Core",
    )


def _read_everything(engine: Engine) -> int:
    count = 0
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            found = connection.execution_options(yield_per=1000).execute(select(*table.c))
            count += sum(1 for _ in found)
    return count


if __name__ == "__main__":
    main()
