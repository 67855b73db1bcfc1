"""`python -m benchmarks`: make a consortium in a scratch database, measure, and print each figure beside its floor."""

from __future__ import annotations

import argparse
import gc
import os
import platform
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

from app.core import clock
from app.core.database import db
from app.core.garbage import settle_process
from benchmarks.consortium import REGISTERS, Size, generate
from benchmarks.figures.banking import measure_banking
from benchmarks.figures.crowding import measure_crowding
from benchmarks.figures.exchanges import measure_exchanges
from benchmarks.figures.exporting import measure_exports, measure_verification
from benchmarks.figures.importing import measure_importing
from benchmarks.figures.issuing import measure_issuing
from benchmarks.figures.line_imports import measure_line_imports
from benchmarks.figures.lines import measure_lines
from benchmarks.figures.pages import measure_pages
from benchmarks.figures.printing import measure_printing
from benchmarks.figures.rosters import measure_rosters
from benchmarks.figures.serving import measure_serving
from benchmarks.figures.starting import measure_starting
from benchmarks.output import Figure, print_table
from benchmarks.site import DATABASES, Site, analyse, kept_site, scratch_site
from benchmarks.timing import additions, load
from benchmarks.visitor import Visitor

ON_CONSORTIUM: dict[str, tuple[str, Callable[[Visitor], Iterator[Figure]]]] = {
    "pages": (
        "Server time of pages: median / p95 (of processor time, which counts on SQLite)",
        measure_pages,
    ),
    "serving": ("Server under load", measure_serving),
    "exports": ("Exports: best of three (processor time)", measure_exports),
    "verify": ("Proof of everything", measure_verification),
    "papers": ("Papers", measure_printing),
}
ON_EMPTY_SITE = (
    "issuing",
    "crowding",
    "banking",
    "importing",
    "lines",
    "lineimports",
    "rosters",
    "exchanges",
    "start",
)


def main() -> None:
    """Measure what was asked for."""
    wanted = _options()
    names = wanted.only or [*ON_CONSORTIUM, *ON_EMPTY_SITE]
    databases = DATABASES if wanted.database == "both" else (wanted.database,)
    machine = f"{os.cpu_count()} cores, three million additions take {additions():.0f} ms of processor time"
    print(f"{date.today()}, Python {platform.python_version()}, {machine}")  # noqa: DTZ011
    missed = 0
    for database in databases:
        print(f"\nDatabase: {database}. Load of the machine at the start: {load()}")
        missed += _measure_consortium(database, names, wanted)
        missed += _measure_empty(database, names, wanted.scale)
    print(f"\nLoad of the machine at the end: {load()}. {missed or 'No'} figures missed what is wanted of them.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", choices=[*ON_CONSORTIUM, *ON_EMPTY_SITE], help="measure only this")
    parser.add_argument("--database", default="sqlite", choices=[*DATABASES, "both"])
    parser.add_argument("--scale", type=float, default=1.0, help="size of the consortium, 1 is that of the design")
    parser.add_argument(
        "--register", default="design", choices=REGISTERS, help="large: 10,000 institutions, 100,000 people"
    )
    parser.add_argument("--keep", action="store_true", help="keep the scratch folder and say where it is")
    parser.add_argument("--kept", type=Path, help="measure on a SQLite database kept earlier instead of a new one")
    return parser.parse_args()


def _measure_consortium(database: str, names: Iterable[str], wanted: argparse.Namespace) -> int:
    chosen = [ON_CONSORTIUM[name] for name in names if name in ON_CONSORTIUM]
    if not chosen:
        return 0
    opened = kept_site(wanted.kept) if wanted.kept else scratch_site(database, keeps=wanted.keep)
    with opened as site:
        if not wanted.kept:
            _generate(site, REGISTERS[wanted.register].scaled(wanted.scale))
        visitor = Visitor(site)
        settle_process()  # As each process of a site does.
        return sum(print_table(title, measure(visitor)) for title, measure in chosen)


def _measure_empty(database: str, names: Iterable[str], scale: float) -> int:
    missed = 0
    titles = {
        "issuing": "Issuing (processor time)",
        "crowding": "Issuing by many processes at once (processor time)",
        "banking": "Statements of banks (processor time)",
        "importing": "Importing",
        "lineimports": "Importing files of lines",
        "rosters": "Rosters: median / p95 (of processor time, which counts on SQLite)",
        "exchanges": "Exchanges: median / p95 (of processor time, which counts on SQLite)",
        "lines": "Catalogue of lines: median / p95 (of processor time, which counts on SQLite)",
        "start": "Start",
    }
    measures: dict[str, Callable[[Site], Iterator[Figure]]] = {
        "issuing": partial(measure_issuing, scale=scale),
        "crowding": partial(measure_crowding, scale=scale),
        "banking": partial(measure_banking, scale=scale),
        "importing": partial(measure_importing, scale=scale),
        "lineimports": partial(measure_line_imports, scale=scale),
        "rosters": partial(measure_rosters, scale=scale),
        "exchanges": partial(measure_exchanges, scale=scale),
        "lines": partial(measure_lines, scale=scale),
        "start": measure_starting,
    }
    for name in (name for name in names if name in measures):
        with scratch_site(database) as site:
            settle_process()
            missed += print_table(titles[name], measures[name](site))
    return missed


def _generate(site: Site, size: Size) -> None:
    began, cpu = time.perf_counter(), time.process_time()
    gc.disable()
    with site.app.app_context():
        generate(size, clock.today())
        analyse(site)
        db.session.remove()
    gc.enable()
    spent = f"{time.perf_counter() - began:.0f} s ({time.process_time() - cpu:.0f} s of processor time)"
    print(f"{size.institutions:,} institutions, {size.people:,} people, {size.invoices:,} invoices,", end=" ")
    print(f"{size.audit_entries:,} entries of the trail generated in {spent}.")


if __name__ == "__main__":
    main()
