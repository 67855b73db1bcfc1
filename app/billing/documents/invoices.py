"""What stands on an invoice: plain values, frozen at issue, and nothing that must be looked up to print it again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import accumulate

from app.billing.documents.payment_codes import transfer_text
from app.billing.documents.phrases import Speech, speech
from app.core.money import Money
from app.members.rules import PaperParty, Sheet
from app.web.pdf import eights, paper_html
from app.web.wording import in_groups

LINES_ON_ONE_PAGE = 6  # With so few lines the totals always stand on the first page: nothing is carried forward.
WIDEST_BAND = 5  # Facts under the heading.
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
    reason: str = ""


@dataclass(frozen=True)
class PaperBank:
    """The account to pay into; `iban` as it shall be read, in groups: an account of another kind has a `number`."""

    holder: str
    iban: str
    bic: str
    name: str = ""
    number: str = ""

    @property
    def at(self) -> str:
        """The bank, by its code and its name."""
        return ", ".join(part for part in (self.bic, self.name) if part)

    @property
    def in_words(self) -> str:
        """The account in a sentence."""
        number = f"IBAN {self.iban}" if self.iban else f"{self.number}, {self.name}"
        return ", ".join(part for part in (self.holder, number, f"BIC {self.bic}" if self.bic else "") if part)


@dataclass(frozen=True)
class PlaceToPay:
    """Where to pay, naming which references; `currency` is what goes there, empty where it is the only place."""

    bank: PaperBank
    references: Sequence[str]
    currency: str = ""

    def reference(self, say: Speech) -> str:
        """What a payment is to name: the reference of the one invoice, or that each has its own."""
        return in_groups(self.references[0]) if len(self.references) == 1 else say["each_reference"]

    def in_words(self, say: Speech) -> str:
        """The place in a sentence of a mail."""
        references = say.join([in_groups(each) for each in self.references])
        told = say.say("mail_pay", account=self.bank.in_words, reference=references)
        return f"{self.currency}: {told}" if self.currency else told


@dataclass(frozen=True)
class Credited:
    """The invoice that a credit note names; what was open of it before is not known of the first credit notes."""

    number: str
    issued_on: date
    gross: Money | None = None
    open_before: Money | None = None


@dataclass(frozen=True)
class InvoicePaper:
    """An invoice or a credit note as printed. A draft has no number, days, hash or instant of issue, and says so.

    `content_hash` is the SHA-256 (hex) of the frozen record; `issued_at` dates the file, so that the same invoice is
    the same bytes whenever it is printed. `tax_at_home` says what the tax is in the currency of the books.
    `credits` makes it a credit note, whose amounts are above zero, too.
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
    language: str = "en"
    intro: str = ""
    buyer_reference: str = ""
    tax_at_home: str = ""
    credits: Credited | None = None
    reason: str = ""
    replaces: str = ""

    @property
    def say(self) -> Speech:
        """Its language."""
        return speech(self.language)

    @property
    def title(self) -> str:
        """The heading: what it is and its number, or that it is none."""
        if not self.number:
            return self.say["draft"]
        return f"{self.say['credit_note' if self.credits else 'invoice']} {self.number}"

    @property
    def currency(self) -> str:
        """The one currency of all its amounts."""
        return self.amount_due.currency

    @property
    def tax_notes(self) -> list[str]:
        """Why tax is as it is, and the buyer's number, which a reverse charge must show."""
        return [line for line in (self.tax_reason, self.buyer.vat_line, self.tax_at_home) if line]

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The band under the heading, of at most five; what is not known is left out, and the account where all is."""
        say = self.say
        band = [
            *(self._days() if self.credits is None else self._days_of_credit(self.credits)),
            (say["purchase_order"], self.purchase_order),
            (say["buyer_reference"], self.buyer_reference),
            (say["account_number"], self.account_number),
            (say["payment_reference"], "" if self.credits else self.payment_reference),
        ]
        known = [(label, value) for label, value in band if value]
        return known if len(known) <= WIDEST_BAND else [each for each in known if each[0] != say["account_number"]]

    def _days(self) -> list[tuple[str, str]]:
        say = self.say
        return [
            (say["invoice_date"], say.day(self.issued_on) if self.issued_on else ""),
            (say["due_date"], say.day(self.due_on) if self.due_on else ""),
        ]

    def _days_of_credit(self, credited: Credited) -> list[tuple[str, str]]:
        say = self.say
        return [
            (say["date"], say.day(self.issued_on)),
            (say["credits"], credited.number),
            (say["of_day"], say.day(credited.issued_on)),
        ]

    @property
    def looked_for(self) -> str:
        """The fact of the band that is looked for first."""
        return self.say["credits" if self.credits else "due_date"]

    @property
    def still_due(self) -> Money | None:
        """What a credit note leaves open of its invoice, below zero where it gives more; None where none can tell."""
        before = self.credits.open_before if self.credits else None
        return None if before is None else before - self.amount_due

    @property
    def settled_before(self) -> Money | None:
        """What had settled the invoice that a credit note names before it; None where that is not known."""
        named = self.credits
        return named.gross - named.open_before if named and named.gross and named.open_before is not None else None

    @property
    def scope(self) -> str:
        """Whether a credit note takes back all of its invoice or a part."""
        named = self.credits
        is_all = named is not None and named.gross == self.amount_due
        return self.say.say("credits_all" if is_all else "credits_part", number=named.number if named else "")

    @property
    def transfer(self) -> str:
        """What the payment code says to a banking app; empty where there is none: a draft, or not in euros."""
        if self.bank is None or not (self.number and self.bank.iban):
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
    """The HTML of an invoice, of its draft or of a credit note, ready for print_pdf."""
    say = paper.say
    return paper_html(
        "credit_note" if paper.credits else "invoice",
        paper=paper,
        facts=paper.facts,
        **say.on_paper,
        title=paper.title,
        author=paper.seller.name,
        made_at=paper.issued_at,
        sheet=paper.sheet,
        foot=paper.number or say["draft_foot"],
        proof=eights(paper.content_hash) if paper.content_hash else say["draft"],
    )
