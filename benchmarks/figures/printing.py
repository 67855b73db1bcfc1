"""Invoice PDFs a second, in one process and in two, beside WeasyPrint alone; and where the time of one goes."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import select

from app.billing.documents import invoice_html, invoice_pdf, thaw
from app.billing.models import Invoice, InvoiceRecord
from app.core.database import db
from app.web.pdf import time_parts
from app.web.pdf.assets import STATIC
from benchmarks.output import Figure
from benchmarks.timing import Timing, timed
from benchmarks.visitor import Visitor

PAPERS, ROUNDS = 12, 4
LEAST_OF_ONE, LEAST_OF_TWO = 20.0, 36.0
Frozen = tuple[dict[str, Any], str]


def measure_printing(visitor: Visitor) -> Iterator[Figure]:
    """From the frozen record to the bytes of the PDF, the same invoices all the time."""
    frozen = _read_frozen(visitor)
    papers = [invoice_html(thaw(*each)) for each in frozen]
    ours, alone = timed(lambda: _print_all(frozen), _weasyprint_alone(papers), times=ROUNDS, warm=1)
    rate, floor = _rate(ours), _rate(alone)
    yield Figure(
        "invoice PDFs a second, one process",
        f"{rate:.1f}/s, {rate / floor:.2f} of the floor",
        f"≥ {LEAST_OF_ONE:.0f}/s",
        rate >= LEAST_OF_ONE,
        f"{floor:.1f}/s",
        "WeasyPrint alone, same HTML, shared fonts and stylesheet, plain PDF",
    )
    one, two = (_rate_of_processes(count, frozen) for count in (1, 2))
    yield Figure(
        "invoice PDFs a second, two worker processes",
        f"{two:.1f}/s, × {two / one:.2f}",
        f"≥ {LEAST_OF_TWO:.0f}/s",
        two >= LEAST_OF_TWO,
        f"{one:.1f}/s",
        f"one worker process; this machine has {os.cpu_count()} cores",
    )
    parts = time_parts(papers[0])
    whole = sum(parts.values())
    for part, spent in parts.items():
        yield Figure(f"  of one PDF: {part}", f"{spent:.1f} ms, {spent / whole:.0%}")


def _read_frozen(visitor: Visitor) -> list[Frozen]:
    asked = (
        select(InvoiceRecord.content, Invoice.content_sha256)
        .join(Invoice, Invoice.id == InvoiceRecord.invoice_id)
        .order_by(Invoice.id.desc())
        .limit(PAPERS)
    )
    with visitor.site.app.app_context():
        found = [(content, digest or "") for content, digest in db.session.execute(asked)]
        db.session.remove()
    return found


def _print_all(frozen: Sequence[Frozen]) -> None:
    for each in frozen:
        invoice_pdf(*each)


def _rate(timing: Timing) -> float:
    return PAPERS / (min(timing.wall) / 1000)


def _weasyprint_alone(papers: Sequence[str]) -> Callable[[], None]:
    import weasyprint  # noqa: PLC0415 - loads system libraries
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    fonts = FontConfiguration()
    stylesheet = weasyprint.CSS(filename=STATIC / "papers.css", font_config=fonts)

    def print_all() -> None:
        for html in papers:
            weasyprint.HTML(string=html, base_url=str(STATIC)).write_pdf(font_config=fonts, stylesheets=[stylesheet])

    return print_all


def _rate_of_processes(count: int, frozen: Sequence[Frozen]) -> float:
    """PDFs a second of so many processes, each with a warm press, that print at the same time."""
    spawned = multiprocessing.get_context("spawn")
    begun = spawned.Barrier(count + 1)
    workers = [spawned.Process(target=_work, args=(begun, frozen)) for _ in range(count)]
    for worker in workers:
        worker.start()
    begun.wait()
    start = time.perf_counter()
    for worker in workers:
        worker.join()
    return count * ROUNDS * len(frozen) / (time.perf_counter() - start)


def _work(begun: Any, frozen: Sequence[Frozen]) -> None:
    _print_all(frozen[:2])
    begun.wait()
    for _ in range(ROUNDS):
        _print_all(frozen)
    os._exit(0)  # Without the libraries' own tidying up, which is not part of the work.
