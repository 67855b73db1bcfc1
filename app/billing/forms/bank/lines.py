"""Forms that decide lines of the bank: whose they are, how they are split, where they are booked, why left out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import HiddenField

from app.billing.commands import Settlement
from app.billing.commands.bank import Portion
from app.billing.queries.bank import OpenPayer
from app.billing.queries.bank.desk import Proposed
from app.billing.rules import OpenDays
from app.billing.rules.bank.matching import STATE_WORDS
from app.core.money import Money
from app.members.forms import InstitutionField
from app.web.choices import ChoiceField
from app.web.forms import DayField, FilterForm, MoneyField, MusterForm, TextField
from app.web.wording import day, long_day, money, pill_word


class AssignForm(MusterForm):
    """Whose payment a line is."""

    payer = InstitutionField("Payer")


class AcceptForm(MusterForm):
    """Which proposal is taken, and from which day it settles where the day of the line is too early."""

    proposal = HiddenField()
    settles_from = DayField("Settles from", optional=True)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Where the day is shown it is asked for; a proposal that can settle on the day of its line sends none."""
        super().__init__(*args, **options)
        self.settles_from.flags.asked = True

    @classmethod
    def of(cls, proposed: Proposed, place: int) -> AcceptForm:
        """The form beside a proposal, filled with the first day on which it is possible."""
        form = cls(formdata=None, data={"proposal": proposed.proposal.key, "settles_from": proposed.later})
        form.settles_from.id = f"settles_from_{place}"
        if proposed.later:
            form.settles_from.flags.asked = True
            form.settles_from.description = _possible(proposed.later)
        return form


class AddPayerForm(FilterForm):
    """Another payer among whom a line is split."""

    called = InstitutionField("Another payer", render_kw={"autofocus": True})


class LeaveOutForm(MusterForm):
    """Why a line is left out of the books."""

    reason = TextField("Reason", most=500, hint="Such as: between our own accounts.")


class LedgerForm(MusterForm):
    """To which account of the ledger a line without a payer is booked."""

    account_code = ChoiceField("Account of the ledger")


class LineFilterForm(FilterForm):
    """What the lines of a statement are narrowed to."""

    state = ChoiceField(
        "State",
        optional=True,
        choices=[("", "Any"), *((state.value, pill_word(words)) for state, words in STATE_WORDS.items())],
    )
    q = TextField("Words", optional=True, hint="Of the text or the other party.")


class SplitForm(MusterForm):
    """How a line is split; `split_form` gives it fields for what each payer has open and for its account."""

    payers: Sequence[OpenPayer] = ()
    settles_from = DayField("Settles from")

    def portions(self) -> list[Portion]:
        """What each payer pays, those without anything left out."""
        found = [self._portion(each) for each in self.payers]
        return [each for each in found if each is not None]

    def _portion(self, payer: OpenPayer) -> Portion | None:
        typed = {each.id: self[f"invoice_{each.id}"].data for each in payer.invoices}
        settles = tuple(Settlement(invoice_id, amount) for invoice_id, amount in typed.items() if amount)
        amounts = [each for each in (*typed.values(), self[f"account_{payer.id}"].data) if each]
        if not amounts:
            return None
        return Portion(payer.id, sum(amounts[1:], amounts[0]), settles)


def split_form(amount: Money, payers: Sequence[OpenPayer], opens: OpenDays) -> SplitForm:
    """The form that splits an amount, filled with the oldest open invoices as far as it goes; the rest waits.

    It settles from the first day on which that is possible.
    """
    left, fields, parts = amount.minor, dict[str, Any](), dict[int, int]()
    for payer in payers:
        for each in payer.invoices:
            part = min(left, each.outstanding.minor)
            left -= part
            parts[each.id] = part
            label = f"{each.number} of {payer.name}, due {day(each.due_day)}"
            fields[f"invoice_{each.id}"] = _amount(label, Money(part, amount.currency), money(each.outstanding))
    for place, payer in enumerate(payers):
        rest = Money(0 if place else left, amount.currency)
        fields[f"account_{payer.id}"] = _amount(f"On the account of {payer.name}", rest)
    first = opens.first_day(parts)
    form: SplitForm = type("SplitOfLine", (SplitForm,), fields)(data={"settles_from": first})
    form.settles_from.description = _possible(first) if first > opens.since else "The day of the line, or a later one."
    form.payers = payers
    return form


def _possible(first: date) -> str:
    """Why a line settles later than on its own day."""
    return f"Possible from {long_day(first)} on: until then something else settled it."


def _amount(label: str, part: Money, is_open: str = "") -> MoneyField:
    hint = f"{is_open} is open." if is_open else "What settles no invoice yet."
    return MoneyField(label, currency=part.currency, default=part if part.minor else None, optional=True, hint=hint)
