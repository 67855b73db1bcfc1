"""Pages of drafts made by hand: what they fill in, what they warn of, and the language they speak."""

from __future__ import annotations

import re
from datetime import date

from app.billing.commands import ChargeLine, draft_charge
from app.billing.commands.printing import print_invoice
from app.billing.rules import TaxCategory
from app.core.languages import Language
from app.core.money import Money
from app.core.transaction import transaction
from app.members.commands import InstitutionFacts, add_institution
from app.members.rules import InstitutionKind
from app.web.requests import House
from tests.billing.world import World, inside, pounds
from tests.client import Browser

WHY = "Exempt: teaching."


def draft_to(app: House, made: World, payer_id: int, amount: Money | None = None) -> str:
    """The address of a draft for something besides the fees."""
    line = ChargeLine(
        "Workshop",
        amount or pounds("120.00"),
        first_day=date(2016, 3, 1),
        last_day=date(2016, 3, 3),
        tax_category=TaxCategory.EXEMPT,
        tax_reason=WHY,
    )
    with inside(app), transaction():
        return f"/invoices/{draft_charge(payer_id, [line], reason='Asked for', actor=made.office).id}"


def test_a_further_line_is_filled_in_as_the_last_one(app: House, made: World, finance: Browser):
    values = finance.get(f"{draft_to(app, made, made.members['NIH'])}/lines/new").form_values()
    known = ("first_day", "last_day", "tax_category", "tax_reason", "income_account", "description", "amount")
    assert [values[name] for name in known] == ["1 March 2016", "3 March 2016", "E", WHY, "4000", "", ""]


def test_pages_say_in_english_what_the_paper_says_in_the_language_of_the_payer(
    app: House, made: World, finance: Browser
):
    with inside(app):
        payer_id = made.add("Institut Beispiel", "IB", "DE", document_language=Language.GERMAN)
    draft = draft_to(app, made, payer_id)
    assert f"Tax category E: {WHY}" in finance.get(draft).words
    finance.submit(f"{draft}/issue", {})
    with inside(app):
        print_invoice({"invoice_id": int(draft.rpartition("/")[2])})
    words = finance.get(draft).words
    assert f"Tax category E: {WHY}" in words
    assert not re.search("Steuerkategorie|Rechnung", words)


def test_issuing_one_draft_says_before_that_no_mail_can_be_sent(app: House, made: World, finance: Browser):
    page = finance.get(f"{draft_to(app, made, made.members['NIH'])}/issue")
    assert "Send it to the billing contact by e-mail" in page.words
    assert "has no billing contact" not in page.words
    facts = InstitutionFacts(
        "Institut Beispiel", "IB", InstitutionKind.FUNDER, "DE", postal_address="Weg 1\n10115 Berlin"
    )
    with inside(app), transaction():
        payer_id = add_institution(facts, actor=made.office).id
    told = "Institut Beispiel has no billing contact. The invoice is issued, but no mail can be sent."
    assert told in finance.get(f"{draft_to(app, made, payer_id)}/issue").words


def test_what_was_booked_stands_under_debit_and_credit(app: House, made: World, finance: Browser):
    draft = draft_to(app, made, made.members["NIH"])
    finance.submit(f"{draft}/issue", {})
    rows = [row[-2:] for row in finance.get(draft).rows() if row[0].startswith("Invoice INV-2016-0004")]
    assert rows == [["Debit £120.00", "–"], ["–", "Credit £120.00"]]


def test_two_drafts_to_one_payer_can_be_told_apart(app: House, made: World, finance: Browser):
    ids = [draft_to(app, made, made.members["NIH"]).rpartition("/")[2] for _ in range(2)]
    listed = [row[0] for row in finance.get("/invoices").rows()]
    assert {f"Draft {number}" for number in ids} <= set(listed)
    assert [finance.get(f"/invoices/{number}").heading for number in ids] == [f"Draft {number}" for number in ids]


def test_an_invoice_in_another_currency_says_what_it_is_worth_in_the_books_and_by_which_rate(
    app: House, made: World, finance: Browser
):
    draft = draft_to(app, made, made.members["NIH"], Money.of("1000.00", "EUR"))
    with inside(app):
        made.rate("EUR", "0.78", date(2016, 3, 1))
    assert "In the books" not in finance.get(draft).words
    finance.submit(f"{draft}/issue", {})
    assert "In the books £780.00 at 0.78, the rate of 1 March 2016" in finance.get(draft).words
