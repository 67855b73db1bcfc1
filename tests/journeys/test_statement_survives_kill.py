"""The web server is killed in the middle of an import of a statement, and again before it answers: all of it, once."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text

from tests.billing.statement_files import Line, camt
from tests.journeys.site import Site, running_site
from tests.journeys.visitor import Visitor, wait_for

if TYPE_CHECKING:
    from lxml.html import HtmlElement

pytestmark = pytest.mark.faults
IBAN, CLOSED, FEE = "GB26SPEC00000000000000", 95_030_300, 5_000_000
LINES = ("INV-2015-0001", "INV-2015-0003", "Of nobody that is known")
STATEMENT = camt(*(Line(FEE, each, day=date(2016, 5, 24)) for each in LINES), iban=IBAN, opening=CLOSED)
COUNTED = ("bank_file", "bank_statement", "bank_entry", "bank_match", "payment", "ledger_entry")


def counted(site: Site) -> dict[str, int]:
    """How many rows there are of what an import writes."""
    engine = create_engine(site.environment["DATABASE_URL"])
    with engine.connect() as connection:
        found = {name: connection.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in COUNTED}  # noqa: S608
    engine.dispose()
    return found


def kill_at(site: Site, stage: str) -> None:
    """Kill the web server where it waits, and let it come further the next time."""
    folder = Path(site.environment["SITE_FOLDER"])
    wait_for((folder / stage).exists)
    site.kill("web")
    (folder / f"{stage}-go").touch()


def test_a_statement_killed_in_its_import_is_booked_once(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with running_site(tmp_path_factory.mktemp("statement"), web="tests.journeys.waiting_web") as site:
        visitor, answers = Visitor(site), list["HtmlElement"]()
        visitor.sign_in()
        before = counted(site)
        sending = threading.Thread(target=lambda: answers.append(visitor.send("/bank/import", file=STATEMENT)))
        sending.start()
        kill_at(site, "half")
        assert counted(site) == before
        site.start("web")
        kill_at(site, "unanswered")
        done = {name: many + (2 if name in COUNTED[3:] else 1) for name, many in before.items()}
        done["bank_entry"] = before["bank_entry"] + len(LINES)
        assert counted(site) == done
        site.start("web")
        sending.join()
        assert "Of nobody that is known" in answers[0].text_content()
        assert counted(site) == done
        assert site.flask("verify").splitlines()[-1].endswith("checks hold.")
