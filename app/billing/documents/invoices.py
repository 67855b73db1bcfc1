"""What stands on an invoice: plain values, frozen at issue, and nothing that must be looked up to print it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import accumulate
from typing import Any

from app.billing.documents.payment_codes import transfer_text
from app.core.money import Money
from app.members.rules import PaperParty, Sheet
from app.web import wording
from app.web.pdf import eights, paper_html

DRAFT = "DRAFT \u2013 not an invoice"
LINES_ON_ONE_PAGE = 6  # With so few lines the totals always stand on the first page: nothing is carried forward.
WIDEST_AMOUNT = 10  # Characters that the narrow amount column takes; beyond 999,999.99 the columns are wide.


@dataclass(frozen=True)
class PaperLine:
    """One charge. `period` is a whole line, such as "Membership year 1 July 2027 to 30 June 2028", or empty."""

    number: int
    description: str
    period: str
    quantity: Decimal
    unit_price: Money
    tax_category: str
    amount: Money


@dataclass(frozen=True)
class PaperTax:
    """The tax of one category (EN 16931: S, Z, E, AE, O ...) on the sum of its lines; `rate` in per cent."""

    category: str
    rate: Decimal
    base: Money
    tax: Money


@dataclass(frozen=True)
class PaperBank:
    """The account to pay into; `iban` and `bic` as they shall be read, in groups."""

    holder: str
    iban: str
    bic: str
    name: str = ""


@dataclass(frozen=True)
class InvoicePaper:
    """An invoice as printed. A draft has no number, no days, no hash and no instant of issue, and says what it is.

    `content_hash` is the SHA-256 (hex) of the frozen record; `issued_at` dates the file, so that the same invoice is
    the same bytes whenever it is printed.
    """

    seller: PaperParty
    buyer: PaperParty
    lines: tuple[PaperLine, ...]
    taxes: tuple[PaperTax, ...]
    total_without_tax: Money
    amount_due: Money
    account_number: str
    tax_reason: str
    legal_note: str
    bank: PaperBank | None = None
    number: str = ""
    issued_on: date | None = None
    due_on: date | None = None
    purchase_order: str = ""
    payment_reference: str = ""
    content_hash: str = ""
    issued_at: datetime | None = None
    sheet: Sheet = Sheet.A4

    @property
    def title(self) -> str:
        """The heading: the invoice's number, or that it is none."""
        return f"Invoice {self.number}" if self.number else DRAFT

    @property
    def currency(self) -> str:
        """The one currency of all its amounts."""
        return self.amount_due.currency

    @property
    def tax_notes(self) -> list[str]:
        """Why tax is as it is, and the buyer's number, which a reverse charge must show."""
        return [line for line in (self.tax_reason, self.buyer.vat_line) if line]

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The band under the heading; what is not known is left out."""
        band = [
            ("Invoice date", wording.long_day(self.issued_on) if self.issued_on else ""),
            ("Due date", wording.long_day(self.due_on) if self.due_on else ""),
            ("Your purchase order", self.purchase_order),
            ("Your account", self.account_number),
            ("Payment reference", self.payment_reference),
        ]
        return [(label, value) for label, value in band if value]

    @property
    def transfer(self) -> str:
        """What the payment code says to a banking app; empty where there is none: a draft, or not in euros."""
        if self.bank is None or not self.number:
            return ""
        bank = self.bank
        return transfer_text(bank.holder, bank.iban, bank.bic, self.payment_reference, self.amount_due)

    @property
    def may_break(self) -> bool:
        """Whether its lines may go over a page, so that sums are carried forward."""
        return len(self.lines) > LINES_ON_ONE_PAGE

    @property
    def has_wide_amounts(self) -> bool:
        """Whether its amounts need the wide columns."""
        return any(len(str(amount)) > WIDEST_AMOUNT for line in self.lines for amount in (line.unit_price, line.amount))

    @property
    def carried_lines(self) -> Iterator[tuple[PaperLine, Money | None]]:
        """Each line with the sum up to it; none after the last, where nothing is left to carry."""
        sums = list(accumulate(line.amount for line in self.lines))
        return zip(self.lines, [*sums[:-1], None], strict=True)


def invoice_html(paper: InvoicePaper) -> str:
    """The HTML of an invoice or of its draft, ready for print_pdf."""
    return paper_html(
        "invoice",
        paper=paper,
        facts=paper.facts,
        title=paper.title,
        author=paper.seller.name,
        made_at=paper.issued_at,
        sheet=paper.sheet,
        foot=paper.number or "Draft",
        proof=eights(paper.content_hash) if paper.content_hash else DRAFT,
    )


def thaw(frozen: Mapping[str, Any], content_hash: str = "") -> InvoicePaper:
    """The paper of a frozen record; of a draft's record, which has no number, days or hash, its preview."""
    currency, issued_on, due_on = frozen["currency"], frozen.get("issued_on"), frozen.get("due_on")
    return InvoicePaper(
        seller=_party(frozen["seller"]),
        buyer=_party(frozen["buyer"]),
        lines=tuple(_line(line, currency) for line in frozen["lines"]),
        taxes=tuple(_tax(tax, currency) for tax in frozen["taxes"]),
        total_without_tax=Money(frozen["net"], currency),
        amount_due=Money(frozen["gross"], currency),
        account_number=frozen["account_number"],
        tax_reason=frozen["tax_reason"],
        legal_note=frozen["legal_note"],
        bank=read_bank(frozen["bank"]),
        number=frozen.get("number", ""),
        issued_on=date.fromisoformat(issued_on) if issued_on else None,
        due_on=date.fromisoformat(due_on) if due_on else None,
        purchase_order=frozen["purchase_order"],
        payment_reference=in_groups(frozen.get("payment_reference", "")),
        content_hash=content_hash,
        issued_at=datetime.fromisoformat(frozen["issued_at"]) if "issued_at" in frozen else None,
        sheet=Sheet(frozen["sheet"]),
    )


def _party(party: Mapping[str, Any]) -> PaperParty:
    return PaperParty(
        name=party["name"],
        address=tuple(party["address"]),
        short_name=party["short_name"],
        unit=party["unit"],
        attention=party.get("attention", ""),
        vat_line=party["vat_line"],
        email=party.get("email", ""),
        web=party.get("web", ""),
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
    return PaperTax(tax["category"], rate, Money(tax["base"], currency), Money(tax["tax"], currency))


def read_bank(bank: Mapping[str, Any] | None) -> PaperBank | None:
    """The account to pay into, as it is kept."""
    if bank is None:
        return None
    return PaperBank(holder=bank["holder"], iban=in_groups(bank["iban"]), bic=bank["bic"], name=bank["name"])


def in_groups(text: str) -> str:
    """Letters and digits in fours, as account numbers and references are read."""
    plain = text.replace(" ", "")
    return " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def invoice_mail(paper: InvoicePaper, recipient: str) -> tuple[str, str]:
    """Subject and text of the mail that brings an invoice."""
    paragraphs = [
        f"Dear {recipient},",
        f"please find attached invoice {paper.number} to {paper.buyer.name}, over {paper.currency} {paper.amount_due}.",
        f"It is due on {wording.long_day(paper.due_on)}.{_where_to_pay(paper)}",
        f"With kind regards\n{paper.seller.name}\n{paper.seller.unit}".rstrip(),
    ]
    text = "\n\n".join(paragraphs).replace(wording.NO_BREAK, " ")
    return f"Invoice {paper.number}, {paper.seller.short_name or paper.seller.name}", f"{text}\n"


def _where_to_pay(paper: InvoicePaper) -> str:
    if paper.bank is None:
        return ""
    account = f"{paper.bank.holder}, IBAN {paper.bank.iban}, BIC {paper.bank.bic}"
    return f" Please pay to {account}, with the reference {paper.payment_reference}."
