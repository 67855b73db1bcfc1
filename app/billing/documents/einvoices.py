"""What an electronic invoice says (EN 16931), read from a frozen record: one model, written as CII and as UBL.

Terms are those of the standard (BT- and BG-numbers). Older records lack what was not kept when they were frozen: their
addresses are taken from the lines on the paper, their numbers from the line that names them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.billing.rules import CATEGORIES_WITH_REASON, TAX_WORDS, TaxCategory
from app.core.addresses import PostalAddress, read_address
from app.core.money import decimals_of
from app.members.rules import country_named, on_envelope

SPECIFICATION = "urn:cen.eu:en16931:2017"
INVOICE, CREDIT_NOTE = "380", "381"
CREDIT_TRANSFER, SEPA_TRANSFER = "30", "58"
UNIT = "C62"  # UN/ECE Recommendation 20: one, of whatever is charged.
MOST_DECIMALS = 2  # Of an amount, by the rules BR-DEC of the standard.
SEPA = frozenset({
    "AD", "AL", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR",
    "GB", "GI", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MD",
    "ME", "MK", "MT", "NL", "NO", "PL", "PT", "RO", "RS", "SE", "SI", "SK", "SM", "VA",
})  # fmt: skip
NUMBERED = re.compile(r"VAT (?P<number>\S.*)")
BY_CATEGORY = re.compile(r"Tax category (\w+): ")


@dataclass(frozen=True)
class TradeParty:
    """Seller or buyer. `vat_number` has its country before it; `tax_number` is the seller's other registration."""

    name: str
    address: PostalAddress
    identifier: str = ""
    legal_id: str = ""
    vat_number: str = ""
    tax_number: str = ""
    contact: str = ""
    email: str = ""


@dataclass(frozen=True)
class TradeLine:
    """One charge, for the days from `first_day` to `last_day`."""

    number: int
    name: str
    description: str
    first_day: date
    last_day: date
    quantity: Decimal
    price: Decimal
    net: Decimal
    category: TaxCategory
    rate: Decimal


@dataclass(frozen=True)
class TradeTax:
    """The tax of a category on the sum of its lines, and why there is none where there is none."""

    category: TaxCategory
    rate: Decimal
    base: Decimal
    tax: Decimal
    reason: str


@dataclass(frozen=True)
class TradeAccount:
    """Where to pay; `number` where the account has no IBAN."""

    means: str
    iban: str
    number: str
    bic: str
    holder: str


@dataclass(frozen=True)
class ElectronicInvoice:
    """An invoice or a credit note by the standard. Amounts are in major units, with the decimals of the currency.

    `tax_at_home` is the tax in the currency of the books, where the amounts are in another (BT-6, BT-111).
    """

    type_code: str
    number: str
    issued_on: date
    due_on: date | None
    currency: str
    seller: TradeParty
    buyer: TradeParty
    lines: Sequence[TradeLine]
    taxes: Sequence[TradeTax]
    account: TradeAccount | None
    net: Decimal
    tax: Decimal
    gross: Decimal
    buyer_reference: str
    purchase_order: str
    reference: str
    terms: str
    notes: Sequence[str]
    preceding: tuple[str, date] | None
    tax_at_home: tuple[str, Decimal] | None = None

    @property
    def is_credit_note(self) -> bool:
        """Whether it takes back what an invoice claims."""
        return self.type_code == CREDIT_NOTE

    @property
    def period(self) -> tuple[date, date]:
        """The days that its lines are for, all together."""
        return min(line.first_day for line in self.lines), max(line.last_day for line in self.lines)

    @property
    def completed_on(self) -> date:
        """The day on which all that it charges for is done (BT-72)."""
        return self.period[1]


def why_no_einvoice(frozen: Mapping[str, Any]) -> str | None:
    """Why a record cannot be an invoice by EN 16931, None where it can; its paper stands all the same."""
    return _why_no_amounts(frozen) or _why_no_taxes(frozen)


def _why_no_amounts(frozen: Mapping[str, Any]) -> str | None:
    currency = frozen["currency"]
    if decimals_of(currency) > MOST_DECIMALS and any(minor % 10 for minor in _amounts(frozen)):
        return f"The standard has amounts of two decimals; this one is to the last of {currency}."
    return None


def _why_no_taxes(frozen: Mapping[str, Any]) -> str | None:
    seller, categories = frozen["seller"], _categories(frozen)
    is_outside = TaxCategory.OUTSIDE_SCOPE in categories
    if is_outside and len(categories) > 1:
        return "The standard has no invoice with lines outside the scope of tax beside others."
    if not (is_outside or _vat_number(seller) or seller.get("tax_number")):
        return "The standard asks for the consortium's VAT or tax number."
    return None


def read_einvoice(frozen: Mapping[str, Any]) -> ElectronicInvoice:
    """The electronic invoice of a frozen record; `why_no_einvoice` says first whether there can be one."""
    currency, categories = frozen["currency"], _categories(frozen)
    return ElectronicInvoice(
        type_code=CREDIT_NOTE if _is_credit_note(frozen) else INVOICE,
        number=frozen["number"],
        issued_on=date.fromisoformat(frozen["issued_on"]),
        due_on=_due_on(frozen),
        currency=currency,
        seller=_seller(frozen["seller"], categories),
        buyer=_buyer(frozen["buyer"], categories),
        lines=[_line(line, currency) for line in frozen["lines"]],
        taxes=[_tax(tax, frozen["tax_reason"], currency) for tax in frozen["taxes"]],
        account=_account(frozen),
        net=_major(frozen["net"], currency),
        tax=_major(frozen["tax"], currency),
        gross=_major(frozen["gross"], currency),
        buyer_reference=frozen.get("buyer_reference", ""),
        purchase_order=frozen["purchase_order"],
        reference=frozen.get("payment_reference", ""),
        terms=frozen.get("terms", ""),
        notes=[note for note in (frozen.get("reason", ""), _one_line(frozen["legal_note"])) if note],
        preceding=_preceding(frozen),
        tax_at_home=_tax_at_home(frozen.get("exchange", {})),
    )


def _categories(frozen: Mapping[str, Any]) -> set[str]:
    return {line["category"] for line in frozen["lines"]}


def _is_credit_note(frozen: Mapping[str, Any]) -> bool:
    return bool(frozen.get("kind") == "credit_note")


def _due_on(frozen: Mapping[str, Any]) -> date | None:
    """The day by which it is to be paid; nothing is due by a credit note."""
    due_on = frozen.get("due_on")
    return date.fromisoformat(due_on) if due_on and not _is_credit_note(frozen) else None


def _preceding(frozen: Mapping[str, Any]) -> tuple[str, date] | None:
    """Number and day of the invoice that a credit note names, or of the void one that an invoice replaces."""
    named = frozen.get("credits") or frozen.get("replaces")
    return (named["number"], date.fromisoformat(named["issued_on"])) if named else None


def _tax_at_home(exchange: Mapping[str, Any]) -> tuple[str, Decimal] | None:
    """The tax in the currency of the books; None where there is none, or it is in that of the invoice."""
    return (exchange["home"], _major(exchange["tax"], exchange["home"])) if exchange.get("tax") else None


def _amounts(frozen: Mapping[str, Any]) -> list[int]:
    lines = [line["net"] for line in frozen["lines"]]
    taxes = [amount for tax in frozen["taxes"] for amount in (tax["base"], tax["tax"])]
    return [*lines, *taxes, frozen["net"], frozen["tax"], frozen["gross"]]


def _major(minor: int, currency: str) -> Decimal:
    """An exact amount with at most the decimals of the standard."""
    decimals = decimals_of(currency)
    return Decimal(minor).scaleb(-decimals).quantize(Decimal(1).scaleb(-min(decimals, MOST_DECIMALS)))


def _seller(party: Mapping[str, Any], categories: set[str]) -> TradeParty:
    is_outside = TaxCategory.OUTSIDE_SCOPE in categories
    number = "" if is_outside else _vat_number(party)  # BR-O-02: where nothing is taxed, nobody is named as registered.
    return TradeParty(
        name=party["name"],
        address=_address(party),
        identifier=party["short_name"] or party["name"],
        legal_id=party.get("legal_id", ""),
        vat_number=number,
        tax_number=party.get("tax_number", ""),
        contact=party["unit"] or party["name"],
        email=party.get("email", ""),
    )


def _buyer(party: Mapping[str, Any], categories: set[str]) -> TradeParty:
    return TradeParty(
        name=party["name"],
        address=_address(party),
        legal_id=party.get("legal_id", ""),
        vat_number="" if TaxCategory.OUTSIDE_SCOPE in categories else _vat_number(party),
        contact=party.get("attention", ""),
    )


def _address(party: Mapping[str, Any]) -> PostalAddress:
    """The address in its parts: as they were kept, or as the lines on the paper tell them."""
    kept = party.get("postal")
    if kept is not None:
        return PostalAddress(**{**kept, "streets": tuple(kept["streets"])})
    country = party.get("country") or country_named(party["address"][-1] if party["address"] else "")
    return read_address("\n".join(party["address"]), country, on_envelope(country))


def _vat_number(party: Mapping[str, Any]) -> str:
    """A VAT number with the prefix of its country before it, as BR-CO-09 asks."""
    number = re.sub(r"[\s.-]", "", party["vat_number"] if "vat_number" in party else _number_named(party["vat_line"]))
    country = _address(party).country
    prefix = "EL" if country == "GR" else country
    return number if not number or number[:2].isalpha() else f"{prefix}{number}"


def _number_named(vat_line: str) -> str:
    """The VAT number in the line of a paper, where the record keeps it nowhere else."""
    named = NUMBERED.fullmatch(vat_line)
    return named["number"] if named else ""


def _line(line: Mapping[str, Any], currency: str) -> TradeLine:
    return TradeLine(
        number=line["number"],
        name=line["description"],
        description=line["period"],
        first_day=date.fromisoformat(line["first_day"]),
        last_day=date.fromisoformat(line["last_day"]),
        quantity=Decimal(line["quantity"]),
        price=Decimal(line["unit"]).scaleb(-decimals_of(currency)),
        net=_major(line["net"], currency),
        category=TaxCategory(line["category"]),
        rate=Decimal(line["basis_points"]) / 100,
    )


def _tax(tax: Mapping[str, Any], reasons: str, currency: str) -> TradeTax:
    category = TaxCategory(tax["category"])
    return TradeTax(
        category=category,
        rate=Decimal(tax["basis_points"]) / 100,
        base=_major(tax["base"], currency),
        tax=_major(tax["tax"], currency),
        reason=_reason(tax, reasons) if category in CATEGORIES_WITH_REASON else "",
    )


def _reason(tax: Mapping[str, Any], reasons: str) -> str:
    """Why a category has no tax: as it was kept, or out of the line that says so of all of them."""
    category = TaxCategory(tax["category"])
    return tax.get("reason") or _reason_of(category, reasons)


def _reason_of(category: TaxCategory, reasons: str) -> str:
    parts = BY_CATEGORY.split(reasons)
    own = [text.strip() for code, text in zip(parts[1::2], parts[2::2], strict=True) if code == category]
    return " ".join(text for text in own if text) or TAX_WORDS[category]


def _account(frozen: Mapping[str, Any]) -> TradeAccount | None:
    bank = frozen["bank"]
    if bank is None or _is_credit_note(frozen):
        return None
    iban = bank["iban"].replace(" ", "")
    means = SEPA_TRANSFER if frozen["currency"] == "EUR" and iban[:2] in SEPA else CREDIT_TRANSFER
    return TradeAccount(means, iban, bank.get("number", ""), bank["bic"], bank["holder"])


def _one_line(text: str) -> str:
    return " ".join(text.split())
