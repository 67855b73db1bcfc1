"""Ten kill -9 in the middle of the walk: nothing is lost, nothing is doubled, and the work goes on by itself."""

from __future__ import annotations

import random
import re
import threading
from typing import TYPE_CHECKING

import pytest

from app.core.clock import today
from tests.journeys.site import Site, running_site
from tests.journeys.visitor import Visitor, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.faults
KILLS = 10
YEAR = today().year
PAID_BEFORE = 17  # by the demonstration, in 2013 to 2015


def killing(site: Site, stop: threading.Event, chance: random.Random) -> Callable[[], None]:
    """Kill the web server or the worker again and again, and start it anew each time."""

    def kill() -> None:
        for number in range(KILLS):
            if stop.wait(chance.uniform(0.2, 1.5)):
                break
            name = ("web", "worker")[number % 2]
            site.kill(name)
            site.start(name)

    return kill


def walk(visitor: Visitor) -> None:
    """Make the drafts of 2016, issue them, and record a payment for each invoice."""
    visitor.sign_in()
    visitor.send("/fees/runs/new?year=2016")
    run = next(link for link in visitor.open("/fees").xpath("//@href") if re.fullmatch(r"/fees/runs/\d+", link))
    visitor.send(run)
    wait_for(lambda: "PDFs: 6 of 6." in visitor.open(run).text_content())
    links = visitor.open(f"/invoices?year={YEAR}").xpath("//tbody//@href")
    for invoice in sorted({link for link in links if re.fullmatch(r"/invoices/\d+", link)}):
        pay = next(link for link in visitor.open(invoice).xpath("//@href") if link.startswith("/payments/new"))
        visitor.send(pay, reference=f"for {invoice}")


def test_the_walk_survives_ten_kills(tmp_path_factory: pytest.TempPathFactory) -> None:
    with running_site(tmp_path_factory.mktemp("kills")) as site:
        stop = threading.Event()
        killer = threading.Thread(target=killing(site, stop, random.Random(site.address)))  # noqa: S311 - chance, not secrecy
        visitor = Visitor(site)
        killer.start()
        try:
            walk(visitor)
        finally:
            killer.join()
            stop.set()
        site.wait_for_web()
        invoices = visitor.open(f"/invoices?year={YEAR}").text_content()
        assert sorted(set(re.findall(rf"INV-{YEAR}-\d{{4}}", invoices))) == [f"INV-{YEAR}-000{n}" for n in range(1, 7)]
        assert "\u00a3300,000.00" in invoices
        assert len(visitor.open("/payments").xpath("//tbody/tr")) == PAID_BEFORE + 6
        assert site.flask("verify").splitlines()[-1].endswith("checks hold.")
