"""Forms of billing: adopting a fee, issuing, recording and allocating payments, and the filters of lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from wtforms import BooleanField, HiddenField, Label, ValidationError

from app.billing.commands import FeeTerms, IssueValues, PaymentValues, Settlement
from app.billing.queries.payments import OpenInvoice
from app.billing.rules import (
    METHOD_WORDS,
    PRORATION_WORDS,
    TAX_WORDS,
    PaymentMethod,
    Proration,
    Standing,
    TaxCategory,
)
from app.core.money import Money
from app.members.forms import InstitutionField
from app.web.choices import ChoiceField
from app.web.forms import DayField, FilterForm, MoneyField, MusterForm, NumberField, ShapedField, TextField
from app.web.wording import day, money, pill_word

ANY = ("", "Any")
CURRENCIES = ("GBP", "EUR", "USD", "CAD", "AUD", "CHF", "CNY", "CZK", "JPY", "KRW", "KWD", "TWD")
RATE = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?\s*%?", re.ASCII)
MOST_BASIS_POINTS = 10_000
OLDEST, CHOSEN = "oldest", "chosen"


class RateField(ShapedField):
    """A rate in per cent with at most two decimals, kept in basis points: 7.5 is 750."""

    def read(self, text: str) -> int:
        """The rate in basis points."""
        found = RATE.fullmatch(text)
        if found is None:
            raise ValidationError("Write the rate in per cent, for example 20 or 7.5.")
        points = int(Decimal(f"{found[1]}.{found[2] or 0}") * 100)
        if points > MOST_BASIS_POINTS:
            raise ValidationError("At most 100 per cent.")
        return points

    def write(self, value: int) -> str:
        """As it is typed: 7.5."""
        return f"{Decimal(value) / 100:f}"


class AdoptFeeForm(MusterForm):
    """A fee to be adopted."""

    name = TextField("Name", hint="As it stands on the invoice, such as Funder membership fee.")
    class_id = ChoiceField("Class of members")
    currency = ChoiceField("Currency", choices=[(code, code) for code in CURRENCIES], default="GBP")
    amount = MoneyField("Fee of a whole year")
    first_day = DayField("First day", hint="The fee in force until then ends the day before.")
    last_day = DayField("Last day", optional=True)
    proration = ChoiceField("For a part of the year", choices=PRORATION_WORDS.items(), default=Proration.BY_DAY.value)
    tax_category = ChoiceField(
        "Tax category",
        choices=[(each.value, f"{each.value}: {words}") for each, words in TAX_WORDS.items()],
        default=TaxCategory.OUTSIDE_SCOPE.value,
    )
    tax_rate = RateField("Tax rate, per cent", optional=True, hint="Only for category S.")
    tax_reason = TextField(
        "Why no tax is charged",
        most=500,
        optional=True,
        hint="Stands on the invoice; needed for categories E, AE and O.",
    )
    decision = TextField("Decided by", most=500, optional=True, hint="The decision or minute that adopts it.")

    def terms(self) -> FeeTerms:
        """What was typed."""
        return FeeTerms(
            name=self.name.data,
            class_id=self.class_id.chosen_id or 0,
            amount=self.amount.data,
            first_day=self.first_day.data,
            last_day=self.last_day.data,
            proration=Proration(self.proration.data),
            tax_category=TaxCategory(self.tax_category.data),
            tax_basis_points=self.tax_rate.data or 0,
            tax_reason=self.tax_reason.value,
            decision=self.decision.value,
        )


class YearForm(FilterForm):
    """The fee year to look at."""

    year = NumberField("Fee year", least=1900, most=2900)


class PrepareForm(MusterForm):
    """Nothing to fill in: the year is in the address."""


class IssueForm(MusterForm):
    """The days invoices get when they are issued, and whether they are sent."""

    issue_day = DayField("Invoice date")
    due_day = DayField("Due")
    sends_mails = BooleanField("Send each invoice to its billing contact by e-mail")

    def values(self) -> IssueValues:
        """What was typed."""
        return IssueValues(self.issue_day.data, self.due_day.data, bool(self.sends_mails.data))


class PayerForm(FilterForm):
    """Who has paid, and in which currency."""

    payer = HiddenField()
    called = InstitutionField("Payer")
    currency = ChoiceField("Currency", choices=[(code, code) for code in CURRENCIES], optional=True)


class SettleFields(MusterForm):
    """A field for each open invoice, already filled with what is open."""

    currency = HiddenField()
    open_invoices: Sequence[OpenInvoice] = ()

    @classmethod
    def for_invoices(cls, invoices: Sequence[OpenInvoice], **options: Any) -> Any:
        """A form with one amount for each of these invoices."""
        fields = {f"invoice_{each.id}": _settle_field(each) for each in invoices}
        made = type(cls.__name__, (cls,), fields)(**options)
        made.open_invoices = invoices
        return made

    def settlements(self) -> tuple[Settlement, ...]:
        """The parts that are more than nothing."""
        typed = [(each.id, self[f"invoice_{each.id}"].data) for each in self.open_invoices]
        return tuple(Settlement(invoice_id, amount) for invoice_id, amount in typed if amount)


def _settle_field(invoice: OpenInvoice) -> MoneyField:
    return MoneyField(
        f"{invoice.number}, due {day(invoice.due_day)}",
        currency=invoice.outstanding.currency,
        default=invoice.outstanding,
        optional=True,
        hint=f"{money(invoice.outstanding)} is open.",
    )


class PaymentForm(SettleFields):
    """Money received, and what it settles."""

    amount = MoneyField("Amount", smallest=1)
    received_on = DayField("Received on", hint="The day it came, which is the day it counts from.")
    method = ChoiceField("How", choices=METHOD_WORDS.items(), default=PaymentMethod.BANK_TRANSFER.value)
    reference = TextField("Reference", optional=True, hint="As the payer or the bank wrote it.")
    note = TextField("Note", most=500, optional=True)
    settle = ChoiceField(
        "Settles",
        choices=[(OLDEST, "The oldest open invoices first"), (CHOSEN, "As written below")],
        default=OLDEST,
        hint="What is left over stays on the payer's account.",
    )

    def name_currency(self) -> None:
        """Say the currency in the label of the amount."""
        self.amount.label = Label(self.amount.id, f"Amount, {self.currency.data}")

    def values(self, payer_id: int) -> PaymentValues:
        """What was typed."""
        return PaymentValues(
            payer_id=payer_id,
            received_on=self.received_on.data,
            amount=self.amount.data,
            method=PaymentMethod(self.method.data),
            reference=self.reference.value,
            note=self.note.value,
            settles=self.settlements() if self.settle.data == CHOSEN else None,
        )


class AllocateForm(SettleFields):
    """What the rest of a payment settles, and from when."""

    day = DayField("From", hint="The day the money settles the invoices from.")


class InvoiceFilterForm(FilterForm):
    """What the list of invoices is narrowed to; the page offers years."""

    q = TextField("Words", optional=True, hint="Of the number, the payer, its purchase order or the reference.")
    state = ChoiceField(
        "State", optional=True, choices=[ANY, *((each.value, pill_word(each.value)) for each in Standing)]
    )
    year = ChoiceField("Issued in", optional=True)
    payer = ChoiceField("Payer", optional=True)
    run = ChoiceField("Fee run", optional=True)


class PaymentFilterForm(FilterForm):
    """What the list of payments is narrowed to; the page offers years."""

    q = TextField("Words", optional=True, hint="Of the payer or the reference.")
    year = ChoiceField("Received in", optional=True)
    payer = ChoiceField("Payer", optional=True)


class JournalFilterForm(FilterForm):
    """What the journal is narrowed to; the page offers accounts."""

    q = TextField("Words", optional=True, hint="Of the payer.")
    since = DayField("From", optional=True)
    until = DayField("Up to", optional=True)
    account = ChoiceField("Account", optional=True)


def whole_left(open_invoices: Sequence[OpenInvoice], currency: str) -> Money:
    """All that is open, to begin with."""
    return Money(sum(each.outstanding.minor for each in open_invoices), currency)


class FirstInvoiceForm(MusterForm):
    """A button that drafts the first invoice of a new member."""


class LeaverForm(MusterForm):
    """A button that takes a step of leaving."""
