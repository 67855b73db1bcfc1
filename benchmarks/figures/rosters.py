"""Rosters of 500 committees and 20,000 terms: pages of any date, all of them, and the printed book."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from random import Random

from sqlalchemy import Engine, or_, select

from app.accounts.models import User
from app.committees.commands import order_book, print_book
from app.committees.models import Appointment, Seat
from app.committees.queries import list_books
from app.core import clock
from app.core.actor import Actor, Granted
from app.core.database import db
from app.core.permissions import Role
from app.core.transaction import transaction
from benchmarks.consortium.rosters import make_rosters, size_of
from benchmarks.output import Figure
from benchmarks.site import Site, analyse
from benchmarks.timing import Timing, timed
from benchmarks.visitor import Visitor

SEED = 20160524
RUNS = 60
MOST, MOST_OF_ALL = 25.0, 250.0
MOST_SECONDS = 60.0
FLOOR_IS = "the same seats with their holders of that day, Core alone"


def measure_rosters(site: Site, scale: float) -> Iterator[Figure]:
    """Pages of rosters on any date, lists and comparisons of all of them, and a book."""
    with site.app.app_context():
        world = make_rosters(size_of(scale), clock.today(), SEED)
        engine = db.engine
        db.session.remove()
    analyse(site)
    dice = Random(SEED)

    def any_day() -> date:
        return world.first_day + timedelta(days=dice.randrange((world.today - world.first_day).days))

    def of_one(path: str) -> str:
        known = f"&known={any_day()}" if dice.random() < 0.5 else ""
        return path.format(id=dice.choice(world.committees), day=any_day(), known=known)

    visitor = Visitor(site)
    count = len(world.committees)
    floor = partial(_floor, engine, lambda: (dice.choice(world.committees), any_day()))
    pages = (
        ("roster of one on any date, half as known on another", "/committees/{id}?on={day}{known}", MOST),
        ("timeline of one", "/committees/{id}/timeline?on={day}", MOST),
        ("balance of one", "/committees/{id}/balance?on={day}", MOST),
        ("two days of one compared", "/committees/{id}/compare?first={day}&second=2026-01-01", MOST),
        (f"list of the first 50 of {count} committees, any date", "/committees?on={day}", MOST_OF_ALL),
        (f"balance of all {count}, any date", "/committees/balance?on={day}", 0.0),
        (f"two days of all {count} compared", "/committees/compare?first={day}&second=2026-01-01", 0.0),
    )
    for name, path, most in pages:
        yield _page(name, lambda path=path: visitor.fetch(of_one(path)), floor, most, site)  # type: ignore[misc]
    today = timed(lambda: visitor.fetch("/committees"), floor, times=RUNS)
    yield _figure(f"list of the first 50 of {count} committees, today", today, MOST, site)
    yield _book(site, count, scale)


def _page(name: str, fetch: Callable[[], object], floor: Callable[[], object], most: float, site: Site) -> Figure:
    return _figure(name, timed(fetch, floor, times=RUNS), most, site)


def _figure(name: str, timings: list[Timing], most: float, site: Site) -> Figure:
    timing, floor = timings
    if not most:
        return Figure(name, timing.words, floor=floor.short, floor_is=FLOOR_IS)
    spent = timing.p95 if site.database != "sqlite" else sorted(timing.cpu)[int(len(timing.cpu) * 0.95)]
    return Figure(name, timing.words, f"p95 ≤ {most:.0f} ms", spent <= most, floor.short, FLOOR_IS)


def _floor(engine: Engine, choose: Callable[[], tuple[int, date]]) -> None:
    committee_id, day = choose()
    held = (Appointment.seat_id == Seat.id) & (Appointment.first_day <= day) & Appointment.superseded_at.is_(None)
    asked = (
        select(Seat.position, Seat.label, Appointment.person_id, Appointment.first_day, Appointment.last_day)
        .outerjoin(Appointment, held & or_(Appointment.last_day.is_(None), Appointment.last_day >= day))
        .where(Seat.committee_id == committee_id)
        .order_by(Seat.position)
    )
    with engine.connect() as connection:
        connection.execute(asked).all()


def _book(site: Site, count: int, scale: float) -> Figure:
    """A book of all committees, made by the job as the worker makes it."""
    timing = Timing()
    with site.app.app_context():
        reader = db.session.scalars(select(User.id).order_by(User.id.desc()).limit(1)).one()
        db.session.remove()
        actor = Actor("Odile Fennimore", reader, (Granted(Role.SECRETARIAT),))
        with transaction():
            book_id = order_book(clock.today(), None, actor=actor).id
        with timing.lap():
            print_book({"book_id": book_id})
        made = all(row.made_at for row in list_books(actor))
        db.session.remove()
    wanted = MOST_SECONDS * max(scale, 0.1)
    return Figure(
        f"roster book of {count} committees, made by the worker",
        f"{timing.seconds:.1f} s ({timing.cpu_seconds:.1f})",
        f"< {wanted:.0f} s",
        made and timing.cpu_seconds < wanted,
    )
