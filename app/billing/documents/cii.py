"""The electronic invoice as Cross Industry Invoice (UN/CEFACT D22B), profile EN 16931 of Factur-X."""

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

STANDARD = "urn:un:unece:uncefact:data:standard:"
NAMESPACES = {
    "xmlns:rsm": f"{STANDARD}CrossIndustryInvoice:100",
    "xmlns:ram": f"{STANDARD}ReusableAggregateBusinessInformationEntity:100",
    "xmlns:udt": f"{STANDARD}UnqualifiedDataType:100",
    "xmlns:qdt": f"{STANDARD}QualifiedDataType:100",
}


def cii_xml(invoice: ElectronicInvoice) -> bytes:
    """The XML that is embedded into the PDF as factur-x.xml."""
    return document(
        "rsm:CrossIndustryInvoice",
        NAMESPACES,
        node(
            "rsm:ExchangedDocumentContext",
            node("ram:GuidelineSpecifiedDocumentContextParameter", leaf("ram:ID", SPECIFICATION)),
        ),
        node(
            "rsm:ExchangedDocument",
            leaf("ram:ID", invoice.number),
            leaf("ram:TypeCode", invoice.type_code),
            node("ram:IssueDateTime", _day(invoice.issued_on)),
            *(node("ram:IncludedNote", leaf("ram:Content", note)) for note in invoice.notes),
        ),
        node(
            "rsm:SupplyChainTradeTransaction",
            *(_line(line) for line in invoice.lines),
            _agreement(invoice),
            node(
                "ram:ApplicableHeaderTradeDelivery",
                node("ram:ActualDeliverySupplyChainEvent", node("ram:OccurrenceDateTime", _day(invoice.completed_on))),
            ),
            _settlement(invoice),
        ),
    )


def _line(line: TradeLine) -> Element:
    return node(
        "ram:IncludedSupplyChainTradeLineItem",
        node("ram:AssociatedDocumentLineDocument", leaf("ram:LineID", line.number)),
        node("ram:SpecifiedTradeProduct", leaf("ram:Name", line.name), leaf("ram:Description", line.description)),
        node(
            "ram:SpecifiedLineTradeAgreement",
            node("ram:NetPriceProductTradePrice", leaf("ram:ChargeAmount", line.price)),
        ),
        node("ram:SpecifiedLineTradeDelivery", leaf("ram:BilledQuantity", _plain(line.quantity), unitCode=UNIT)),
        node(
            "ram:SpecifiedLineTradeSettlement",
            node(
                "ram:ApplicableTradeTax",
                leaf("ram:TypeCode", "VAT"),
                leaf("ram:CategoryCode", line.category.value),
                leaf("ram:RateApplicablePercent", _rate(line)),
            ),
            _period(line.first_day, line.last_day),
            node("ram:SpecifiedTradeSettlementLineMonetarySummation", leaf("ram:LineTotalAmount", line.net)),
        ),
    )


def _agreement(invoice: ElectronicInvoice) -> Element:
    return node(
        "ram:ApplicableHeaderTradeAgreement",
        leaf("ram:BuyerReference", invoice.buyer_reference),
        node("ram:SellerTradeParty", *_party(invoice.seller)),
        node("ram:BuyerTradeParty", *_party(invoice.buyer)),
        node("ram:BuyerOrderReferencedDocument", leaf("ram:IssuerAssignedID", invoice.purchase_order)),
    )


def _party(party: TradeParty) -> Iterator[Element]:
    yield leaf("ram:ID", party.identifier)
    yield leaf("ram:Name", party.name)
    yield node("ram:SpecifiedLegalOrganization", leaf("ram:ID", party.legal_id))
    yield node(
        "ram:DefinedTradeContact",
        leaf("ram:PersonName", party.contact),
        node("ram:EmailURIUniversalCommunication", leaf("ram:URIID", party.email)),
    )
    yield _address(party.address)
    yield node("ram:URIUniversalCommunication", leaf("ram:URIID", party.email, schemeID="EM"))
    yield node("ram:SpecifiedTaxRegistration", leaf("ram:ID", party.vat_number, schemeID="VA"))
    yield node("ram:SpecifiedTaxRegistration", leaf("ram:ID", party.tax_number, schemeID="FC"))


def _address(address: PostalAddress) -> Element:
    first, second, third = address.three_streets
    return node(
        "ram:PostalTradeAddress",
        leaf("ram:PostcodeCode", address.postcode),
        leaf("ram:LineOne", first),
        leaf("ram:LineTwo", second),
        leaf("ram:LineThree", third),
        leaf("ram:CityName", address.city),
        leaf("ram:CountryID", address.country),
    )


def _settlement(invoice: ElectronicInvoice) -> Element:
    at_home = [invoice.tax_at_home] if invoice.tax_at_home else []
    return node(
        "ram:ApplicableHeaderTradeSettlement",
        leaf("ram:PaymentReference", invoice.reference),
        *(leaf("ram:TaxCurrencyCode", home) for home, _ in at_home),
        leaf("ram:InvoiceCurrencyCode", invoice.currency),
        _means(invoice.account),
        *(_tax(tax) for tax in invoice.taxes),
        _period(*invoice.period),
        node(
            "ram:SpecifiedTradePaymentTerms",
            leaf("ram:Description", invoice.terms),
            node("ram:DueDateDateTime", _day(invoice.due_on)),
        ),
        node(
            "ram:SpecifiedTradeSettlementHeaderMonetarySummation",
            leaf("ram:LineTotalAmount", invoice.net),
            leaf("ram:TaxBasisTotalAmount", invoice.net),
            leaf("ram:TaxTotalAmount", invoice.tax, currencyID=invoice.currency),
            *(leaf("ram:TaxTotalAmount", tax, currencyID=home) for home, tax in at_home),
            leaf("ram:GrandTotalAmount", invoice.gross),
            leaf("ram:DuePayableAmount", invoice.gross),
        ),
        *_preceding(invoice),
    )


def _means(account: TradeAccount | None) -> Element:
    if account is None:
        return node("ram:SpecifiedTradeSettlementPaymentMeans")
    return node(
        "ram:SpecifiedTradeSettlementPaymentMeans",
        leaf("ram:TypeCode", account.means),
        node(
            "ram:PayeePartyCreditorFinancialAccount",
            leaf("ram:IBANID", account.iban),
            leaf("ram:AccountName", account.holder),
            leaf("ram:ProprietaryID", account.number),
        ),
        node("ram:PayeeSpecifiedCreditorFinancialInstitution", leaf("ram:BICID", account.bic)),
    )


def _tax(tax: TradeTax) -> Element:
    return node(
        "ram:ApplicableTradeTax",
        leaf("ram:CalculatedAmount", tax.tax),
        leaf("ram:TypeCode", "VAT"),
        leaf("ram:ExemptionReason", tax.reason),
        leaf("ram:BasisAmount", tax.base),
        leaf("ram:CategoryCode", tax.category.value),
        leaf("ram:RateApplicablePercent", _rate(tax)),
    )


def _preceding(invoice: ElectronicInvoice) -> Iterator[Element]:
    if invoice.preceding is not None:
        number, issued_on = invoice.preceding
        yield node(
            "ram:InvoiceReferencedDocument",
            leaf("ram:IssuerAssignedID", number),
            node("ram:FormattedIssueDateTime", leaf("qdt:DateTimeString", f"{issued_on:%Y%m%d}", format="102")),
        )


def _period(first: date, last: date) -> Element:
    return node(
        "ram:BillingSpecifiedPeriod", node("ram:StartDateTime", _day(first)), node("ram:EndDateTime", _day(last))
    )


def _day(day: date | None) -> Element:
    return leaf("udt:DateTimeString", f"{day:%Y%m%d}" if day else "", format="102")


def _rate(taxed: TradeLine | TradeTax) -> str:
    """The rate in per cent; what is outside the scope of tax has none (BR-O-05)."""
    return "" if taxed.category is TaxCategory.OUTSIDE_SCOPE else _plain(taxed.rate)


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
