"""The pages of billing: what each role sees and may do, and the walk from a fee to a paid invoice."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from app.accounts.commands import RoleFor
from app.billing.commands import issue_run, print_invoice
from app.billing.models import FeeRun, FeeSchedule, Invoice, Payment
from app.committees.commands import CommitteeValues, found_committee
from app.committees.rules import CommitteeKind
from app.core.actor import program
from app.core.database import db
from app.core.permissions import Role
from app.core.transaction import transaction
from app.web.requests import House
from tests.billing.world import World, inside
from tests.client import Browser
from tests.signin import sign_in

ISSUED = date(2016, 4, 1)
PAGES = ("/fees", "/invoices", "/payments", "/ledger")
FINANCE_ONLY = ("/fees/new", "/fees/runs/new", "/payments/new")


def number_of(app: House, world: World, short: str) -> int:
    with inside(app):
        return world.invoice_of(short).id


@pytest.mark.parametrize("role", [Role.SECRETARIAT, Role.FINANCE, Role.AUDITOR])
def test_every_page_of_money_opens_for_those_who_read_it(browser: Browser, made: World, role: Role):
    assert made.members
    sign_in(browser, role)
    for path in PAGES:
        browser.get(path)
        browser.get(f"{path}?on=2016-04-25")


@pytest.mark.parametrize("role", [Role.CHAIR, Role.COMMITTEE_MEMBER])
def test_chairs_and_committee_members_see_no_money(browser: Browser, made: World, role: Role):
    assert made.members
    with inside(browser.app), transaction():
        values = CommitteeValues("Phenotyping", CommitteeKind.STANDING, date(2011, 1, 1))
        committee_id = found_committee(values, actor=program("test")).id
    sign_in(browser, RoleFor(role, committee_id=committee_id))
    for path in (*PAGES, *FINANCE_ONLY, "/invoices/1", "/payments/1", "/fees/runs/1"):
        browser.get(path, status=403)


@pytest.mark.parametrize("path", FINANCE_ONLY)
def test_an_auditor_reads_and_changes_nothing(browser: Browser, made: World, path: str):
    assert made.members
    sign_in(browser, Role.AUDITOR)
    browser.get(path, status=403)


def test_a_representative_sees_own_issued_invoices_and_others_do_not_exist(app: House, browser: Browser, made: World):
    sign_in(browser, RoleFor(Role.REPRESENTATIVE, institution_id=made.members["MRC"]))
    own, other = number_of(app, made, "MRC"), number_of(app, made, "NIH")
    assert [row[0] for row in browser.get("/invoices").rows()] == ["INV-2016-0001"]
    page = browser.get(f"/invoices/{own}")
    assert "£30,000.00 is open" in page.words
    assert not page.has_action("/payments/1")
    assert "Receivable from payers" not in page.words  # The ledger is not theirs to read.
    for path in (f"/invoices/{other}", f"/invoices/{other}/pdf", f"/invoices/{other}/ubl.xml", "/invoices/999999"):
        browser.get(path, status=404)
    for path in ("/payments", "/ledger", "/fees", f"/invoices/{own}/issue"):
        browser.get(path, status=403)
    browser.get(f"/invoices/{own}/pdf")
    ubl = browser.get(f"/invoices/{own}/ubl.xml").response
    assert ubl.mimetype == "application/xml"
    assert b"<cbc:ID>INV-2016-0001</cbc:ID>" in ubl.get_data()


def test_a_draft_has_no_electronic_invoice(app: House, finance: Browser, made: World):
    with inside(app):
        made.add("Fondation Exemple", "Exemple", "FR")
        made.join("Exemple", "funder", date(2016, 1, 1))
        made.prepare()
    draft = number_of(app, made, "Exemple")
    assert not finance.get(f"/invoices/{draft}").has_action(f"/invoices/{draft}/ubl.xml")
    finance.get(f"/invoices/{draft}/ubl.xml", status=404)


def test_a_representative_sees_no_draft_on_a_past_day_either(app: House, browser: Browser, made: World):
    own = number_of(app, made, "MRC")
    sign_in(browser, RoleFor(Role.REPRESENTATIVE, institution_id=made.members["MRC"]))
    assert browser.get("/invoices?on=2016-04-02").rows()
    assert not browser.get("/invoices?on=2016-03-31").rows()
    browser.get(f"/invoices/{own}?on=2016-04-01")
    browser.get(f"/invoices/{own}?on=2016-03-31", 404)


def test_a_representative_sees_no_draft(app: House, browser: Browser):
    with inside(app):
        world = World.found(program("test"), date(2011, 1, 1))
        world.prepare()
    sign_in(browser, RoleFor(Role.REPRESENTATIVE, institution_id=world.members["MRC"]))
    draft = number_of(app, world, "MRC")
    browser.get(f"/invoices/{draft}", status=404)
    browser.get(f"/invoices/{draft}/pdf", status=404)
    assert "No invoices yet" in browser.get("/invoices").words


def test_the_walk_from_preview_to_issued(app: House, finance: Browser):
    with inside(app):
        World.found(program("test"), date(2011, 1, 1))
    page = finance.get("/fees/runs/new?year=2016")
    assert "3 billed and 1 not billed make the 4 institutions" in page.words
    assert page.tree.xpath("//a[text()='Class Partner has no fee schedule in this fee year']/@href") == ["/fees"]
    desk = finance.follow(finance.submit("/fees/runs/new?year=2016", {}))
    assert desk.heading == "Fee run 2016"
    assert "INV-2016-0001 to 0003" in desk.words
    run_path = str(desk.tree.xpath("//form[contains(@action,'/issue')]/@action")[0])
    values = desk.form_values(run_path)
    assert values["issue_day"] == "24 May 2016"
    assert values["due_day"] == "23 June 2016"
    issued = finance.post(run_path, values)
    again = finance.post(run_path, values)
    assert again.response.location == issued.response.location
    assert "0 of 3" in finance.follow(issued).words
    with inside(app):
        issue_run({"run_id": db.session.scalars(select(FeeRun.id)).one()})
    done = finance.get(str(issued.response.location))
    assert "Issued" in done.words
    assert "Numbered, frozen and posted: 3 of 3." in done.words
    finance.get(run_path.replace("/issue", "/progress"))
    assert [row[0] for row in finance.get("/invoices").rows()] == ["INV-2016-0003", "INV-2016-0002", "INV-2016-0001"]


def test_the_desk_of_a_run_says_who_joined_since_and_waits_for_another(app: House, finance: Browser):
    with inside(app):
        world = World.found(program("test"), date(2011, 1, 1))
        run = world.prepare()
        world.add("Genome Canada", "GC", "CA")
        world.join("GC", "funder", date(2016, 7, 1))
        path = f"/fees/runs/{run.id}"
    words = finance.get(path).words
    assert "Not in this run; a new run for the year bills it" in words
    assert "Genome Canada" in finance.get(f"{path}?all").words


def test_the_preview_of_a_year_that_is_no_number_says_so_and_shows_the_likely_one(finance: Browser):
    for year in ("x", "99999", "-1", "٢٠١٦", ""):
        finance.get(f"/fees/runs/new?year={year}")


def test_drafts_are_looked_at_discarded_and_issued_one_by_one(app: House, finance: Browser):
    with inside(app):
        world = World.found(program("test"), date(2011, 1, 1))
        world.prepare()
    first, second = number_of(app, world, "MRC"), number_of(app, world, "NIH")
    pdf = finance.get(f"/invoices/{first}/pdf").response
    assert pdf.mimetype == "application/pdf"
    assert pdf.get_data().startswith(b"%PDF")
    finance.press(f"/invoices/{first}", f"/invoices/{first}/discard")
    finance.get(f"/invoices/{first}", status=404)
    page = finance.follow(finance.submit(f"/invoices/{second}/issue", {}))
    assert page.heading == "INV-2016-0001"


def test_a_run_shows_the_drafts_that_cannot_be_issued_and_why(app: House, finance: Browser):
    with inside(app):
        world = World.found(program("test"), date(2011, 1, 1))
        world.register("980780684")
        world.charge_in_reverse("partner", {"NM": ("Munich Genetics", "DE136695976")})
        desk = f"/fees/runs/{world.prepare().id}"
        draft = f"/invoices/{world.invoice_of('NM').id}"
    assert "Cannot be issued yet" not in finance.get(desk).words
    finance.submit(desk, {}, action=f"{desk}/issue")
    with inside(app):
        world.set_number("NM", None)
        issue_run({"run_id": int(desk.rpartition("/")[2])})
    why = "Reverse charge needs the VAT number of Munich Genetics; none is on record."
    page = finance.get(desk)
    assert ["Munich Genetics", why, "£1,000.00"] in page.rows()
    assert draft in page.tree.xpath("//main//@href")
    assert "Numbered, frozen and posted: 3 of 4. 1 draft is left." in page.words
    assert "3 issued, 1 left" in page.words
    assert "PDFs: 0 of 3." in page.words
    assert "1 draft is left" in finance.get(f"{desk}/progress").words
    assert why in finance.submit(desk, {}, action=f"{desk}/issue", status=200).words
    assert why in finance.get(draft).words
    assert why in finance.submit(f"{draft}/issue", {}, status=200).words
    assert "1 draft, prepared on" in finance.get("/").words
    with inside(app):
        world.set_number("NM", "DE136695976")
    assert "Cannot be issued yet" not in finance.get(desk).words
    assert why not in finance.get(draft).words
    finance.submit(desk, {}, action=f"{desk}/issue")


def test_a_printed_invoice_is_sent_as_it_was_kept(app: House, finance: Browser, made: World):
    invoice_id = number_of(app, made, "NIH")
    with inside(app):
        print_invoice({"invoice_id": invoice_id})
        print_invoice({"invoice_id": invoice_id})
        kept = db.session.get_one(Invoice, invoice_id).pdf_sha256 or "none"
    response = finance.get(f"/invoices/{invoice_id}/pdf").response
    assert 'filename="INV-2016-0002.pdf"' in response.headers["Content-Disposition"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert kept in finance.get(f"/invoices/{invoice_id}").text


def test_a_payment_is_recorded_with_what_the_program_knows(app: House, finance: Browser, made: World):
    payer = made.members["NIH"]
    assert "The payer first" in finance.get("/payments/new").words
    path = f"/payments/new?payer={payer}"
    shown = finance.get(path)
    values = shown.form_values()
    assert values["amount"] == "50,000.00"
    assert values["received_on"] == "24 May 2016"
    assert values[f"invoice_{number_of(app, made, 'NIH')}"] == "50,000.00"
    done = finance.post(path, values)
    assert finance.post(path, values).response.location == done.response.location
    page = finance.follow(done)
    assert "INV-2016-0002" in page.words
    with inside(app):
        assert db.session.scalar(select(func.count()).select_from(Payment)) == 2
    assert "All of it is paid" in finance.get(f"/invoices/{number_of(app, made, 'NIH')}").words


def test_amounts_written_beside_invoices_are_never_passed_over(app: House, finance: Browser, made: World):
    path, field = f"/payments/new?payer={made.members['NIH']}", f"invoice_{number_of(app, made, 'NIH')}"
    refused = finance.submit(path, {field: "10,000.00"}, status=200)
    assert "You wrote other amounts below" in refused.words
    assert refused.form_values()[field] == "10,000.00"
    finance.post(path, refused.form_values() | {"settle": "chosen"})


def test_a_payer_is_named_and_one_that_nobody_is_called_is_told(app: House, finance: Browser, made: World):
    payer = made.members["NIH"]
    found = finance.get("/payments/new?called=nih&currency=EUR", 302).response.location
    assert found == f"/payments/new?payer={payer}&currency=EUR"
    shown = finance.get(str(found))
    assert "(M-" in shown.tree.xpath("string(//input[@name='called']/@value)")
    told = finance.get("/payments/new?called=ni")
    assert "Nothing you can choose here is called so." in told.tree.xpath("string(//*[@id='called-error'])")
    assert told.tree.xpath("string(//input[@name='called']/@value)") == "ni"


def test_the_rest_of_a_payment_is_allocated_later(app: House, finance: Browser, made: World):
    payer, invoice_id = made.members["NIH"], number_of(app, made, "NIH")
    page = finance.submit(
        f"/payments/new?payer={payer}",
        {"settle": "chosen", f"invoice_{invoice_id}": "", "amount": "10,000.00"},
    )
    record = finance.follow(page)
    assert "It settles no invoice" in record.words
    path = f"{page.response.location}/allocate"
    finance.follow(finance.submit(path, {f"invoice_{invoice_id}": "10000"}))
    assert "£40,000.00 is open" in finance.get(f"/invoices/{invoice_id}").words


def test_where_nothing_is_open_the_rest_of_a_payment_leads_back_to_it(finance: Browser, made: World):
    finance.submit(f"/payments/new?payer={made.members['MRC']}", {"amount": "30,100.00", "received_on": "2016-05-24"})
    with inside(finance.app):
        newest = db.session.execute(select(func.max(Payment.id))).scalar_one()
    page = finance.get(f"/payments/{newest}/allocate")
    assert "has no open invoice" in page.words
    assert page.has_action(f"/payments/{newest}")


BAD_PAYMENTS = [
    ("amount", "0", "at least 0.01"),
    ("amount", "-5", "at least 0.01"),
    ("amount", "1E+4", "digits"),
    ("amount", "Infinity", "digits"),
    ("amount", "10.005", "2 decimals"),
    ("amount", "٥٠", "digits"),
    ("amount", "", "fill this in"),
    ("amount", "9" * 30, "too large"),
    ("received_on", "25 May 2016", "when it has come"),
    ("received_on", "31 February 2016", "Write the day"),
    ("received_on", "9999-12-31", "possible"),
    ("received_on", "", "fill this in"),
    ("method", "barter", "not one of the choices"),
    ("reference", "a\x00b", "cannot be printed"),
    ("reference", "x" * 201, "At most 200"),
    ("note", "x" * 501, "At most 500"),
    ("settle", "newest", "not one of the choices"),
]


@pytest.mark.parametrize(("field", "typed", "told"), BAD_PAYMENTS)
def test_bad_input_of_a_payment_is_told_beside_its_field(
    finance: Browser, made: World, field: str, typed: str, told: str
):
    page = finance.submit(f"/payments/new?payer={made.members['NIH']}", {field: typed}, status=200)
    beside = page.tree.xpath(f"//p[@id='{field}-error']")
    assert beside
    assert told in beside[0].text_content()


def test_a_settlement_above_what_is_open_is_told_beside_its_invoice(app: House, finance: Browser, made: World):
    name = f"invoice_{number_of(app, made, 'MRC')}"
    values = {"settle": "chosen", name: "30000.01", "amount": "40000"}
    page = finance.submit(f"/payments/new?payer={made.members['MRC']}", values, status=200)
    assert "Only 30,000.00 is open" in page.tree.xpath(f"//p[@id='{name}-error']")[0].text_content()
    assert page.form_values()[name] == "30000.01"


@pytest.mark.parametrize(
    "query", ["payer=0", "payer=x", "payer=99999999999999999999", "payer=", "payer=1&currency=ZZZ"]
)
def test_a_payer_that_is_none_is_not_taken(finance: Browser, made: World, query: str):
    assert made.members
    assert "Record payment" in finance.get(f"/payments/new?{query}").words


def test_a_fee_is_adopted_and_ends_the_one_before(app: House, finance: Browser, made: World):
    with inside(app):
        class_id = made.class_id("funder")
    values = {
        "name": "Funder membership fee",
        "class_id": str(class_id),
        "amount": "60,000.00",
        "first_day": "1 January 2017",
        "tax_reason": "a membership contribution",
    }
    page = finance.follow(finance.submit("/fees/new", values))
    assert "£60,000.00" in page.words
    with inside(app):
        ends = db.session.scalars(select(FeeSchedule.last_day).where(FeeSchedule.superseded_at.is_(None))).all()
    assert set(ends) == {date(2016, 12, 31), None}
    assert "31 Dec 2016" in finance.get("/fees?on=2016-05-01").words


BAD_FEES = [
    ("name", "", "fill this in"),
    ("name", "x" * 201, "At most 200"),
    ("class_id", "77", "not one of the choices"),
    ("amount", "-1", "at least"),
    ("amount", "NaN", "digits"),
    ("currency", "ZZZ", "not one of the choices"),
    ("first_day", "soon", "Write the day"),
    ("last_day", "1 January 1900", "before"),
    ("proration", "by_week", "not one of the choices"),
    ("tax_category", "Q", "not one of the choices"),
    ("tax_rate", "1e2", "per cent"),
    ("tax_rate", "101", "100 per cent"),
    ("tax_rate", "20", "Only S"),
    ("tax_reason", "", "Say why"),
    ("decision", "x" * 501, "At most 500"),
]


@pytest.mark.parametrize(("field", "typed", "told"), BAD_FEES)
def test_bad_input_of_a_fee_is_told_beside_its_field(app: House, finance: Browser, field: str, typed: str, told: str):
    with inside(app):
        class_id = World(program("test")).class_id("funder")
    good = {
        "name": "Fee",
        "class_id": str(class_id),
        "amount": "5",
        "first_day": "1 January 2017",
        "tax_reason": "a contribution",
    }
    page = finance.submit("/fees/new", good | {field: typed}, status=200)
    beside = page.tree.xpath(f"//p[@id='{field}-error']")
    assert beside
    assert told in beside[0].text_content()


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("issue_day", "25 May 2016", "not dated after"),
        ("due_day", "1 May 2016", "not due before"),
        ("due_day", "", "fill"),
    ],
)
def test_bad_days_of_an_issue_are_told_beside_their_field(
    app: House, finance: Browser, field: str, typed: str, told: str
):
    with inside(app):
        run = World.found(program("test"), date(2011, 1, 1)).prepare()
        path = f"/fees/runs/{run.id}"
    page = finance.submit(path, {field: typed}, action=f"{path}/issue", status=200)
    assert told in page.tree.xpath(f"//p[@id='{field}-error']")[0].text_content()
    assert page.heading == "Fee run 2016"


@pytest.mark.parametrize("path", ["/invoices", "/payments", "/ledger"])
def test_lists_are_exported_as_they_are_shown(finance: Browser, made: World, path: str):
    assert made.members
    with finance.client.get(f"{path}?format=csv") as response:
        lines = response.get_data(as_text=True).strip().splitlines()
    assert len(lines) - 1 == len(finance.get(path).tree.xpath("(//table)[1]/tbody/tr"))
    with finance.client.get(f"{path}?format=xlsx") as response:
        assert response.get_data().startswith(b"PK")


def test_a_file_of_another_day_is_not_named_after_what_was_known_then(finance: Browser, made: World):
    assert made.members
    with finance.client.get("/invoices?on=2016-03-01&known=2016-04-01&format=csv") as response:
        assert response.headers["Content-Disposition"] == 'attachment; filename="Invoices 2016-03-01.csv"'


def test_the_past_shows_what_was_owed_then_and_offers_no_verb(app: House, finance: Browser, made: World):
    path = f"/invoices/{number_of(app, made, 'MRC')}?on=2016-04-19"
    page = finance.get(path)
    assert "£50,000.00 is open" in page.words
    assert "Record payment" not in page.words
    assert "Draft" in finance.get(f"/invoices/{number_of(app, made, 'MRC')}?on=2016-03-01").words
    assert "No invoices on 1 March 2016" in finance.get("/invoices?on=2016-03-01").words


def test_an_institution_shows_its_money_to_those_who_may_see_it(browser: Browser, made: World):
    path = f"/members/{made.members['MRC']}"
    sign_in(browser, Role.FINANCE)
    assert "£30,000.00 owed" in browser.get(path).words
    sign_in(browser, RoleFor(Role.REPRESENTATIVE, institution_id=made.members["NIH"]))
    assert "owed" not in browser.get(path).words


def test_the_rail_counts_what_is_late(finance: Browser, made: World):
    assert made.members
    assert "3 late" in finance.get("/fees").words


def test_members_not_billed_are_opened_one_by_one_from_every_answer_of_the_desk(app: House, finance: Browser):
    with inside(app):
        world = World.found(program("test"), date(2011, 1, 1))
        for number in range(4):
            world.add(f"Laboratory {number}", f"L{number}")
            world.join(f"L{number}", "partner", date(2011, 1, 1))
        run_id = world.prepare().id
    refused = {"issue_day": "soon", "due_day": "24 June 2016"}
    shown = finance.submit(f"/fees/runs/{run_id}", refused, action=f"/fees/runs/{run_id}/issue", status=200)
    assert "Partner: 5 Class Partner has no fee schedule" in shown.words
    (opened,) = shown.tree.xpath("//main//a[contains(@href, 'all=1')]/@href")
    assert "Laboratory 3" in finance.get(opened).words
    assert "Laboratory 3" in finance.get(f"/fees/runs/new?all=1&year={'9' * 5000}").words


def test_money_is_said_to_be_as_known_now_where_it_keeps_no_second_axis(finance: Browser, made: World):
    assert "As known now." in finance.get("/invoices?on=2016-05-01&known=2016-05-01").words
    assert "as known now" in finance.get("/fees?on=2016-05-01&known=2016-05-01").words
