"""The catalogue at 100,000 lines: search by any word, the list with its filters, one line, files, reports, proof."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from urllib.parse import quote_plus

from sqlalchemy import Engine, select

from app.core import clock
from app.core.database import db, reading_only
from app.lines.models import Allele, MouseLine
from app.lines.queries import verification
from benchmarks.consortium.lines import LABS, LINES, clone_name, gene_symbol, make_lines
from benchmarks.output import Figure
from benchmarks.site import Site, analyse
from benchmarks.timing import Timing, timed
from benchmarks.visitor import Visitor

SEED = 20160524
RUNS = 60
MOST, MOST_OF_LIST = 40.0, 25.0
NARROWED = {"centre": "centre=1", "stage": "stage=confirmed", "form": "form=sperm", "class": "allele_class=reporter"}
FLOOR_IS = "50 lines in their order with their alleles, Core alone"


def measure_lines(site: Site, scale: float) -> Iterator[Figure]:
    """Pages of the catalogue, each search another one and none remembered."""
    count, timing = max(1_000, round(LINES * scale)), Timing()
    with site.app.app_context(), timing.lap():
        make_lines(clock.today(), count, SEED)
        engine = db.engine
        db.session.remove()
    yield Figure(f"{count:,} lines made and indexed in bulk", f"{timing.seconds:.0f} s ({timing.cpu_seconds:.0f})")
    analyse(site)
    dice, visitor = Random(SEED), Visitor(site)
    floor = partial(_floor, engine, dice, count)
    searches = _searches(dice, count)
    for name, words in searches.items():
        yield _page(name, visitor, _path(words), (floor, MOST, site))
    mixed = list(searches.values())
    yield _page(
        "search, all of these in turn at random",
        visitor,
        lambda: f"/lines?q={quote_plus(dice.choice(mixed)())}",
        (floor, MOST, site),
    )
    yield _page(
        "search inside words, which nothing begins with",
        visitor,
        _path(lambda: f"{dice.randrange(10**4):04d}_"),
        (floor, 0.0, site),
    )
    yield _page("list of the first 50", visitor, lambda: "/lines", (floor, MOST_OF_LIST, site))
    yield _page(
        "list, one of its last pages",
        visitor,
        lambda: f"/lines?page={count // 50 - dice.randrange(9)}",
        (floor, 0.0, site),
    )
    for name, narrowed in NARROWED.items():
        yield _page(
            f"list narrowed to a {name}", visitor, partial("/lines?{}".format, narrowed), (floor, MOST_OF_LIST, site)
        )
    yield _page(
        "record of one line", visitor, lambda: f"/lines/{dice.randrange(count) + 1}", (floor, MOST_OF_LIST, site)
    )
    yield from _whole(visitor, count)
    yield _proof(site)


def _searches(dice: Random, count: int) -> dict[str, Callable[[], str]]:
    """What people type to find a line, each time of another one."""

    def number() -> int:
        return dice.randrange(count)

    genes, alleles = max(1, count // 5), count * 6 // 10
    return {
        "search by gene": lambda: gene_symbol(number() % genes),
        "search by symbol and centre": lambda: f"{gene_symbol(number() % genes)}<tm1 alderbruck",
        "search by MGI id": lambda: f"MGI:{4_000_000 + number() % alleles}",
        "search by clone": lambda: clone_name(number() % alleles),
        "search by iMits attempt": lambda: str(300_000 + number()),
        "search by stock number": lambda: f"EM:{number():06d}",
        "search by name of a centre": lambda: dice.choice(("alderbruck", "brennhaven institute", "CAL-IG")),
        "search by alias of a strain": lambda: f"B6N substrain {dice.randrange(40)}",
        "search by two words of many lines": lambda: f"{dice.choice(('tm1a', 'tm1b', 'em1'))} {dice.choice(LABS[:3])}",
    }


def _path(words: Callable[[], str]) -> Callable[[], str]:
    return lambda: f"/lines?q={quote_plus(words())}"


def _page(
    name: str, visitor: Visitor, path: Callable[[], str], judged: tuple[Callable[[], object], float, Site]
) -> Figure:
    floor, most, site = judged
    timing, least = timed(lambda: visitor.fetch(path()), floor, times=RUNS)
    if not most:
        return Figure(name, timing.words, floor=least.short, floor_is=FLOOR_IS)
    spent = timing.p95 if site.database != "sqlite" else sorted(timing.cpu)[int(len(timing.cpu) * 0.95)]
    return Figure(name, timing.words, f"p95 ≤ {most:.0f} ms", spent <= most, least.short, FLOOR_IS)


def _floor(engine: Engine, dice: Random, count: int) -> None:
    asked = (
        select(MouseLine.id, MouseLine.colony, MouseLine.stage, Allele.symbol)
        .join(Allele, Allele.id == MouseLine.allele_id)
        .where(MouseLine.id >= dice.randrange(count))
        .order_by(MouseLine.id)
        .limit(50)
    )
    with engine.connect() as connection:
        connection.execute(asked).all()


def _whole(visitor: Visitor, count: int) -> Iterator[Figure]:
    """What reads all lines: a file of them, and the reports."""
    for name, path in (
        (f"CSV of all {count:,} lines", "/lines?format=csv"),
        ("report of lines by stage, first asked", "/reports/lines-by-stage"),
        ("report of lines by year, first asked", "/reports/lines-by-year"),
    ):
        timing = Timing()
        with timing.lap():
            visitor.fetch(path)
        yield Figure(name, f"{timing.seconds:.1f} s ({timing.cpu_seconds:.1f})")


def _proof(site: Site) -> Figure:
    """What `flask verify` proves of lines, all of it holding."""
    timing, checks = Timing(), (verification.check_stages, verification.check_descent, verification.check_words)
    with site.app.app_context(), reading_only(), timing.lap():
        wrong = [problem for check in checks for problem in check()]
        db.session.remove()
    return Figure(
        "proof of stages, descent and words", f"{timing.seconds:.0f} s ({timing.cpu_seconds:.0f})", "holds", not wrong
    )
