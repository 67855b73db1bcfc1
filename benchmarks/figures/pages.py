"""Server time of pages, through the application in this process, on one core; and their statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from sqlalchemy import Engine, func, select
from werkzeug.routing import BuildError

from app.billing.models import Invoice
from app.core.database import db
from benchmarks.figures.floors import LISTS, RECORDS, Statement, floor_of, record_floor
from benchmarks.output import Figure
from benchmarks.timing import Timing, percentile, timed
from benchmarks.visitor import Visitor

MOST, MOST_OF_SUMS = 25.0, 50.0
RUNS, FIRST_RUNS = 60, 20
FLOOR_IS = "same rows, Core and a bare Jinja table"
WORDS = {
    "members.institutions": ("q", "university"),
    "members.people": ("q", "odile"),
    "members.directory": ("q", "university"),
    "billing.invoices": ("q", "phenotyping"),
    "billing.payments": ("q", "clinic"),
    "audit.trail": ("words", "phone"),
    "accounts.users": ("words", "odile"),
    "committees.committees": ("q", "group"),
}
NARROWED = {
    "members.institutions": ("sort=since", "sort=country", "state=active", "member_as=1"),
    "members.people": ("institution=university", "purpose=voting"),
}


@dataclass(frozen=True)
class Fetched:
    """A page to fetch, its smaller sister (fewer rows, the same statements), and what its floor reads.

    `most` is the server time wanted, in ms.
    """

    name: str
    path: str
    smaller: str | None
    floor: Sequence[Statement]
    most: float = MOST


def measure_pages(visitor: Visitor) -> Iterator[Figure]:
    """Home, lists, searches within lists and record pages."""
    with visitor.site.app.app_context():
        engine = db.engine
    for page in _pages(visitor):
        yield _measure(visitor, engine, page)


def _measure(visitor: Visitor, engine: Engine, page: Fetched) -> Figure:
    timing, floor = timed(lambda: visitor.fetch(page.path), floor_of(engine, list(page.floor)), times=RUNS)
    first = _after_changes(visitor, page.path)
    count = visitor.statements(page.path)
    counted = f"{count} statements"
    if page.smaller is not None:
        visitor.fetch(page.smaller)  # What is counted between two changes is counted once, here as there.
        fewer = visitor.statements(page.smaller)
        counted = f"{count} statements" if fewer == count else f"{count} statements, {fewer} for fewer rows"
        steady = fewer == count
    else:
        steady = True
    return Figure(
        f"{page.name}, {counted}",
        f"{timing.words}, first after a change {first.words}",
        f"p95 ≤ {page.most:.0f} ms",
        _server_time(visitor, timing) <= page.most and steady,
        floor.short,
        FLOOR_IS,
    )


def _after_changes(visitor: Visitor, path: str) -> Timing:
    """The page as it is first opened after each of several changes, when nothing counted before holds any more."""
    timing = Timing()
    for _ in range(FIRST_RUNS):
        visitor.change()
        with timing.lap():
            visitor.fetch(path)
    return timing


def _server_time(visitor: Visitor, timing: Timing) -> float:
    """On SQLite all work is this process's, so its processor time counts, whoever else keeps the machine busy."""
    return percentile(timing.cpu, 95) if visitor.site.database == "sqlite" else timing.p95


def _pages(visitor: Visitor) -> Iterator[Fetched]:
    yield Fetched("home", "/", None, ())
    for endpoint, floor in LISTS.items():
        path = find_path(visitor, endpoint)
        if path is not None:
            name, words = WORDS.get(endpoint, ("", ""))
            few = f"{path}?{urlencode({name: words})}" if name else None
            yield Fetched(f"list {endpoint}", path, few, floor)
            if few is not None:
                yield Fetched(f"search in {endpoint}", few, None, floor)
            for query in NARROWED.get(endpoint, ()):
                yield Fetched(f"list {endpoint}, {query}", f"{path}?{query}", None, floor)
    for endpoint in RECORDS:
        yield from _record_pages(visitor, endpoint)
    yield Fetched("money", "/money", None, ())
    payer = _largest_payer(visitor)
    for path in (f"/members/{payer}/account", f"/reports/statement?institution={payer}"):
        yield Fetched(f"statement of a payer, {path}", path, None, (), MOST_OF_SUMS)
    for query in ("", f"?on={date.today().replace(day=1) - timedelta(days=400)}"):  # noqa: DTZ011
        yield Fetched(f"ageing of all payers{query}", f"/reports/ageing{query}", None, (), MOST_OF_SUMS)


def _record_pages(visitor: Visitor, endpoint: str) -> Iterator[Fetched]:
    record_id = _middle_id(visitor, endpoint)
    path = find_path(visitor, endpoint, record_id)
    if path is not None:
        yield Fetched(f"record {endpoint}", path, None, record_floor(endpoint, record_id))


def find_path(visitor: Visitor, endpoint: str, record_id: int | None = None) -> str | None:
    """The address of an endpoint, None where there is no such page."""
    app = visitor.site.app
    rules = list(app.url_map.iter_rules(endpoint)) if endpoint in app.view_functions else []
    if not rules:
        return None
    with app.test_request_context(base_url=visitor.site.config.base_url):
        try:
            return app.url_for(endpoint, **dict.fromkeys(rules[0].arguments, record_id))
        except BuildError:
            return None


def _largest_payer(visitor: Visitor) -> int:
    """Who has the most invoices."""
    asked = select(Invoice.payer_id).group_by(Invoice.payer_id).order_by(func.count().desc(), Invoice.payer_id).limit(1)
    with visitor.site.app.app_context():
        found = db.session.scalar(asked)
        db.session.remove()
    return int(found or 1)


def _middle_id(visitor: Visitor, endpoint: str) -> int:
    """A record from the middle of its table."""
    table = RECORDS[endpoint][1][0][0].__table__
    key = table.c["sequence" if "sequence" in table.c else "id"]
    with visitor.site.app.app_context():
        count = db.session.scalar(select(func.count()).select_from(table)) or 1
        found = db.session.scalar(select(key).order_by(key).offset(count // 2).limit(1))
        db.session.remove()
    return int(found or 1)
