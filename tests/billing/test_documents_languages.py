"""Papers in the language of the payer: invoices, drafts and credit notes, and what was frozen before there were any."""

from __future__ import annotations

import re
import string
import tomllib
from datetime import UTC, date, datetime
from typing import Any

import pytest
from lxml import html

from app.billing.documents import (
    FinalStatement,
    ReminderLine,
    ReminderPaper,
    StatementLine,
    final_statement_html,
    invoice_html,
    invoice_mail,
    invoice_pdf,
    reminder_html,
    speech,
    thaw,
)
from app.billing.documents.accounts import AccountRow, AccountStatement, PayerAccount, account_statement_html
from app.billing.documents.phrases import PHRASES
from app.billing.rules import Cost, EntryKind
from app.core.languages import Language
from app.core.money import Money
from app.web.pdf import print_pdf
from tests.architecture.source import ROOT
from tests.billing.einvoices import frozen, registered
from tests.papers import needs_pango

PLACES = ("app/billing/documents", "app/billing/queries", "app/billing/commands", "templates/documents")
NAMES = "Łódź, Ελλάδα, 東京"
EURO_BANK = {"holder": NAMES, "iban": "DE89370400440532013000", "bic": "COBADEFFXXX", "name": "Bank"}
CREDITED = {
    "kind": "credit_note",
    "reason": "Joined later",
    "credits": {"number": "INV-2027-0041", "issued_on": "2027-07-01", "gross": 600, "open_before": 600},
}


def words(record: dict[str, Any]) -> str:
    return " ".join(" ".join(html.fromstring(invoice_html(thaw(record, "a" * 64))).itertext()).split())


def euros(language: Language, **more: Any) -> dict[str, Any]:
    record = registered(frozen(("S", 1900, 123450), ("E", 0, 99), currency="EUR", bank=EURO_BANK, **more))
    record["buyer"] |= {"name": NAMES, "address": [NAMES]}
    return record | {"language": language.value}


@pytest.mark.parametrize(
    ("language", "told"),
    [(Language.ENGLISH, "EUR 1,470.05"), (Language.GERMAN, "EUR 1.470,05"), (Language.FRENCH, "EUR 1\u202f470,05")],
)
def test_an_amount_has_one_form_in_all_papers_of_a_language(language: Language, told: str):
    say, amount = speech(language), Money.of("1470.05", "EUR")
    assert {each.replace("\u00a0", " ") for each in (say.money(amount), say.in_all([amount]))} == {told}
    _, mail = invoice_mail(thaw(euros(language), "a" * 64), "Ada")
    assert told in mail


def test_each_language_has_all_phrases_with_the_same_gaps():
    phrases = tomllib.loads(PHRASES.read_text(encoding="utf-8"))
    assert set(phrases) == {each.value for each in Language}
    gaps = [
        {name: sorted(gap for _, gap, _, _ in string.Formatter().parse(said) if gap) for name, said in own.items()}
        for own in phrases.values()
    ]
    assert gaps[0] == gaps[1] == gaps[2]


def test_every_phrase_is_said_somewhere():
    names = tomllib.loads(PHRASES.read_text(encoding="utf-8"))["en"]
    said = "".join(path.read_text(encoding="utf-8") for place in PLACES for path in (ROOT / place).glob("*.[ph]*"))
    whole = [name for name in names if not re.match("entry_|age_|mail_invoice|mail_credit_note", name)]
    assert [name for name in whole if not re.search(rf"\b{name}\b", said)] == []


def test_days_and_figures_read_as_each_language_writes_them():
    said = [
        (speech(each).day(date(2027, 8, 1)), speech(each).amount(Money.of("-1234567.89", "EUR"))) for each in Language
    ]
    assert said == [
        ("1\u00a0August 2027", "\u22121,234,567.89"),
        ("1.\u00a0August 2027", "\u22121.234.567,89"),
        ("1er\u00a0août 2027", "\u22121\u202f234\u202f567,89"),
    ]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.ENGLISH, ("Invoice INV-2027-0041", "Amount due, EUR 1,470.05", "Payment, by 31 July 2027")),
        (Language.GERMAN, ("Rechnung INV-2027-0041", "Zu zahlen, EUR 1.470,05", "Zahlung bis 31. Juli 2027")),
        (
            Language.FRENCH,
            ("Facture INV-2027-0041", "Montant dû, EUR 1 470,05", "au plus tard le 31 juillet 2027"),
        ),
    ],
)
def test_an_invoice_is_in_the_language_of_its_payer(language: Language, said: tuple[str, ...]):
    shown = words(euros(language))
    assert [each for each in said if each not in shown] == []
    assert f'lang="{language.value}' in invoice_html(thaw(euros(language)))


def test_a_record_of_before_there_were_languages_is_printed_as_it_was():
    old = registered(frozen(("S", 2000, 9999), ("E", 0, 99)))
    new = old | {
        "language": "en", "intro": "", "buyer_reference": "", "logo": None, "terms": "Payable by 31 July 2027.",
        "taxes": [each | {"reason": "Because"} for each in old["taxes"]],
        "buyer": old["buyer"] | {"attention_word": "Attn.", "vat_number": "FR83404833048"},
        "seller": old["seller"] | {"register_line": "", "vat_number": "DE136695976"},
    }  # fmt: skip
    assert invoice_html(thaw(old, "a" * 64)) == invoice_html(thaw(new, "a" * 64))


def test_the_band_has_at_most_five_facts_and_the_account_gives_way():
    labels = [label for label, _ in thaw(euros(Language.ENGLISH, purchase_order="4500", buyer_reference="04011")).facts]
    assert labels == ["Invoice date", "Due date", "Your purchase order", "Your reference", "Payment reference"]


def test_tax_is_said_in_the_currency_of_the_books_too():
    exchange = {"home": "GBP", "rate": "0.85", "on": "2027-07-01", "tax": 19938}
    assert "VAT in GBP: 199.38, at 0.85 GBP for 1 EUR on 1 July 2027." in words(
        euros(Language.ENGLISH, exchange=exchange)
    )


def test_a_credit_note_names_its_invoice_says_why_and_asks_for_no_payment():
    shown = words(frozen(("O", 0, 200), number="CN-2027-0006", **CREDITED))
    for said in ("Credit note CN-2027-0006", "Credits invoice of", "INV-2027-0041", "Reason: Joined later", "in part"):
        assert said in shown
    for unsaid in ("IBAN", "Due date", "Payment", "Amount due"):
        assert unsaid not in shown
    assert re.search(r"as issued 6\.00 This credit note −2\.00 Still due, GBP 4\.00", shown)


def test_a_credit_note_to_a_paid_invoice_is_in_the_payers_favour():
    named = CREDITED["credits"] | {"open_before": 0}  # type: ignore[operator]
    shown = words(frozen(("O", 0, 600), number="CN-2027-0006", **CREDITED | {"credits": named}))
    assert "takes back all of invoice INV-2027-0041" in shown
    assert "Paid or credited before −6.00 This credit note −6.00 In your favour, GBP −6.00" in shown
    assert "please tell finance@impc.example" in shown


def test_credit_notes_frozen_without_what_was_open_say_nothing_of_it():
    named = {"number": "INV-2027-0041", "issued_on": "2027-07-01"}
    assert "After this" not in words(frozen(("O", 0, 600), number="CN-2027-0006", **CREDITED | {"credits": named}))


def test_the_mail_is_in_the_language_of_the_paper():
    subject, text = invoice_mail(thaw(euros(Language.GERMAN)), "Frau Muster")
    assert subject.startswith("Rechnung INV-2027-0041")
    assert "über EUR 1.470,05" in text
    assert "fällig am 31. Juli 2027. Bitte zahlen Sie an" in text
    _, credit = invoice_mail(thaw(euros(Language.FRENCH, number="CN-2027-0006", **CREDITED)), "Mme Exemple")
    assert "l’avoir CN-2027-0006" in credit
    assert "payer" not in credit.lower()


@needs_pango
@pytest.mark.parametrize("language", Language)
def test_no_character_of_a_paper_lacks_its_glyph(language: Language):
    assert invoice_pdf(euros(language), "a" * 64).startswith(b"%PDF")
    assert invoice_pdf(euros(language, number="CN-2027-0006", **CREDITED), "a" * 64).startswith(b"%PDF")


def reminded(language: Language) -> ReminderPaper:
    line = ReminderLine("INV-2027-0041", date(2027, 7, 1), date(2027, 7, 31), 1200, Money.of(1470, "EUR"), "RF51INV")
    seller = thaw(euros(language)).seller
    return ReminderPaper(
        seller, seller, [], "M-0003", "Mahnung", "Bitte zahlen.", date(2027, 9, 1), [line], "EUR 1.470,00",
        [Cost("Fee", Money.of(20, "EUR"))], "a" * 64, datetime(2027, 9, 1, tzinfo=UTC), language=language,
    )  # fmt: skip


def left(language: Language) -> FinalStatement:
    line = StatementLine(
        "INV-1", date(2027, 7, 1), date(2027, 7, 31), Money.of(1470, "EUR"), Money.of(1470, "EUR"), "RF51"
    )
    seller = thaw(euros(language)).seller
    return FinalStatement(
        seller, seller, [], "D-1", "M-0003", date(2027, 8, 1), [line], [Money.of(5, "EUR")],
        datetime(2027, 9, 1, tzinfo=UTC), language=language,
    )  # fmt: skip


@needs_pango
@pytest.mark.parametrize("language", Language)
def test_reminders_and_final_statements_are_headed_in_the_language_of_the_payer(language: Language):
    papers = [reminder_html(reminded(language)), final_statement_html(left(language))]
    said = {
        Language.ENGLISH: ("Days late", "31 Jul 2027", "1,470.00", "Last day of membership", "Total"),
        Language.GERMAN: ("Tage überfällig", "31.07.2027", "1.470,00", "Schlussabrechnung D-1", "Summe"),
        Language.FRENCH: ("Jours de retard", "1\u202f470,00", "Décompte final D-1", "imputé", "Établi le 1er sept"),
    }[language]
    shown = "".join(papers).replace("\u00a0", " ")
    assert [each for each in said if each not in shown] == []
    assert all(print_pdf(paper).startswith(b"%PDF") for paper in papers)


def charged(language: Language) -> AccountStatement:
    def row(kind: EntryKind, amount: str, balance: str, **more: Any) -> AccountRow:
        return AccountRow(
            date(2027, 7, 1), kind, "INV-1", "Fee", Money.of(amount, "EUR"), Money.of(balance, "EUR"), **more
        )

    rows = [row(EntryKind.INVOICE, "1470", "1470", invoice_id=1), row(EntryKind.PAYMENT, "-470", "1000", payment_id=12)]
    account = PayerAccount("EUR", Money.of(0, "EUR"), rows, [Money.of(200, "EUR")] * 5, Money.of(0, "EUR"))
    seller = thaw(euros(language)).seller
    made_at = datetime(2027, 9, 1, tzinfo=UTC)
    return AccountStatement(
        seller, seller, "M-0003", date(2027, 1, 1), date(2027, 9, 1), [account], made_at, language=language
    )


@needs_pango
@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.ENGLISH, ("Statement of account", "Payment 12", "1,000.00", "Balance due", "1–30 days", "Total")),
        (
            Language.GERMAN,
            ("Kontoauszug", "Zahlung 12", "1.000,00", "Offener Saldo", "1–30 Tage", "01.07.2027", "Summe"),
        ),
        (Language.FRENCH, ("Relevé de compte", "Paiement 12", "1\u202f000,00", "Solde dû", "1–30 jours", "01/07/2027")),
    ],
)
def test_a_statement_of_account_is_in_the_language_of_the_payer(language: Language, said: tuple[str, ...]):
    paper = account_statement_html(charged(language))
    assert [each for each in said if each not in paper] == []
    assert print_pdf(paper).startswith(b"%PDF")


def test_every_kind_of_entry_has_its_word():
    told = {EntryKind.INVOICE, EntryKind.BANK}  # Told as they are written.
    assert [kind for kind in set(EntryKind) - told if not speech("de")[f"entry_{kind.value}"]] == []
