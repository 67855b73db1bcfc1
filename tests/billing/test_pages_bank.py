"""Pages of the bank: bringing statements, the desk, statements and lines, and who may see and do what."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import event, select

from app.accounts.commands import RoleFor
from app.billing.commands import release_allocation
from app.billing.commands.bank import adopt_bank_account, assign_line
from app.billing.models import Allocation, BankEntry
from app.core.database import db
from app.core.permissions import Role
from app.core.transaction import transaction
from app.web.requests import House
from tests.billing.bank_world import FEE, MAIN, adopt, bring_lines, entries
from tests.billing.statement_files import DAY, Line, camt
from tests.billing.world import World, inside
from tests.client import Browser, Page
from tests.signin import sign_in

THEIRS = "DE89370400440532013000"
NIH = "INV-2016-0002"
TABLE = b"Date;Text;Amount\n23.05.2016;Donation;100,00\n24.05.2016;Rent;-25,50\n"
LINES = (
    Line(100, "A gift", bank_reference="1"),
    Line(FEE - 1_500, NIH, name="National Institutes of Health", bank_reference="2"),
    Line(-1_500, "Charges", bank_reference="3"),
)


@pytest.fixture
def banked(app: House, made: World) -> World:
    """The consortium with its main account and three lines that wait."""
    with inside(app):
        adopt(made)
        bring_lines(made, *LINES)
    return made


def line_ids(app: House) -> Sequence[int]:
    with app.app_context():
        return db.session.scalars(select(BankEntry.id).order_by(BankEntry.id)).all()


def desk_of(app: House) -> str:
    with app.app_context():
        return f"/bank/accounts/{db.session.scalars(select(BankEntry.account_id)).first()}"


def statement_of(app: House) -> str:
    with app.app_context():
        return f"/bank/statements/{db.session.scalars(select(BankEntry.statement_id)).first()}"


def brought(browser: Browser, content: bytes, status: int = 302, **values: str) -> Page:
    sent = {"file": (io.BytesIO(content), "statement.xml"), **values}
    return browser.submit("/bank/import", sent, status=status)


def asked(app: House, browser: Browser, path: str) -> int:
    """How many statements a page sends to the database."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        browser.get(path)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(sent)


def chosen(page: Page) -> str:
    return " ".join(page.tree.xpath("//tr[@aria-current]")[0].text_content().split())


def test_a_statement_is_brought_and_the_desk_shows_what_waits(app: House, made: World, finance: Browser):
    with inside(app):
        adopt(made)
    page = finance.follow(brought(finance, camt(*LINES)))
    assert "3 lines imported, 0 booked" in page.words
    assert [row[1] for row in page.rows()[:3]] == [
        "No name A gift",
        f"National Institutes of Health {NIH}",
        "No name Charges",
    ]
    again = finance.follow(brought(finance, camt(*LINES)))
    assert "on record already" in again.words


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7 nothing", "Ask the bank for CAMT.053"),
        (camt(*LINES)[:-40], "damaged or cut off"),
        (camt(*LINES, closing=1), "does not close"),
        (camt(*LINES, iban="DE89370400440532013000"), "none of the consortium"),
        (b"just words", "no table with columns"),
    ],
)
def test_a_file_that_lies_is_refused_beside_its_field_and_nothing_is_kept(
    app: House, made: World, finance: Browser, content: bytes, words: str
):
    with inside(app):
        adopt(made)
    assert words in brought(finance, content, status=200).words
    assert line_ids(app) == []


def test_a_table_asks_for_its_columns_once(app: House, made: World, finance: Browser):
    with inside(app):
        account = str(adopt(made).id)
    columns = str(brought(finance, TABLE).response.location)
    assert "The first rows" in finance.get(columns).words
    assert any("Text Donation" in row for row in finance.get(columns).phone_rows())
    refused = finance.submit(columns, {"role_amount": "-"}, status=200)
    assert "Say which column holds the amount" in refused.tree.xpath("string(//*[@id='role_amount-error'])")
    assert refused.tree.xpath("string(//*[@data-errors])").count("Nothing was imported.") == 1
    finance.submit(columns, {"account": account})
    assert len(line_ids(app)) == 2
    later = brought(finance, TABLE + b"24.05.2016;Interest;1,00\n", account=account)
    assert "/bank/accounts/" in str(later.response.location)
    assert len(line_ids(app)) == 3


def test_a_table_keeps_the_account_it_was_brought_for_and_waits_once(app: House, made: World, finance: Browser):
    with inside(app):
        adopt(made)
        second = replace(MAIN, name="Second", number="GB29NWBK60161331926819", account_code="1201")
        with transaction():
            account = str(adopt_bank_account(second, actor=made.office).id)
    columns = brought(finance, TABLE, account=account).response.location
    assert finance.get(str(columns)).form_values()["account"] == account
    assert brought(finance, TABLE, account=account).response.location == columns
    assert finance.get("/bank").words.count("waits for its columns") == 1


def test_a_table_brought_by_mistake_waits_until_it_is_put_aside(app: House, made: World, finance: Browser):
    with inside(app):
        adopt(made)
    columns = str(brought(finance, TABLE).response.location)
    assert "waits for its columns" in finance.get("/bank").words
    finance.press(columns, f"{columns}/put-aside")
    assert "waits for its columns" not in finance.get("/bank").words
    finance.get(columns, status=404)
    assert line_ids(app) == []


def test_accepting_a_proposal_goes_on_to_the_next_line_and_can_be_undone(app: House, banked: World, finance: Browser):
    assert banked.members
    _, short, charge = line_ids(app)
    page = finance.get(f"{desk_of(app)}?line={short}")
    assert "15.00 short of what is open" in page.words
    after = finance.follow(finance.press(f"{desk_of(app)}?line={short}", f"/bank/lines/{short}/accept"))
    assert "Charges" in chosen(after)
    back = finance.follow(finance.press(desk_of(app), f"/bank/lines/{short}/open-again"))
    assert NIH in chosen(back)
    assert charge in line_ids(app)


def test_the_desk_asks_for_the_day_where_that_of_the_line_is_too_early(app: House, made: World, finance: Browser):
    with inside(app):
        adopt(made)
        with transaction():
            allocation = db.session.scalars(select(Allocation.id)).one()
            release_allocation(allocation, day=date(2016, 5, 20), reason="A mistake", actor=made.office)
        line = Line(FEE, "INV-2016-0001", day=date(2016, 5, 10), name="MRC")
        bring_lines(made, line)
    path = f"/bank/lines/{line_ids(app)[0]}/accept"
    page = finance.get(desk_of(app))
    assert "Possible from 20 May 2016 on: until then something else settled it." in page.words
    assert page.form_values(path)["settles_from"] == "20 May 2016"
    refused = finance.submit(desk_of(app), {"settles_from": "10 May 2016"}, action=path, status=200)
    assert "Until 20 May 2016 something else settled it: choose that day or a later one." in refused.words
    finance.submit(desk_of(app), {"settles_from": "soon"}, action=path, status=200)
    address = f"/bank/lines/{line_ids(app)[0]}/split"
    assert page.tree.xpath("//a[@data-key='s']/@href") == [
        address
    ]  # A place within it would keep the focus off its field.
    assert finance.get(address).tree.xpath("//main//input[@autofocus]/@name") == ["called"]
    split = finance.get(address).form_values()
    assert split["settles_from"] == "20 May 2016"
    finance.post(path, refused.form_values() | {"settles_from": "21 May 2016"})
    with inside(app):
        assert entries()[0].state == "booked"
        assert db.session.scalars(select(Allocation.day).order_by(Allocation.id.desc())).first() == date(2016, 5, 21)


def test_who_paid_from_the_account_before_is_proposed_as_the_payer(app: House, made: World, finance: Browser):
    with inside(app):
        adopt(made)
        first = bring_lines(made, Line(100, "a", iban=THEIRS))[0]
        with transaction():
            assign_line(first.id, made.members["NIH"], actor=made.office)
        bring_lines(made, Line(200, "INV-2016-0003", iban=THEIRS), number="2")
    path = f"/bank/lines/{line_ids(app)[1]}/assign"
    wanted = str(finance.get(desk_of(app)).form_values(path)["payer"])
    assert wanted.startswith("National Institutes of Health")
    assert finance.get(path).form_values()["payer"] == wanted


def test_a_line_is_assigned_left_out_and_booked_from_the_desk(app: House, banked: World, finance: Browser):
    gift, _, charge = line_ids(app)
    desk = desk_of(app)
    finance.submit(desk, {"payer": "nobody"}, action=f"/bank/lines/{gift}/assign", status=200)
    finance.submit(desk, {"payer": "Wellcome"}, action=f"/bank/lines/{gift}/assign")
    finance.submit(f"{desk}?line={charge}", {"account_code": "6100"}, action=f"/bank/lines/{charge}/book")
    finance.press(desk, f"/bank/lines/{charge}/open-again")
    finance.submit(f"{desk}?line={charge}", {"reason": "Not ours"}, action=f"/bank/lines/{charge}/leave-out")
    with inside(app):
        assert [entry.state for entry in entries()] == ["booked", "open", "ignored"]
    line = finance.get(f"/bank/lines/{gift}")
    assert "Wellcome" in line.words
    (payment,) = line.tree.xpath("//tbody//a/@href")
    assert finance.get(payment).has_action(f"/bank/lines/{gift}")
    assert banked.members


def test_a_line_is_split_among_payers_that_are_added_by_name(app: House, banked: World, finance: Browser):
    short = line_ids(app)[1]
    page = finance.get(f"/bank/lines/{short}/split?called=MRC", status=302)
    split = str(page.response.location)
    shown = finance.get(split)
    assert "Medical Research Council" in shown.words
    assert "of National Institutes of Health" in shown.words
    finance.submit(split, {f"account_{banked.members['MRC']}": "1.00"}, status=200)
    finance.submit(split, {})
    with inside(app):
        assert entries()[1].state == "booked"


def test_a_statement_explains_the_difference_and_lists_what_became_of_its_lines(
    app: House, banked: World, finance: Browser
):
    page = finance.get(statement_of(app))
    assert "Bank and ledger differ" in page.words
    assert "Waiting to be decided" in page.words
    assert "A gift" in finance.get(statement_of(app) + "?state=open").words
    assert "matches these filters" in finance.get(statement_of(app) + "?state=booked").words
    assert finance.get(f"{statement_of(app)}/file").response.data == camt(*LINES)
    assert [row[0] for row in finance.get("/bank").rows()] == ["Main account 1200", "24 May 2016"]
    assert banked.members
    assert line_ids(app)


def test_the_desk_asks_as_many_statements_for_one_line_as_for_twenty(app: House, made: World, finance: Browser):
    with inside(app):
        adopt(made)
        bring_lines(made, LINES[1])
    desk = desk_of(app)
    finance.get(desk)
    few = asked(app, finance, desk)
    with inside(app):
        more = [Line(FEE - number, f"{NIH} {number}", name="Wellcome Trust", day=DAY) for number in range(2, 21)]
        bring_lines(made, *more, number="9")
    finance.get(desk)
    assert few == asked(app, finance, desk)


def test_what_waits_is_counted_on_each_page_and_on_none_where_nothing_does(app: House, banked: World, finance: Browser):
    assert "Waiting 3" in finance.get("/bank").phone_rows()[1]
    assert "Waiting 3" in finance.get(desk_of(app)).words
    assert "3 lines of the bank wait to be decided" in finance.get("/money").words
    for line_id in line_ids(app):
        finance.submit(desk_of(app), {"reason": "Not ours"}, action=f"/bank/lines/{line_id}/leave-out")
    assert "waiting" not in " ".join(finance.get("/bank").phone_rows()).lower()
    assert "Waiting" not in finance.get(desk_of(app)).words
    assert "lines of the bank" not in finance.get("/money").words
    assert banked.members


def test_auditors_look_and_decide_nothing(app: House, banked: World, browser: Browser):
    sign_in(browser, Role.AUDITOR)
    assert banked.members
    gift = line_ids(app)[0]
    for path in ("/bank", desk_of(app), f"/bank/lines/{gift}", statement_of(app)):
        page = browser.get(path)
        assert page.tree.xpath("//main//form[@method='post']") == []
    for path in ("/bank/import", f"/bank/lines/{gift}/assign", f"/bank/lines/{gift}/split"):
        browser.get(path, status=403)


def test_representatives_find_no_bank(app: House, banked: World, browser: Browser):
    sign_in(browser, RoleFor(Role.REPRESENTATIVE, institution_id=banked.members["MRC"]))
    for path in ("/bank", desk_of(app), f"/bank/lines/{line_ids(app)[0]}", statement_of(app)):
        browser.get(path, status=403)


def test_lines_that_wait_are_what_needs_the_finance_committee_today(app: House, banked: World, finance: Browser):
    assert banked.members
    page = finance.get("/")
    assert "3 lines of the bank wait" in page.words
    assert "less than a day Decide them" in page.words
    assert page.has_action(desk_of(app))


def test_the_first_account_begins_with_what_invoices_say_of_it(app: House, made: World, finance: Browser):
    known = finance.get("/bank/accounts/new").form_values()
    assert (known["number"], known["bic"], known["first_day"]) == (
        "GB33BUKB20201555555555",
        "BUKBGB22XXX",
        "1 January 2011",
    )
    with inside(app):
        adopt(made)
    assert finance.get("/bank/accounts/new").form_values()["number"] == ""


def test_a_proposal_that_does_not_hold_any_more_is_refused_with_the_reason(app: House, banked: World, finance: Browser):
    assert banked.members
    short = line_ids(app)[1]
    sent = finance.get(f"{desk_of(app)}?line={short}").form_values(f"/bank/lines/{short}/accept")
    page = finance.follow(finance.post(f"/bank/lines/{short}/accept", sent | {"proposal": "invoice-0"}))
    assert "This is no longer proposed" in page.words
    assert NIH in chosen(page)
