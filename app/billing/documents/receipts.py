"""A receipt: what of a payment went to an invoice, for whoever paid it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.billing.documents.phrases import Speech, speech
from app.billing.documents.thawing import read_party, read_sender
from app.core.money import Money
from app.members.rules import PaperParty, Sheet
from app.web.pdf import Asset, eights, paper_html, print_pdf


@dataclass(frozen=True)
class ReceiptPaper:
    """A receipt as printed. `taken` is what of the payment went to the invoice, in the currency of the payment."""

    seller: PaperParty
    buyer: PaperParty
    number: str
    invoice: str
    account_number: str
    received: Money
    received_on: date
    reference: str
    taken: Money
    gross: Money
    before: Money
    amount: Money
    still_open: Money
    made_at: datetime
    content_hash: str
    language: str
    sheet: Sheet = Sheet.A4

    @property
    def say(self) -> Speech:
        """Its language."""
        return speech(self.language)

    @property
    def title(self) -> str:
        """The heading."""
        return self.say.say("receipt_for", number=self.invoice)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The band under the heading."""
        say = self.say
        band = [
            (say["received_on"], say.day(self.received_on)),
            (say["settles"], self.invoice),
            (say["account_number"], self.account_number),
            (say["buyer_reference"], self.reference),
        ]
        return [(label, value) for label, value in band if value]

    @property
    def told(self) -> str:
        """What came, when, and what it is for."""
        say = self.say
        return say.say(
            "receipt_all" if self.taken == self.received and not self.still_open else "receipt_part",
            amount=say.money(self.received),
            part=say.money(self.taken),
            day=say.day(self.received_on),
            number=self.invoice,
        )


def read_receipt(record: Mapping[str, Any], content_hash: str) -> ReceiptPaper:
    """The paper of what was recorded: amounts in minor units, days as texts."""
    currency, paid = record["currency"], record["paid_currency"]
    return ReceiptPaper(
        seller=read_sender(record),
        buyer=read_party(record["buyer"]),
        number=record["number"],
        invoice=record["invoice"],
        account_number=record["account_number"],
        received=Money(record["received"], paid),
        received_on=date.fromisoformat(record["received_on"]),
        reference=record["reference"],
        taken=Money(record["taken"], paid),
        gross=Money(record["gross"], currency),
        before=Money(record["before"], currency),
        amount=Money(record["amount"], currency),
        still_open=Money(record["gross"] - record["before"] - record["amount"], currency),
        made_at=datetime.fromisoformat(record["made_at"]),
        content_hash=content_hash,
        language=record["language"],
        sheet=Sheet(record["sheet"]),
    )


def receipt_html(paper: ReceiptPaper) -> str:
    """The HTML of a receipt, ready for print_pdf."""
    say = paper.say
    return paper_html(
        "receipt",
        paper=paper,
        **say.on_paper,
        title=paper.title,
        author=paper.seller.name,
        made_at=paper.made_at,
        sheet=paper.sheet,
        foot=paper.number,
        proof=eights(paper.content_hash),
    )


def receipt_pdf(record: Mapping[str, Any], content_hash: str, logo: Asset | None = None) -> bytes:
    """The PDF of a receipt: the same bytes whenever it is printed, as long as the same is on record."""
    drawings: dict[str, str | Asset] = {"logo": logo} if logo else {}
    return print_pdf(receipt_html(read_receipt(record, content_hash)), drawings=drawings)
