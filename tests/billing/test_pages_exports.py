"""Every list of billing exports as CSV and XLSX what it shows."""

from __future__ import annotations

import csv
import io
from datetime import date
from urllib.parse import urljoin

import pytest

from app.accounts.commands import RoleFor
from app.billing.commands import adopt_usual_reminders
from app.core.permissions import Role
from app.core.transaction import transaction
from app.web.requests import House
from tests.billing.bank_world import adopt, bring_lines
from tests.billing.statement_files import Line
from tests.billing.world import MAY, World, inside, pounds
from tests.client import Browser, Page
from tests.signin import sign_in

LISTS = {
    "/fees": 2,
    "/fees/concessions": 1,
    "/fees/payers": 1,
    "/fees/tiers": 2,
    "/fees/runs/new?year=2017": 2,
    "/ledger/rates": 1,
    "/bank/accounts": 1,
    "/settings/billing": 1,
    "/settings/reminders": 1,
    "/reminders/new": 2,
    "/money": 1,
}


@pytest.fixture
def full(app: House, made: World) -> World:
    """The consortium with something on each list."""
    with inside(app):
        made.concede("MRC", "in_kind", amount=pounds(500), reason="=A mouse")
        made.let_pay("ICS", "MRC")
        made.tier("ICS", "small")
        made.group("FR", "high")
        made.rate("EUR", "0.77", date(2016, 1, 1))
        made.bill_by(MAY)
        with transaction():
            adopt_usual_reminders(actor=made.office)
        adopt(made)
        bring_lines(made, Line(100, "A gift"))
    return made


def files_on(page: Page, kind: str) -> list[str]:
    hrefs = [str(href) for href in page.tree.xpath("//main//a/@href")]
    return [urljoin(page.response.request.path, href) for href in hrefs if f"format={kind}" in href]


def rows_of(browser: Browser, path: str) -> list[list[str]]:
    return read_file(browser, path)[1]


def read_file(browser: Browser, path: str) -> tuple[str, list[list[str]]]:
    """How a file is called, and its rows."""
    response = browser.get(path).response
    text = response.get_data(as_text=True).removeprefix("\ufeff")
    return str(response.headers["Content-Disposition"]), list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize(("path", "tables"), LISTS.items())
def test_each_list_is_handed_out_as_csv_and_xlsx(app: House, browser: Browser, full: World, path: str, tables: int):
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get(path)
    sheets, texts = files_on(page, "xlsx"), files_on(page, "csv")
    assert (len(sheets), len(texts)) == (tables, tables)
    found = [rows_of(browser, href) for href in texts]
    assert sum(len(rows) - 1 for rows in found) == len(page.rows())
    assert all(heading for rows in found for heading in rows[0])
    with browser.get(sheets[0]).response as sheet:
        assert sheet.data.startswith(b"PK")
    assert app is not None
    assert full.members


def test_no_page_of_billing_shows_a_table_that_it_does_not_hand_out(app: House, browser: Browser, full: World):
    sign_in(browser, Role.SECRETARIAT)
    paths = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("billing.") and "GET" in (rule.methods or ()) and not rule.arguments
    ]
    without = []
    for path in paths:
        response = browser.client.get(path)
        if response.status_code == 200 and response.mimetype == "text/html":
            page = browser.get(path)
            if page.tree.xpath("//main//table[contains(@class, 'tbl')]//tbody/tr") and not files_on(page, "csv"):
                without.append(path)
    assert without == []
    assert full.members


def test_a_file_holds_what_the_page_shows_guarded_and_is_called_after_its_list(browser: Browser, full: World):
    sign_in(browser, Role.SECRETARIAT)
    called, (heads, row) = read_file(browser, "/fees/concessions?format=csv")
    assert "Concessions.csv" in called
    assert heads[0] == "Member"
    assert "'=A mouse" in row
    assert (row[-2], row[-1]) == ("500.00", "GBP")
    called, _ = read_file(browser, "/fees/concessions?format=csv&on=2016-02-01")
    assert "2016-02-01" in called
    assert full.members


def test_who_may_not_see_a_list_gets_no_file_of_it(browser: Browser, full: World):
    sign_in(browser, RoleFor(Role.REPRESENTATIVE, institution_id=full.members["MRC"]))
    browser.get("/fees/concessions?format=csv", status=403)
