"""Exchanges among 5,000 agreements and 50,000 shipments: the permission check, custody of a line, and holdings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from random import Random

from sqlalchemy import Engine, select

from app.core import clock
from app.core.actor import program
from app.core.database import db
from app.core.tables import PageRequest
from app.exchange.models import Holding
from app.exchange.queries.answers import answers_of
from app.exchange.queries.custody import custody_of, get_custody_line, holdings_on
from app.exchange.rules.facts import Transfer
from app.lines.rules import MaterialForm
from benchmarks.consortium.exchanges import BUSY, Traffic, make_exchanges
from benchmarks.output import Figure
from benchmarks.site import Site, analyse
from benchmarks.timing import Timing, timed
from benchmarks.visitor import Visitor

SEED = 20160524
RUNS = 200
FLOOR_IS = "the holdings of the same line, Core alone"
OFFICE = program("Benchmarks")


def measure_exchanges(site: Site, scale: float) -> Iterator[Figure]:
    """What is asked before each shipment, and what is looked at after it."""
    with site.app.app_context():
        traffic = make_exchanges(scale, clock.today(), SEED)
        engine = db.engine
        db.session.remove()
    analyse(site)
    dice = Random(SEED)
    floor = partial(_floor, engine, lambda: dice.choice(traffic.lines[:BUSY]))
    with site.app.app_context():
        yield _figure("permission of a shipment", _timed(lambda: _permission(traffic, dice), floor), 10.0, site)
        yield _figure("custody of one line", _timed(lambda: _custody(traffic, dice), floor), 25.0, site)
        yield _figure(
            "first 50 holdings of one on any date", _timed(lambda: _holdings(traffic, dice), floor), 0.0, site
        )
        db.session.remove()
    visitor = Visitor(site)
    pages = (
        ("page of the custody of one line", lambda: f"/lines/{dice.choice(traffic.lines[:BUSY])}/custody"),
        ("page of holdings", lambda: f"/exchanges/holdings?institution={dice.choice(traffic.world.institutions)}"),
        ("list of the first 50 exchanges", lambda: "/exchanges"),
    )
    for name, path in pages:
        yield _figure(name, timed(lambda path=path: visitor.fetch(path()), floor, times=40), 0.0, site)  # type: ignore[misc]


def _timed(call: Callable[[], object], floor: Callable[[], object]) -> list[Timing]:
    return timed(call, floor, times=RUNS)


def _permission(traffic: Traffic, dice: Random) -> None:
    """What is asked of a line that somebody has under an agreement, and would pass on under another."""
    _, giver, taker, lines = dice.choice(traffic.agreements)
    answers_of([Transfer(dice.choice(lines), giver, taker, MaterialForm.SPERM, traffic.world.today)])
    db.session.rollback()


def _custody(traffic: Traffic, dice: Random) -> None:
    line = get_custody_line(dice.choice(traffic.lines[:BUSY]))
    custody_of(line.facts, OFFICE)
    db.session.rollback()


def _holdings(traffic: Traffic, dice: Random) -> None:
    day: date = traffic.world.today - timedelta(days=dice.randrange(2_000))
    holdings_on(dice.choice(traffic.world.institutions), "", PageRequest(), OFFICE, on=day)
    db.session.rollback()


def _floor(engine: Engine, choose: Callable[[], int]) -> None:
    asked = select(Holding.institution_id, Holding.first_day, Holding.last_day).where(Holding.line_id == choose())
    with engine.connect() as connection:
        connection.execute(asked.order_by(Holding.first_day)).all()


def _figure(name: str, timings: list[Timing], most: float, site: Site) -> Figure:
    timing, floor = timings
    if not most:
        return Figure(name, timing.words, floor=floor.short, floor_is=FLOOR_IS)
    spent = timing.p95 if site.database != "sqlite" else sorted(timing.cpu)[int(len(timing.cpu) * 0.95)]
    return Figure(name, timing.words, f"p95 ≤ {most:.0f} ms", spent <= most, floor.short, FLOOR_IS)
