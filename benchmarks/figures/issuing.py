"""Drafting and issuing ten thousand invoices at once, beside Core inserts of the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Table, delete, func, select

from app.audit.models import AuditEntry
from app.billing.commands import IssueValues, issue_run, prepare_run, start_issue
from app.billing.models import Invoice, InvoiceLine, InvoiceRecord, LedgerEntry, Posting
from app.core import clock
from app.core.database import db
from app.core.periods import year_of
from app.core.transaction import transaction
from app.outbox.models import Job
from benchmarks.consortium.payers import make_payers
from benchmarks.consortium.world import OFFICE
from benchmarks.output import Figure
from benchmarks.site import Site
from benchmarks.timing import Timing

INVOICES = 10_000
MOST_SECONDS = {"sqlite": 5.0, "postgresql": 10.0}
WRITTEN = (Invoice, InvoiceLine, InvoiceRecord, LedgerEntry, Posting, AuditEntry, Job)


def measure_issuing(site: Site, scale: float) -> Iterator[Figure]:
    """Number, freeze, post and record every draft of a fee run, in blocks as the worker does; without the PDFs."""
    count, today = max(100, round(INVOICES * scale)), clock.today()
    drafting, issuing, inserting = Timing(), Timing(), Timing()
    with site.app.app_context():
        make_payers(count, date(today.year, 1, 1))
        before = db.session.scalar(select(func.max(AuditEntry.sequence))) or 0
        db.session.remove()
        with drafting.lap(), transaction():
            run_id = prepare_run(year_of(today), actor=OFFICE).id
        with issuing.lap():
            with transaction():
                start_issue(run_id, IssueValues(today, today), actor=OFFICE)
            issue_run({"run_id": run_id})
        rows = _insert_again(inserting, before)
        db.session.remove()
    seconds, cpu = drafting.seconds + issuing.seconds, drafting.cpu_seconds + issuing.cpu_seconds
    wanted = MOST_SECONDS[site.database] * count / INVOICES
    yield Figure(
        f"{count:,} invoices of two lines drafted and issued on {site.database}",
        f"{seconds:.2f} s ({cpu:.2f}), of it drafting {drafting.seconds:.2f} s",
        f"≤ {wanted:.2f} s",
        seconds <= wanted,
        f"{inserting.seconds:.2f} s ({inserting.cpu_seconds:.2f})",
        f"Core inserts alone of the same {rows:,} rows",
    )


def _insert_again(inserting: Timing, before: int) -> int:
    """Take away the rows that were written and insert them again, one statement a table; how many they are."""
    tables: list[Table] = [model.__table__ for model in WRITTEN]  # type: ignore[misc]
    with db.engine.begin() as connection:
        kept = {
            table.name: [dict(row._mapping) for row in connection.execute(_written(table, before))]  # noqa: SLF001
            for table in tables
        }
        for table in reversed(tables):
            connection.execute(delete(table).where(_key(table).in_(_keys(table, kept[table.name]))))
    with inserting.lap(), db.engine.begin() as connection:
        for table in tables:
            connection.execute(table.insert(), kept[table.name])
    return sum(len(rows) for rows in kept.values())


def _written(table: Table, before: int) -> Any:
    asked = select(*table.c)
    return asked.where(table.c.sequence > before) if "sequence" in table.c else asked


def _key(table: Table) -> Any:
    return next(iter(table.primary_key.columns))


def _keys(table: Table, rows: list[dict[str, Any]]) -> Any:
    """All keys from the first to the last, without naming each."""
    key = _key(table)
    return select(key).where(key >= min(row[key.name] for row in rows)) if rows else select(key).where(key.is_(None))
