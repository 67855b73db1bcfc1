"""Forms of payments: who paid, how much, and what it settles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar

from wtforms import HiddenField, Label, ValidationError

from app.billing.commands import PaymentValues, Settlement
from app.billing.queries.payments import OpenInvoice
from app.billing.rules import METHOD_WORDS, PaymentMethod, oldest_first
from app.core.money import Money
from app.members.forms import InstitutionField
from app.web.choices import ChoiceField
from app.web.forms import DayField, FilterForm, MoneyField, MusterForm, TextField
from app.web.wording import day, money

CURRENCIES = ("GBP", "EUR", "USD", "CAD", "AUD", "CHF", "CNY", "CZK", "JPY", "KRW", "KWD", "TWD")


OLDEST, CHOSEN = "oldest", "chosen"


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

    called: ClassVar = {"day": "received_on"}
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

    def validate_settle(self, field: ChoiceField) -> None:
        """What was written beside the invoices is not passed over."""
        fields = [(self[f"invoice_{each.id}"], each.outstanding) for each in self.open_invoices]
        is_other = any(each.raw_data and each.raw_data[0].strip() != each.write(shown) for each, shown in fields)
        if field.data == OLDEST and is_other:
            raise ValidationError("You wrote other amounts below: choose so here, or put back what is open.")

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


class ConvertForm(SettleFields):
    """How much of an invoice in another currency is settled, and what that takes of the payment."""

    amount = MoneyField("What it takes of the payment", smallest=1)
    day = DayField("From", hint="The day the money settles the invoice from.")

    @classmethod
    def for_parts(cls, invoice: OpenInvoice, settled: Money, taken: Money, day: date) -> Any:
        """A form for one invoice, filled with these amounts."""
        known = {f"invoice_{invoice.id}": settled, "amount": taken, "currency": taken.currency, "day": day}
        made = cls.for_invoices([invoice], data=known)
        made.currency.data, made[f"invoice_{invoice.id}"].optional = taken.currency, False
        made.amount.label = Label(made.amount.id, f"What it takes of the payment, {taken.currency}")
        return made

    def settlements(self) -> tuple[Settlement, ...]:
        """The one part, with what it takes."""
        return tuple(replace(each, taken=self.amount.data) for each in super().settlements())


class PaymentFilterForm(FilterForm):
    """What the list of payments is narrowed to; the page offers years."""

    q = TextField("Words", optional=True, hint="Of the payer or the reference.")
    year = ChoiceField("Received in", optional=True)
    payer = ChoiceField("Payer", optional=True)


def proposed_parts(invoices: Sequence[OpenInvoice], left: Money) -> dict[str, Money | None]:
    """How far an amount goes, the oldest invoice first, by the names of their fields; nothing where it does not."""
    parts = dict(oldest_first(left.minor, [(each.id, each.outstanding.minor) for each in invoices]))
    return {
        f"invoice_{each.id}": Money(parts[each.id], left.currency) if each.id in parts else None for each in invoices
    }


def whole_left(open_invoices: Sequence[OpenInvoice], currency: str) -> Money:
    """All that is open, to begin with."""
    return Money(sum(each.outstanding.minor for each in open_invoices), currency)
