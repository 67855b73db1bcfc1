from __future__ import annotations

from typing import Any

import pytest

from app.billing.documents.cii import cii_xml
from app.billing.documents.einvoices import read_einvoice, why_no_einvoice
from app.billing.documents.ubl import ubl_xml
from tests.billing.einvoices import faults_of_cii, faults_of_ubl, frozen, registered

CREDITED = {"kind": "credit_note", "credits": {"number": "INV-2027-0041", "issued_on": "2027-07-01"}}
EURO_BANK = {"holder": "Consortium", "iban": "DE89370400440532013000", "bic": "COBADEFFXXX", "name": ""}


def named(name: str, country: str, *address: str) -> dict[str, Any]:
    record = frozen(("O", 0, 5000000))
    record["buyer"] |= {"name": name, "country": country, "address": list(address), "attention": name}
    return record


def in_parts(record: dict[str, Any]) -> dict[str, Any]:
    """The record as it is frozen since addresses are kept in parts, and registers and reasons by themselves."""
    for party, country, number in (("seller", "DE", "DE136695976"), ("buyer", "FR", "FR83404833048")):
        postal = {"streets": ["Musterweg 1", "Haus B"], "postcode": "10115", "city": "Berlin", "country": country}
        record[party] |= {"vat_line": f"USt-IdNr. {number}", "vat_number": number, "postal": postal}
    record["seller"] |= {"tax_number": "30/123/45678", "legal_id": "HRB 1234"}
    record["taxes"] = [each | {"reason": f"Grund {each['category']}"} for each in record["taxes"]]
    return record


CASES: dict[str, dict[str, Any]] = {
    "outside the scope": frozen(("O", 0, 5000000)),
    "standard rate": registered(frozen(("S", 2000, 9999))),
    "zero rated": registered(frozen(("Z", 0, 9999))),
    "exempt": registered(frozen(("E", 0, 9999))),
    "reverse charge": registered(frozen(("AE", 0, 9999))),
    "tax number alone": frozen(("S", 1900, 100)) | {"seller": frozen()["seller"] | {"tax_number": "30/123/45678"}},
    "several lines and rates": registered(frozen(("S", 1900, 33), *[("S", 700, 33)] * 6, ("Z", 0, 1), ("E", 0, 99))),
    "yen": registered(frozen(("S", 1000, 123455), currency="JPY")),
    "dinar": registered(frozen(("S", 500, 1234000), currency="KWD")),
    "euro by SEPA": registered(frozen(("S", 1900, 123450), currency="EUR", bank=EURO_BANK)),
    "credit note": registered(frozen(("S", 2000, 4234), number="CRN-2027-0006", reason="Joined late", **CREDITED)),
    "credit note outside": frozen(("O", 0, 4234), number="CRN-2027-0006", **CREDITED),
    "Polish": named("Uniwersytet Łódzki & Synowie <Łódź>", "PL", "ul. Przykładowa 1", "90-000 Łódź", "Poland"),
    "Greek": named("Ινστιτούτο Ελλάδα", "GR", "Οδός Παραδείγματος 2", "115 00 Αθήνα"),
    "Japanese": named("東京研究所", "JP", "例町1-2-3", "Tokyo 100-0000"),
    "nothing optional": frozen(("O", 0, 100), bank=None, legal_note="", purchase_order="", payment_reference="")
    | {"buyer": frozen()["buyer"] | {"attention": "", "address": []}},
    "account without IBAN": frozen(
        ("O", 0, 100),
        currency="USD",
        bank={"holder": "Consortium", "iban": "", "number": "12345678", "bic": "", "name": "B"},
    ),
    "tax in pounds": registered(
        frozen(
            ("S", 1900, 10000),
            currency="EUR",
            exchange={"home": "GBP", "rate": "0.85", "on": "2027-07-01", "tax": 1615},
        )
    ),
    "parts and registers": in_parts(frozen(("S", 1900, 10000), ("E", 0, 500), language="de", terms="Zahlbar.")),
    "credit note in parts": in_parts(frozen(("S", 1900, 10000), number="CN-2027-0006", terms="Nichts.", **CREDITED)),
    "all that is optional": registered(
        frozen(("S", 2000, 100), purchase_order="4500", buyer_reference="04011000-1", terms="Within 30 days.")
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_cii_passes_the_schema_and_the_rules_of_the_standard(case):
    assert why_no_einvoice(CASES[case]) is None
    assert faults_of_cii(cii_xml(read_einvoice(CASES[case]))) == []


@pytest.mark.parametrize("case", CASES)
def test_ubl_passes_the_schema_and_the_rules_of_the_standard(case):
    assert faults_of_ubl(ubl_xml(read_einvoice(CASES[case]))) == []


def test_the_checks_find_a_total_that_is_off():
    record = registered(frozen(("S", 2000, 9999)))
    record["gross"] += 1
    invoice = read_einvoice(record)
    assert any("BR-CO-15" in fault for fault in faults_of_cii(cii_xml(invoice)))
    assert any("BR-CO-15" in fault for fault in faults_of_ubl(ubl_xml(invoice)))


def test_dinars_to_the_last_fils_have_no_einvoice():
    assert "two decimals" in (why_no_einvoice(registered(frozen(("S", 500, 1234560), currency="KWD"))) or "")


def test_lines_outside_the_scope_beside_others_have_no_einvoice():
    assert "beside others" in (why_no_einvoice(registered(frozen(("O", 0, 100), ("S", 2000, 100)))) or "")


def test_tax_without_a_registration_of_the_consortium_has_no_einvoice():
    assert "VAT or tax number" in (why_no_einvoice(frozen(("S", 2000, 100))) or "")


def test_amounts_have_the_decimals_of_their_currency():
    assert str(read_einvoice(CASES["yen"]).gross) == "135801"
    assert str(read_einvoice(CASES["dinar"]).gross) == "1295.70"
    assert str(read_einvoice(CASES["standard rate"]).gross) == "119.99"


def test_credit_note_names_the_invoice_that_it_corrects():
    for xml in (cii_xml(read_einvoice(CASES["credit note"])), ubl_xml(read_einvoice(CASES["credit note"]))):
        assert b">381<" in xml
        assert b">INV-2027-0041<" in xml
    assert b"<CreditNote " in ubl_xml(read_einvoice(CASES["credit note"]))


def test_each_category_says_its_own_reason():
    invoice = read_einvoice(CASES["several lines and rates"])
    assert [(tax.category, tax.reason) for tax in invoice.taxes] == [
        ("S", ""), ("S", ""), ("Z", ""), ("E", "Membership fees of a body in the public interest")
    ]  # fmt: skip


def test_euros_to_an_account_of_the_area_are_a_sepa_transfer():
    assert b"<ram:TypeCode>58</ram:TypeCode>" in cii_xml(read_einvoice(CASES["euro by SEPA"]))
    assert b"<ram:TypeCode>30</ram:TypeCode>" in cii_xml(read_einvoice(CASES["outside the scope"]))


def test_nobody_is_named_as_registered_where_nothing_is_taxed():
    record = registered(frozen(("O", 0, 100)))
    assert b"DE136695976" not in cii_xml(read_einvoice(record))
    assert faults_of_cii(cii_xml(read_einvoice(record))) == []


def test_vat_number_gets_the_prefix_of_its_country():
    record = registered(frozen(("E", 0, 100)), buyer="094259216")
    record["buyer"]["country"] = "GR"
    assert read_einvoice(record).buyer.vat_number == "EL094259216"


def test_what_is_kept_by_itself_is_told_so():
    invoice = read_einvoice(CASES["parts and registers"])
    assert (invoice.seller.vat_number, invoice.seller.tax_number) == ("DE136695976", "30/123/45678")
    assert (invoice.seller.legal_id, invoice.terms) == ("HRB 1234", "Zahlbar.")
    assert (invoice.buyer.address.city, invoice.buyer.address.postcode) == ("Berlin", "10115")
    assert [tax.reason for tax in invoice.taxes] == ["", "Grund E"]


def test_tax_is_told_in_the_currency_of_the_books_too():
    for xml in (cii_xml(read_einvoice(CASES["tax in pounds"])), ubl_xml(read_einvoice(CASES["tax in pounds"]))):
        assert b'currencyID="GBP">16.15<' in xml
