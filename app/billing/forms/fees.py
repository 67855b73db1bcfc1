"""Forms of fees and fee runs."""

from __future__ import annotations

import re
from decimal import Decimal

from wtforms import ValidationError
from wtforms.widgets import HiddenInput

from app.billing.commands import FeeTerms
from app.billing.forms.payments import CURRENCIES
from app.billing.rules import PRORATION_WORDS, SCALE_WORDS, TAX_WORDS, Proration, Scale, TaxCategory, Tier
from app.core.money import Money
from app.web.choices import ChoiceField
from app.web.forms import DayField, FilterForm, MoneyField, MusterForm, NumberField, ShapedField, TextField

RATE = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?\s*%?", re.ASCII)


MOST_BASIS_POINTS = 10_000


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


class FeeForm(MusterForm):
    """What a class pays."""

    name = TextField("Name", hint="As it stands on the invoice, such as Funder membership fee.")
    currency = ChoiceField("Currency", choices=[(code, code) for code in CURRENCIES], default="GBP")
    amount = MoneyField("Fee of a whole year", optional=True, hint="Empty where the fee goes by tiers.")
    scale = ChoiceField("By tiers", choices=[("", "One fee for all"), *SCALE_WORDS.items()], optional=True)
    high = MoneyField("High income", optional=True, hint="By income group: here and below.")
    upper_middle = MoneyField("Upper middle income", optional=True)
    lower_middle = MoneyField("Lower middle income", optional=True)
    low = MoneyField("Low income", optional=True)
    large = MoneyField("Large", optional=True, hint="By size: here and below.")
    medium = MoneyField("Medium", optional=True)
    small = MoneyField("Small", optional=True)
    first_day = DayField("First day", hint="The fee in force until then ends the day before.")
    last_day = DayField("Last day", optional=True)
    proration = ChoiceField("For a part of the year", choices=PRORATION_WORDS.items(), default=Proration.BY_DAY.value)
    tax_category = ChoiceField(
        "Tax category",
        choices=[(each.value, f"{each.value}: {words}") for each, words in TAX_WORDS.items()],
        default=TaxCategory.OUTSIDE_SCOPE.value,
    )
    tax_rate = RateField(
        "Tax rate, per cent", optional=True, hint="Only for category S. It holds for what begins from the first day on."
    )
    tax_reason = TextField(
        "Why no tax is charged",
        most=500,
        optional=True,
        hint="Stands on the invoice; needed for categories E, AE and O.",
    )
    income_account = ChoiceField("Income account")
    decision = TextField("Decided by", most=500, optional=True, hint="The decision or minute that adopts it.")

    def validate_amount(self, field: MoneyField) -> None:
        """One fee for all has an amount."""
        if field.data is None and not self.scale.data and not field.errors:
            raise ValidationError("Please fill this in.")

    def _tiers(self) -> dict[str, Money]:
        """The amounts by tier that were typed."""
        return {tier.value: self[tier.value].data for tier in Tier if self[tier.value].data is not None}

    def terms(self, class_id: int) -> FeeTerms:
        """What was typed, for a class."""
        tiers = self._tiers()
        highest = max((each.minor for each in tiers.values()), default=0)
        return FeeTerms(
            name=self.name.data,
            class_id=class_id,
            amount=Money(highest, self.currency.data) if self.scale.data else self.amount.data,
            scale=Scale(self.scale.data) if self.scale.data else None,
            tiers={tier: each.minor for tier, each in tiers.items()},
            first_day=self.first_day.data,
            last_day=self.last_day.data,
            proration=Proration(self.proration.data),
            tax_category=TaxCategory(self.tax_category.data),
            tax_basis_points=self.tax_rate.data or 0,
            tax_reason=self.tax_reason.value,
            income_account=self.income_account.data,
            decision=self.decision.value,
        )


class AdoptFeeForm(FeeForm):
    """A fee to be adopted."""

    class_id = ChoiceField("Class of members", hint="Those whose members pay a fee, by the settings of classes.")


class CorrectFeeForm(FeeForm):
    """A fee to be put right, and why."""

    reason = TextField("Why it is corrected", most=500)


class YearForm(FilterForm):
    """The fee year to look at."""

    year = NumberField("Fee year", least=1900, most=2900)
    first = DayField("First day", optional=True, widget=HiddenInput())


class PrepareForm(MusterForm):
    """Nothing to fill in: the year is in the address."""


class FirstInvoiceForm(MusterForm):
    """A button that drafts the first invoice of a new member."""


class LeaverForm(MusterForm):
    """A button that takes a step of leaving."""
