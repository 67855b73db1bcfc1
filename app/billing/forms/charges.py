"""Forms of charges outside fee runs."""

from __future__ import annotations

from wtforms import HiddenField

from app.billing.commands import ChargeLine
from app.billing.forms.fees import RateField
from app.billing.forms.payments import CURRENCIES
from app.billing.rules import TAX_WORDS, TaxCategory
from app.members.forms import InstitutionField
from app.web.choices import ChoiceField
from app.web.forms import DayField, MoneyField, MusterForm, TextField


class LineForm(MusterForm):
    """What is charged once."""

    currency = HiddenField()
    description = TextField("What for", hint="As it stands on the invoice, such as Workshop in Łódź, two places.")
    amount = MoneyField("Amount without tax", smallest=1)
    first_day = DayField("Day", hint="The day it is for, or the first of several.")
    last_day = DayField("Last day", optional=True)
    tax_category = ChoiceField(
        "Tax category", choices=[(each.value, f"{each.value}: {words}") for each, words in TAX_WORDS.items()]
    )
    tax_rate = RateField(
        "Tax rate, per cent", optional=True, hint="Only for category S: that of the day it is for, not of today."
    )
    tax_reason = TextField(
        "Why no tax is charged",
        most=500,
        optional=True,
        hint="Stands on the invoice; needed for categories E, AE and O.",
    )
    income_account = ChoiceField("Income account", hint="Another one is opened under Ledger, Accounts.")
    reason = TextField("Why it is charged", most=500, hint="Kept with the line; it does not stand on the invoice.")

    def line(self) -> ChargeLine:
        """What was typed."""
        return ChargeLine(
            description=self.description.data,
            amount=self.amount.data,
            first_day=self.first_day.data,
            last_day=self.last_day.data,
            tax_category=TaxCategory(self.tax_category.data),
            tax_basis_points=self.tax_rate.data or 0,
            tax_reason=self.tax_reason.value,
            income_account=self.income_account.data,
        )


class ChargeForm(LineForm):
    """Who is charged once, and for what."""

    payer = InstitutionField("Payer")
    currency = ChoiceField("Currency", choices=[(code, code) for code in CURRENCIES])
