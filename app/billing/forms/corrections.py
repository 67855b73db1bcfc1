"""Forms that put right what was issued or booked: credit notes, voids, write-offs, refunds, reversals, undoing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, HiddenField

from app.billing.commands import CreditValues, RefundValues, WriteOffValues
from app.billing.forms.invoices import SEND_IT
from app.billing.forms.payments import SettleFields
from app.billing.rules import BANK, WRITE_OFF_WORDS, CreditableLine, WriteOffKind
from app.core.money import Money
from app.web.choices import ChoiceField
from app.web.forms import DayField, MoneyField, MusterForm, SuggestedField, TextField
from app.web.wording import money

ON_THE_NOTE = "It stands on the credit note."
WHY_CREDITED = ("Charged too much", "Charged by mistake", "Left during the year", "Reduced by decision")
WHY_VOID = ("Sent to the wrong payer", "Issued twice", "Wrong purchase order", "Issued by mistake")
WHY_BACK = ("Paid twice", "Paid too much", "Credited after it was paid", "Meant for somebody else")
WHY_REVERSED = ("Returned by the bank", "The cheque was not honoured", "Recorded by mistake")
WHY_UNDONE = ("It settled the wrong invoice", "The amount was wrong", "It was paid after all")


class CreditForm(MusterForm):
    """What is credited of each line, filled with all that still can be; from when and why."""

    currency = HiddenField()
    day = DayField("Date of the credit note")
    reason = SuggestedField("Why", most=500, usual=WHY_CREDITED, hint=ON_THE_NOTE)
    sends_mails = BooleanField(SEND_IT)
    lines: Sequence[CreditableLine] = ()
    line_id: int | None = None

    @classmethod
    def for_lines(cls, lines: Sequence[CreditableLine], currency: str, **options: Any) -> Any:
        """A form with one amount for each of these lines."""
        fields = {f"line_{each.id}": _line_field(each, currency) for each in lines}
        made = type(cls.__name__, (cls,), fields)(**options)
        made.lines, made.currency.data = lines, currency
        return made

    def values(self) -> CreditValues:
        """What was typed; a line left empty is not credited."""
        typed = {each.id: self[f"line_{each.id}"].data for each in self.lines}
        parts = {line_id: amount.minor for line_id, amount in typed.items() if amount}
        return CreditValues(parts, self.reason.data, self.day.data, bool(self.sends_mails.data), self.line_id)


def _line_field(line: CreditableLine, currency: str) -> MoneyField:
    left, net = Money(line.left, currency), Money(line.net, currency)
    return MoneyField(
        f"{line.position}. {line.description}",
        currency=currency,
        default=left,
        optional=True,
        hint=f"{money(left)} of {money(net)} can still be credited, without tax.",
    )


class VoidForm(MusterForm):
    """From when an invoice is void, and why."""

    day = DayField("Void from")
    reason = SuggestedField("Why", most=500, usual=WHY_VOID)


class WriteOffForm(MusterForm):
    """What will not be paid, filled with all that is open."""

    currency = HiddenField()
    kind = ChoiceField("Why", choices=WRITE_OFF_WORDS.items(), default=WriteOffKind.UNCOLLECTIBLE.value)
    amount = MoneyField("Amount", smallest=1)
    day = DayField("Written off on")
    reason = TextField("In more words", most=500, optional=True, hint="Such as the decision that says so.")

    def values(self) -> WriteOffValues:
        """What was typed; where nothing more is said, the kind says why."""
        kind = WriteOffKind(self.kind.data)
        return WriteOffValues(self.amount.data, kind, self.reason.value or WRITE_OFF_WORDS[kind], self.day.data)


class RefundForm(MusterForm):
    """What goes back to a payer, filled with all that is left."""

    currency = HiddenField()
    amount = MoneyField("Amount", smallest=1)
    day = DayField("Paid back on")
    account_code = ChoiceField("Out of", default=BANK)
    reference = TextField("Reference", optional=True, hint="As it stands on the transfer.")
    reason = SuggestedField("Why", most=500, usual=WHY_BACK)

    def values(self) -> RefundValues:
        """What was typed."""
        return RefundValues(
            self.amount.data, self.day.data, self.reason.data, self.reference.value, self.account_code.data
        )


class ReverseForm(MusterForm):
    """When and why a payment was taken back."""

    day = DayField("Taken back on")
    reason = SuggestedField("Why", most=500, usual=WHY_REVERSED)


class UndoForm(MusterForm):
    """From when what settled an invoice does so no more, and why."""

    day = DayField("Undone from", hint="Until then it stays settled, and reports about earlier days go on saying so.")
    reason = SuggestedField("Why", most=500, usual=WHY_UNDONE)


class SettleForm(SettleFields):
    """Which of the payer's money or credits settles an invoice, by how much and from when."""

    source = ChoiceField("With")
    day = DayField("From", hint="The day it settles the invoice from.")

    @property
    def chosen(self) -> tuple[str, int]:
        """What settles: "credit" or "payment", and its id."""
        kind, identity = self.source.data.split("-")
        return kind, int(identity)
