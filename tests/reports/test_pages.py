from __future__ import annotations

import csv
import io
import json
from datetime import date

import pikepdf
import pypdfium2
import pytest

from app.core.actor import Granted
from app.core.database import db
from app.core.permissions import Role
from app.core.transaction import transaction
from app.web.requests import House
from tests.billing.world import World
from tests.client import Browser
from tests.committees.sitting import OFFICE, committee, person, seat, sits
from tests.committees.test_pages import measured
from tests.members import world as register
from tests.papers import needs_pango, page_texts
from tests.signin import sign_in

FORM = pypdfium2.raw.FPDF_PAGEOBJ_FORM
"""A picture that was drawn, in a PDF."""
FEES = "/reports/members-and-fees"


@pytest.fixture
def world(app: House) -> World:
    """Three funders billed for 2016, of whom MRC has paid in part."""
    with app.app_context():
        found = World.found(OFFICE, since=date(2011, 1, 1))
        found.issue()
        found.pay("MRC", "20000.00")
        db.session.remove()
    return found


def download(browser: Browser, path: str) -> bytes:
    response = browser.get(path).response
    content = response.get_data()
    response.close()
    return content


def test_catalogue_leads_to_the_reports_of_the_role(browser: Browser):
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get("/reports")
    titles = [row[0] for row in page.rows()]
    assert titles == sorted(titles)
    assert {"Ageing", "Members and fees", "Register of members", "Roster book"} <= {*titles}
    assert page.has_action(FEES)
    assert page.has_action("/reports/finance-pack")


@pytest.mark.parametrize("sits_on_it", [False, True])
def test_catalogue_is_closed_to_those_without_reports(browser: Browser, app: House, *, sits_on_it: bool):
    with app.app_context(), transaction():
        member = Granted(Role.COMMITTEE_MEMBER, committee_id=committee().id)
    sign_in(browser, *([member] if sits_on_it else []))
    browser.get("/reports", status=403)
    browser.get(FEES, status=403)


def test_report_outside_the_role_does_not_exist(browser: Browser):
    sign_in(browser, Role.FINANCE)
    browser.get("/reports/register", status=404)
    browser.get("/reports/roster-book?format=csv", status=404)
    browser.get("/reports/made-up", status=404)


@needs_pango
def test_report_has_the_same_figures_in_every_form(browser: Browser, world: World):
    assert world.members
    sign_in(browser, Role.FINANCE)
    page = browser.get(f"{FEES}?year=2016")
    assert page.heading == "Members and fees 2016"
    table = list(csv.DictReader(io.StringIO(download(browser, f"{FEES}?year=2016&format=csv").decode("utf-8-sig"))))
    told = json.loads(download(browser, f"{FEES}?year=2016&format=json"))
    paper = " ".join(page_texts(download(browser, f"{FEES}?year=2016&format=pdf")))
    assert download(browser, f"{FEES}?year=2016&format=xlsx")[:2] == b"PK"
    assert [row["Outstanding"] for row in table] == ["", "30000.00", "50000.00", "50000.00"]
    assert [row["outstanding"] and row["outstanding"]["amount"] for row in told["rows"]] == [
        None,
        "30000.00",
        "50000.00",
        "50000.00",
    ]
    assert told["totals"]["outstanding"] == {"amount": "130000.00", "currency": "GBP"}
    for text in (page.words, paper):
        for figure in ("30,000.00", "20,000.00", "130,000.00", "150,000.00"):
            assert figure in text
    assert (
        told["notes"][0].replace("\u00a0", " ") == "Invoices issued, less credits, and money allocated by 24 May 2016."
    )


def test_file_is_named_after_the_report(browser: Browser, world: World):
    assert world.members
    sign_in(browser, Role.FINANCE)
    response = browser.get(f"{FEES}?year=2016&format=csv").response
    assert 'filename="Members and fees 2016.csv"' in response.headers["Content-Disposition"]


@needs_pango
def test_a_printed_report_names_the_zone_of_when_it_was_recorded(browser: Browser, world: World):
    assert world.members
    sign_in(browser, Role.FINANCE)
    (text, *_) = page_texts(download(browser, f"{FEES}?year=2016&format=pdf"))
    assert "as valid on 24 May 2016, as recorded on 24 May 2016 12:00 BST" in text.replace("\u00a0", " ")


@needs_pango
@pytest.mark.parametrize("form", ["csv", "xlsx", "json", "pdf"])
def test_a_file_is_named_by_the_day_it_knows_of(browser: Browser, world: World, form: str):
    assert world.members
    sign_in(browser, Role.SECRETARIAT)

    def named(path: str) -> str:
        response = browser.get(f"/reports/{path}&format={form}").response
        response.close()
        return response.headers["Content-Disposition"]

    day = "on=2015-06-30&known=2015-07-01"
    assert f'"Members and fees 2015 2015-06-30 known 2015-07-01.{form}"' in named(f"members-and-fees?{day}")
    assert f'"Register of members on 30 June 2015 known 2015-07-01.{form}"' in named(f"register?{day}")


def test_a_report_is_asked_for_one_institution_by_what_it_is_called(browser: Browser, world: World):
    assert world.members
    sign_in(browser, Role.FINANCE)
    assert len(browser.get(f"{FEES}?year=2016").rows()) > 1
    page = browser.get(f"{FEES}?year=2016&institution=nih")
    assert [row[1] for row in page.rows()] == ["NIH"]
    assert "institution=nih" in "".join(page.tree.xpath("//a[contains(@href, 'format=csv')]/@href"))


def test_representative_gets_the_own_institution_in_every_form(browser: Browser, world: World):
    sign_in(browser, Granted(Role.REPRESENTATIVE, institution_id=world.members["MRC"]))
    page = browser.get(f"{FEES}?year=2016")
    assert [row[1] for row in page.rows()] == ["MRC"]
    assert "National Institutes of Health" not in page.words
    assert "National" not in download(browser, f"{FEES}?year=2016&format=csv").decode()
    assert [row[1] for row in browser.get(f"{FEES}?institution=mrc").rows()] == ["MRC"]
    told = browser.get(f"{FEES}?institution=NIH")
    assert "Nothing you can choose here is called so." in told.words
    assert "National Institutes of Health" not in told.words
    browser.get(f"{FEES}?institution=NIH&format=json", status=400)


def test_chair_gets_the_own_committee(browser: Browser, app: House):
    with app.app_context(), transaction():
        own, other = committee("Own"), committee("Other")
        sits(seat(own), person())
        seat(other)
        own_id, other_id = own.id, other.id
    sign_in(browser, Granted(Role.CHAIR, committee_id=own_id))
    assert [row[2] for row in browser.get("/reports/roster-book").rows()] == ["Elspeth Marrow"]
    browser.get(f"/reports/roster-book?committee={other_id}&format=csv", status=400)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("year=abc", "This is not one of the choices."),
        ("year=9999", "This is not one of the choices."),
        ("year=%00", "This is not one of the choices."),
        ("day=someday", "Write the day as 24 May 2016 or 2016-05-24."),
        ("institution=x", "Nothing you can choose here is called so."),
        ("institution=99999999999999", "Nothing you can choose here is called so."),
        ("institution=a%00", "cannot be printed"),
    ],
)
def test_wrong_parameter_is_told_beside_its_field(browser: Browser, world: World, wrong: str, told: str):
    assert world.members
    sign_in(browser, Role.FINANCE)
    assert told in browser.get(f"{FEES}?{wrong}").words
    browser.get(f"{FEES}?{wrong}&format=csv", status=400)


def test_a_phone_shows_the_amounts_of_members_and_fees(browser: Browser, world: World):
    assert world.members
    sign_in(browser, Role.FINANCE)
    page = browser.get(f"{FEES}?year=2016")
    told = next(row for row in page.phone_rows() if row.startswith("Medical"))
    assert "Fee of the year \u00a350,000.00 \u00b7 Invoiced \u00a350,000.00 \u00b7 Paid \u00a320,000.00" in told
    assert told.endswith("Outstanding \u00a330,000.00")
    foot = " ".join("".join(page.tree.xpath("//tfoot//td[contains(@class, 'meta')]//text()")).split())
    assert foot == "Fee of the year, GBP 150,000.00Invoiced, GBP 150,000.00Paid, GBP 20,000.00"


def test_a_phone_shows_who_votes_since_when_and_which_institution(browser: Browser, app: House):
    with app.app_context():
        votes = register.institution()
        register.member(votes)
        register.voice(who := register.person(votes), votes)
        with transaction():
            sits(seat(committee(), votes.name, votes), who)
        db.session.remove()
    sign_in(browser, Role.SECRETARIAT)
    [told] = browser.get("/reports/register").phone_rows()
    assert "Member since 24 Sep 2011 \u00b7 Votes through Thibault Ferronays" in told
    [told] = browser.get("/reports/roster-book").phone_rows()
    assert "Finance Committee \u00b7 Seat 1 \u00b7 Member \u00b7 Institut Clinique de la Souris" in told


def test_unknown_form_of_a_report_does_not_exist(browser: Browser):
    sign_in(browser, Role.FINANCE)
    browser.get(f"{FEES}?format=exe", status=404)


def test_day_asked_for_in_the_form_is_the_day_of_the_page(browser: Browser, world: World):
    assert world.members
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get("/reports/register?on=2010-06-30")
    assert page.heading == "Register of members on 30 June 2010"
    assert "Nothing to report for this day." in page.words
    assert page.tree.xpath("//main//input[@name='day']/@value") == ["30 June 2010"]
    asked = browser.get("/reports/register?on=2010-06-30&day=1+July+2011", 302).response.location
    assert asked == "/reports/register?on=2011-07-01"
    back = browser.get("/reports/register?known=2016-05-20&on=2010-06-30&day=24.5.2016", 302).response.location
    assert back == "/reports/register?known=2016-05-20&on=2016-05-24"


REPORTS = (
    "members-and-fees", "register", "roster-book", "ageing", "fees-by-payer", "fees-by-class", "invoiced-and-collected",
    "exchange-differences", "income-forecast", "finance-pack", "concessions", "trial-balance",
    "mta-register", "mta-expiring", "mta-waiting",
    "statement?institution=mrc",
)  # fmt: skip


@needs_pango
def test_finance_pack_holds_its_reports_on_one_paper_with_their_pages(browser: Browser, world: World):
    assert world.members
    sign_in(browser, Role.FINANCE)
    page = browser.get("/reports/finance-pack?year=2016")
    texts = page_texts(download(browser, "/reports/finance-pack?year=2016&format=pdf"))
    for title in ("Invoiced and collected", "Fees by class", "Fees by payer", "Ageing", "Income forecast"):
        assert title in page.words
        assert " ".join(texts).count(title) > 1
    assert "130,000.00" in page.words
    assert "130,000.00" in " ".join(texts)


@needs_pango
def test_finance_pack_holds_the_charts_of_its_page_as_drawings_with_their_words(browser: Browser, world: World):
    assert world.members
    sign_in(browser, Role.FINANCE)
    said = browser.get("/reports/finance-pack?year=2016").tree.xpath("//figure[@data-chart]/@aria-label")
    paper = download(browser, "/reports/finance-pack?year=2016&format=pdf")
    assert len(said) == 3
    with pikepdf.open(io.BytesIO(paper)) as pdf:
        tagged = [each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/Figure"]
        places = {str(each.Alt): pdf.pages.index(pikepdf.Page(each.Pg)) for each in tagged}
    assert list(places) == said
    with pypdfium2.PdfDocument(paper) as document:
        drawn = {place for place, page in enumerate(document) if any(each.type == FORM for each in page.get_objects())}
    assert drawn == set(places.values())


def test_finance_pack_is_closed_to_representatives(browser: Browser, world: World):
    sign_in(browser, Granted(Role.REPRESENTATIVE, institution_id=world.members["MRC"]))
    browser.get("/reports/finance-pack", status=403)
    assert not browser.get("/reports").has_action("/reports/finance-pack")


def test_finance_pack_tells_a_wrong_year_beside_its_field(browser: Browser, world: World):
    assert world.members
    sign_in(browser, Role.FINANCE)
    assert "This is not one of the choices." in browser.get("/reports/finance-pack?year=abc").words
    browser.get("/reports/finance-pack?year=abc&format=pdf", status=400)


def test_a_report_is_drawn_above_its_table(browser: Browser, world: World):
    assert world.members
    sign_in(browser, Role.FINANCE)
    [drawn] = browser.get("/reports/ageing").tree.xpath("//figure[@data-chart]/@aria-label")
    assert drawn.startswith("Open by age: not due \u00a3130,000.00")


def test_the_statement_without_an_institution_says_one_thing(browser: Browser):
    sign_in(browser, Role.FINANCE)
    words = browser.get("/reports/statement").words
    assert "Name the institution whose account is asked for." in words
    assert "Nothing to report" not in words
    found = browser.get("/reports/statement?format=json").response.get_json()
    assert (found["rows"], found["notes"]) == ([], ["Name the institution whose account is asked for."])


def test_reports_take_the_same_number_of_statements_however_long(browser: Browser, app: House):
    with app.app_context():
        world = World.found(OFFICE, since=date(2011, 1, 1))
        world.issue()
        with transaction():
            sits(seat(committee("First")), person())
        db.session.remove()
    sign_in(browser, Role.SECRETARIAT)
    few = {each: measured(browser, f"/reports/{each}") for each in REPORTS}
    with app.app_context():
        for number in range(16):
            world.add(f"Funder {number}", f"F{number}")
            world.join(f"F{number}", "funder", date(2016, 1, 1))
        world.issue()
        with transaction():
            for number in range(19):
                sits(seat(committee(f"Committee {number}")), person())
        db.session.remove()
    assert {each: measured(browser, f"/reports/{each}") for each in REPORTS} == few
