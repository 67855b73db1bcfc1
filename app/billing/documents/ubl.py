"""The electronic invoice as UBL 2.1: an Invoice, or a CreditNote, whose elements have names of their own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from app.billing.documents.einvoices import (
    SPECIFICATION,
    UNIT,
    ElectronicInvoice,
    TradeAccount,
    TradeLine,
    TradeParty,
    TradeTax,
)
from app.billing.documents.elements import Element, document, leaf, node
from app.billing.rules import TaxCategory
from app.core.addresses import PostalAddress

SCHEMA = "urn:oasis:names:specification:ubl:schema:xsd:"
PARTS = {
    "xmlns:cac": f"{SCHEMA}CommonAggregateComponents-2",
    "xmlns:cbc": f"{SCHEMA}CommonBasicComponents-2",
}


def ubl_xml(invoice: ElectronicInvoice) -> bytes:
    """The same as the XML within the PDF, for those whose programs read UBL."""
    name = "CreditNote" if invoice.is_credit_note else "Invoice"
    return document(name, {"xmlns": f"{SCHEMA}{name}-2", **PARTS}, *_head(invoice), *_body(invoice))


def _head(invoice: ElectronicInvoice) -> Iterator[Element]:
    yield leaf("cbc:CustomizationID", SPECIFICATION)
    yield leaf("cbc:ID", invoice.number)
    yield leaf("cbc:IssueDate", invoice.issued_on)
    if not invoice.is_credit_note:
        yield leaf("cbc:DueDate", invoice.due_on)
    yield leaf("cbc:CreditNoteTypeCode" if invoice.is_credit_note else "cbc:InvoiceTypeCode", invoice.type_code)
    yield from (leaf("cbc:Note", note) for note in invoice.notes)
    yield leaf("cbc:DocumentCurrencyCode", invoice.currency)
    if invoice.tax_at_home is not None:
        yield leaf("cbc:TaxCurrencyCode", invoice.tax_at_home[0])
    yield leaf("cbc:BuyerReference", invoice.buyer_reference)
    yield _period(*invoice.period)
    yield node("cac:OrderReference", leaf("cbc:ID", invoice.purchase_order))
    if invoice.preceding is not None:
        number, issued_on = invoice.preceding
        named = node("cac:InvoiceDocumentReference", leaf("cbc:ID", number), leaf("cbc:IssueDate", issued_on))
        yield node("cac:BillingReference", named)


def _body(invoice: ElectronicInvoice) -> Iterator[Element]:
    currency = invoice.currency
    yield node("cac:AccountingSupplierParty", node("cac:Party", *_party(invoice.seller)))
    yield node("cac:AccountingCustomerParty", node("cac:Party", *_party(invoice.buyer)))
    yield node("cac:Delivery", leaf("cbc:ActualDeliveryDate", invoice.completed_on))
    yield _means(invoice.account, invoice.reference)
    yield node("cac:PaymentTerms", leaf("cbc:Note", invoice.terms))
    yield node(
        "cac:TaxTotal",
        _amount("cbc:TaxAmount", invoice.tax, currency),
        *(_tax(tax, currency) for tax in invoice.taxes),
    )
    if invoice.tax_at_home is not None:
        home, tax = invoice.tax_at_home
        yield node("cac:TaxTotal", _amount("cbc:TaxAmount", tax, home))
    yield node(
        "cac:LegalMonetaryTotal",
        _amount("cbc:LineExtensionAmount", invoice.net, currency),
        _amount("cbc:TaxExclusiveAmount", invoice.net, currency),
        _amount("cbc:TaxInclusiveAmount", invoice.gross, currency),
        _amount("cbc:PayableAmount", invoice.gross, currency),
    )
    name = "CreditNote" if invoice.is_credit_note else "Invoice"
    yield from (_line(name, line, currency) for line in invoice.lines)


def _party(party: TradeParty) -> Iterator[Element]:
    yield leaf("cbc:EndpointID", party.email, schemeID="EM")
    yield node("cac:PartyIdentification", leaf("cbc:ID", party.identifier))
    yield _address(party.address)
    yield _registration(party.vat_number, "VAT")
    yield _registration(party.tax_number, "TAX")
    yield node("cac:PartyLegalEntity", leaf("cbc:RegistrationName", party.name), leaf("cbc:CompanyID", party.legal_id))
    yield node("cac:Contact", leaf("cbc:Name", party.contact), leaf("cbc:ElectronicMail", party.email))


def _registration(number: str, scheme: str) -> Element:
    if not number:
        return node("cac:PartyTaxScheme")
    return node("cac:PartyTaxScheme", leaf("cbc:CompanyID", number), node("cac:TaxScheme", leaf("cbc:ID", scheme)))


def _address(address: PostalAddress) -> Element:
    first, second, third = address.three_streets
    return node(
        "cac:PostalAddress",
        leaf("cbc:StreetName", first),
        leaf("cbc:AdditionalStreetName", second),
        leaf("cbc:CityName", address.city),
        leaf("cbc:PostalZone", address.postcode),
        node("cac:AddressLine", leaf("cbc:Line", third)),
        node("cac:Country", leaf("cbc:IdentificationCode", address.country)),
    )


def _means(account: TradeAccount | None, reference: str) -> Element:
    if account is None:
        return node("cac:PaymentMeans")
    return node(
        "cac:PaymentMeans",
        leaf("cbc:PaymentMeansCode", account.means),
        leaf("cbc:PaymentID", reference),
        node(
            "cac:PayeeFinancialAccount",
            leaf("cbc:ID", account.iban or account.number),
            leaf("cbc:Name", account.holder),
            node("cac:FinancialInstitutionBranch", leaf("cbc:ID", account.bic)),
        ),
    )


def _tax(tax: TradeTax, currency: str) -> Element:
    return node(
        "cac:TaxSubtotal",
        _amount("cbc:TaxableAmount", tax.base, currency),
        _amount("cbc:TaxAmount", tax.tax, currency),
        node("cac:TaxCategory", *_category(tax), leaf("cbc:TaxExemptionReason", tax.reason), VAT),
    )


def _line(name: str, line: TradeLine, currency: str) -> Element:
    quantity = "cbc:CreditedQuantity" if name == "CreditNote" else "cbc:InvoicedQuantity"
    return node(
        f"cac:{name}Line",
        leaf("cbc:ID", line.number),
        leaf(quantity, _plain(line.quantity), unitCode=UNIT),
        _amount("cbc:LineExtensionAmount", line.net, currency),
        _period(line.first_day, line.last_day),
        node(
            "cac:Item",
            leaf("cbc:Description", line.description),
            leaf("cbc:Name", line.name),
            node("cac:ClassifiedTaxCategory", *_category(line), VAT),
        ),
        node("cac:Price", _amount("cbc:PriceAmount", line.price, currency)),
    )


VAT = node("cac:TaxScheme", leaf("cbc:ID", "VAT"))


def _category(taxed: TradeLine | TradeTax) -> Iterator[Element]:
    """Category and rate; what is outside the scope of tax has no rate (BR-O-05)."""
    yield leaf("cbc:ID", taxed.category.value)
    yield leaf("cbc:Percent", "" if taxed.category is TaxCategory.OUTSIDE_SCOPE else _plain(taxed.rate))


def _amount(name: str, amount: Decimal, currency: str) -> Element:
    return leaf(name, amount, currencyID=currency)


def _period(first: date, last: date) -> Element:
    return node("cac:InvoicePeriod", leaf("cbc:StartDate", first), leaf("cbc:EndDate", last))


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
