"""The pages that put invoices right: credit notes, voids, write-offs, refunds, reversals, and undoing each."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.accounts.commands import RoleFor
from app.billing.models import Allocation, Invoice, Payment
from app.billing.queries.credits import creditable_of
from app.core.database import db
from app.core.permissions import Role
from app.core.verification import run_checks
from app.web.requests import House
from tests.billing.world import World, inside
from tests.client import Browser, Page
from tests.signin import sign_in

TODAY = "24 May 2016"
WORKSHOP = {
    "payer": "NIH",
    "description": "Workshop",
    "amount": "200",
    "reason": "Agreed",
    "tax_reason": "Outside the scope of tax",
}


def of(app: House, world: World, short: str) -> tuple[int, int, int]:
    """The newest invoice of a payer, its first line, and the newest payment or 0."""
    with inside(app):
        invoice = world.invoice_of(short)
        asked = select(Payment.id).where(Payment.payer_id == world.members[short]).order_by(Payment.id.desc())
        return invoice.id, creditable_of(invoice.id).lines[0].id, db.session.scalars(asked).first() or 0


def newest(app: House, kind: type[Invoice | Payment | Allocation]) -> int:
    with inside(app):
        return db.session.scalars(select(kind.id).order_by(kind.id.desc())).first() or 0


def verified(app: House) -> None:
    with inside(app):
        assert [line for finding in run_checks() for line in finding.problems] == []


def links(page: Page) -> list[str]:
    return [str(each) for each in page.tree.xpath("//main//a/@href | //main//form/@action")]


def test_an_invoice_is_credited_in_part_and_each_leads_to_the_other(app: House, made: World, finance: Browser):
    invoice_id, line_id, _ = of(app, made, "NIH")
    form = finance.get(f"/invoices/{invoice_id}/credit")
    assert form.form_values()[f"line_{line_id}"] == "50,000.00"
    assert form.form_values()["day"] == TODAY
    values = {f"line_{line_id}": "10000", "reason": "Charged too much"}
    note = finance.follow(finance.submit(f"/invoices/{invoice_id}/credit", values))
    assert note.heading == "CN-2016-0001"
    assert "£10,000.00 credited to National Institutes of Health. All of it is used." in note.words
    assert f"/invoices/{invoice_id}" in links(note)
    page = finance.get(f"/invoices/{invoice_id}")
    assert "£40,000.00 is open" in page.words
    assert f"/invoices/{newest(app, Invoice)}" in links(page)
    again = finance.get(f"/invoices/{invoice_id}/credit").form_values()
    assert again[f"line_{line_id}"] == "40,000.00"
    verified(app)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"line": "50000.01"}, "Only 50,000.00 of line 1 can still be credited"),
        ({"line": "-1"}, "at least 0.00"),
        ({"line": "٥"}, "Write the amount in digits"),
        ({"line": ""}, "Enter an amount for at least one line"),
        ({"reason": ""}, "Why"),
        ({"reason": "   "}, "Why"),
        ({"reason": "x" * 501}, "At most 500 characters"),
        ({"day": "25 May 2016"}, "not dated after the day"),
        ({"day": "31 March 2016"}, "not dated before the invoice"),
        ({"day": "31 June 2016"}, "Write the day"),
    ],
)
def test_what_is_wrong_with_a_credit_is_said_beside_its_field(
    app: House, made: World, finance: Browser, wrong: dict[str, str], words: str
):
    invoice_id, line_id, _ = of(app, made, "NIH")
    given = {"reason": "Charged too much", **wrong}
    values = {f"line_{line_id}" if name == "line" else name: value for name, value in given.items()}
    page = finance.submit(f"/invoices/{invoice_id}/credit", values, status=200)
    assert words in page.words
    assert page.tree.xpath("//*[contains(@class,'field') and contains(@class,'bad')]")


def test_a_credit_sent_twice_is_one_and_a_second_one_from_an_old_page_is_told(
    app: House, made: World, finance: Browser
):
    invoice_id, line_id, _ = of(app, made, "NIH")
    path = f"/invoices/{invoice_id}/credit"
    first, second = (finance.get(path).form_values() | {"reason": "Charged by mistake"} for _ in range(2))
    location = finance.post(path, first).response.location
    assert finance.post(path, first).response.location == location
    told = finance.post(path, second, status=200)
    assert "This cannot be done with INV-2016-0002 now" in told.words
    assert newest(app, Invoice) == int(str(location).rsplit("/", 1)[-1])
    assert line_id


def test_a_line_that_somebody_else_credited_meanwhile_is_refused_beside_it(app: House, made: World, finance: Browser):
    invoice_id, line_id, _ = of(app, made, "NIH")
    path = f"/invoices/{invoice_id}/credit"
    old = finance.get(path).form_values() | {"reason": "Charged by mistake"}
    finance.submit(path, {f"line_{line_id}": "20000", "reason": "Left during the year"})
    told = finance.post(path, old, status=200)
    assert "Only 30,000.00 of line 1 can still be credited" in told.words


def test_an_invoice_is_voided_and_drafted_again_once(app: House, made: World, finance: Browser):
    invoice_id, _, _ = of(app, made, "NIH")
    void = finance.follow(finance.submit(f"/invoices/{invoice_id}/void", {"reason": "Issued twice"}))
    assert "It is void, and nobody owes it." in void.words
    assert "Void since 24 May 2016" in void.words
    draft = finance.follow(finance.press(f"/invoices/{invoice_id}", f"/invoices/{invoice_id}/draft-again"))
    assert draft.heading == f"Draft {newest(app, Invoice)}"
    assert f"/invoices/{invoice_id}" in links(draft)
    page = finance.get(f"/invoices/{invoice_id}")
    assert f"/invoices/{newest(app, Invoice)}" in links(page)
    assert not page.has_action(f"/invoices/{invoice_id}/draft-again")
    assert "Due" not in [row[0] for row in page.rows()]
    verified(app)


def test_only_what_is_possible_is_offered(app: House, made: World, finance: Browser):
    paid_in_part, _, payment_id = of(app, made, "MRC")
    untouched, _, _ = of(app, made, "NIH")
    acts = ("credit", "void", "write-off", "settle")
    offered = {each for each in acts if f"/invoices/{untouched}/{each}" in links(finance.get(f"/invoices/{untouched}"))}
    assert offered == {"credit", "void", "write-off"}
    page = finance.get(f"/invoices/{paid_in_part}")
    assert {each for each in acts if f"/invoices/{paid_in_part}/{each}" in links(page)} == {"credit", "write-off"}
    assert not [each for each in links(finance.get(f"/invoices/{untouched}?on=2016-05-01")) if "credit" in each]
    assert f"/payments/{payment_id}/refund" not in links(finance.get(f"/payments/{payment_id}"))
    told = finance.get(f"/invoices/{paid_in_part}/void")
    assert "This cannot be done with INV-2016-0001 now" in told.words


def test_what_is_open_is_written_off_and_that_is_undone(app: House, made: World, finance: Browser):
    invoice_id, _, _ = of(app, made, "MRC")
    form = finance.get(f"/invoices/{invoice_id}/write-off").form_values()
    assert (form["amount"], form["kind"]) == ("30,000.00", "bank_charge")
    page = finance.follow(finance.submit(f"/invoices/{invoice_id}/write-off", {"amount": "20", "reason": ""}))
    assert "£29,980.00 is open" in page.words
    assert "A bank charge was deducted on the way" in page.words
    undo = f"/allocations/{newest(app, Allocation)}/undo"
    assert undo in links(page)
    undone = finance.follow(finance.submit(undo, {"reason": "It was paid after all"}))
    assert "£30,000.00 is open" in undone.words
    assert "Written off, undone" in undone.words
    assert undo not in links(undone)
    assert "This was undone already" in finance.get(undo).words
    verified(app)


def test_a_payment_is_undone_and_allocated_anew_from_its_own_page(app: House, made: World, finance: Browser):
    invoice_id, _, payment_id = of(app, made, "MRC")
    undo = f"/allocations/{newest(app, Allocation)}/undo"
    assert undo in links(finance.get(f"/payments/{payment_id}"))
    page = finance.follow(finance.submit(undo, {"reason": "It settled the wrong invoice", "day": "10 May 2016"}))
    assert page.heading == f"Payment {payment_id}"
    assert "£20,000.00 is open" not in page.words
    filled = finance.get(f"/payments/{payment_id}/allocate").form_values()
    assert filled[f"invoice_{invoice_id}"] == "20,000.00"
    finance.submit(f"/payments/{payment_id}/allocate", {})
    assert "£30,000.00 is open" in finance.get(f"/invoices/{invoice_id}").words
    before = finance.get(f"/invoices/{invoice_id}?on=2016-05-09")
    assert "undone" not in before.words
    verified(app)


def test_what_is_left_of_a_payment_is_refunded_and_never_more(app: House, made: World, finance: Browser):
    with inside(app):
        made.pay("Wellcome", "50100.00")
    _, _, payment_id = of(app, made, "Wellcome")
    path = f"/payments/{payment_id}/refund"
    form = finance.get(path).form_values()
    assert (form["amount"], form["account_code"]) == ("100.00", "1200")
    assert "Only 100.00" in finance.submit(path, {"amount": "100.01", "reason": "Paid twice"}, status=200).words
    assert "Not before the money" in finance.submit(path, {"day": "1 May 2016", "reason": "x"}, status=200).words
    page = finance.follow(finance.submit(path, {"reason": "Paid too much"}))
    assert "Refund: Paid too much" in page.words
    assert path not in links(page)
    assert "This cannot be done" in finance.get(path).words
    assert f"/payments/{payment_id}/reverse" not in links(page)
    verified(app)


def test_a_payment_that_the_bank_took_back_opens_its_invoice_again(app: House, made: World, finance: Browser):
    invoice_id, _, payment_id = of(app, made, "MRC")
    path = f"/payments/{payment_id}/reverse"
    assert "INV-2016-0001 is open again by £20,000.00" in finance.get(path).words
    assert "Not before the money came" in finance.submit(path, {"day": "1 April 2016", "reason": "x"}, status=200).words
    page = finance.follow(finance.submit(path, {"reason": "Returned by the bank"}))
    assert "Reversed: Returned by the bank" in page.words
    assert "received 20 April 2016. All of it went back." in page.words
    assert "£50,000.00 is open" in finance.get(f"/invoices/{invoice_id}").words
    assert "This cannot be done" in finance.get(path).words
    verified(app)


def test_the_credit_of_a_paid_invoice_is_used_for_another_or_refunded(app: House, made: World, finance: Browser):
    with inside(app):
        made.pay("NIH", "50000.00")
        paid = made.invoice_of("NIH")
        note = made.credit(paid, "500.00").id
    page = finance.get(f"/invoices/{note}")
    assert "£500.00 of it is not used yet" in page.words
    assert f"/invoices/{note}/use" not in links(page)
    told = finance.get(f"/invoices/{note}/use")
    assert "no open invoice in this currency; what is left can be refunded" in told.words
    assert f"/invoices/{note}" in links(told)
    finance.submit("/invoices/new", WORKSHOP)
    other = newest(app, Invoice)
    finance.submit(f"/invoices/{other}/issue", {})
    assert f"/invoices/{note}/use" in links(finance.get(f"/invoices/{note}"))
    settle = f"/invoices/{other}/settle"
    assert settle in links(finance.get(f"/invoices/{other}"))
    filled = finance.get(settle).form_values()
    assert (filled["source"], filled[f"invoice_{other}"]) == (f"credit-{note}", "200.00")
    finance.submit(settle, {f"invoice_{other}": "150"})
    finance.submit(f"/invoices/{note}/use", {f"invoice_{other}": "50"})
    assert "Nothing of it is open" in finance.get(f"/invoices/{other}").words
    assert (
        "at least 0.01" in finance.submit(f"/invoices/{note}/refund", {"amount": "0", "reason": "x"}, status=200).words
    )
    page = finance.follow(finance.submit(f"/invoices/{note}/refund", {"reason": "Credited after it was paid"}))
    assert "All of it is used" in page.words
    verified(app)


@pytest.mark.parametrize("values", [{"source": "credit-999"}, {"source": "x"}, {"source": ""}, {"day": "1 Jan 1066"}])
def test_what_is_not_offered_settles_nothing(app: House, made: World, finance: Browser, values: dict[str, str]):
    with inside(app):
        made.pay("NIH", "50000.00")
        made.credit(made.invoice_of("NIH"), "500.00")
    finance.submit("/invoices/new", WORKSHOP)
    other = newest(app, Invoice)
    finance.submit(f"/invoices/{other}/issue", {})
    page = finance.submit(f"/invoices/{other}/settle", values, status=200)
    assert page.tree.xpath("//*[contains(@class,'err')]")
    assert "£200.00 is open" in finance.get(f"/invoices/{other}").words


@pytest.mark.parametrize("act", ["credit", "void", "write-off", "settle", "use", "refund"])
def test_nobody_corrects_a_draft_and_those_who_only_read_correct_nothing(
    app: House, made: World, browser: Browser, act: str
):
    invoice_id, _, payment_id = of(app, made, "MRC")
    sign_in(browser, RoleFor(Role.REPRESENTATIVE, institution_id=made.members["MRC"]))
    browser.get(f"/invoices/{invoice_id}/{act}", status=403)
    assert not [each for each in links(browser.get(f"/invoices/{invoice_id}")) if each.endswith(f"/{act}")]
    sign_in(browser, Role.AUDITOR)
    browser.get(f"/invoices/{invoice_id}/{act}", status=403)
    browser.get(f"/payments/{payment_id}/reverse", status=403)
    browser.get(f"/allocations/{newest(app, Allocation)}/undo", status=403)
    sign_in(browser, Role.FINANCE)
    browser.submit("/invoices/new", WORKSHOP)
    draft = newest(app, Invoice)
    assert f"This cannot be done with Draft {draft} now" in browser.get(f"/invoices/{draft}/{act}").words
    browser.get(f"/invoices/999999/{act}", status=404)


def test_on_a_day_before_it_was_voided_an_invoice_still_stands(app: House, made: World, finance: Browser):
    invoice_id, _, _ = of(app, made, "NIH")
    finance.submit(f"/invoices/{invoice_id}/void", {"reason": "Issued twice"})
    before = finance.get(f"/invoices/{invoice_id}?on={date(2016, 5, 23)}")
    assert "£50,000.00 is open" in before.words
    assert "Void since" not in before.words


WRONG_TEXT = ("\0", "x" * 5000)
WRONG_VALUE = (*WRONG_TEXT, "Infinity", "٣", "9999-99-99")


def wrong_values(values: dict[str, str]) -> list[tuple[str, str]]:
    """What nobody means, for each field a person fills in: texts take any words, all others are read."""
    unread = {"csrf_token", "idempotency_key", "version", "currency", "sends_mails"}
    asked = [name for name in values if name not in unread]
    texts = {"reason", "reference"}
    return [(name, wrong) for name in asked for wrong in (WRONG_TEXT if name in texts else WRONG_VALUE)]


def test_whatever_is_typed_is_refused_beside_its_field_and_breaks_nothing(app: House, made: World, finance: Browser):
    with inside(app):
        made.pay("NIH", "50100.00")
        note = made.credit(made.invoice_of("NIH"), "500.00").id
    invoice_id, _, payment_id = of(app, made, "MRC")
    over = of(app, made, "NIH")[2]
    with inside(app):
        allocation = db.session.scalars(select(Allocation.id).where(Allocation.payment_id == payment_id)).one()
    paths = [f"/invoices/{invoice_id}/{act}" for act in ("credit", "write-off")] + [f"/invoices/{note}/refund"]
    paths += [f"/payments/{payment_id}/reverse", f"/payments/{over}/refund", f"/allocations/{allocation}/undo"]
    for path in paths:
        filled = finance.get(path).form_values() | {"reason": "As agreed"}
        for name, wrong in wrong_values(filled):
            page = finance.post(path, {**filled, name: wrong}, status=200)
            assert page.tree.xpath("//*[contains(@class,'field') and contains(@class,'bad')]"), (path, name, wrong)
    verified(app)
