"""Papers of frozen records: what was kept of an invoice or a credit note, as it is printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.billing.documents.invoices import Credited, InvoicePaper, PaperBank, PaperLine, PaperTax
from app.billing.documents.phrases import speech
from app.core.money import Money
from app.members.rules import PaperParty, Sheet
from app.web.wording import in_groups


def thaw(frozen: Mapping[str, Any], content_hash: str = "") -> InvoicePaper:
    """The paper of a frozen record; of a draft's record, which has no number, days or hash, its preview.

    The first records were all in English, and kept nothing of what is asked for with `get`.
    """
    currency, credited = frozen["currency"], _credited(frozen)
    return InvoicePaper(
        seller=read_sender(frozen),
        buyer=read_party(frozen["buyer"]),
        lines=tuple(_line(line, currency) for line in frozen["lines"]),
        taxes=tuple(_tax(tax, currency) for tax in frozen["taxes"]),
        total_without_tax=Money(frozen["net"], currency),
        amount_due=Money(frozen["gross"], currency),
        account_number=frozen["account_number"],
        tax_reason=frozen["tax_reason"],
        legal_note=frozen["legal_note"],
        bank=None if credited else read_bank(frozen["bank"]),
        number=frozen.get("number", ""),
        issued_on=_day(frozen.get("issued_on")),
        due_on=None if credited else _day(frozen.get("due_on")),
        purchase_order=frozen["purchase_order"],
        payment_reference=in_groups(frozen.get("payment_reference", "")),
        content_hash=content_hash,
        issued_at=datetime.fromisoformat(frozen["issued_at"]) if "issued_at" in frozen else None,
        sheet=Sheet(frozen["sheet"]),
        language=frozen.get("language", "en"),
        intro=frozen.get("intro", ""),
        buyer_reference=frozen.get("buyer_reference", ""),
        tax_at_home=_tax_at_home(frozen),
        credits=credited,
        reason=frozen.get("reason", ""),
        replaces=_replaced(frozen),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _credited(frozen: Mapping[str, Any]) -> Credited | None:
    """The invoice that a credit note names; None of an invoice."""
    named, currency = frozen.get("credits"), frozen["currency"]
    if named is None:
        return None
    amounts = {name: Money(named[name], currency) for name in ("gross", "open_before") if name in named}
    return Credited(named["number"], date.fromisoformat(named["issued_on"]), **amounts)


def _replaced(frozen: Mapping[str, Any]) -> str:
    """That it replaces a void invoice, and which; empty where it does not."""
    named, say = frozen.get("replaces"), speech(frozen.get("language", "en"))
    return say.say("replaces", number=named["number"], day=say.day(_day(named["issued_on"]))) if named else ""


def _tax_at_home(frozen: Mapping[str, Any]) -> str:
    """The tax in the currency of the books, where the amounts are in another."""
    exchange, say = frozen.get("exchange", {}), speech(frozen.get("language", "en"))
    if not exchange.get("tax"):
        return ""
    return say.say(
        "tax_at_home",
        currency=exchange["home"],
        amount=say.amount(Money(exchange["tax"], exchange["home"])),
        rate=say.number(Decimal(exchange["rate"])),
        foreign=frozen["currency"],
        day=say.day(date.fromisoformat(exchange["on"])),
    )


def read_sender(frozen: Mapping[str, Any]) -> PaperParty:
    """Who writes, with the picture that is given to whoever prints the record."""
    sender = read_party(frozen["seller"])
    return replace(sender, logo="drawing:logo") if frozen.get("logo") else sender


def party_record(party: PaperParty) -> dict[str, Any]:
    """Who writes, or whom it is to, by plain values; a picture is kept apart."""
    return {name: value for name, value in vars(party).items() if name != "logo"} | {"address": [*party.address]}


def read_party(party: Mapping[str, Any]) -> PaperParty:
    """Who writes, or whom it is to, as it is kept."""
    return PaperParty(
        name=party["name"],
        address=tuple(party["address"]),
        short_name=party["short_name"],
        unit=party["unit"],
        attention=party.get("attention", ""),
        vat_line=party["vat_line"],
        email=party.get("email", ""),
        web=party.get("web", ""),
        register_line=party.get("register_line", ""),
        attention_word=party.get("attention_word", "Attn."),
    )


def _line(line: Mapping[str, Any], currency: str) -> PaperLine:
    return PaperLine(
        number=line["number"],
        description=line["description"],
        period=line["period"],
        quantity=Decimal(line["quantity"]),
        unit_price=Money(line["unit"], currency),
        tax_category=line["category"],
        amount=Money(line["net"], currency),
    )


def _tax(tax: Mapping[str, Any], currency: str) -> PaperTax:
    rate = Decimal(tax["basis_points"]) / 100
    amounts = Money(tax["base"], currency), Money(tax["tax"], currency)
    return PaperTax(tax["category"], rate, *amounts, reason=tax.get("reason", ""))


def read_bank(bank: Mapping[str, Any] | None) -> PaperBank | None:
    """The account to pay into, as it is kept."""
    if bank is None:
        return None
    number, iban = bank.get("number", ""), in_groups(bank["iban"])
    return PaperBank(holder=bank["holder"], iban=iban, bic=bank["bic"], name=bank["name"], number=number)
