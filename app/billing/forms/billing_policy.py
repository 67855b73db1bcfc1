"""Forms of the policy of billing and of second persons."""

from __future__ import annotations

from calendar import month_name
from typing import Any

from wtforms import BooleanField

from app.billing.rules import SETTABLE, WITHOUT_AMOUNT, BillingTerms
from app.core.money import Money
from app.core.site import this_site
from app.web.choices import ChoiceField
from app.web.forms import DayField, MoneyField, MusterForm, NumberField, TextField

ALWAYS = "In the currency of the books; of a run, its total. Empty means always."
IN_ALL = "With all that one person alone did before to the same invoice. Empty means always."
AMOUNTS = tuple(act for act in SETTABLE if act not in WITHOUT_AMOUNT)
OF_ONE = "With all that one person alone gave back of the same payment or credit. Empty means always."


class BillingPolicyForm(MusterForm):
    """What holds for billing from a day on."""

    first_day = DayField("In force from", hint="Today or later; where the fee year changes, a day on which one begins.")
    year_day = NumberField("Fee years begin on day", least=1, most=31)
    year_month = ChoiceField("Of the month", choices=[(str(month), month_name[month]) for month in range(1, 13)])
    issue_by_two = BooleanField(
        "Issuing invoices needs a second person",
        description="Whoever prepares a fee run or asks for approval is not the one who approves it.",
    )
    issue_above = MoneyField("Issuing: only above", optional=True, hint=ALWAYS)
    credit_by_two = BooleanField("Crediting or voiding an invoice needs a second person")
    credit_above = MoneyField("Crediting or voiding: only above", optional=True, hint=IN_ALL)
    write_off_by_two = BooleanField("Writing off needs a second person")
    write_off_above = MoneyField("Writing off: only above", optional=True, hint=IN_ALL)
    refund_by_two = BooleanField("Refunding needs a second person")
    refund_above = MoneyField("Refunding: only above", optional=True, hint=OF_ONE)
    bank_details_by_two = BooleanField(
        "Changing bank details needs a second person",
        description="What invoices name as the place to pay to: accounts of the consortium, and those of its profile.",
    )

    def __init__(self, *args: object, **options: object) -> None:
        """Take amounts in the currency of the books."""
        super().__init__(*args, **options)
        for act in AMOUNTS:
            self[f"{act}_above"].currency = this_site().home_currency

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse an amount above which nobody is needed: the box beside it was meant to be ticked, too."""
        fine = super().validate(extra_validators)
        for act in AMOUNTS:
            above = self[f"{act}_above"]
            if above.data and not self[f"{act}_by_two"].data:
                above.errors = [*above.errors, "Tick the box above it, too: without it no second person is needed."]
                fine = False
        return fine

    def terms(self) -> BillingTerms:
        """What was typed."""
        by_two = [act for act in SETTABLE if self[f"{act}_by_two"].data]
        amounts = {act.value: self[f"{act}_above"].data if act in AMOUNTS else None for act in by_two}
        return BillingTerms(
            year_month=int(self.year_month.data),
            year_day=self.year_day.data,
            second_above={act: amount.minor if amount else 0 for act, amount in amounts.items()},
        )


def shown_policy(terms: BillingTerms) -> dict[str, object]:
    """A policy as its form shows it."""
    shown: dict[str, object] = {"year_day": terms.year_day, "year_month": str(terms.year_month)}
    for act in SETTABLE:
        above = terms.second_above.get(act)
        shown[f"{act}_by_two"] = above is not None
        if act in AMOUNTS:
            shown[f"{act}_above"] = Money(above, this_site().home_currency) if above else None
    return shown


class DeclineForm(MusterForm):
    """Why a second person says no."""

    reason = TextField("Why not", most=500, hint="Whoever asked reads it.")
