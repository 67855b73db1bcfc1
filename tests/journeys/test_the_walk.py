"""The newcomer's walk through all of it, in a real browser on the demonstration, and what each role may open."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pypdfium2
import pytest
from playwright.sync_api import expect

from app.core.clock import today

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.journeys.conftest import SignIn
    from tests.journeys.site import Site

pytestmark = pytest.mark.browser
YEAR = today().year
TOTAL = "300,000.00"
FEE = "50,000.00"
PATIENCE = 60_000


def main_text(page: Page) -> str:
    """What the main part of the page says, once all of it has come."""
    page.wait_for_load_state()
    return re.sub(r"\s+", " ", page.locator("main").inner_text())


def paper_text(content: bytes) -> str:
    """The text of a PDF."""
    document = pypdfium2.PdfDocument(content)
    text = " ".join(document[number].get_textpage().get_text_range() for number in range(len(document)))
    document.close()
    return re.sub(r"\s+", " ", text)


def downloaded(page: Page, name: str, folder: Path) -> bytes:
    """The file behind a link of the page."""
    with page.expect_download() as waiting:
        page.get_by_role("link", name=name).first.click()
    target = folder / waiting.value.suggested_filename
    waiting.value.save_as(target)
    return target.read_bytes()


def open_invoice_of_mrc(page: Page) -> None:
    """Go to MRC's invoice for 2016."""
    page.goto(f"/invoices?year={YEAR}")
    page.get_by_role("row", name="Medical Research Council").get_by_role("link").first.click()


def test_a_newcomer_walks_through_all_of_it(signed_in: SignIn, site: Site, downloads: Path) -> None:
    page = signed_in("Secretariat")
    see_the_consortium_of_24_may_2016(page)
    preview_make_and_issue_the_run_of_2016(page)
    find_the_same_figures_on_page_paper_and_export(page, downloads)
    record_a_payment_that_settles_the_invoice(page)
    read_the_report_as_page_pdf_xlsx_csv_and_json(page)
    find_the_history_and_verify_all_of_it(page, site)


def see_the_consortium_of_24_may_2016(page: Page) -> None:
    page.get_by_role("link", name="Institutions").click()
    expect(page.locator("tbody tr")).to_have_count(23)
    assert "23 members: Funder 6, Partner 18; 1 of them in more than one class" in main_text(page)
    page.get_by_role("link", name="MRC Harwell").click()
    assert "Medical Research Council" in main_text(page)
    page.goto("/members?on=2012-06-30")
    expect(page.get_by_role("link", name="Sanger Institute")).to_be_visible()
    expect(page.get_by_role("link", name="Add institution")).to_have_count(0)
    page.goto("/committees")
    expect(page.locator("tbody tr")).to_have_count(11)


def preview_make_and_issue_the_run_of_2016(page: Page) -> None:
    page.get_by_role("link", name="Fees").click()
    assert "Funder membership fee" in main_text(page)
    assert FEE in main_text(page)
    page.get_by_role("link", name="New fee run").click()
    page.get_by_label("Fee year").fill("2016")
    page.get_by_role("button", name="Show").click()
    text = main_text(page)
    assert "6 billed and 17 not billed make the 23 institutions" in text
    assert "Class Partner carries no fee" in text
    page.get_by_role("button", name="Make drafts for 6 members").click()
    assert TOTAL in main_text(page)
    page.get_by_role("button", name=re.compile("Issue 6 invoices")).click()
    expect(page.get_by_text("Numbered, frozen and posted: 6 of 6.")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("PDFs: 6 of 6.")).to_be_visible(timeout=PATIENCE)


def find_the_same_figures_on_page_paper_and_export(page: Page, downloads: Path) -> None:
    open_invoice_of_mrc(page)
    number = page.locator("h1").inner_text()
    assert re.fullmatch(rf"INV-{YEAR}-000\d", number)
    paper = paper_text(downloaded(page, "PDF", downloads))
    for text in (main_text(page), paper):
        assert FEE in text
        assert "Medical Research Council" in text
        assert "1 January 2016" in text.replace("1 Jan 2016", "1 January 2016")
    assert number in paper
    rows = list(csv.DictReader(io.StringIO(page.request.get("/invoices?format=csv").text().removeprefix("\ufeff"))))
    assert [row["Total"] for row in rows if row["Invoice"] == number] == ["50000.00"]


def record_a_payment_that_settles_the_invoice(page: Page) -> None:
    open_invoice_of_mrc(page)
    page.get_by_role("link", name="Record payment").click()
    expect(page.get_by_label("Amount")).to_have_value(FEE)
    page.get_by_label("Reference").fill("MRC fee 2016")
    page.get_by_role("button", name="Record payment").click()
    expect(page.locator("h1")).to_contain_text("Payment")
    page.goto(f"/invoices?year={YEAR}")
    row = page.get_by_role("row", name="Medical Research Council")
    expect(row).to_contain_text("Paid")
    expect(row).to_contain_text("0.00")
    page.goto("/ledger")
    assert re.search(r"Total £([\d,.]+) £\1 £0\.00", main_text(page)), "the trial balance"


def read_the_report_as_page_pdf_xlsx_csv_and_json(page: Page) -> None:
    page.get_by_role("link", name="All reports").click()
    page.get_by_role("link", name="Members and fees").first.click()
    page.goto("/reports/members-and-fees?year=2016")
    expect(page.locator("h1")).to_have_text("Members and fees 2016")
    wanted = [TOTAL, TOTAL, FEE, "0.00", "250,000.00"]
    totals = page.locator("tfoot tr").first.inner_text()
    assert re.findall(r"[\d,]+\.\d\d", totals) == wanted

    def fetched(kind: str) -> bytes:
        return page.request.get(f"/reports/members-and-fees?year=2016&format={kind}").body()

    paper = paper_text(fetched("pdf"))
    assert all(amount in paper for amount in wanted)
    rows = list(csv.reader(io.StringIO(fetched("csv").decode("utf-8-sig"))))
    assert len([row for row in rows if "Funder" in row or "Partner" in row or "Funder, Partner" in row]) == 23
    with ZipFile(io.BytesIO(fetched("xlsx"))) as book:
        assert "Genome Canada" in book.read("xl/worksheets/sheet1.xml").decode()
    assert len(json.loads(fetched("json"))["rows"]) == 23


def find_the_history_and_verify_all_of_it(page: Page, site: Site) -> None:
    page.goto("/members")
    page.get_by_role("link", name="Wellcome Sanger Institute").click()
    assert "Sanger Institute" in main_text(page)
    expect(page.get_by_role("heading", name="History")).to_be_visible()
    page.get_by_role("link", name="Audit trail").click()
    assert "Payment of 50,000.00 GBP from Medical Research Council" in main_text(page)
    assert site.flask("verify").splitlines()[-1].endswith("checks hold.")
    assert re.fullmatch(r"\d+:[0-9a-f]{64}", site.flask("audit-head").splitlines()[-1])


FORBIDDEN = {
    "Finance Committee": ["/audit", "/users", "/settings", "/jobs", "/mail", "/members/new", "/committees/new"],
    "Committee chair": [
        "/audit",
        "/users",
        "/settings",
        "/jobs",
        "/mail",
        "/fees",
        "/invoices",
        "/payments",
        "/ledger",
    ],
    "Representative": ["/audit", "/users", "/settings", "/jobs", "/mail", "/fees", "/payments", "/ledger"],
    "Auditor": ["/jobs", "/mail", "/members/new", "/people/new", "/fees/new", "/fees/runs/new", "/payments/new"],
}
ALLOWED = {
    "Finance Committee": ["/fees", "/invoices", "/payments", "/ledger", "/members", "/committees", "/reports"],
    "Committee chair": ["/members", "/people", "/committees", "/reports"],
    "Representative": ["/members", "/people", "/committees", "/invoices", "/reports"],
    "Auditor": ["/fees", "/invoices", "/payments", "/ledger", "/members", "/audit", "/users", "/settings", "/reports"],
}


@pytest.mark.parametrize("role", list(ALLOWED))
def test_each_role_opens_what_it_may_and_nothing_else(signed_in: SignIn, role: str) -> None:
    page = signed_in(role)
    answers = {path: page.request.get(path).status for path in ALLOWED[role] + FORBIDDEN[role]}
    assert {path for path, status in answers.items() if status == 200} == set(ALLOWED[role])
    assert {answers[path] for path in FORBIDDEN[role]} <= {403, 404}


def test_a_representative_sees_the_invoices_of_their_institution_alone(signed_in: SignIn) -> None:
    page = signed_in("Representative")
    page.goto("/invoices")
    rows = page.locator("tbody tr").all_inner_texts()
    assert len(rows) >= 3
    assert all("Genome Canada" in row for row in rows)
    secretariat = signed_in("Secretariat")
    secretariat.goto("/invoices?year=2015")
    others = secretariat.get_by_role("row", name="Wellcome Trust").get_by_role("link").first.get_attribute("href")
    assert page.request.get(str(others)).status == 404
    assert page.request.get(f"{others}/pdf").status == 404
    assert page.request.get("/invoices/999999").status == 404


def test_a_chair_writes_their_own_committee_alone(signed_in: SignIn) -> None:
    page = signed_in("Committee chair")
    for name, writes in (("iMits Steering Group", 1), ("Finance Committee", 0)):
        page.goto("/committees")
        page.get_by_role("link", name=name).click()
        expect(page.get_by_role("link", name="Add seats")).to_have_count(writes)
