"""Forms of the policy of billing and of second persons."""

from __future__ import annotations

from calendar import month_name

from wtforms import BooleanField

from app.billing.rules import Act, BillingTerms
from app.core.money import Money
from app.core.site import this_site
from app.web.choices import ChoiceField
from app.web.forms import DayField, MoneyField, MusterForm, NumberField, TextField


class BillingPolicyForm(MusterForm):
    """What holds for billing from a day on."""

    first_day = DayField("In force from", hint="Today or later; where the fee year changes, a day on which one begins.")
    year_day = NumberField("Fee years begin on day", least=1, most=31)
    year_month = ChoiceField("of", choices=[(str(month), month_name[month]) for month in range(1, 13)])
    issue_by_two = BooleanField(
        "Issuing invoices needs a second person",
        description="Whoever prepares a fee run or asks for approval is not the one who approves it.",
    )
    issue_above = MoneyField(
        "Only above", optional=True, hint="The total of the run in the currency of the books; empty means always."
    )

    def __init__(self, *args: object, **options: object) -> None:
        """Take amounts in the currency of the books."""
        super().__init__(*args, **options)
        self.issue_above.currency = this_site().home_currency

    def terms(self) -> BillingTerms:
        """What was typed."""
        above = {Act.ISSUE.value: self.issue_above.data.minor if self.issue_above.data else 0}
        return BillingTerms(
            year_month=int(self.year_month.data),
            year_day=self.year_day.data,
            second_above=above if self.issue_by_two.data else {},
        )


def shown_policy(terms: BillingTerms) -> dict[str, object]:
    """A policy as its form shows it."""
    above = terms.second_above.get(Act.ISSUE)
    return {
        "year_day": terms.year_day,
        "year_month": str(terms.year_month),
        "issue_by_two": above is not None,
        "issue_above": Money(above, this_site().home_currency) if above else None,
    }


class DeclineForm(MusterForm):
    """Why a second person says no."""

    reason = TextField("Why not", most=500, hint="Whoever asked reads it.")
